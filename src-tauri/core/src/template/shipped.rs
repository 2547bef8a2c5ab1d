//! The templates that come with Lastgood: one file each in `templates/`, named by audience and moment.

/// A shipped template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    pub name: &'static str,
    /// As a list shows it.
    pub title: &'static str,
    pub source: &'static str,
}

macro_rules! shipped {
    ($($name:literal $title:literal,)*) => {
        &[$(Shipped {
            name: $name,
            title: $title,
            source: include_str!(concat!("../../templates/", $name, ".j2")),
        },)*]
    };
}

/// All of them, by audience and then by moment.
pub fn shipped() -> &'static [Shipped] {
    shipped! {
        "team-declared" "Incident declared",
        "team-identified" "Cause identified",
        "team-rolling-back" "Rolling back",
        "team-rolled-back" "Rolled back, monitoring",
        "team-not-rolled-back" "The rollback did not work",
        "team-monitoring" "Monitoring",
        "team-resolved" "Resolved",
        "team-nothing-new" "Nothing new",
        "leads-declared" "To team leads: incident declared",
        "leads-update" "To team leads: where it stands",
        "leads-resolved" "To team leads: resolved",
        "customers-declared" "To customers: something does not work",
        "customers-update" "To customers: where it stands",
        "customers-resolved" "To customers: it works again",
        "status-investigating" "Status page: investigating",
        "status-identified" "Status page: identified",
        "status-monitoring" "Status page: monitoring",
        "status-resolved" "Status page: resolved",
        "status-nothing-new" "Status page: nothing new",
        "notice-open" "In-app notice: something does not work",
        "notice-resolved" "In-app notice: it works again",
        "ticket-opened" "Ticket: opened",
        "ticket-update" "Ticket: comment",
        "ticket-resolved" "Ticket: resolved",
        "release-bad" "Notes of the release that was rolled back from",
        "release-good" "Notes of the release that was rolled back to",
    }
}

pub(super) fn find(name: &str) -> Option<&'static Shipped> {
    shipped().iter().find(|template| template.name == name)
}
