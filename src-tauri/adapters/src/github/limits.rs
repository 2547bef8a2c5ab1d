//! GitHub's limits: after a refusal nothing is sent until the time that GitHub names, and writes leave a second apart.
//!
//! Nothing here sleeps for a limit: a call that may not be made is answered at once with the time until it may, and
//! whoever follows a run asks again later. Source: GitHub's "Rate limits for the REST API" and "Best practices".

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lastgood_core::ports::forge::{Limit, Waiting};

/// "Wait for at least one minute" where GitHub names no time, and twice as long each time after that.
const UNNAMED: Duration = Duration::from_secs(60);
const UNNAMED_MOST: Duration = Duration::from_secs(16 * 60);

/// Primary limits are counted by the hour; a clock that is far off must not shut us out for days.
const LONGEST: Duration = Duration::from_secs(3_660);

/// "Wait at least one second between each request" that writes.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// GitHub counts its two faces apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Rest,
    Graphql,
}

#[derive(Default)]
pub(super) struct Limits {
    shut: Mutex<Shut>,
    last_write: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Shut {
    rest: Option<Closed>,
    graphql: Option<Closed>,
    /// Refusals without a time, one after the other.
    unnamed: u32,
}

#[derive(Clone)]
struct Closed {
    /// By a clock that nobody sets.
    until: Instant,
    waiting: Waiting,
}

/// What a refusal says about waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) limit: Limit,
    /// `retry-after`, or the time until `x-ratelimit-reset`.
    pub(super) wait: Option<Duration>,
}

impl Limits {
    /// Until when nothing may be sent.
    pub(super) fn waiting(&self, face: Face) -> Option<Waiting> {
        let mut shut = self.shut();
        let place = shut.place(face);
        if place.as_ref().is_some_and(|closed| closed.until <= Instant::now()) {
            *place = None;
        }
        place.as_ref().map(|closed| closed.waiting.clone())
    }

    /// GitHub refused because of a limit.
    pub(super) fn refused(&self, face: Face, told: Told) {
        let mut shut = self.shut();
        let wait = told.wait.unwrap_or_else(|| UNNAMED.saturating_mul(1 << shut.unnamed.min(4)).min(UNNAMED_MOST));
        shut.unnamed = if told.wait.is_some() { 0 } else { shut.unnamed + 1 };
        let wait = wait.clamp(BETWEEN_WRITES, LONGEST);
        let until = Timestamp::now().checked_add(SignedDuration::try_from(wait).unwrap_or_default());
        let waiting = Waiting { until: until.unwrap_or(Timestamp::MAX), why: told.limit };
        let closed = Closed { until: Instant::now() + wait, waiting };
        match told.limit {
            // The secondary limit counts both faces together.
            Limit::Secondary => (shut.rest, shut.graphql) = (Some(closed.clone()), Some(closed)),
            Limit::Primary => *shut.place(face) = Some(closed),
        }
    }

    /// GitHub took a call.
    pub(super) fn passed(&self) {
        self.shut().unnamed = 0;
    }

    /// Waits for this request's turn among those that write. The turn is held until the answer is there: writes do not
    /// overlap.
    pub(super) async fn turn_to_write(&self) -> Turn<'_> {
        let last = self.last_write.lock().await;
        if let Some(before) = *last {
            tokio::time::sleep_until((before + BETWEEN_WRITES).into()).await;
        }
        Turn { last, used: false }
    }

    fn shut(&self) -> std::sync::MutexGuard<'_, Shut> {
        self.shut.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shut {
    fn place(&mut self, face: Face) -> &mut Option<Closed> {
        match face {
            Face::Rest => &mut self.rest,
            Face::Graphql => &mut self.graphql,
        }
    }
}

pub(super) struct Turn<'a> {
    last: tokio::sync::MutexGuard<'a, Option<Instant>>,
    used: bool,
}

impl Turn<'_> {
    /// Something is sent in it: the next one has to wait.
    pub(super) fn used(&mut self) {
        self.used = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.used {
            *self.last = Some(Instant::now());
        }
    }
}
