//! A sleep and a clock that was set are told apart where the computer's clocks can tell.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::awake::{Gap, Reading, between};

const HOUR: i64 = 3600;

/// So many seconds after the first reading, by each clock.
fn after(wall: i64, steady: u64, boot: Option<u64>) -> Option<Gap> {
    let at = |wall: i64, steady: u64, boot: Option<u64>| Reading {
        wall: Timestamp::from_second(1_800_000_000 + wall).unwrap(),
        steady: Duration::from_secs(50 + steady),
        boot: boot.map(|seconds| Duration::from_secs(90 + seconds)),
    };
    between(&at(0, 0, boot.map(|_| 0)), &at(wall, steady, boot))
}

#[test]
fn time_that_goes_by_as_it_does_is_nothing_to_tell() {
    assert_eq!(after(1, 1, Some(1)), None);
    assert_eq!(after(3, 1, Some(1)), None, "a small correction of the clock");
    assert_eq!(after(60, 60, None), None);
}

#[test]
fn a_sleep_is_told_from_a_clock_that_was_set() {
    assert_eq!(after(HOUR + 1, 1, Some(3601)), Some(Gap::Slept(SignedDuration::from_hours(1))));
    assert_eq!(after(HOUR + 1, 1, Some(1)), Some(Gap::ClockSet(SignedDuration::from_hours(1))));
    assert_eq!(after(1 - HOUR, 1, Some(1)), Some(Gap::ClockSet(SignedDuration::from_hours(-1))));
    let set_while_it_slept = after(3 * HOUR + 1, 1, Some(3601));
    assert_eq!(set_while_it_slept, Some(Gap::ClockSet(SignedDuration::from_hours(2))));
}

#[test]
fn without_a_clock_that_counts_sleeps_a_leap_forward_may_be_either() {
    assert_eq!(after(HOUR + 1, 1, None), Some(Gap::SleptOrClockSet(SignedDuration::from_hours(1))));
    assert_eq!(after(1 - HOUR, 1, None), Some(Gap::ClockSet(SignedDuration::from_hours(-1))));
}

#[test]
fn each_has_a_sentence_and_what_to_do() {
    let slept = Gap::Slept(SignedDuration::from_secs(8 * HOUR + 240));
    assert_eq!(slept.sentence(), "This computer slept for 8 h 4 min.");
    assert!(slept.hint().contains("asked again"));
    let set = Gap::ClockSet(SignedDuration::from_secs(-7205));
    assert_eq!(set.sentence(), "The clock of this computer was set back by 2 h 0 min.");
    assert!(set.hint().contains("Check the clock"));
    let either = Gap::SleptOrClockSet(SignedDuration::from_secs(90));
    assert_eq!(either.sentence(), "This computer slept, or its clock was set forward, by 1 min 30 s.");
}
