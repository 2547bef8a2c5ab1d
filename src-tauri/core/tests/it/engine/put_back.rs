//! A data folder is put back to an earlier moment: what the journal does not tell any more was sent all the same.

use std::sync::Arc;

use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::world::{Call, Crash, Fault, World};
use super::{choose, outcome, words};

#[tokio::test]
async fn a_journal_from_before_the_dispatch_finds_the_run_by_its_key_and_sends_nothing() {
    let (world, rollback) = put_back_to_before("dispatch sent", World::plan).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1), "{:#?}", world.told());
}

#[tokio::test]
async fn a_journal_from_before_any_step_finds_the_run_by_its_key() {
    let until = World::place_of("dispatch succeeded", World::plan).await;
    for kept in 1..until {
        let world = World::new();
        world.roll_back(world.plan()).await;
        world.puts_the_journal_back_to(kept);
        let rollback = world.resume("rb-1").await.unwrap().rested();
        let what = format!("{kept} facts are left: {:#?}", world.told());
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1), "{what}");
        assert_eq!(rollback.run, Some(RunId(7001)), "{what}");
    }
}

#[tokio::test]
async fn where_no_key_tells_a_run_of_that_time_is_a_persons_to_judge() {
    for plan in [World::plan_without_key as fn(&World) -> Plan, World::plan_with_a_silent_key] {
        for fact in ["dispatch sent", "newest run", "dispatch started", "tag started", "check started"] {
            let (world, rollback) = put_back_to_before(fact, plan).await;
            let dispatch = rollback.step(StepName::Dispatch);
            assert_eq!((dispatch.code, world.effects().dispatches), (Some(Code::DispatchSuspect), 1), "{fact}");
            let sentence = "Nothing was sent: run 7001 came since this rollback began, and may be its own.";
            assert_eq!(dispatch.sentence, sentence, "{fact}");
            assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::SendAgain, Choice::GiveUp], "{fact}");

            let again = decide(&world, Choice::LookAgain).await;
            assert_eq!(again.step(StepName::Dispatch).sentence, sentence, "{fact}: it is still there");
            let rollback = decide(&world, Choice::GiveUp).await;
            assert!(words(&rollback).1.contains("A run may have been started"), "{fact}: {}", words(&rollback).1);
            assert!(world.team_hold().is_some(), "{fact}: it may be its own");
        }
    }
}

#[tokio::test]
async fn a_run_that_was_seen_once_is_not_forgotten_when_github_cannot_be_asked_any_more() {
    let (world, _) = put_back_to_before("dispatch sent", World::plan_without_key).await;
    world.fails(Call::DispatchedRuns, 1..99, Fault::Broken);
    let rollback = decide(&world, Choice::LookAgain).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, rollback.may_have_run()), (Some(Code::DispatchUnasked), true));
    assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::SendAgain, Choice::GiveUp]);
    let rollback = decide(&world, Choice::GiveUp).await;
    assert!(words(&rollback).1.contains("A run may have been started"), "{}", words(&rollback).1);
    assert!(world.team_hold().is_some(), "it may be its own");
}

#[tokio::test]
async fn where_github_cannot_be_asked_first_nothing_is_sent() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    world.puts_the_journal_back_to_before("dispatch sent");
    world.fails(Call::DispatchedRuns, 1..9, Fault::Broken);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, world.effects().dispatches), (Some(Code::DispatchUnasked), 1));
    assert!(dispatch.sentence.contains("GitHub could not be asked first"), "{}", dispatch.sentence);
}

#[tokio::test]
async fn what_was_not_sent_because_github_could_not_be_asked_is_sent_once_it_answers() {
    let (world, rollback) = unasked().await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, rollback.may_have_run()), (Some(Code::DispatchUnasked), false));
    assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::GiveUp]);
    let rollback = decide(&world, Choice::LookAgain).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    assert_eq!(rollback.step(StepName::Dispatch).attempts, 1);
}

#[tokio::test]
async fn giving_up_what_was_not_sent_lifts_its_hold() {
    let (world, _) = unasked().await;
    let rollback = decide(&world, Choice::GiveUp).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Aborted, 0));
    assert!(words(&rollback).1.starts_with("Nothing was dispatched"), "{}", words(&rollback).1);
    assert_eq!((world.team_hold(), world.hold()), (None, None));
}

/// Taken up before anything was sent, while GitHub lists no runs.
async fn unasked() -> (Arc<World>, Rollback) {
    let world = World::new();
    let place = World::place_of("dispatch started", World::plan).await;
    world.with(|state| state.crash = Some(Crash::AfterFact(place)));
    world.live(world.plan(), "rb-1").await;
    world.fails(Call::DispatchedRuns, 1..2, Fault::Broken);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    (world, rollback)
}

async fn decide(world: &Arc<World>, choice: Choice) -> Rollback {
    world.asks_after(1, choose(choice));
    world.resume("rb-1").await.unwrap().rested()
}

async fn put_back_to_before(fact: &str, plan: fn(&World) -> Plan) -> (Arc<World>, Rollback) {
    let world = World::new();
    let plan = plan(&world);
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    world.puts_the_journal_back_to_before(fact);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    (world, rollback)
}
