//! A token that GitHub called wrong is left alone for a while. GitHub has days on which it errs: one stray refusal must not
//! blind who rolls back, and a token that is refused again and again is asked about ever less.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lastgood_core::error::Trouble;

use super::answer::{self, Answer};
use super::limits::Face;

/// After the first refusal; twice as long after each that follows it.
const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(600);

/// Whether the token of some clients may be sent. Other clients, with another token, have another one of these.
#[derive(Clone, Default)]
pub(super) struct Rejected(Arc<Mutex<Option<Pause>>>);

#[derive(Debug, Clone, Copy)]
struct Pause {
    /// By a clock that nobody sets.
    until: Instant,
    length: Duration,
}

impl Rejected {
    pub(super) fn may_send(&self) -> Result<(), Trouble> {
        match *self.pause() {
            Some(pause) if pause.holds_at(Instant::now()) => Err(answer::token_rejected()),
            Some(_) | None => Ok(()),
        }
    }

    /// A server that has no GraphQL may say so in any words; of the token only REST tells.
    pub(super) fn look_at(&self, face: Face, answer: Option<&Answer>) {
        match answer {
            Some(answer) if face == Face::Rest && answer.status == 401 => {
                let mut pause = self.pause();
                *pause = Some(Pause::behind(*pause, Instant::now()));
            }
            Some(answer) if answer.is_success() || answer.status == 304 => *self.pause() = None,
            Some(_) | None => {}
        }
    }

    fn pause(&self) -> MutexGuard<'_, Option<Pause>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pause {
    /// Refusals of requests that were on their way together are one.
    fn behind(before: Option<Self>, now: Instant) -> Self {
        match before {
            Some(pause) if pause.holds_at(now) => pause,
            Some(pause) => Self::of((pause.length * 2).min(LONGEST), now),
            None => Self::of(FIRST, now),
        }
    }

    fn of(length: Duration, now: Instant) -> Self {
        Self { until: now + length, length }
    }

    fn holds_at(&self, now: Instant) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_refusal_is_over_after_seconds_and_each_that_follows_it_lasts_twice_as_long() {
        let (mut now, mut pause, mut lengths) = (Instant::now(), None, Vec::new());
        for _ in 0..8 {
            let next = Pause::behind(pause, now);
            lengths.push(next.length.as_secs());
            assert!(next.holds_at(now) && !next.holds_at(now + next.length));
            (now, pause) = (now + next.length, Some(next));
        }
        assert_eq!(lengths, [15, 30, 60, 120, 240, 480, 600, 600]);
    }

    #[test]
    fn refusals_of_requests_that_were_on_their_way_together_count_once() {
        let now = Instant::now();
        let first = Pause::behind(None, now);
        let second = Pause::behind(Some(first), now + Duration::from_secs(1));
        assert_eq!((second.length, second.until), (FIRST, first.until));
    }

    #[test]
    fn an_answer_that_takes_the_token_begins_anew() {
        for status in [200, 304] {
            let rejected = Rejected::default();
            for _ in 0..2 {
                rejected.look_at(Face::Rest, Some(&answered(401)));
                assert!(rejected.may_send().is_err());
                let known = rejected.pause().map(|pause| pause.length);
                assert_eq!(known, Some(FIRST));
                rejected.look_at(Face::Rest, Some(&answered(status)));
                assert!(rejected.may_send().is_ok());
            }
        }
    }

    fn answered(status: u16) -> Answer {
        Answer { status, headers: http::HeaderMap::new(), body: String::new() }
    }
}
