//! What stands in the window's title and in the tray, for whoever sees only that.

use jiff::Timestamp;

/// What there is to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    /// Notes of the inbox that were not read.
    pub unread: usize,
    pub repository: Option<String>,
    pub rehearsal: bool,
    /// When the next update of an incident is due.
    pub due: Option<Timestamp>,
}

impl Title {
    /// `(3) shop (rehearsal) · next update in 4 min – Lastgood`.
    pub fn words(&self, now: Timestamp) -> String {
        let unread = if self.unread == 0 { String::new() } else { format!("({}) ", self.unread) };
        let Some(repository) = &self.repository else { return format!("{unread}Lastgood") };
        let rehearsal = if self.rehearsal { " (rehearsal)" } else { "" };
        let due = self.due_words(now).map_or(String::new(), |words| format!(" · {words}"));
        format!("{unread}{repository}{rehearsal}{due} – Lastgood")
    }

    /// `next update in 4 min`.
    pub fn due_words(&self, now: Timestamp) -> Option<String> {
        let seconds = self.due?.duration_since(now).as_secs();
        Some(match seconds {
            ..=0 => "update due now".to_owned(),
            1..60 => "next update in less than 1 min".to_owned(),
            60..3600 => format!("next update in {} min", seconds.saturating_add(59) / 60),
            _ => format!("next update in {} h {} min", seconds / 3600, seconds / 60 % 60),
        })
    }
}
