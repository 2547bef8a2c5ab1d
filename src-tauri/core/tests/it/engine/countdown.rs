//! What a person may still change: undo and the reason while the countdown runs, stopping at any time.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{Call, Crash, Effects, Fault, World};
use super::{outcome, words};

const NOTHING: Effects = Effects { tags: 0, pushes: 0, dispatches: 0 };

#[tokio::test]
async fn undo_in_the_countdown_leaves_no_trace_but_its_facts() {
    for moment in
        ["rollback started", "hold started", "hold taken", "check started", "workflow.ready passed", "check succeeded"]
    {
        let (world, rollback) = asked_at(moment, Request::Undo).await;
        assert_eq!(outcome(&rollback), Outcome::Aborted, "{moment}");
        let hint = "Its hold is lifted, and nothing was tagged or sent. Roll back again whenever you need to.";
        assert_eq!(words(&rollback), ("Undone: production stays as it is", hint), "{moment}");
        assert_eq!(world.team_hold(), None, "{moment}");
        assert_eq!((world.effects(), world.hold(), world.alerts()), (NOTHING, None, vec![]), "{moment}");
    }
}

#[tokio::test]
async fn undo_while_waiting_ends_the_waiting() {
    let world = World::new();
    world.asks_after(3, Request::Undo);
    let plan = world.plan();
    let started = plan.started;
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert_eq!(rollback.end.unwrap().at.duration_since(started), SignedDuration::from_secs(3));
}

#[tokio::test]
async fn undo_counts_more_than_a_check_that_fails_meanwhile() {
    let world = World::new();
    world.fails(Call::RemoteTag, 1..2, Fault::No);
    world.asks_when("check started", Request::Undo);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert_eq!(words(&rollback).0, "Undone: production stays as it is");
    assert!(world.alerts().is_empty());
}

#[tokio::test]
async fn undo_after_the_tag_step_began_changes_nothing() {
    for moment in ["tag started", "tag made", "dispatch sent", "run seen queued", "prove started", "close started"] {
        let (world, rollback) = asked_at(moment, Request::Undo).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded, "{moment}");
        assert!(!world.has_fact("undo asked"), "{moment}");
    }
}

#[tokio::test]
async fn a_reason_given_in_the_countdown_is_on_the_tag_the_hold_and_the_quarantine() {
    let world = World::new();
    world.asks_after(2, Request::GiveReason("Payments\ntime out".to_owned()));
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(rollback.reason, "Payments\ntime out");
    insta::assert_snapshot!(world.with(|state| state.tag_orders[0].message.clone()), @r"
    Rollback to v2.4.0

    Environment: production
    Rolled-back-from: v2.5.0
    Reason: Payments time out
    Requested-by: @release-manager
    Lastgood-rollback: rb-1
    ");
    assert_eq!(world.hold().unwrap().reason, "Payments\ntime out");
}

#[tokio::test]
async fn where_nobody_gives_a_reason_the_hold_and_the_tag_say_what_was_done() {
    let world = World::new();
    let mut plan = world.plan();
    plan.reason = String::new();
    world.roll_back(plan).await;
    assert_eq!(world.hold().unwrap().reason, "Rollback to v2.4.0");
    assert!(world.with(|state| state.tag_orders[0].message.contains("\nReason: Rollback to v2.4.0\n")));
}

#[tokio::test]
async fn a_reason_that_comes_too_late_changes_nothing() {
    let (world, rollback) = asked_at("tag started", Request::GiveReason("Too late".to_owned())).await;
    assert_eq!(rollback.reason, "Checkout fails");
    assert!(!world.has_fact("reason given"));
}

#[tokio::test]
async fn without_a_countdown_nothing_is_waited_for() {
    let world = World::new();
    let mut plan = world.plan();
    plan.undo_until = plan.started;
    let started = plan.started;
    let rollback = world.roll_back(plan).await;
    assert_eq!(rollback.step(StepName::Tag).started, Some(started));
}

#[tokio::test]
async fn a_clock_that_is_set_back_in_the_countdown_does_not_make_it_longer() {
    let world = World::new();
    let plan = world.plan();
    world.with(|state| state.set_back_at_fact = Some(("check succeeded".to_owned(), SignedDuration::from_hours(1))));
    let before = world.with(|state| state.elapsed);
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    let taken = world.with(|state| state.elapsed) - before;
    assert!(taken.as_secs() < 300, "{taken:?}");
}

#[tokio::test]
async fn a_clock_that_is_set_back_while_nothing_runs_does_not_make_the_countdown_longer() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    let checked = world.told().iter().position(|told| told == "check succeeded").unwrap() + 1;
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(checked)));
    world.with(|state| state.set_back_at_fact = Some(("check succeeded".to_owned(), SignedDuration::from_hours(26))));
    world.live(world.plan(), "rb-1").await;
    let before = world.with(|state| state.elapsed);
    assert_eq!(outcome(&world.resume("rb-1").await.unwrap().rested()), Outcome::Succeeded);
    let taken = world.with(|state| state.elapsed) - before;
    assert!(taken.as_secs() < 300, "{taken:?}");
}

#[tokio::test]
async fn stop_after_each_step_says_where_it_stopped_and_what_is_left() {
    let nothing = "Nothing was dispatched.";
    let tag = "Nothing was dispatched; the tag rollback-20260302-100000 stays on the remote.";
    let goes_on = "Run 7001 goes on at GitHub; cancel it there if it must not. The hold stays until 2026-03-03 10:00 UTC, or until you lift it.";
    let over = "Run 7001 is over: see what is live. The hold stays until 2026-03-03 10:00 UTC, or until you lift it.";
    for (step, hint, pushes, dispatches) in [
        ("hold", nothing, 0, 0),
        ("check", nothing, 0, 0),
        ("tag", tag, 1, 0),
        ("dispatch", goes_on, 1, 1),
        ("follow", over, 1, 1),
        ("prove", over, 1, 1),
    ] {
        let (world, rollback) = asked_at(&format!("{step} started"), Request::StopAfterThisStep).await;
        assert_eq!(outcome(&rollback), Outcome::Aborted, "{step}");
        assert_eq!(words(&rollback), (format!("Rollback of production stopped after {step}").as_str(), hint), "{step}");
        assert_eq!((world.effects().pushes, world.effects().dispatches), (pushes, dispatches), "{step}");
        assert_eq!(world.hold().is_some(), dispatches > 0, "{step}");
        assert!(world.quarantined().is_empty(), "{step}");
        assert_eq!(world.alerts().len(), 1, "{step}");
    }
}

#[tokio::test]
async fn stop_in_the_first_step_or_in_the_last_one() {
    let (world, rollback) = asked_at("rollback started", Request::StopAfterThisStep).await;
    assert_eq!(words(&rollback), ("Rollback of production stopped after hold", "Nothing was dispatched."));
    assert_eq!((world.effects(), world.hold()), (NOTHING, None), "the hold was given back");

    let (_, rollback) = asked_at("close started", Request::StopAfterThisStep).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded, "the last step ends the rollback anyway");
}

#[tokio::test]
async fn stop_while_a_run_is_followed_waits_for_the_end_of_the_run() {
    let (world, rollback) = asked_at("run seen in_progress", Request::StopAfterThisStep).await;
    assert!(world.has_fact("run seen success"));
    assert_eq!(rollback.step(StepName::Follow).phase, StepPhase::Succeeded);
    assert_eq!(rollback.step(StepName::Prove).phase, StepPhase::Pending);
}

#[tokio::test]
async fn stop_while_a_run_is_out_of_sight_ends_at_once_and_claims_nothing() {
    let world = World::new();
    world.goes_dark(10..100_000);
    world.asks_after(60, Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    let follow = rollback.step(StepName::Follow);
    assert_eq!(follow.phase, StepPhase::Inconclusive);
    assert_eq!(follow.sentence, "How run 7001 ended is not known: GitHub cannot be reached.");
    assert_eq!(words(&rollback).0, "Rollback of production stopped after dispatch");
    assert!(words(&rollback).1.starts_with("Run 7001 goes on at GitHub"), "{}", words(&rollback).1);
    assert!(world.hold().is_some());
}

#[tokio::test]
async fn stop_asked_before_the_run_goes_out_of_sight_ends_there_too() {
    let world = World::new();
    world.goes_dark(15..100_000);
    world.asks_when("run seen in_progress", Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(
        (outcome(&rollback), rollback.step(StepName::Follow).phase),
        (Outcome::Aborted, StepPhase::Inconclusive)
    );
}

#[tokio::test]
async fn stop_while_a_person_is_asked_ends_the_rollback() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    world.asks_when("dispatch inconclusive", Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(words(&rollback).0, "Rollback of production stopped after tag");
    assert!(words(&rollback).1.contains("A run may have been started"), "{}", words(&rollback).1);
}

#[tokio::test]
async fn stop_where_the_push_is_not_known_to_have_arrived_says_so() {
    let world = World::new();
    world.fails(Call::PushTag, 1..2, Fault::LostAfter);
    world.asks_when("tag inconclusive", Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    let hint = "Nothing was dispatched; the tag rollback-20260302-100000 is here, and may be on the remote.";
    assert_eq!(words(&rollback), ("Rollback of production stopped after check", hint));
    assert_eq!(world.hold(), None);
}

#[tokio::test]
async fn stop_while_a_lost_dispatch_is_looked_for_ends_after_the_looking() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    world.asks_after(15, Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert_eq!(world.effects().dispatches, 0);
}

async fn asked_at(moment: &str, request: Request) -> (Arc<World>, Rollback) {
    let world = World::new();
    world.asks_when(moment, request);
    let rollback = world.roll_back(world.plan()).await;
    (world, rollback)
}
