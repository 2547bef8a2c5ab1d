//! Our run, seen to its end, whatever GitHub says on the way.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::Code;
use lastgood_core::journal::Fact;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::outcome;
use super::world::{Call, Fate, Fault, World};

/// The world's, after a refusal.
const LIMIT: SignedDuration = SignedDuration::from_secs(7);

#[tokio::test]
async fn a_run_that_failed_names_the_job_and_the_step() {
    let (_, rollback) = fated(Fate::Fails).await;
    assert_eq!(ending(&rollback), (Code::RunFailed, "Run 7001 ended with failure in deploy · Ship it."));
}

#[tokio::test]
async fn a_run_cancelled_at_work_is_told_apart_from_one_replaced_in_the_queue() {
    let (_, rollback) = fated(Fate::Cancelled).await;
    assert_eq!(ending(&rollback), (Code::RunCancelled, "Run 7001 was cancelled."));
    let (_, rollback) = fated(Fate::Evicted).await;
    assert_eq!(ending(&rollback), (Code::RunEvicted, "Run 7001 was replaced in the queue before it began."));
    assert!(rollback.step(StepName::Follow).hint.starts_with("Run 7501 took its place."));
}

#[tokio::test]
async fn a_run_cancelled_before_it_began_was_replaced_only_where_a_newer_one_is_there() {
    let (_, rollback) = fated(Fate::Withdrawn).await;
    assert_eq!(ending(&rollback), (Code::RunCancelled, "Run 7001 was cancelled before it began."));
}

#[tokio::test]
async fn words_of_githubs_that_nobody_knows_are_kept_and_are_no_success() {
    let (world, rollback) = fated(Fate::Words("pondering", "shrugged")).await;
    assert!(world.has_fact("run seen pondering"));
    assert_eq!(rollback.seen.as_ref().unwrap().conclusion.as_deref(), Some("shrugged"));
    assert_eq!(ending(&rollback), (Code::RunFailed, "Run 7001 ended with shrugged in deploy · Ship it."));
    assert_eq!(outcome(&rollback), Outcome::Failed);
}

#[tokio::test]
async fn a_run_is_written_only_when_it_looks_different() {
    let (world, _) = fated(Fate::Succeeds).await;
    let seen: Vec<String> = world.told().into_iter().filter(|told| told.starts_with("run seen")).collect();
    assert_eq!(seen, ["run seen queued", "run seen in_progress", "run seen success"]);
}

#[tokio::test]
async fn each_outage_of_github_is_one_fact_and_no_failure() {
    let world = World::new();
    world.goes_dark(7..11);
    world.goes_dark(14..22);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let told: Vec<String> = world.told().into_iter().filter(|told| told.starts_with("run ")).collect();
    assert_eq!(
        told,
        [
            "run found by answer",
            "run seen queued",
            "run out of sight",
            "run seen in_progress",
            "run out of sight",
            "run seen in_progress",
            "run seen success"
        ]
    );
    assert_eq!(rollback.out_of_sight, None);
}

#[tokio::test]
async fn a_limit_met_on_the_way_is_shown_with_how_long_is_waited() {
    let world = World::new();
    world.fails(Call::Run, 2..4, Fault::Limited);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    let facts = world.facts();
    let told: Vec<(Timestamp, &str)> = facts.iter().filter_map(|fact| Some((fact.at, out_of_sight(fact)?))).collect();
    assert_eq!(told.len(), 2, "once for each limit: {told:?}");
    for (at, sentence) in told {
        let until = at.checked_add(LIMIT).unwrap().strftime("%H:%M:%S");
        assert_eq!(sentence, format!("GitHub asks for fewer calls; nothing is asked before {until} UTC."));
    }
    assert_eq!(rollback.out_of_sight, None);
}

#[tokio::test]
async fn a_run_that_ends_while_github_is_out_of_sight_is_judged_when_it_is_back() {
    let world = World::new();
    world.goes_dark(7..600);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let outages = world.told().iter().filter(|told| *told == "run out of sight").count();
    assert_eq!(outages, 1);
}

#[tokio::test]
async fn a_run_that_is_stuck_calls_a_person_once_for_each_reason() {
    let world = World::new();
    world.goes_dark(7..600);
    world.roll_back(world.plan()).await;
    let expected = [
        "Run 7001 has been out of sight for a minute",
        "The rollback of production takes longer than its budget of 300 s",
        "production is back on v2.4.0",
    ];
    assert_eq!(world.alerts(), expected);
    assert!(world.with(|state| state.alerts[0].urgent && state.alerts[1].urgent));
}

#[tokio::test]
async fn a_run_is_looked_at_every_two_seconds_for_a_minute_and_every_five_after_that() {
    let world = World::new();
    world.goes_dark(7..200);
    world.roll_back(world.plan()).await;
    let looks = world.with(|state| state.looks.clone());
    let begun = looks[0];
    let (young, old): (Vec<_>, Vec<_>) = looks.windows(2).partition(|pair| pair[0] - begun < Duration::from_secs(60));
    let pauses =
        |pairs: &[&[Duration]]| -> Vec<u64> { pairs.iter().map(|pair| (pair[1] - pair[0]).as_secs()).collect() };
    assert_eq!(pauses(&young), [2; 30]);
    assert!(old.len() > 20 && pauses(&old).iter().all(|pause| *pause == 5), "{:?}", pauses(&old));
}

#[tokio::test]
async fn a_short_outage_calls_nobody() {
    let world = World::new();
    world.goes_dark(7..30);
    world.roll_back(world.plan()).await;
    assert_eq!(world.alerts(), ["production is back on v2.4.0"]);
}

#[tokio::test]
async fn a_run_that_waits_for_an_approval_calls_a_person_once() {
    let world = World::new();
    world.with(|state| state.fate = Fate::Words("waiting", "success"));
    world.roll_back(world.plan()).await;
    let calls = world.alerts().iter().filter(|title| *title == "Run 7001 waits for an approval").count();
    assert_eq!(calls, 1, "{:?}", world.alerts());
}

async fn fated(fate: Fate) -> (Arc<World>, Rollback) {
    let world = World::new();
    world.with(|state| state.fate = fate);
    let rollback = world.roll_back(world.plan()).await;
    (world, rollback)
}

fn ending(rollback: &Rollback) -> (Code, &str) {
    let step = rollback.step(StepName::Follow);
    (step.code.expect("it did not succeed"), &step.sentence)
}

fn out_of_sight(fact: &Fact) -> Option<&str> {
    let Event::RunOutOfSight { sentence } = fact.event.rollback()? else { return None };
    Some(sentence)
}
