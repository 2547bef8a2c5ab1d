//! Time from left to right: where a moment lies, and the marks of the clock below it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Anchor, Mark, Tone, text, width_of};
use crate::postmortem::zone;

pub(super) struct Scale {
    from: Timestamp,
    to: Timestamp,
    left: f64,
    right: f64,
}

/// Seconds between two marks of the clock, of which the smallest that fits is taken.
const TICKS: [i64; 19] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800];

impl Scale {
    /// A moment alone gets a second around it.
    pub(super) fn new(from: Timestamp, to: Timestamp, left: f64, right: f64) -> Self {
        let to = if to.duration_since(from) < SignedDuration::from_secs(1) {
            from.checked_add(SignedDuration::from_secs(1)).unwrap_or(from)
        } else {
            to
        };
        Self { from, to, left, right }
    }

    /// What lies outside is put on the edge.
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64();
        let part = at.duration_since(self.from).as_secs_f64() / whole;
        self.left + part.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Upright rules from `top` to `bottom`, and the time below each.
    pub(super) fn axis(&self, top: f64, bottom: f64, clock: &TimeZone) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut free_from = f64::NEG_INFINITY;
        for at in self.ticks() {
            let x = self.x(at);
            marks.push(Mark::Line { from: (x, top), to: (x, bottom), tone: Tone::Rule, dashed: false });
            let words = self.label(at, clock);
            let half = width_of(&words, super::SIZE) / 2.0;
            if x - half > free_from && x + half < super::WIDTH {
                marks.push(text(x, bottom + 18.0, Anchor::Middle, Tone::Muted, words));
                free_from = x + half + 8.0;
            }
        }
        marks
    }

    fn ticks(&self) -> Vec<Timestamp> {
        const MOST: i64 = 8;
        let whole = self.to.duration_since(self.from).as_secs().max(1);
        let step = TICKS.into_iter().find(|step| whole / step <= MOST).unwrap_or(whole / MOST + 1);
        let first = self.from.as_second().div_euclid(step) + i64::from(self.from.as_second().rem_euclid(step) > 0);
        (first..)
            .map(|count| count * step)
            .take_while(|second| *second <= self.to.as_second())
            .filter_map(|second| Timestamp::from_second(second).ok())
            .collect()
    }

    fn label(&self, at: Timestamp, clock: &TimeZone) -> String {
        let whole = self.to.duration_since(self.from);
        let zoned = at.to_zoned(clock.clone());
        if whole > SignedDuration::from_hours(48) {
            zoned.strftime("%d %b").to_string()
        } else if whole > SignedDuration::from_mins(12) {
            zoned.strftime("%H:%M").to_string()
        } else {
            zoned.strftime("%H:%M:%S").to_string()
        }
    }
}

/// What the axis is read by: the zone, and the day or the days.
pub(super) fn caption(from: Timestamp, to: Timestamp, clock: &TimeZone) -> String {
    let (first, last) = (zone::day(from, clock), zone::day(to, clock));
    let days = if first == last { first } else { format!("{first} to {last}") };
    let letters = from.to_zoned(clock.clone()).strftime("%Z").to_string();
    format!("{days}, times in {letters}")
}
