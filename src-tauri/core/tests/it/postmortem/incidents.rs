//! An incident and the rollback that answers it are one story.

use lastgood_core::incident::event::{Edit, Event as Happened};
use lastgood_core::incident::{Severity, next};
use lastgood_core::journal::{Event, Fact};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::export::{Options, write};
use lastgood_core::postmortem::line::{Evidence, Line, LineId, LineKind, Weight};
use lastgood_core::postmortem::times::{Landmark, Length, TimeName};
use lastgood_core::postmortem::{About, fold};
use lastgood_core::rollback::event::Event as Started;

use super::kit::{Record1, about, at, berlin, edited, minutes, opening};

#[test]
fn every_fact_of_the_incident_is_one_line_beside_those_of_its_rollback() {
    let record = Record1::with_incident();
    let mut told: Vec<LineId> = record.story().lines.into_iter().map(|line| line.id).collect();
    let own = |fact: &&Fact| fact.subject.rollback.is_some() || fact.subject.incident.is_some();
    for fact in record.facts.iter().filter(own) {
        let id = LineId::of_fact(&fact.writer, fact.sequence);
        let place = told.iter().position(|line| *line == id);
        told.remove(place.unwrap_or_else(|| panic!("{id} is not told")));
    }
    let rest: Vec<&str> = told.iter().map(LineId::as_str).collect();
    assert!(rest.iter().all(|id| id.starts_with("gap:") || *id == "deployment:41"), "{rest:?}");
}

#[test]
fn a_rollback_that_began_under_an_open_incident_is_of_its_story() {
    let mut record = Record1::new();
    for fact in &mut record.facts {
        let Event::Rollback(Started::RollbackStarted(plan)) = &mut fact.event else { continue };
        plan.incident = Some("inc-1".into());
    }
    record.happens("2026-03-02T09:43:00Z", Happened::IncidentOpened(Box::new(opening())));
    let of_rollback = record.postmortem().about;
    assert_eq!(of_rollback.incident, Some("inc-1".into()));
    let alone = About { rollbacks: Vec::new(), incident: Some("inc-1".into()), ..about() };
    assert_eq!(alone.whole(&record.facts).rollbacks, ["rb-1".into()]);
    for fact in &mut record.facts {
        let Event::Rollback(Started::RollbackStarted(plan)) = &mut fact.event else { continue };
        plan.rollout = Some("ro-1".into());
    }
    let stage = About { rollbacks: Vec::new(), incident: Some("inc-1".into()), ..about() };
    assert_eq!(stage.whole(&record.facts).rollbacks, [], "a stage of a rollout is told by that");
}

#[test]
fn the_incident_is_told_as_detection_decisions_alerts_signals_and_messages() {
    let lines = Record1::with_incident().story().lines;
    let of = |kind: LineKind| -> Vec<&str> {
        let own = lines.iter().filter(|line| line.id.as_str().starts_with("room:") && line.kind == kind);
        own.map(|line| line.text.as_str()).collect()
    };
    assert_eq!(of(LineKind::Detection), ["Incident opened, severity 2: “Checkout fails”"]);
    assert_eq!(
        of(LineKind::Decision),
        ["Severity set to 1", "Stage set to identified", "Update approved for status", "Stage set to resolved"]
    );
    assert_eq!(of(LineKind::Alert), ["Alert shown: the update to the team is due, by 2026-03-02 09:58:00 UTC"]);
    assert_eq!(
        of(LineKind::Message),
        [
            "Message to status leaves",
            "Message to status not sent yet: The name was not found",
            "Message to status leaves",
            "Message to status delivered: It is on the page",
        ]
    );
    assert!(of(LineKind::Signal).contains(&"Impact: “12 % of orders fail”"));
}

#[test]
fn a_message_shows_what_was_sent_in_the_attempt_that_arrived_and_where_it_stands() {
    let story = Record1::with_incident().story();
    let arrived = line(&story.lines, "Message to status delivered: It is on the page");
    assert_eq!(arrived.weight, Weight::Main);
    assert_eq!(arrived.evidence[0], Evidence::Sent(vec!["We look into it".to_owned()]));
    assert_eq!(arrived.evidence[1], Evidence::Link("https://status.acme.example/1".to_owned()));
    let failed = line(&story.lines, "Message to status not sent yet: The name was not found");
    assert!(matches!(failed.evidence[..], [Evidence::Fact { .. }]), "{failed:?}");
}

#[test]
fn a_message_that_reached_some_and_not_yet_all_is_told_as_one_that_left() {
    let mut record = Record1::with_incident();
    for fact in &mut record.facts {
        if let Event::Incident(Happened::IncidentSendEnded { ending, .. }) = &mut fact.event
            && ending.receipt.is_none()
        {
            ending.reached = vec!["one@acme.example".to_owned()];
        }
    }
    let story = record.story();
    let partly = line(&story.lines, "Message to status delivered to some: The name was not found");
    assert_eq!(partly.weight, Weight::Main);
}

#[test]
fn the_times_follow_what_the_incident_says_and_detection_stands_where_it_was_found() {
    let mut record = Record1::with_incident();
    let story = record.story();
    let times = story.times;
    let of = |name: TimeName| times.times.iter().find(|time| time.name == name).unwrap().length;
    assert_eq!(of(TimeName::ToDetect), Length::Known(minutes(11)));
    assert_eq!(of(TimeName::ToDecide), Length::Known(minutes(29)));
    assert_eq!(of(TimeName::OfImpact), Length::Known(minutes(42)));
    assert_eq!(times.landmark(Landmark::Restored).source, "the incident says when the impact ended");
    assert_eq!(line(&story.lines, "Incident opened, severity 2: “Checkout fails”").at, at("2026-03-02T09:31:00Z"));
    record.happens("2026-03-02T10:05:00Z", edited(Edit::ImpactStartedAt(Some(at("2026-03-02T09:26:00Z")))));
    let times = record.story().times;
    assert_eq!(times.landmark(Landmark::Began).at, Some(at("2026-03-02T09:26:00Z")));
}

#[test]
fn an_incident_without_a_rollback_is_over_when_it_was_resolved() {
    let mut record = Record1::with_incident();
    record.facts.retain(|fact| fact.subject.rollback.is_none());
    let ended = |fact: &Fact| serde_json::to_string(fact).unwrap().contains("impact_ended_at");
    record.facts.retain(|fact| !ended(fact));
    let restored = record.story().times.landmark(Landmark::Restored).clone();
    assert_eq!(
        (restored.at, restored.source.as_str()),
        (Some(at("2026-03-02T10:04:00Z")), "the incident was resolved")
    );
}

#[test]
fn a_room_and_its_rollback_share_one_post_mortem_whichever_came_first() {
    let record = Record1::with_incident();
    let postmortem = fold(&record.facts).remove(0);
    assert_eq!(postmortem.about.incident, Some("inc-1".into()));
    let facts: Vec<Fact> = record.facts.iter().filter(|fact| fact.event.incident().is_some()).cloned().collect();
    let room = About::of_incident(&next::fold(&facts).unwrap()[0]).whole(&record.facts);
    assert_eq!(room.rollbacks, about().rollbacks);
    assert!(postmortem.about.is_of(&room));
    let other = About { rollbacks: vec!["rb-2".into()], ..about() };
    assert!(!postmortem.about.is_of(&other) && !About::by_hand("one").is_of(&About::by_hand("two")));
}

#[test]
fn what_was_sent_is_in_the_export_once_and_its_words_stay_text() {
    let mut record = Record1::with_incident();
    record.happens("2026-03-02T10:06:00Z", edited(Edit::Severity(Severity::new(3).unwrap())));
    let text = Document::new(&"pm-1".into(), &about(), "2026-03-02", "@platform-lead").text();
    let options = Options { zone: berlin(), details: true, pictures: "pictures".to_owned() };
    let long = write(&text, &record.story(), &options).markdown;
    assert_eq!(
        (long.matches("sent: We look into it,").count(), long.matches("sent: We look into it |").count()),
        (1, 1)
    );
    let brief = write(&text, &record.story(), &Options { details: false, ..options }).markdown;
    assert!(!brief.contains("sent: ") && brief.contains("Message to status delivered"), "{brief}");
}

#[test]
fn a_fact_that_does_not_fit_hides_nothing_of_the_incident() {
    let mut record = Record1::with_incident();
    record.happens("2026-03-02T09:55:00Z", edited(Edit::Severity(Severity::new(1).unwrap())));
    let story = record.story();
    assert_eq!(story.times.landmark(Landmark::Restored).source, "the incident says when the impact ended");
    assert_eq!(story.lines.iter().filter(|line| line.text == "Severity set to 1").count(), 2);
}

fn line<'a>(lines: &'a [Line], text: &str) -> &'a Line {
    lines.iter().find(|line| line.text == text).unwrap_or_else(|| panic!("no line {text}"))
}
