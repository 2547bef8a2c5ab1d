//! One rollback of an environment at a time; a hold outlives its rollback.

use std::sync::Arc;

use lastgood_core::error::Code;
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::outcome;
use super::world::{Call, Crash, ENVIRONMENT, Effects, Fault, Life, REPOSITORY, World};

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
