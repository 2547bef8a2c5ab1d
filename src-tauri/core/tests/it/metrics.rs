//! DORA's measures, from what ran when.

use jiff::{SignedDuration, Timestamp};
use lastgood_core::incident::Severity;
use lastgood_core::live::disturbed::Disturbance;
use lastgood_core::live::spans::Span;
use lastgood_core::metrics::metrics;

#[test]
fn going_back_is_no_change_and_what_was_left_behind_failed() {
    let spans = [
        span(-400, Some(1), false, false),
        span(1, Some(5), false, false),
        span(5, Some(7), false, true),
        span(7, Some(9), true, false),
        span(9, Some(15), false, true),
        span(15, None, true, false),
    ];
    let told = metrics(&spans, &[], day(0), day(28));
    assert_eq!((told.deployments, told.failed), (3, 2));
    assert_eq!(told.frequency, Some(0.75));
    assert!(told.failure_rate.is_some_and(|rate| (rate - 2.0 / 3.0).abs() < 1e-9));
    assert_eq!(told.recovery, Some(SignedDuration::from_hours(4 * 24)), "between two days and six");
    let weeks: Vec<(usize, usize)> = told.weeks.iter().map(|week| (week.deployments, week.failed)).collect();
    assert_eq!(weeks, [(2, 1), (1, 1), (0, 0), (0, 0)]);
    let days: Vec<Option<i64>> =
        told.weeks.iter().map(|week| week.recovery.map(|length| length.as_hours() / 24)).collect();
    assert_eq!(days, [Some(2), Some(6), None, None]);
}

#[test]
fn a_change_under_which_an_incident_began_failed_however_it_was_mended() {
    let spans = [
        span(1, Some(5), false, false),
        span(5, Some(9), false, true),
        span(9, Some(12), true, false),
        span(12, None, false, false),
    ];
    let told = metrics(&spans, &[incident(3, Some(20))], day(0), day(28));
    assert_eq!((told.deployments, told.failed), (3, 2), "a hotfix forward mended the first");
    assert_eq!(told.recovery, Some(SignedDuration::from_hours(4 * 24)));
    let told = metrics(&spans, &[incident(6, Some(7)), incident(10, None)], day(0), day(28));
    assert_eq!(told.failed, 1, "once, and what came by going back is no change");
    assert_eq!(told.recovery, Some(SignedDuration::from_hours(4 * 24)), "it was live until somebody went back");
    let told = metrics(&spans, &[incident(13, Some(14)), incident(14, Some(15))], day(10), day(28));
    assert_eq!((told.failed, told.recovery), (1, Some(SignedDuration::from_hours(3 * 24))), "a switch was thrown");
    let told = metrics(&spans, &[incident(13, None)], day(10), day(28));
    assert_eq!((told.failed, told.recovery), (1, None), "it lasts");
}

#[test]
fn without_deployments_nothing_is_claimed() {
    let told = metrics(&[], &[], day(0), day(14));
    assert_eq!((told.deployments, told.failure_rate, told.recovery), (0, None, None));
    assert_eq!((told.frequency, told.weeks.len()), (Some(0.0), 2));
    assert_eq!(metrics(&[], &[], day(0), day(0)).frequency, None);
}

fn span(from: i64, to: Option<i64>, went_back: bool, left_behind: bool) -> Span {
    Span { tag: "v1.0.0".into(), from: day(from), to: to.map(day), deployment: None, run: None, went_back, left_behind }
}

fn incident(from: i64, to: Option<i64>) -> Disturbance {
    let (title, severity) = ("Checkout fails".to_owned(), Severity::DEFAULT);
    Disturbance { incident: "inc-1".into(), title, severity, from: day(from), to: to.map(day) }
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(1_772_400_000 + number * 86_400).unwrap()
}
