//! Concurrency groups: one attempt runs, one waits, a newer one replaces the one that waits.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    pace::Pace,
    run::{Attempt, Run},
    timeline::{Conclusion, End, Timeline},
};

/// Place of an attempt: index of its run, index within the run.
pub type Place = (usize, usize);

/// The course of every attempt of every run.
pub fn timelines(runs: &[Run], pace: &Pace) -> BTreeMap<Place, Timeline> {
    let mut attempts: Vec<(Place, &Attempt)> = runs
        .iter()
        .enumerate()
        .flat_map(|(run, facts)| facts.attempts.iter().enumerate().map(move |(n, attempt)| ((run, n), attempt)))
        .collect();
    attempts.sort_by_key(|(place, attempt)| (attempt.created_at, *place));

    let mut done = BTreeMap::new();
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for (place, attempt) in attempts {
        match &attempt.plan.group {
            Some(name) => groups.entry(name).or_default().arrive(place, attempt, pace, &mut done),
            None => {
                done.insert(place, Timeline::of(attempt, attempt.created_at, pace));
            }
        }
    }
    for group in groups.values_mut() {
        group.advance(Timestamp::MAX, pace, &mut done);
        if let Some((place, attempt)) = group.pending.take() {
            done.insert(place, Timeline::unstarted(cancelled(attempt.cancelled_at), false));
        }
    }
    done
}

#[derive(Default)]
struct Group<'a> {
    /// When the one that runs ends; `Some(None)` while it waits for a person.
    busy_until: Option<Option<Timestamp>>,
    pending: Option<(Place, &'a Attempt)>,
}

impl<'a> Group<'a> {
    fn arrive(&mut self, place: Place, attempt: &'a Attempt, pace: &Pace, done: &mut BTreeMap<Place, Timeline>) {
        let now = attempt.created_at;
        self.advance(now, pace, done);
        let free = self.busy_until.is_none_or(|end| end.is_some_and(|end| end <= now));
        if free && self.pending.is_none() {
            self.begin(place, attempt, now, pace, done);
        } else if let Some((replaced, _)) = self.pending.replace((place, attempt)) {
            done.insert(replaced, Timeline::unstarted(cancelled(Some(now)), true));
        }
    }

    /// Gives the one that waits its turn, if that comes until `now`.
    fn advance(&mut self, now: Timestamp, pace: &Pace, done: &mut BTreeMap<Place, Timeline>) {
        let Some((place, attempt)) = self.pending else { return };
        let turn = self.busy_until.flatten().map(|end| end.max(attempt.created_at)).filter(|turn| *turn <= now);
        let gone = attempt.cancelled_at.filter(|at| *at <= now && turn.is_none_or(|turn| *at < turn));
        if gone.is_some() {
            self.pending = None;
            done.insert(place, Timeline::unstarted(cancelled(gone), false));
        } else if let Some(turn) = turn {
            self.pending = None;
            self.begin(place, attempt, turn, pace, done);
        }
    }

    fn begin(
        &mut self,
        place: Place,
        attempt: &Attempt,
        start: Timestamp,
        pace: &Pace,
        done: &mut BTreeMap<Place, Timeline>,
    ) {
        let timeline = Timeline::of(attempt, start, pace);
        self.busy_until = Some(timeline.end.map(|end| end.at));
        done.insert(place, timeline);
    }
}

fn cancelled(at: Option<Timestamp>) -> Option<End> {
    at.map(|at| End { at, conclusion: Conclusion::Cancelled })
}
