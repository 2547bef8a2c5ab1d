use lastgood_core::incident::event::{Edit, Event as Happened, Opening};
use lastgood_core::postmortem::event::Deed;
use lastgood_core::postmortem::line::{LineId, LineKind};
use lastgood_core::postmortem::times::{Landmark, Length, TimeName};
use lastgood_core::postmortem::zone;

use super::kit::{Record1, at, berlin, edited, minutes, opening};

#[test]
fn the_times_come_from_the_deployment_the_detection_the_start_and_the_proof() {
    let mut record = Record1::new();
    record.add("2026-03-02T09:31:00Z", LineKind::Detection, "A customer wrote that checkout fails");
    let times = record.story().times;
    let of = |name: TimeName| times.times.iter().find(|time| time.name == name).unwrap().length;
    assert_eq!(of(TimeName::ToDetect), Length::Known(minutes(11)));
    assert_eq!(of(TimeName::ToDecide), Length::Known(minutes(29)));
    assert_eq!(of(TimeName::ToRollBack), Length::Known(jiff::SignedDuration::from_secs(79)));
    assert_eq!(of(TimeName::OfImpact), Length::Known(jiff::SignedDuration::from_secs(41 * 60 + 19)));
    let restored = times.landmark(Landmark::Restored);
    assert_eq!(
        (restored.source.as_str(), &restored.line),
        ("the live service proved it", &Some(LineId::new("laptop:33")))
    );
    assert_eq!(times.landmark(Landmark::Began).line, Some(LineId::of_deployment(41)));
}

#[test]
fn what_no_fact_tells_is_not_known_rather_than_guessed() {
    let mut record = Record1::new();
    record.deployments.clear();
    let times = record.story().times;
    assert_eq!(times.times[0].length, Length::Missing(Landmark::Began));
    assert_eq!(times.times[1].length, Length::Missing(Landmark::Detected));
    assert_eq!(times.landmark(Landmark::Detected).source, "no line tells how it was detected");
}

#[test]
fn the_first_look_that_found_the_bad_release_not_well_is_its_detection() {
    let mut record = Record1::new();
    record.sees("2026-03-02T09:26:00Z", false);
    record.sees("2026-03-02T09:27:00Z", true);
    record.sees("2026-03-02T09:40:00Z", false);
    record.sees("2026-03-02T10:00:30Z", false);
    let story = record.story();
    let detected = story.times.landmark(Landmark::Detected);
    assert_eq!(
        (detected.at, detected.source.as_str()),
        (Some(at("2026-03-02T09:26:00Z")), "first detection: Health of v2.5.0 not well: 503, three of three tries")
    );
    let kinds: Vec<LineKind> =
        story.lines.iter().filter(|line| line.id.as_str().starts_with("probe:")).map(|line| line.kind).collect();
    assert_eq!(kinds, [LineKind::Detection, LineKind::Proof, LineKind::Signal, LineKind::Signal], "the first alone");
    assert_eq!(story.times.times[1].length, Length::Known(minutes(34)));
}

#[test]
fn an_incident_that_the_rollback_opened_tells_nothing_of_its_detection_until_somebody_says_so() {
    let mut record = Record1::new();
    let started = record.started();
    record.happens(&started, Happened::IncidentOpened(Box::new(opened_by_rollback(&started))));
    let story = record.story();
    let detected = story.times.landmark(Landmark::Detected);
    assert_eq!((detected.at, detected.source.as_str()), (None, "no line tells how it was detected"));
    assert_eq!(story.times.times[1].length, Length::Missing(Landmark::Detected), "it took some time to decide");
    record.happens("2026-03-02T10:30:00Z", edited(Edit::FoundAt(at("2026-03-02T09:31:00Z"))));
    assert_eq!(record.story().times.times[1].length, Length::Known(minutes(29)));
}

#[test]
fn an_edit_counts_leaves_its_trace_and_can_be_taken_back() {
    let mut record = Record1::new();
    let set = |to| Deed::PostmortemMomentSet {
        landmark: Landmark::Began,
        to,
        reason: "The first failed payment".to_owned(),
        by: "@on-call".to_owned(),
    };
    record.say("2026-03-02T12:00:00Z", set(Some(at("2026-03-02T09:25:00Z"))));
    let began = record.story().times.landmark(Landmark::Began).clone();
    assert_eq!((began.at, began.computed), (Some(at("2026-03-02T09:25:00Z")), Some(at("2026-03-02T09:20:00Z"))));
    assert_eq!((began.edits.len(), began.edits[0].by.as_str()), (1, "@on-call"));
    record.say("2026-03-02T12:05:00Z", set(None));
    let began = record.story().times.landmark(Landmark::Began).clone();
    assert_eq!((began.at, began.edits.len()), (began.computed, 2));
}

#[test]
fn clocks_that_disagree_make_no_negative_time() {
    let mut record = Record1::new();
    record.add("2026-03-02T10:30:00Z", LineKind::Detection, "Noticed");
    assert_eq!(record.story().times.times[1].length, Length::Backwards);
}

#[test]
fn the_hour_that_a_change_of_clocks_repeats_is_told_apart_and_counts_once() {
    let (before, after) = (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z"));
    assert_eq!(zone::clock(before, &berlin()), "02:30:00 CEST");
    assert_eq!(zone::clock(after, &berlin()), "02:30:00 CET");
    assert_eq!(zone::length(after.duration_since(before)), "1 h");
    assert_eq!(zone::utc(after), "2026-10-25 01:30:00 UTC");
}

#[test]
fn lengths_have_two_parts_at_most() {
    let words = |seconds| zone::length(jiff::SignedDuration::from_secs(seconds));
    let told: Vec<String> = [0, 59, 60, 108, 3600, 7500, 90_000, 180_000].into_iter().map(words).collect();
    assert_eq!(told, ["0 s", "59 s", "1 min", "1 min 48 s", "1 h", "2 h 5 min", "1 d 1 h", "2 d 2 h"]);
}

fn opened_by_rollback(started: &str) -> Opening {
    Opening { rollback: Some("rb-1".into()), found_at: at(started), ..opening() }
}
