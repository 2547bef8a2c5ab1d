//! The clock of this machine.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lastgood_core::awake::Reading;
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

/// The clocks of this computer, read together.
pub fn reading() -> Reading {
    Reading { wall: SystemClock.now(), steady: SystemClock.elapsed(), boot: since_boot() }
}

/// Counts sleeps as well. Source: proc_uptime(5).
#[cfg(target_os = "linux")]
fn since_boot() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    Duration::try_from_secs_f64(text.split_whitespace().next()?.parse().ok()?).ok()
}

#[cfg(not(target_os = "linux"))]
fn since_boot() -> Option<Duration> {
    None
}
