//! What GitHub may answer to a dispatch, and what a person may decide where it does not answer.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::check::{Policy, Question};
use lastgood_core::rollback::checks::plan::CommandSet;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{Call, Crash, Fault, Run, World};
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
        // Somebody dispatches a second after us.
        let mut later = stranger(state, 9000);
        later.begun += Duration::from_secs(6);
        state.strangers = vec![later];
    });
    let rollback = world.roll_back(world.plan_without_key()).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.phase, dispatch.code), (StepPhase::Inconclusive, Some(Code::DispatchUnknown)));
    assert!(dispatch.sentence.contains("2 runs could be ours"), "{}", dispatch.sentence);
}

#[tokio::test]
async fn a_key_that_no_title_shows_is_no_reason_to_lose_our_run() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostAfter);
    let rollback = world.roll_back(world.plan_with_a_silent_key()).await;
    assert!(world.has_fact("run found by time and actor"), "{:#?}", world.told());
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    assert_eq!(world.with(|state| state.orders[0].inputs["rollback_id"].clone()), "rb-1", "the workflow is told");
}

#[tokio::test]
async fn a_run_from_before_the_request_left_is_not_ours() {
    let world = World::new();
    world.with(|state| {
        state.names_runs = false;
        state.strangers = vec![stranger(state, 6900)];
    });
    let rollback = world.roll_back(world.plan_without_key()).await;
    assert_eq!(rollback.run, Some(RunId(7001)), "its number was there before ours");
}

#[tokio::test]
async fn a_run_from_before_the_request_is_not_ours_by_whatever_clock() {
    for hours in [-24, 24] {
        let world = World::new();
        world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
        world.with(|state| {
            let mut earlier = stranger(state, 6900);
            earlier.created = earlier.created.checked_add(SignedDuration::from_hours(hours)).unwrap();
            state.strangers = vec![earlier];
        });
        let rollback = world.roll_back(world.plan_without_key()).await;
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((rollback.run, dispatch.phase), (None, StepPhase::Inconclusive), "{hours} h");
    }
}

#[tokio::test]
async fn our_run_is_found_however_far_githubs_clock_is_off() {
    for hours in [-24, 24, -49, 49, -24 * 365, 24 * 365] {
        for plan in [World::plan as fn(&World) -> _, World::plan_without_key, World::plan_with_a_silent_key] {
            let world = World::new();
            world.fails(Call::Dispatch, 1..2, Fault::LostAfter);
            world.with(|state| state.github_is_ahead = SignedDuration::from_hours(hours));
            let rollback = world.roll_back(plan(&world)).await;
            assert_eq!((outcome(&rollback), rollback.run), (Outcome::Succeeded, Some(RunId(7001))), "{hours} h");
        }
    }
}

#[tokio::test]
async fn without_a_key_and_without_knowing_what_was_there_no_run_is_claimed() {
    let world = World::new();
    world.fails(Call::NewestRuns, 1..9, Fault::Broken);
    world.with(|state| state.names_runs = false);
    let rollback = world.roll_back(world.plan_without_key()).await;
    assert_eq!((rollback.run, rollback.step(StepName::Dispatch).phase), (None, StepPhase::Inconclusive));
}

#[tokio::test]
async fn a_limit_that_fits_the_budget_is_waited_for_and_shown() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..3, Fault::Limited);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    assert_eq!(world.told().iter().filter(|told| *told == "dispatch waits").count(), 2);
    let waited = world.with(|state| {
        let mut standing = state.taken.iter().map(|(standing, _)| standing.clone());
        standing.find_map(|rollback| rollback.waiting).unwrap()
    });
    assert!(waited.sentence.starts_with("GitHub asks for fewer calls; nothing is asked before"), "{}", waited.sentence);
    let dispatch = rollback.step(StepName::Dispatch);
    assert!(dispatch.ended.unwrap().duration_since(dispatch.started.unwrap()).as_secs() >= 14);
}

#[tokio::test]
async fn a_limit_beyond_the_budget_is_said_and_nothing_is_sent() {
    let world = World::new();
    world.with(|state| state.limit = Duration::from_secs(3_600));
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    let rollback = world.roll_back(world.plan()).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((outcome(&rollback), dispatch.code), (Outcome::Failed, Some(Code::RateLimited)));
    assert_eq!(world.effects().dispatches, 0);
}

#[tokio::test]
async fn a_limit_is_waited_for_before_the_checks_and_a_person_may_stop_meanwhile() {
    let world = World::new();
    world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(40)));
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Succeeded);
    assert!(world.has_fact("check waits"));

    let world = World::new();
    world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(40)));
    world.asks_after(20, Request::StopAfterThisStep);
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Aborted, 0));
    assert!(rollback.step(StepName::Check).sentence.starts_with("Stopped while GitHub"));
}

#[tokio::test]
async fn a_process_that_dies_while_a_limit_is_waited_for_has_sent_nothing() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    world.roll_back(world.plan()).await;
    let place = world.told().iter().position(|told| told == "dispatch waits").unwrap() + 1;
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    world.with(|state| state.crash = Some(Crash::AfterFact(place)));
    let rollback = world.through_crashes(world.plan()).await.unwrap();
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn what_others_dispatched_while_nobody_drove_is_not_taken_for_what_github_refused() {
    for (others, says) in [(vec![6950], "run 6950 came"), (vec![6950, 6960], "2 runs came")] {
        let world = World::new();
        world.with(|state| state.names_runs = false);
        world.fails(Call::Dispatch, 1..2, Fault::Limited);
        let place = refused_place().await;
        world.with(|state| state.crash = Some(Crash::AfterFact(place)));
        world.live(world.plan_without_key(), "rb-1").await;
        world.with(|state| {
            state.strangers = others.iter().map(|id| stranger(state, *id)).collect();
            state.elapsed += Duration::from_secs(10);
        });
        let rollback = world.resume("rb-1").await.unwrap().rested();
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((dispatch.code, rollback.run), (Some(Code::DispatchSuspect), None), "{:#?}", world.told());
        assert!(dispatch.sentence.starts_with(&format!("Nothing was sent: {says} since")), "{}", dispatch.sentence);

        let rollback = decide(&world, 5, Choice::SendAgain).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1), "{says}");
        assert_eq!(rollback.run, Some(RunId(7001)), "{says}: what was there before is not ours");
    }
}

/// Where GitHub's first no is followed by waiting, without a key.
pub(super) async fn refused_place() -> usize {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    world.roll_back(world.plan_without_key()).await;
    world.told().iter().position(|told| told == "dispatch waits").unwrap() + 1
}

#[tokio::test]
async fn stopped_while_the_checks_are_asked_again_it_says_that_it_was_not_sent_again() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    world.command("cargo audit", 0, "0 vulnerabilities");
    let mut plan = world.plan();
    let audit = CommandSet::of(vec![vec!["cargo".to_owned(), "audit".to_owned()]]);
    plan.checks.commands.insert(Question::SecurityScan, audit);
    plan.checks.policies.insert(Question::SecurityScan, Policy::Block);
    assert!(world.roll_back(plan).await.end.is_none());
    world.with(|state| state.readiness.endless = vec!["cargo audit".to_owned()]);
    world.asks_after(200, choose(Choice::SendAgain));
    world.asks_after(260, Request::StopAfterThisStep);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Aborted, 0));
    assert_eq!(rollback.step(StepName::Dispatch).sentence, "Stopped before anything was sent again");
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
    for request in [choose(Choice::ItWorked), Request::Undo] {
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
pub(super) async fn decide(world: &Arc<World>, seconds: u64, choice: Choice) -> Rollback {
    world.asks_after(seconds, choose(choice));
    world.resume("rb-1").await.expect("it is in the journal").rested()
}

pub(super) fn stranger(state: &super::world::State, id: u64) -> Run {
    Run {
        id: RunId(id),
        title: "Deploy v2.5.0".to_owned(),
        version: "v2.5.0".to_owned(),
        created: state.now,
        begun: state.elapsed,
    }
}
