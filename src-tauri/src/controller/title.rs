//! The one owner of the window's title and of the tray: what is unread, where, and when people hear more.

use jiff::Timestamp;
use lastgood_core::incident::{Incident, next};
use lastgood_core::title::Title;

use super::Controller;

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    title: String,
    unread: usize,
    due: Option<String>,
}

impl Controller {
    /// Looked at each second, and told only where it changed: a minute passes without any message.
    pub(super) fn keep_title(&mut self) {
        let now = Timestamp::now();
        let repository = self.session.as_ref().map(|session| (session.view.name.clone(), session.view.rehearsal));
        let (repository, rehearsal) = repository.map_or((None, false), |(name, is)| (Some(plain(&name)), is));
        self.title = Title { repository, rehearsal, due: self.next_due(), unread: self.title.unread };
        let title = &self.title;
        let shown = Shown { title: title.words(now), unread: title.unread, due: title.due_words(now) };
        if self.shown.as_ref() == Some(&shown) {
            return;
        }
        self.screen.title(&shown.title);
        self.screen.tray(shown.unread, &shown.title, shown.due.as_deref());
        self.shown = Some(shown);
    }

    pub(super) fn tell_unread(&mut self, unread: usize) {
        self.title.unread = unread;
        self.keep_title();
    }

    /// Of all open incidents the first one.
    fn next_due(&self) -> Option<Timestamp> {
        let facts = &self.session.as_ref()?.known.as_ref()?.facts;
        let incidents = next::fold(facts).ok()?;
        incidents.iter().filter(|incident| Incident::is_open(incident)).flat_map(|one| one.due.values().copied()).min()
    }
}

/// A name from outside must not turn the title around.
fn plain(name: &str) -> String {
    name.chars().map(|found| if found.is_control() || is_turning(found) { '\u{fffd}' } else { found }).collect()
}

fn is_turning(found: char) -> bool {
    matches!(found, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
