//! How GitHub is doing, as far as its answers to us tell.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Answers that are looked at.
const LOOKED_AT: usize = 20;

/// Fewer answers tell nothing.
const FEWEST: usize = 5;

/// Older answers tell nothing of now.
const OLDEST: Duration = Duration::from_secs(600);

/// A healthy GitHub answers most calls in well under a second.
const SLOW: Duration = Duration::from_secs(4);

#[derive(Default)]
pub(super) struct Vitals {
    seen: Mutex<VecDeque<Seen>>,
}

struct Seen {
    at: Instant,
    took: Duration,
    /// A status from 500 on, or no answer at all.
    broken: bool,
}

impl Vitals {
    pub(super) fn note(&self, took: Duration, broken: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push_back(Seen { at: Instant::now(), took, broken });
        if seen.len() > LOOKED_AT {
            seen.pop_front();
        }
    }

    /// One sentence where the newest answers were bad; `None` while all is well, or too little is known.
    pub(super) fn complaint(&self) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let newest: Vec<&Seen> = seen.iter().filter(|one| one.at.elapsed() < OLDEST).collect();
        if newest.len() < FEWEST {
            return None;
        }
        let broken = newest.iter().filter(|one| one.broken).count();
        if broken * 4 >= newest.len() {
            return Some(format!("{broken} of the last {} calls to GitHub broke.", newest.len()));
        }
        let mut times: Vec<Duration> = newest.iter().map(|one| one.took).collect();
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        (middle >= SLOW).then(|| format!("GitHub takes {:.0} s for an answer.", middle.as_secs_f64()))
    }
}
