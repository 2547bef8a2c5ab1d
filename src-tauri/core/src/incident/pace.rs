//! How fast a service is written to. Slack takes about one message a second
//! (<https://docs.slack.dev/apis/web-api/rate-limits#posting>), Statuspage one request a second and token
//! (<https://developer.statuspage.io/#section/Rate-Limiting>). Both count by token, whatever a channel is called here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::settings::telling::ChannelKind;

/// Between two messages with one token.
pub const PACE: Duration = Duration::from_secs(1);

/// When each token has its turn.
#[derive(Debug, Default)]
pub struct Turns {
    last: BTreeMap<String, Instant>,
}

impl Turns {
    pub const fn new() -> Self {
        Self { last: BTreeMap::new() }
    }

    /// When the next message with this token may leave, now or later. That turn is taken then.
    pub fn take(&mut self, token: &str, now: Instant) -> Instant {
        let turn = self.last.get(token).and_then(|last| last.checked_add(PACE)).map_or(now, |next| next.max(now));
        self.last.insert(token.to_owned(), turn);
        turn
    }

    /// A message with this token came to its end: what follows waits from here, because it may have arrived only now.
    pub fn ended(&mut self, token: &str, now: Instant) {
        let last = self.last.entry(token.to_owned()).or_insert(now);
        *last = (*last).max(now);
    }
}

/// Whether a service of this kind counts.
pub fn is_paced(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::Slack | ChannelKind::SlackBot | ChannelKind::Statuspage)
}
