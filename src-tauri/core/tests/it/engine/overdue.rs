//! A rollback that takes longer than it may calls a person once, wherever it stands.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::Outcome;
use lastgood_core::rollback::check::{Policy, Question};
use lastgood_core::rollback::checks::plan::CommandSet;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;

use super::world::{Crash, Service, World};
use super::{choose, outcome};

const TITLE: &str = "The rollback of production takes longer than its budget of 300 s";
const LONG: Duration = Duration::from_secs(900);

#[tokio::test]
async fn checks_beyond_the_budget_call_once_and_say_that_nothing_was_sent() {
    let world = World::new();
    let plan = endless(&world, Question::SecurityScan);
    world.asks_after(LONG.as_secs(), Request::StopAfterThisStep);
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Aborted);
    assert_eq!(called(&world), ["Its checks are still under way; nothing was sent yet."]);
}

#[tokio::test]
async fn proofs_beyond_the_budget_call_once_while_they_are_asked_and_while_a_command_runs() {
    let world = World::new();
    world.with(|state| state.service = Service::Follows(LONG));
    let mut plan = world.plan();
    plan.proofs.within_seconds = Some(1200);
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    assert_eq!(called(&world), ["Its proofs are still under way."]);

    let world = World::new();
    let plan = endless(&world, Question::ProofFunctionality);
    world.asks_after(LONG.as_secs(), Request::StopAfterThisStep);
    world.roll_back(plan).await;
    assert_eq!(called(&world), ["Its proofs are still under way."]);
}

#[tokio::test]
async fn followed_and_proved_beyond_the_budget_it_is_one_call() {
    let world = World::new();
    world.goes_dark(7..600);
    world.with(|state| state.service = Service::Follows(LONG));
    let mut plan = world.plan();
    plan.proofs.within_seconds = Some(1200);
    world.roll_back(plan).await;
    assert_eq!(called(&world), ["Run 7001 is still under way."]);
}

#[tokio::test]
async fn within_its_budget_nobody_is_called() {
    let world = World::new();
    world.with(|state| state.service = Service::Follows(Duration::from_secs(60)));
    world.roll_back(world.plan()).await;
    assert_eq!(called(&world), [""; 0]);
}

/// Whoever says that a rollback goes on that stood still is not called a second time for the same.
#[tokio::test]
async fn whoever_has_just_decided_that_it_goes_on_is_not_called_before_something_is_sent() {
    let world = World::new();
    let plan = endless(&world, Question::SecurityScan);
    let place = World::place_of("check started", World::plan).await;
    world.with(|state| state.crash = Some(Crash::AfterFact(place)));
    world.live(plan, "rb-1").await;
    world.is_left_for(SignedDuration::from_hours(3));
    world.asks_after(1, choose(Choice::LookAgain));
    world.asks_after(LONG.as_secs(), Request::StopAfterThisStep);
    assert_eq!(outcome(&world.resume("rb-1").await.unwrap().rested()), Outcome::Aborted);
    let told = world.told();
    let went_on = told.iter().skip_while(|fact| *fact != "look again chosen for check");
    assert!(went_on.clone().any(|fact| fact == "risk.config passed"), "{told:#?}");
    assert_eq!(called(&world), [""; 0]);
}

/// A command that never ends answers this question, and nothing goes on without it.
fn endless(world: &Arc<World>, question: Question) -> Plan {
    world.with(|state| state.readiness.endless = vec!["./slow.sh".to_owned()]);
    let mut plan = world.plan();
    plan.checks.commands.insert(question, CommandSet::of(vec![vec!["./slow.sh".to_owned()]]));
    plan.checks.policies.insert(question, Policy::Block);
    plan
}

/// What stood below the title of such a call.
fn called(world: &World) -> Vec<String> {
    world.with(|state| {
        let calls = state.alerts.iter().filter(|alert| alert.title == TITLE);
        calls.inspect(|alert| assert!(alert.urgent)).map(|alert| alert.body.clone()).collect()
    })
}
