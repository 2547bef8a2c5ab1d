//! How long work takes: seconds of a plan become moments on the clock.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The slowness over time. 1 = as planned, 0 = at once, 2 = half as fast.
///
/// Slowness and not speed is kept, because "at once" is then a number that JSON can hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    first: f64,
    changes: Vec<(Timestamp, f64)>,
}

impl Pace {
    /// One slowness for ever.
    pub fn steady(slowness: f64) -> Self {
        Self { first: slowness, changes: Vec::new() }
    }

    /// From a speed: 1 = as planned, 100 = a hundred times faster, infinity = at once.
    pub fn of_speed(speed: f64) -> Self {
        Self::steady(slowness(speed))
    }

    /// Goes on with another speed from `at`; work under way is sped up or slowed down too.
    pub fn change(&mut self, at: Timestamp, speed: f64) {
        let slowness = slowness(speed);
        if self.current() != slowness {
            self.changes.push((at, slowness));
        }
    }

    /// When work of so many planned seconds, begun at `from`, ends.
    pub fn after(&self, from: Timestamp, seconds: f64) -> Timestamp {
        let mut at = from;
        let mut left = seconds;
        let mut slowness = self.first;
        for &(changed_at, next) in &self.changes {
            if changed_at > at {
                let end = later(at, left * slowness);
                if end <= changed_at {
                    return end;
                }
                left -= changed_at.duration_since(at).as_secs_f64() / slowness;
                at = changed_at;
            }
            slowness = next;
        }
        later(at, left.max(0.0) * slowness)
    }

    fn current(&self) -> f64 {
        self.changes.last().map_or(self.first, |change| change.1)
    }
}

fn slowness(speed: f64) -> f64 {
    if speed > 0.0 { speed.recip() } else { 1.0 }
}

fn later(from: Timestamp, seconds: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|duration| from.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}
