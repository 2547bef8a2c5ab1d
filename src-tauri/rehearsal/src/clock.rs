//! The time of the rehearsal: it starts at the epoch and goes on as real time does, also while no server runs.

use std::{sync::Mutex, time::Instant};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What ties the rehearsal's time to the computer's; kept with the state.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Anchor {
    epoch: Timestamp,
    wall: Timestamp,
    advanced_milliseconds: i64,
}

impl Anchor {
    pub(crate) fn at(epoch: Timestamp) -> Self {
        Self { epoch, wall: Timestamp::now(), advanced_milliseconds: 0 }
    }
}

/// The running clock. Within one process it never goes back, whatever the computer's clock does.
#[derive(Debug)]
pub(crate) struct Clock {
    anchor: Mutex<Anchor>,
    before: SignedDuration,
    begun: Instant,
}

impl Clock {
    pub(crate) fn of(anchor: Anchor) -> Self {
        let before = Timestamp::now().duration_since(anchor.wall).max(SignedDuration::ZERO);
        Self { anchor: Mutex::new(anchor), before, begun: Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let anchor = self.anchor();
        let elapsed = SignedDuration::try_from(self.begun.elapsed()).unwrap_or(SignedDuration::ZERO);
        let since = self.before + elapsed + SignedDuration::from_millis(anchor.advanced_milliseconds);
        anchor.epoch.checked_add(since).unwrap_or(Timestamp::MAX)
    }

    /// Jumps forward.
    pub(crate) fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(0).max(0);
        let mut anchor = crate::lock(&self.anchor);
        anchor.advanced_milliseconds = anchor.advanced_milliseconds.saturating_add(milliseconds);
    }

    pub(crate) fn anchor(&self) -> Anchor {
        *crate::lock(&self.anchor)
    }
}
