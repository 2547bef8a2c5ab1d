//! One moment by both clocks: the wall's, which may be set, and the steady one, which stands still in a sleep on Linux.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Clock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rollback) struct Clocks {
    pub(in crate::rollback) wall: Timestamp,
    steady: Duration,
}

impl Clocks {
    pub(in crate::rollback) fn read(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), steady: clock.elapsed() }
    }

    /// Neither clock tells of so much time since then. One that was set back proves nothing.
    pub(in crate::rollback) fn is_within(self, limit: Duration, now: Self) -> bool {
        is_within(self.wall, limit, now.wall) && now.steady.saturating_sub(self.steady) < limit
    }
}

/// The same where only the time of day is known, as behind a fact of an earlier process.
pub(in crate::rollback) fn is_within(then: Timestamp, limit: Duration, now: Timestamp) -> bool {
    let passed = now.duration_since(then);
    !passed.is_negative() && passed.unsigned_abs() < limit
}
