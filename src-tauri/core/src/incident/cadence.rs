//! The 15-minute promise: who is to hear something, and by when.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Audience, Incident};
use crate::settings::telling::IncidentSettings;

/// An update that is due, and has not been alerted about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub audience: Audience,
    pub due: Timestamp,
    pub urgency: Urgency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// It is due in a few minutes.
    Soon,
    /// It is due, or overdue.
    Now,
}

/// The alerts to show at this time, most urgent first. Each is a fact once it was shown (`IncidentReminded`), and then not
/// due any more; who was told that it is due is not told again that it soon will be.
pub fn due(incident: &Incident, now: Timestamp, settings: &IncidentSettings) -> Vec<Reminder> {
    let mut reminders: Vec<Reminder> = incident
        .due
        .iter()
        .filter_map(|(audience, due)| {
            let urgency = urgency(*due, now, settings)?;
            let shown = |urgency| incident.reminded.contains(&(*audience, *due, urgency));
            (!shown(urgency) && !shown(Urgency::Now)).then_some(Reminder { audience: *audience, due: *due, urgency })
        })
        .collect();
    reminders.sort_by_key(|reminder| (std::cmp::Reverse(reminder.urgency), reminder.due));
    reminders
}

/// When `due` will next have something to say; a timer may sleep until then.
pub fn wake_at(incident: &Incident, now: Timestamp, settings: &IncidentSettings) -> Option<Timestamp> {
    let warning = minutes(settings.warn_minutes());
    let moments = incident.due.values().flat_map(|due| [due.checked_sub(warning).unwrap_or(*due), *due]);
    moments.filter(|moment| *moment > now).min()
}

/// When this audience hears more, if it is told something now.
pub fn next_due(
    incident: &Incident,
    audience: Audience,
    now: Timestamp,
    settings: &IncidentSettings,
) -> Option<Timestamp> {
    let wait = minutes(settings.cadence(audience, incident.severity));
    incident.is_open().then(|| now.checked_add(wait).unwrap_or(now))
}

fn urgency(due: Timestamp, now: Timestamp, settings: &IncidentSettings) -> Option<Urgency> {
    if now >= due {
        return Some(Urgency::Now);
    }
    (now.duration_until(due) <= minutes(settings.warn_minutes())).then_some(Urgency::Soon)
}

pub(super) fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}
