//! One rollback of an environment at a time; a hold outlives its rollback.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::hold::Place;
use lastgood_core::hold::change::{self, Change};
use lastgood_core::hold::mark::MarkName;
use lastgood_core::hold::record::{HoldRecord, QuarantineRecord, Scope};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::Team;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::{Choice, Event};
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{BAD, Call, Crash, ENVIRONMENT, Effect, Effects, Fault, Life, REPOSITORY, TARGET, World};
use super::{choose, outcome, words};

#[tokio::test]
async fn a_second_rollback_sees_who_holds_and_why_and_does_nothing() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    assert!(matches!(world.live(world.plan(), "rb-1").await, Life::Crashed));
    assert!(world.hold().unwrap().in_use);

    let mut plan = world.plan();
    plan.who = "@on-call".to_owned();
    let second = second(&world, plan).await;
    let step = second.step(StepName::Hold);
    assert_eq!((outcome(&second), step.code), (Outcome::Failed, Some(Code::AlreadyRunning)));
    assert_eq!(step.sentence, "production is held by @release-manager: Checkout fails");
    assert_eq!(world.effects(), Effects::default());
    assert_eq!(world.hold().unwrap().rollback, Some("rb-1".into()), "the first one keeps its hold");
}

#[tokio::test]
async fn a_hold_of_a_rollback_that_is_over_is_taken_over() {
    let world = held().await;
    let mut plan = world.plan();
    plan.reason = "It was not that".to_owned();
    assert_eq!(outcome(&second(&world, plan).await), Outcome::Succeeded);
    let hold = world.hold().unwrap();
    assert_eq!((hold.rollback, hold.reason.as_str()), (Some("rb-2".into()), "It was not that"));
}

#[tokio::test]
async fn a_rollback_that_takes_over_a_hold_and_is_undone_gives_it_back() {
    let world = held().await;
    let before = world.hold();
    world.asks_when("check started", Request::Undo);
    assert_eq!(outcome(&second(&world, world.plan()).await), Outcome::Aborted);
    assert_eq!(world.hold(), before);
}

#[tokio::test]
async fn a_rollback_that_takes_over_a_hold_and_fails_a_check_gives_it_back() {
    let world = held().await;
    let before = world.hold();
    world.fails(Call::Workflows, 2..3, Fault::No);
    assert_eq!(outcome(&second(&world, world.plan()).await), Outcome::Failed);
    assert_eq!(world.hold(), before);
}

#[tokio::test]
async fn a_hold_that_was_given_back_is_lifted_by_a_person_like_any_other() {
    let world = held().await;
    world.asks_when("check started", Request::Undo);
    second(&world, world.plan()).await;
    lift(&world, "rb-1");
    assert_eq!(world.hold(), None);
}

#[tokio::test]
async fn a_hold_that_took_over_another_is_lifted_for_good() {
    let world = held().await;
    second(&world, world.plan()).await;
    lift(&world, "rb-2");
    assert_eq!(world.hold(), None);
}

#[tokio::test]
async fn a_hold_that_was_lifted_may_be_taken_anew() {
    let world = held().await;
    lift(&world, "rb-1");
    assert_eq!(world.hold(), None);
    second(&world, world.plan()).await;
    assert_eq!(world.hold().unwrap().rollback, Some("rb-2".into()));
}

#[tokio::test]
async fn the_hold_of_another_environment_is_no_obstacle() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    world.live(world.plan(), "rb-1").await;
    let mut plan = world.plan();
    plan.environment = "staging".into();
    let second = second(&world, plan).await;
    assert!(second.step(StepName::Hold).code.is_none());
}

#[tokio::test]
async fn a_quarantined_target_is_refused_with_its_reason() {
    let world = held().await;
    let mut plan = world.plan();
    (plan.to, plan.from) = ("v2.5.0".into(), Some("v2.4.0".into()));
    world.with(|state| {
        let tag = state.local[&"v2.4.0".into()].clone();
        state.local.insert("v2.5.0".into(), tag);
        state.remote.insert("v2.5.0".into(), plan.object.clone());
    });
    let second = second(&world, plan).await;
    assert_eq!(second.step(StepName::Check).sentence, "v2.5.0 is quarantined: Checkout fails");
    assert_eq!(world.effects().dispatches, 1);
}

/// A person lifts the quarantine that this rollback left.
pub(super) fn lift_quarantine(world: &World, rollback: &str) {
    let subject = Subject::repository(REPOSITORY).environment(ENVIRONMENT.into()).rollback(rollback.into());
    let event =
        Event::QuarantineLifted { tag: BAD.into(), by: "@platform-lead".to_owned(), reason: "Mended".to_owned() };
    world.write(&NewFact { at: world.with(|state| state.now), subject, event: event.into() });
    assert!(world.quarantined().is_empty());
}

#[tokio::test]
async fn the_hold_is_on_the_remote_with_owner_reason_expiry_and_rollback() {
    let world = held().await;
    let hold = world.team_hold().unwrap();
    assert_eq!((hold.owner.as_str(), hold.reason.as_str()), ("@release-manager", "Checkout fails"));
    assert_eq!(hold.rollback, Some("rb-1".into()));
    assert_eq!(hold.expires.duration_since(hold.since), SignedDuration::from_hours(24));
    assert_eq!(world.seen_marks().quarantines().next().unwrap().1.tag, BAD.into());
}

#[tokio::test]
async fn of_two_people_the_second_sees_who_holds_and_why_and_does_nothing() {
    let world = World::new();
    let theirs = theirs(&world);
    put(&world, &theirs).await;
    let rollback = world.roll_back(world.plan()).await;
    let step = rollback.step(StepName::Hold);
    assert_eq!((outcome(&rollback), step.code), (Outcome::Failed, Some(Code::Held)));
    assert_eq!(step.sentence, "production is held by @on-call until 2026-03-02 11:00 UTC: Migrating");
    assert_eq!(step.hint, "Ask @on-call to lift it, or break it with a reason.");
    assert_eq!((world.effects(), world.team_hold()), (Effects::default(), Some(theirs)));
    assert!(!world.has_fact("hold taken"));
}

#[tokio::test]
async fn an_expired_hold_is_taken_over_and_not_given_back() {
    let world = World::new();
    put(&world, &HoldRecord { expires: world.with(|state| state.now), ..theirs(&world) }).await;
    world.asks_when("check started", Request::Undo);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(rollback.over.unwrap().owner, "@on-call");
    assert_eq!(world.team_hold(), None);
}

#[tokio::test]
async fn an_own_hold_by_hand_is_taken_over_and_given_back() {
    let world = World::new();
    let mine = HoldRecord { owner: "@release-manager".to_owned(), ..theirs(&world) };
    put(&world, &mine).await;
    world.asks_when("check started", Request::Undo);
    world.roll_back(world.plan()).await;
    assert_eq!(world.team_hold(), Some(mine));
}

#[tokio::test]
async fn the_same_person_at_another_machine_does_not_drive_beside_itself() {
    let world = World::new();
    let elsewhere = HoldRecord {
        owner: "@release-manager".to_owned(),
        rollback: Some("rb-of-another-machine".into()),
        ..theirs(&world)
    };
    put(&world, &elsewhere).await;
    assert_eq!(world.roll_back(world.plan()).await.step(StepName::Hold).code, Some(Code::Held));
}

#[tokio::test]
async fn where_the_remote_takes_no_holds_it_stays_here_and_says_so() {
    let world = World::new();
    world.fails(Call::Put, 1..9, Fault::No);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let sentence = &rollback.step(StepName::Hold).sentence;
    assert!(sentence.contains("on this machine only") && sentence.contains("refs/lastgood is protected"), "{sentence}");
    assert!(rollback.step(StepName::Close).sentence.contains("on this machine only"));
    assert_eq!((world.hold().unwrap().place, world.team_hold()), (Place::ThisMachine, None));
    assert_eq!(world.quarantined(), [BAD]);
}

#[tokio::test]
async fn what_the_remote_has_is_not_known_so_a_person_looks_again() {
    for (call, fault) in [(Call::Put, Fault::LostBefore), (Call::Put, Fault::LostAfter), (Call::Marks, Fault::Broken)] {
        let world = World::new();
        world.fails(call, 1..2, fault);
        let waiting = world.roll_back(world.plan()).await;
        assert_eq!(waiting.step(StepName::Hold).phase, StepPhase::Inconclusive, "{call:?} {fault:?}");
        world.asks_after(1, choose(Choice::LookAgain));
        let rollback = world.resume("rb-1").await.unwrap().rested();
        assert_eq!(outcome(&rollback), Outcome::Succeeded);
        assert_eq!(world.told().iter().filter(|told| *told == "hold taken").count(), 1);
    }
}

#[tokio::test]
async fn giving_up_where_the_hold_may_have_arrived_takes_it_away() {
    let world = World::new();
    world.fails(Call::Put, 1..2, Fault::LostAfter);
    world.asks_when("hold inconclusive", choose(Choice::GiveUp));
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Aborted);
    assert_eq!(world.team_hold(), None);
}

#[tokio::test]
async fn where_a_hold_that_may_have_arrived_cannot_be_taken_away_that_is_said() {
    for (call, from) in [(Call::Remove, 1), (Call::Marks, 2)] {
        let world = World::new();
        world.fails(Call::Put, 1..2, Fault::LostAfter);
        world.fails(call, from..from + 1, Fault::No);
        world.asks_when("hold inconclusive", choose(Choice::GiveUp));
        let rollback = world.roll_back(world.plan()).await;
        assert_eq!(outcome(&rollback), Outcome::Aborted);
        assert!(words(&rollback).1.contains("lastgood hold production lift"), "{call:?}: {}", words(&rollback).1);
        assert!(world.team_hold().is_some());
    }
}

#[tokio::test]
async fn giving_up_where_the_hold_may_have_arrived_puts_back_the_own_hold_that_it_replaced() {
    for (hours, stays) in [(72, true), (0, false)] {
        let world = World::new();
        let by_hand = theirs(&world);
        let expires = HoldRecord::expiry(by_hand.since, hours);
        let mine = HoldRecord { owner: "@release-manager".to_owned(), expires, ..by_hand };
        put(&world, &mine).await;
        world.fails(Call::Put, 2..3, Fault::LostAfter);
        world.asks_when("hold inconclusive", choose(Choice::GiveUp));
        assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Aborted);
        assert!(!world.has_fact("hold taken"));
        assert_eq!(world.team_hold(), stays.then_some(mine));
    }
}

#[tokio::test]
async fn an_undo_that_cannot_reach_the_remote_says_that_the_hold_may_stand() {
    let world = World::new();
    world.fails(Call::Remove, 1..2, Fault::LostBefore);
    world.asks_when("check started", Request::Undo);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert!(words(&rollback).1.contains("lastgood hold production lift"), "{}", words(&rollback).1);
    assert!(!world.has_fact("hold lifted") && world.team_hold().is_some());
}

#[tokio::test]
async fn a_hold_that_was_broken_meanwhile_stops_the_dispatch() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    world.live(world.plan(), "rb-1").await;
    let broken = HoldRecord { reason: "No deploys now".to_owned(), ..theirs(&world) };
    assert!(matches!(change::seize(&*world, &broken).await, Change::Done(_)));
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let step = rollback.step(StepName::Dispatch);
    assert_eq!((outcome(&rollback), step.code), (Outcome::Failed, Some(Code::Held)));
    assert!(step.sentence.contains("@on-call") && step.sentence.contains("No deploys now"), "{}", step.sentence);
    assert_eq!((world.effects().dispatches, world.team_hold().unwrap().owner.as_str()), (0, "@on-call"));
}

#[tokio::test]
async fn a_hold_that_was_lifted_meanwhile_stops_the_dispatch() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    world.live(world.plan(), "rb-1").await;
    assert!(matches!(change::lift(&*world, &ENVIRONMENT.into(), |_| true).await, Change::Done(Some(_))));
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let step = rollback.step(StepName::Dispatch);
    assert_eq!((outcome(&rollback), step.code), (Outcome::Failed, Some(Code::Held)));
    assert_eq!(step.sentence, "Nothing was sent: somebody lifted the hold of production meanwhile");
    assert_eq!((world.effects().dispatches, world.team_hold()), (0, None));
}

#[tokio::test]
async fn a_hold_that_cannot_be_read_in_the_place_of_ours_stops_the_dispatch() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(3)));
    world.live(world.plan(), "rb-1").await;
    let name = MarkName::hold(&ENVIRONMENT.into());
    let ours = world.with(|state| state.marks[&name].object.clone());
    world.put(&name, "Written by hand", Some(&ours)).await.unwrap();
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let sentence = &rollback.step(StepName::Dispatch).sentence;
    assert!(sentence.contains("another hold, which cannot be read"), "{sentence}");
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0));
}

#[tokio::test]
async fn a_short_quarantine_in_one_environment_does_not_shorten_that_of_another() {
    let world = World::new();
    let now = world.with(|state| state.now);
    let soon = Some(HoldRecord::expiry(now, 1));
    let bad = |environment: &str, expires| QuarantineRecord {
        tag: BAD.into(),
        owner: "@on-call".to_owned(),
        reason: "Loses orders".to_owned(),
        since: now,
        expires,
        scope: Scope::Environments(vec![environment.into()]),
    };
    for (wanted, expires) in [
        (bad(ENVIRONMENT, None), None),
        (bad("staging", soon), None),
        (QuarantineRecord { scope: Scope::Everywhere, ..bad("", soon) }, soon),
    ] {
        assert!(matches!(change::quarantine(&*world, &wanted).await, Change::Done(_)));
        let placed = world.seen_marks().quarantine(&BAD.into()).unwrap().says.unwrap();
        assert_eq!(placed.expires, expires, "{wanted:?}");
        assert!(placed.scope.covers(&ENVIRONMENT.into()));
    }
}

#[tokio::test]
async fn where_a_quarantine_may_have_arrived_it_is_not_said_that_nobody_sees_it() {
    let world = World::new();
    world.fails(Call::Put, 2..3, Fault::LostAfter);
    let rollback = world.roll_back(world.plan()).await;
    let sentence = &rollback.step(StepName::Close).sentence;
    assert!(sentence.contains("quarantined on this machine; whether others see it is not known"), "{sentence}");
}

#[tokio::test]
async fn a_reason_given_in_the_countdown_reaches_the_team() {
    let world = World::new();
    world.asks_after(2, Request::GiveReason("Payments time out".to_owned()));
    world.roll_back(world.plan()).await;
    assert_eq!(world.team_hold().unwrap().reason, "Payments time out");
}

#[tokio::test]
async fn a_quarantine_that_a_teammate_made_is_refused_as_a_target() {
    let world = World::new();
    let bad = QuarantineRecord {
        tag: TARGET.into(),
        owner: "@on-call".to_owned(),
        reason: "Loses orders".to_owned(),
        since: world.with(|state| state.now),
        expires: None,
        scope: Scope::Everywhere,
    };
    assert!(matches!(change::quarantine(&*world, &bad).await, Change::Done(_)));
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(rollback.step(StepName::Check).sentence, "v2.4.0 is quarantined: Loses orders");
    assert_eq!((outcome(&rollback), world.team_hold()), (Outcome::Failed, None));
}

#[tokio::test]
async fn a_close_that_is_taken_up_again_quarantines_once() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    let place = world.told().iter().position(|told| told == "quarantined").unwrap() + 1;
    for crash in [Crash::BeforeFact(place), Crash::AfterFact(place)] {
        let world = World::new();
        world.with(|state| state.crash = Some(crash));
        world.through_crashes(world.plan()).await;
        assert_eq!(world.told().iter().filter(|told| *told == "quarantined").count(), 1, "{crash:?}");
        assert_eq!(world.with(|state| state.marked), 2);
    }
}

#[tokio::test]
async fn a_hold_that_an_earlier_process_took_is_lifted_though_this_one_could_not_tell() {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::After(Effect::Mark)));
    world.live(world.plan(), "rb-1").await;
    assert!(world.team_hold().is_some() && !world.has_fact("hold taken"));
    let next = world.with(|state| state.calls[&Call::Marks]) + 1;
    world.fails(Call::Marks, next..next + 1, Fault::No);
    world.asks_when("check started", Request::Undo);
    assert_eq!(outcome(&world.resume("rb-1").await.unwrap().rested()), Outcome::Aborted);
    assert_eq!(world.team_hold(), None);
}

#[tokio::test]
async fn a_stop_between_the_intent_and_the_dispatch_sends_nothing() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    let place = world.told().iter().position(|told| told == "dispatch started").unwrap() + 1;
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(place)));
    world.live(world.plan(), "rb-1").await;
    world.asks_after(0, Request::StopAfterThisStep);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Aborted, 0));
    assert!(words(&rollback).1.starts_with("Nothing was dispatched; the tag"), "{}", words(&rollback).1);
    assert_eq!((world.hold(), world.team_hold()), (None, None));
}

/// A teammate's hold, by hand, for an hour.
fn theirs(world: &World) -> HoldRecord {
    let since = world.with(|state| state.now);
    HoldRecord {
        environment: ENVIRONMENT.into(),
        owner: "@on-call".to_owned(),
        reason: "Migrating".to_owned(),
        since,
        expires: HoldRecord::expiry(since, 1),
        rollback: None,
        over: None,
    }
}

async fn put(world: &World, hold: &HoldRecord) {
    assert!(matches!(change::take(world, hold, |_| false).await, Change::Done(_)));
}

/// A rollback has succeeded and its hold stays.
async fn held() -> Arc<World> {
    let world = World::new();
    world.roll_back(world.plan()).await;
    assert!(world.hold().is_some());
    world
}

async fn second(world: &Arc<World>, plan: lastgood_core::rollback::plan::Plan) -> Rollback {
    world.live(plan, "rb-2").await.rested()
}

/// A person lifts the hold that this rollback left.
pub(super) fn lift(world: &World, rollback: &str) {
    let subject = Subject::repository(REPOSITORY).environment(ENVIRONMENT.into()).rollback(rollback.into());
    let event = Event::HoldLifted { by: "@platform-lead".to_owned(), reason: "Fixed".to_owned() };
    world.write(&NewFact { at: world.with(|state| state.now), subject, event: event.into() });
}
