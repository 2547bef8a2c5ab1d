//! The clock of this machine.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lastgood_core::ports::Clock;

/// Wall time for facts, a steady count for durations.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        BEGUN.elapsed()
    }
}
