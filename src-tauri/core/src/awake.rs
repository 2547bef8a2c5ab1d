//! Whether this computer slept, or its clock was set, between two looks at its clocks.
//!
//! Three clocks are compared: the one that people set, the one that stands still in a sleep, and the one that counts a
//! sleep and that nobody sets. Not every system has the third; then a leap forward may be either, and that is said.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Smaller differences are everyday corrections, or a busy machine.
const LEAST: SignedDuration = SignedDuration::from_secs(5);

/// The clocks of this computer, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub wall: Timestamp,
    /// Stands still while the computer sleeps.
    pub steady: Duration,
    /// Counts a sleep as well; `None` where this system has no such clock.
    pub boot: Option<Duration>,
}

/// What happened between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    Slept(SignedDuration),
    /// Forward where it is positive.
    ClockSet(SignedDuration),
    /// One of the two; nothing here tells them apart.
    SleptOrClockSet(SignedDuration),
}

/// `None` where time went by as it does. A clock that was set during a sleep counts as set: that needs a person.
pub fn between(before: &Reading, after: &Reading) -> Option<Gap> {
    let wall = after.wall.duration_since(before.wall);
    let steady = passed(before.steady, after.steady);
    let Some((from, to)) = before.boot.zip(after.boot) else {
        let leap = wall - steady;
        return match leap {
            leap if leap <= -LEAST => Some(Gap::ClockSet(leap)),
            leap if leap >= LEAST => Some(Gap::SleptOrClockSet(leap)),
            _ => None,
        };
    };
    let boot = passed(from, to);
    let (set, slept) = (wall - boot, boot - steady);
    if set.abs() >= LEAST {
        return Some(Gap::ClockSet(set));
    }
    (slept >= LEAST).then_some(Gap::Slept(slept))
}

impl Gap {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Slept(time) => format!("This computer slept for {}.", words(*time)),
            Self::ClockSet(by) if by.is_negative() => {
                format!("The clock of this computer was set back by {}.", words(by.abs()))
            }
            Self::ClockSet(by) => format!("The clock of this computer was set forward by {}.", words(*by)),
            Self::SleptOrClockSet(time) => {
                format!("This computer slept, or its clock was set forward, by {}.", words(*time))
            }
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Slept(_) => "What is shown is from before and is being asked again; look before you act on it.",
            Self::ClockSet(_) | Self::SleptOrClockSet(_) => {
                "Check the clock: ages here are off until it is right. The journal keeps its order whatever it says."
            }
        }
    }
}

fn passed(from: Duration, to: Duration) -> SignedDuration {
    SignedDuration::try_from(to.saturating_sub(from)).unwrap_or(SignedDuration::MAX)
}

fn words(time: SignedDuration) -> String {
    let (hours, minutes, seconds) = (time.as_hours(), time.as_mins() % 60, time.as_secs() % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {seconds} s"),
        (hours, minutes) if hours < 48 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} d {} h", hours / 24, hours % 24),
    }
}
