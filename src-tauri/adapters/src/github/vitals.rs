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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seconds: &[f64]) -> Option<String> {
        let vitals = Vitals::default();
        for took in seconds {
            vitals.note(Duration::from_secs_f64(*took), false);
        }
        vitals.complaint()
    }

    #[test]
    fn answers_that_take_four_seconds_and_more_are_said() {
        assert_eq!(told(&[4.0; 5]).as_deref(), Some("GitHub takes 4 s for an answer."));
        assert_eq!(told(&[0.2, 0.2, 7.0, 7.2, 9.0]).as_deref(), Some("GitHub takes 7 s for an answer."));
        assert_eq!(told(&[3.9; 20]), None);
    }

    #[test]
    fn a_few_slow_answers_among_quick_ones_and_too_few_answers_say_nothing() {
        assert_eq!(told(&[0.2, 0.2, 0.2, 9.0, 9.0]), None);
        assert_eq!(told(&[9.0; 4]), None);
        let newest_are_quick: Vec<f64> = [[9.0; 20], [0.2; 20]].concat();
        assert_eq!(told(&newest_are_quick), None);
    }
}
