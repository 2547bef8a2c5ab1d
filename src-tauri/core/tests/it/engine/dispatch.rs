//! What GitHub may answer to a dispatch, and what a person may decide where it does not answer.

use std::sync::Arc;
use std::time::Duration;

use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{Call, Fault, Run, World};
use super::{choose, outcome, words};

#[tokio::test]
async fn a_run_that_the_answer_names_is_ours() {
    let world = World::new();
    let rollback = world.roll_back(world.plan()).await;
    assert!(world.has_fact("run found by answer"));
    assert_eq!(rollback.step(StepName::Dispatch).sentence, "Run 7001 accepted, version = v2.4.0");
}

#[tokio::test]
async fn an_answer_without_a_run_is_followed_by_a_search_for_our_key() {
    let world = World::new();
    world.with(|state| {
        state.names_runs = false;
        state.strangers = vec![stranger(state, 9000), stranger(state, 9001)];
    });
    let rollback = world.roll_back(world.plan()).await;
    assert!(world.has_fact("run found by key"));
    assert_eq!((rollback.run, world.effects().dispatches), (Some(RunId(7001)), 1));
}

#[tokio::test]
async fn without_a_key_the_only_run_of_that_time_is_ours() {
    let world = World::new();
    world.with(|state| state.names_runs = false);
    let rollback = world.roll_back(world.plan_without_key()).await;
    assert!(world.has_fact("run found by time and actor"));
    assert_eq!((outcome(&rollback), rollback.run), (Outcome::Succeeded, Some(RunId(7001))));
}

#[tokio::test]
async fn without_a_key_several_runs_of_that_time_are_no_evidence() {
    let world = World::new();
    world.with(|state| {
        state.names_runs = false;
        state.listed_after = Duration::ZERO;
        state.strangers = vec![stranger(state, 9000)];
    });
    let rollback = world.roll_back(world.plan_without_key()).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.phase, dispatch.code), (StepPhase::Inconclusive, Some(Code::DispatchUnknown)));
    assert!(dispatch.sentence.contains("2 runs could be ours"), "{}", dispatch.sentence);
}

#[tokio::test]
async fn a_run_from_before_the_request_left_is_not_ours() {
    let world = World::new();
    world.with(|state| {
        state.names_runs = false;
        let mut earlier = stranger(state, 9000);
        earlier.created = earlier.created.checked_sub(Duration::from_secs(28)).unwrap();
        state.strangers = vec![earlier];
    });
    let rollback = world.roll_back(world.plan_without_key()).await;
    assert_eq!(rollback.run, Some(RunId(7001)), "33 s lie between them, more than two clocks may differ");
}

#[tokio::test]
async fn a_foreign_run_is_never_taken_where_the_workflow_carries_our_key() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    world.with(|state| state.strangers = vec![stranger(state, 9000)]);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!((rollback.run, rollback.end.is_some()), (None, false));
}

#[tokio::test]
async fn an_answer_lost_after_the_run_began_is_found_again() {
    for plan in [World::plan, World::plan_without_key] {
        let world = World::new();
        world.fails(Call::Dispatch, 1..2, Fault::LostAfter);
        let rollback = world.roll_back(plan(&world)).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    }
}

#[tokio::test]
async fn a_lost_dispatch_is_looked_for_a_while_and_then_a_person_is_asked_once() {
    let (world, rollback) = lost().await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!(dispatch.phase, StepPhase::Inconclusive);
    assert_eq!(dispatch.sentence, "The answer to the dispatch never came; GitHub shows no run of it.");
    assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::SendAgain, Choice::GiveUp]);
    assert_eq!(world.alerts(), [dispatch.sentence.as_str()]);
    let looked = dispatch.ended.unwrap().duration_since(dispatch.started.unwrap());
    assert!(looked.as_secs() >= 45, "{looked}");
}

#[tokio::test]
async fn a_person_who_asks_for_what_cannot_be_is_not_alerted_again() {
    let (world, _) = lost().await;
    for request in [choose(Choice::ItWorked), lastgood_core::ports::world::Request::Undo] {
        world.asks_after(1, request);
    }
    let alerts = world.alerts().len();
    world.resume("rb-1").await;
    assert_eq!(world.alerts().len(), alerts + 1, "a new process calls once");
}

#[tokio::test]
async fn looking_again_finds_a_run_that_github_listed_late() {
    let world = World::new();
    world.with(|state| state.listed_after = Duration::from_secs(90));
    world.fails(Call::Dispatch, 1..2, Fault::LostAfter);
    assert!(world.roll_back(world.plan()).await.end.is_none());

    let rollback = decide(&world, 60, Choice::LookAgain).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn looking_again_may_find_nothing_again_and_leaves_the_choice_open() {
    let (world, _) = lost().await;
    let rollback = decide(&world, 60, Choice::LookAgain).await;
    assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::SendAgain, Choice::GiveUp]);
    assert_eq!(world.effects().dispatches, 0);
}

#[tokio::test]
async fn a_step_that_acts_again_has_not_ended() {
    let (world, _) = lost().await;
    decide(&world, 60, Choice::LookAgain).await;
    let looking = world.with(|state| state.taken.last().unwrap().0.clone());
    let dispatch = looking.step(StepName::Dispatch);
    assert_eq!((dispatch.phase, dispatch.ended), (StepPhase::Running, None));
}

#[tokio::test]
async fn sending_again_makes_exactly_one_run() {
    let (world, _) = lost().await;
    let rollback = decide(&world, 60, Choice::SendAgain).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.attempts, dispatch.key.as_str()), (2, "rb-1/dispatch/2"));
}

#[tokio::test]
async fn sending_again_looks_once_more_and_sends_nothing_where_the_first_arrived_late() {
    let world = World::new();
    world.with(|state| state.listed_after = Duration::from_secs(90));
    world.fails(Call::Dispatch, 1..2, Fault::LostAfter);
    assert!(world.roll_back(world.plan()).await.end.is_none());

    let rollback = decide(&world, 120, Choice::SendAgain).await;
    assert!(world.has_fact("run found by key"));
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn sending_again_sends_nothing_while_github_cannot_be_asked() {
    let (world, _) = lost().await;
    world.goes_dark(0..600);
    let rollback = decide(&world, 60, Choice::SendAgain).await;
    assert_eq!(rollback.step(StepName::Dispatch).phase, StepPhase::Inconclusive);
    assert!(rollback.step(StepName::Dispatch).sentence.contains("could not be asked"));
    assert_eq!(world.effects().dispatches, 0);

    let rollback = decide(&world, 900, Choice::LookAgain).await;
    assert_eq!(rollback.step(StepName::Dispatch).phase, StepPhase::Inconclusive);
    assert_eq!(world.effects().dispatches, 0, "looking is not sending");

    let rollback = decide(&world, 60, Choice::SendAgain).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn giving_up_keeps_the_hold_and_says_that_a_run_may_be_there() {
    let (world, _) = lost().await;
    let rollback = decide(&world, 60, Choice::GiveUp).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert_eq!(words(&rollback).0, "Rollback of production stopped after tag");
    assert!(words(&rollback).1.contains("A run may have been started"), "{}", words(&rollback).1);
    assert!(world.hold().is_some(), "something may have been dispatched");
}

async fn lost() -> (Arc<World>, Rollback) {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    let rollback = world.roll_back(world.plan()).await;
    assert!(rollback.end.is_none());
    (world, rollback)
}

/// A person decides so many seconds later.
async fn decide(world: &Arc<World>, seconds: u64, choice: Choice) -> Rollback {
    world.asks_after(seconds, choose(choice));
    world.resume("rb-1").await.expect("it is in the journal").rested()
}

fn stranger(state: &super::world::State, id: u64) -> Run {
    Run {
        id: RunId(id),
        title: "Deploy v2.5.0".to_owned(),
        version: "v2.5.0".to_owned(),
        created: state.now,
        begun: state.elapsed,
    }
}
