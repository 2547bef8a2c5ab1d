//! What can happen to an incident, and what cannot.

use std::collections::BTreeMap;

use lastgood_core::error::Code;
use lastgood_core::ids::{IncidentId, UpdateId};
use lastgood_core::incident::event::{Approval, Edit, Event, SendEnding, SendOutcome};
use lastgood_core::incident::{Audience, Severity, Stage, next};
use lastgood_core::journal::{self, Fact, NewFact, Subject};

use super::kit::{after, approval, approved, at, channel, edited, opened, opening, stage, update};

#[test]
fn every_edit_is_a_fact_that_changes_what_is_said() {
    let incident = after(&[
        edited(Edit::Title("Plugins fail".to_owned())),
        edited(Edit::Severity(Severity::new(1).unwrap())),
        edited(Edit::Commander(Some("@on-call".to_owned()))),
        edited(Edit::Role { role: "communications".to_owned(), who: Some("@team-lead".to_owned()) }),
        edited(Edit::Impact(Some("12 %".to_owned()))),
        edited(Edit::Cause(Some("fuel metering".to_owned()))),
        edited(Edit::Surfaces(vec!["API".to_owned(), "plugin host".to_owned()])),
        edited(Edit::FoundAt(at(4))),
        edited(Edit::ImpactStartedAt(Some(at(1)))),
        edited(Edit::ImpactEndedAt(Some(at(42)))),
        edited(Edit::Environment(None)),
        edited(Edit::Rollback(None)),
        edited(Edit::Role { role: "communications".to_owned(), who: None }),
    ]);
    assert_eq!((incident.title.as_str(), incident.severity.number()), ("Plugins fail", 1));
    assert_eq!((incident.commander.as_deref(), incident.roles.len()), (Some("@on-call"), 0));
    assert_eq!((incident.impact.as_deref(), incident.cause.as_deref()), (Some("12 %"), Some("fuel metering")));
    assert_eq!((incident.impact_started_at, incident.impact_ended_at), (Some(at(1)), Some(at(42))));
    assert_eq!((incident.environment, incident.rollback, incident.found_at), (None, None, at(4)));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let resolved = after(&[stage(Stage::Resolved)]);
    let unfilled = Event::IncidentUpdateApproved(Box::new(approval("We lost \u{10FF03}impact\u{10FF04}.")));
    let nobody = Event::IncidentUpdateApproved(Box::new({
        let mut approval = approval("Text.");
        approval.messages.clear();
        approval
    }));
    let twice = Event::IncidentUpdateApproved(Box::new({
        let mut approval = approval("Text.");
        approval.messages.push(approval.messages[0].clone());
        approval
    }));
    let nothing_new =
        |due| Event::IncidentNothingNew { by: "@on-call".to_owned(), audience: Audience::Team, due: at(due) };
    let queued = after(&[approved()]);
    let illegal = [
        (opened(), Event::IncidentOpened(Box::new(opening()))),
        (opened(), edited(Edit::Title("  ".to_owned()))),
        (opened(), edited(Edit::Impact(None))),
        (opened(), edited(Edit::ImpactEndedAt(Some(at(1))))),
        (opened(), stage(Stage::Investigating)),
        (opened(), unfilled),
        (opened(), nobody),
        (opened(), twice),
        (opened(), nothing_new(3)),
        (resolved.clone(), nothing_new(90)),
        (resolved, approved()),
        (queued.clone(), approved()),
        (queued, Event::IncidentSendStale { update: UpdateId::new("up-2"), channel: channel() }),
    ];
    for (incident, event) in illegal {
        assert!(next::next(&incident, at(10), &event).is_err(), "{event:?}");
    }
}

#[test]
fn what_is_resolved_may_come_back() {
    let incident = after(&[stage(Stage::Resolved), stage(Stage::Investigating)]);
    assert!(incident.is_open());
    assert_eq!(incident.stages.len(), 3);
    assert_eq!(after(&[stage(Stage::Resolved)]).due, BTreeMap::new(), "nobody waits for more after the end");
}

#[test]
fn a_channel_that_was_told_of_a_surface_hears_that_it_is_well_again_and_no_other_does() {
    let begun = Event::IncidentSendBegun { update: update(), channel: channel(), sent: "{}".to_owned() };
    let incident = after(&[approved(), begun, edited(Edit::Surfaces(vec!["api".to_owned(), "Web".to_owned()]))]);
    assert_eq!(incident.recovered(&channel()), [""; 0]);
    let fewer = next::next(&incident, at(12), &edited(Edit::Surfaces(vec!["Web".to_owned()]))).unwrap();
    assert_eq!(fewer.recovered(&channel()), ["API"]);
    assert_eq!(fewer.recovered(&"other".into()), [""; 0], "it was told nothing");
}

/// Another incident may hit it next: this one does not say again and again that it is well.
#[test]
fn what_was_told_to_be_well_again_is_not_told_again() {
    let begun = |update: &UpdateId| Event::IncidentSendBegun {
        update: update.clone(),
        channel: channel(),
        sent: "{}".to_owned(),
    };
    let ended = |update: &UpdateId, outcome: SendOutcome| Event::IncidentSendEnded {
        update: update.clone(),
        channel: channel(),
        ending: SendEnding {
            outcome,
            sentence: "So it went.".to_owned(),
            hint: String::new(),
            code: (outcome != SendOutcome::Delivered).then_some(Code::SendUnknown),
            receipt: None,
            again_at: None,
            reached: Vec::new(),
        },
    };
    let second = UpdateId::new("up-2");
    let next_one = Approval { update: second.clone(), ..approval("Better.") };
    let story = [
        approved(),
        begun(&update()),
        ended(&update(), SendOutcome::Delivered),
        edited(Edit::Surfaces(vec!["Web".to_owned()])),
        Event::IncidentUpdateApproved(Box::new(next_one)),
        begun(&second),
    ];
    let incident = after(&story);
    assert_eq!(incident.recovered(&channel()), ["API"], "while nobody knows whether it arrived");
    let told = |outcome| next::next(&incident, at(13), &ended(&second, outcome)).unwrap();
    assert_eq!(told(SendOutcome::Unknown).recovered(&channel()), ["API"]);
    let told = told(SendOutcome::Delivered);
    assert_eq!(told.recovered(&channel()), [""; 0]);
    let none = next::next(&told, at(14), &edited(Edit::Surfaces(Vec::new()))).unwrap();
    assert_eq!(none.recovered(&channel()), ["Web"]);
}

#[test]
fn several_incidents_are_folded_from_one_journal_and_read_back_as_written() {
    let mut facts: Vec<Fact> = Vec::new();
    let mut head = None;
    let mut write = |id: &str, minute: i64, event: Event| {
        let subject = Subject::repository("github.com/acme/shop").incident(IncidentId::new(id));
        let fact = NewFact { at: at(minute), subject, event: event.into() };
        let record = journal::chain(&"writer-1".into(), head.as_ref(), &fact).unwrap();
        head = Some(journal::Head { sequence: record.sequence, hash: record.hash.clone() });
        facts.push(record.read().unwrap());
        assert_eq!(facts.last().unwrap().event, fact.event);
    };
    write("inc-1", 5, Event::IncidentOpened(Box::new(opening())));
    write("inc-2", 6, Event::IncidentOpened(Box::new(opening())));
    write("inc-1", 7, approved());
    write("inc-2", 8, stage(Stage::Identified));
    write("inc-2", 9, edited(Edit::Severity(Severity::new(3).unwrap())));
    let incidents = next::fold(&facts).unwrap();
    assert_eq!(incidents.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ["inc-1", "inc-2"]);
    assert_eq!((incidents[0].updates.len(), incidents[1].stage), (1, Stage::Identified));
    facts.remove(0);
    assert!(next::fold(&facts).is_err(), "an incident that never began has no facts");
}

#[test]
fn a_severity_is_a_number_from_one_to_four() {
    for text in ["0", "5", "-1", "\"2\""] {
        assert!(serde_json::from_str::<Severity>(text).is_err(), "{text}");
    }
    assert_eq!(serde_json::from_str::<Severity>("4").unwrap().number(), 4);
}
