//! A second person reads before it leaves.

use std::collections::BTreeMap;

use lastgood_core::incident::event::{Event, SendChoice, SendEnding, SendOutcome, Verdict};
use lastgood_core::incident::outbox::{SendEffect, SendPhase, effect};
use lastgood_core::incident::{Audience, Stage, next};

use super::kit::{after, approval, asked, at, channel, stage, update};

fn given(by: &str, verdict: Verdict) -> Event {
    Event::IncidentReviewGiven {
        update: update(),
        by: by.to_owned(),
        verdict,
        note: "The number is wrong.".to_owned(),
        expires_at: at(60),
        due: BTreeMap::from([(Audience::Team, at(30))]),
        late: false,
    }
}

/// Approved when its words did not hold any more.
fn given_late() -> Event {
    let approved = given("@support-lead", Verdict::Approved);
    let Event::IncidentReviewGiven { update, by, verdict, note, expires_at, .. } = approved else {
        panic!("{approved:?}")
    };
    let due = BTreeMap::from([(Audience::Team, at(90))]);
    Event::IncidentReviewGiven { update, by, verdict, note, expires_at, due, late: true }
}

#[test]
fn nothing_leaves_before_somebody_else_approved_it() {
    let incident = after(&[asked()]);
    let delivery = incident.delivery(&update(), &channel()).unwrap();
    assert_eq!((delivery.phase, effect(delivery, at(8))), (SendPhase::Review, SendEffect::AskPerson));
    assert_eq!(incident.due[&Audience::Team], at(20), "nobody was promised more yet");
    let approved = next::next(&incident, at(9), &given("@support-lead", Verdict::Approved)).unwrap();
    let delivery = approved.delivery(&update(), &channel()).unwrap();
    assert_eq!((delivery.phase, delivery.queued_at, delivery.expires_at), (SendPhase::Queued, at(9), at(60)));
    assert_eq!(approved.due[&Audience::Team], at(30));
    assert_eq!(approved.updates[0].review.as_ref().unwrap().by, "@support-lead");
}

#[test]
fn nobody_reviews_their_own_words_and_nobody_reviews_twice() {
    let incident = after(&[asked()]);
    for author in ["@team-lead", "team-lead", " @Team-Lead "] {
        assert!(next::next(&incident, at(9), &given(author, Verdict::Approved)).is_err(), "{author}");
    }
    assert!(next::next(&incident, at(9), &given("  ", Verdict::Approved)).is_err());
    let approved = next::next(&incident, at(9), &given("@support-lead", Verdict::Approved)).unwrap();
    assert!(next::next(&approved, at(10), &given("@vp-engineering", Verdict::Declined)).is_err());
}

#[test]
fn what_was_declined_does_not_leave_and_says_why() {
    let declined = next::next(&after(&[asked()]), at(9), &given("@support-lead", Verdict::Declined)).unwrap();
    let delivery = declined.delivery(&update(), &channel()).unwrap();
    assert_eq!(delivery.phase, SendPhase::Dropped);
    assert_eq!(delivery.sentence, "@support-lead declined: The number is wrong.");
    assert_eq!(declined.due[&Audience::Team], at(20));
}

#[test]
fn an_update_sets_the_stage_that_it_speaks_of_when_it_leaves() {
    let monitoring = |event: fn(Box<_>) -> Event| {
        let mut words = approval("It works again.");
        words.stage = Stage::Monitoring;
        event(Box::new(words))
    };
    assert_eq!(after(&[monitoring(Event::IncidentUpdateApproved)]).stage, Stage::Monitoring);
    let asked = after(&[monitoring(Event::IncidentReviewAsked)]);
    assert_eq!(asked.stage, Stage::Investigating);
    let given = given("@support-lead", Verdict::Approved);
    assert_eq!(next::next(&asked, at(9), &given).unwrap().stage, Stage::Monitoring);
    let resolved = next::next(&asked, at(8), &stage(Stage::Resolved)).unwrap();
    assert!(next::next(&resolved, at(9), &given).is_err(), "after the end nobody is promised more");
}

#[test]
fn what_was_read_too_late_is_asked_about_and_does_not_leave() {
    // Its words hold until minute 40.
    let incident = after(&[asked()]);
    let late = next::next(&incident, at(41), &given_late()).unwrap();
    let delivery = late.delivery(&update(), &channel()).unwrap();
    assert_eq!((delivery.phase, effect(delivery, at(41))), (SendPhase::Stale, SendEffect::AskPerson));
    assert!(delivery.sentence.contains("too late"), "{delivery:?}");
}

#[test]
fn what_was_read_too_late_promises_nothing_and_ends_nothing() {
    let mut words = approval("It works again.");
    words.stage = Stage::Resolved;
    words.due = BTreeMap::new();
    let asked = after(&[Event::IncidentReviewAsked(Box::new(words))]);
    let late = next::next(&asked, at(41), &given_late()).unwrap();
    assert_eq!((late.stage, &late.due, &late.rhythm), (asked.stage, &asked.due, &asked.rhythm), "nobody was told");
    assert_eq!(late.updates[0].review.as_ref().unwrap().by, "@support-lead");

    let again = Event::IncidentSendDecided {
        update: update(),
        channel: channel(),
        by: "@team-lead".to_owned(),
        choice: SendChoice::SendAgain,
        expires_at: at(200),
        receipt: None,
    };
    let sent = next::next(&late, at(42), &again).unwrap();
    assert_eq!((sent.stage, sent.due.len()), (Stage::Resolved, 0), "what leaves all the same says that it is over");
}

/// An earlier version let what was approved late leave: its story stays what it was.
#[test]
fn an_old_story_of_words_that_were_approved_late_and_left_is_still_read() {
    let old = given("@support-lead", Verdict::Approved);
    let line = serde_json::to_string(&old).unwrap();
    assert!(!line.contains("late"), "{line}");
    let ending = SendEnding {
        outcome: SendOutcome::Delivered,
        sentence: "It has it.".to_owned(),
        hint: String::new(),
        code: None,
        receipt: None,
        again_at: None,
        reached: Vec::new(),
    };
    let story = [
        serde_json::from_str(&line).unwrap(),
        Event::IncidentSendBegun { update: update(), channel: channel(), sent: "{}".to_owned() },
        Event::IncidentSendEnded { update: update(), channel: channel(), ending },
    ];
    let told = story.iter().fold(after(&[asked()]), |incident, event| next::next(&incident, at(41), event).unwrap());
    assert_eq!(told.delivery(&update(), &channel()).unwrap().phase, SendPhase::Delivered);
}
