//! Every state of a message on its way, against everything that can happen to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lastgood_core::error::Code;
use lastgood_core::ids::RollbackId;
use lastgood_core::incident::event::{Event, SendChoice, SendEnding, SendOutcome, Verdict};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::outbox::{self, Delivery, SendEffect, SendPhase};
use lastgood_core::incident::{Receipt, next};
use lastgood_core::rollback::Outcome;

use super::kit::{after, approval, approved, asked, at, channel, opened, update};
use super::standing::Standing;

fn begun() -> Event {
    Event::IncidentSendBegun { update: update(), channel: channel(), sent: "{}".to_owned() }
}

fn ended(outcome: SendOutcome) -> Event {
    let ending = SendEnding {
        outcome,
        sentence: "So it went.".to_owned(),
        hint: String::new(),
        code: (outcome != SendOutcome::Delivered).then_some(Code::ChannelRefused),
        receipt: None,
        again_at: None,
        reached: Vec::new(),
    };
    Event::IncidentSendEnded { update: update(), channel: channel(), ending }
}

fn stale() -> Event {
    Event::IncidentSendStale { update: update(), channel: channel() }
}

fn decided(choice: SendChoice) -> Event {
    Event::IncidentSendDecided {
        update: update(),
        channel: channel(),
        by: "@team-lead".to_owned(),
        choice,
        expires_at: at(200),
        receipt: None,
    }
}

fn reviewed(verdict: Verdict, late: bool) -> Event {
    Event::IncidentReviewGiven {
        update: update(),
        by: "@support-lead".to_owned(),
        verdict,
        note: String::new(),
        expires_at: at(200),
        due: BTreeMap::new(),
        late,
    }
}

fn all() -> Vec<(String, Event)> {
    let outcomes = [SendOutcome::Delivered, SendOutcome::Refused, SendOutcome::NotSent, SendOutcome::Unknown];
    let choices = [SendChoice::ItArrived, SendChoice::SendAgain, SendChoice::Drop];
    let mut all = vec![("begun".to_owned(), begun()), ("stale".to_owned(), stale())];
    all.extend(outcomes.map(|outcome| (format!("{outcome:?}"), ended(outcome))));
    all.extend(choices.map(|choice| (format!("{choice:?}"), decided(choice))));
    all.extend(
        [Verdict::Approved, Verdict::Declined].map(|verdict| (format!("{verdict:?}"), reviewed(verdict, false))),
    );
    all.push(("Approved late".to_owned(), reviewed(Verdict::Approved, true)));
    all
}

fn queued() -> Delivery {
    after(&[approved()]).updates[0].deliveries[0].clone()
}

#[test]
fn the_table_of_transitions_is_what_the_documentation_draws() {
    // Each state, reached from the queue by what leads there. It expires at minute 40.
    let asked = after(&[asked()]).updates[0].deliveries[0].clone();
    let mut reached: BTreeMap<SendPhase, Delivery> =
        BTreeMap::from([(SendPhase::Queued, queued()), (SendPhase::Review, asked)]);
    let mut table = String::new();
    for minute in [10, 50] {
        let mut ahead: Vec<Delivery> = reached.values().cloned().collect();
        while let Some(delivery) = ahead.pop() {
            for (name, event) in all() {
                let Some(next) = outbox::next(&delivery, at(minute), &event) else { continue };
                table.push_str(&format!("{} + {name} at {minute}: {}\n", delivery.phase.as_str(), next.phase.as_str()));
                if let Entry::Vacant(place) = reached.entry(next.phase) {
                    place.insert(next.clone());
                    ahead.push(next);
                }
            }
        }
    }
    let mut lines: Vec<&str> = table.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(reached.len(), SendPhase::ALL.len(), "every state is reached");
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn nothing_but_a_person_sends_again_what_may_have_arrived() {
    for path in
        [vec![begun()], vec![begun(), ended(SendOutcome::Unknown)], vec![begun(), ended(SendOutcome::Delivered)]]
    {
        let mut incident = after(&[approved()]);
        for event in &path {
            incident = next::next(&incident, at(10), event).unwrap();
        }
        let delivery = &incident.updates[0].deliveries[0];
        assert_ne!(outbox::effect(delivery, at(11)), SendEffect::Send);
        assert!(next::next(&incident, at(11), &begun()).is_err(), "{:?}", delivery.phase);
    }
}

#[test]
fn what_was_surely_not_sent_goes_again_when_the_service_said() {
    let mut ending = ended(SendOutcome::NotSent);
    if let Event::IncidentSendEnded { ending, .. } = &mut ending {
        ending.again_at = Some(at(12));
    }
    let delivery =
        [begun(), ending].iter().fold(queued(), |delivery, event| outbox::next(&delivery, at(10), event).unwrap());
    assert_eq!(outbox::effect(&delivery, at(11)), SendEffect::WaitUntil(at(12)));
    assert_eq!(outbox::effect(&delivery, at(12)), SendEffect::Send);
    assert_eq!(outbox::effect(&delivery, at(40)), SendEffect::GoStale, "late is asked about");
}

#[test]
fn what_could_not_leave_waits_longer_each_time_and_a_person_need_not_wait() {
    let mut delivery = queued();
    let mut pauses = Vec::new();
    for minute in [10, 12, 14, 16, 18, 20] {
        for event in [begun(), ended(SendOutcome::NotSent)] {
            delivery = outbox::next(&delivery, at(minute), &event).unwrap();
        }
        let SendEffect::WaitUntil(time) = outbox::effect(&delivery, at(minute)) else { panic!("{delivery:?}") };
        pauses.push(at(minute).duration_until(time).as_secs());
    }
    assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
    assert!(outbox::next(&delivery, at(20), &begun()).is_some(), "tried at once where somebody says so");
    assert_eq!(outbox::effect(&delivery, at(40)), SendEffect::GoStale);
}

#[test]
fn what_a_person_found_is_where_the_next_update_goes() {
    let receipt = Receipt { handle: Some("12".to_owned()), url: None, sentence: "It is there.".to_owned() };
    let mut found = decided(SendChoice::ItArrived);
    if let Event::IncidentSendDecided { receipt: place, .. } = &mut found {
        *place = Some(receipt);
    }
    let incident = [approved(), begun(), ended(SendOutcome::Unknown), found]
        .iter()
        .fold(opened(), |incident, event| next::next(&incident, at(10), event).unwrap());
    assert_eq!(incident.handle(&channel()), Some("12"));
}

#[test]
fn a_delivered_message_says_so_and_a_failed_one_says_why() {
    let incident =
        [approved(), begun()].iter().fold(opened(), |incident, event| next::next(&incident, at(10), event).unwrap());
    for outcome in [SendOutcome::Delivered, SendOutcome::Refused] {
        let Event::IncidentSendEnded { mut ending, .. } = ended(outcome) else { panic!("an end") };
        ending.code = if ending.code.is_some() { None } else { Some(Code::Internal) };
        let event = Event::IncidentSendEnded { update: update(), channel: channel(), ending };
        assert!(next::next(&incident, at(10), &event).is_err(), "{outcome:?}");
    }
}

#[test]
fn what_is_sent_again_forgets_why_it_did_not_leave() {
    let mut locked = ended(SendOutcome::NotSent);
    if let Event::IncidentSendEnded { ending, .. } = &mut locked {
        ending.code = Some(Code::KeychainLocked);
    }
    let late =
        [begun(), locked].iter().fold(queued(), |delivery, event| outbox::next(&delivery, at(10), event).unwrap());
    let late = outbox::next(&late, at(41), &stale()).unwrap();
    assert_eq!(late.code, Some(Code::KeychainLocked));
    let again = outbox::next(&late, at(42), &decided(SendChoice::SendAgain)).unwrap();
    assert_eq!((again.phase, again.code), (SendPhase::Queued, None));
}

#[test]
fn whoever_has_it_already_stays_known_until_all_have_it() {
    let (one, two) = (partly(&["one@acme.example"]), partly(&["two@acme.example"]));
    let told = [approved(), begun(), one, begun(), two, begun(), ended(SendOutcome::Unknown)];
    let incident = after(&told);
    let delivery = incident.delivery(&update(), &channel()).unwrap();
    assert_eq!(delivery.reached, ["one@acme.example", "two@acme.example"]);
    assert_eq!(incident.handle(&channel()), Some("<up-1@acme.example>"), "the thread is there");
    let late = after(&told[..5]);
    let delivery = late.delivery(&update(), &channel()).unwrap();
    let stale = outbox::next(delivery, at(200), &stale()).unwrap();
    assert!(stale.sentence.starts_with("Some have it"), "{}", stale.sentence);
}

fn partly(reached: &[&str]) -> Event {
    let mut event = ended(SendOutcome::NotSent);
    if let Event::IncidentSendEnded { ending, .. } = &mut event {
        let (handle, sentence) = (Some("<up-1@acme.example>".to_owned()), "1 of 3.".to_owned());
        ending.receipt = Some(Receipt { handle, url: None, sentence });
        ending.reached = reached.iter().map(|one| (*one).to_owned()).collect();
    }
    event
}

#[test]
fn whoever_got_that_a_rollback_began_hears_that_it_did_not_work_though_it_was_dropped_for_the_others() {
    let mut approval = approval("# Rolling back\nWe are at it.");
    approval.messages[0].moment = Some(Moment::RollingBack);
    approval.messages[0].rollback = Some(RollbackId::new("rb-4f1c"));
    let rolling_back = Event::IncidentUpdateApproved(Box::new(approval));
    let failed = Standing::Ended(Outcome::Failed).rollback();
    for (reached, hears) in [(vec!["one@acme.example"], true), (Vec::new(), false)] {
        let told = after(&[rolling_back.clone(), begun(), partly(&reached), decided(SendChoice::Drop)]);
        let moment = Moment::of(&told, Some(&failed), &channel());
        assert_eq!(moment == Moment::NotRolledBack, hears, "{reached:?}: {moment:?}");
    }
}
