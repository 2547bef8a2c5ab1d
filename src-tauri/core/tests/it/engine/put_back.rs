//! A data folder is put back to an earlier moment: what the journal does not tell any more was sent all the same.

use std::sync::Arc;

use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::outcome;
use super::world::{Call, Fault, World};

#[tokio::test]
async fn a_journal_from_before_the_dispatch_finds_the_run_and_sends_nothing() {
    for plan in [World::plan as fn(&World) -> Plan, World::plan_without_key, World::plan_with_a_silent_key] {
        let (world, rollback) = put_back_to_before("dispatch sent", plan).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1), "{:#?}", world.told());
    }
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
async fn where_neither_key_nor_number_tells_a_run_of_that_time_is_a_persons_to_judge() {
    for fact in ["newest run", "dispatch started", "tag started", "check started"] {
        let (world, rollback) = put_back_to_before(fact, World::plan_without_key).await;
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((dispatch.code, world.effects().dispatches), (Some(Code::DispatchUnknown), 1), "{fact}");
        let sentence = "Nothing was sent: run 7001 came since this rollback began, and may be its own.";
        assert_eq!(dispatch.sentence, sentence, "{fact}");
    }
}

#[tokio::test]
async fn where_github_cannot_be_asked_first_nothing_is_sent() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    world.puts_the_journal_back_to_before("dispatch sent");
    world.fails(Call::DispatchedRuns, 1..9, Fault::Broken);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, world.effects().dispatches), (Some(Code::DispatchUnknown), 1));
    assert!(dispatch.sentence.contains("GitHub could not be asked first"), "{}", dispatch.sentence);
}

async fn put_back_to_before(fact: &str, plan: fn(&World) -> Plan) -> (Arc<World>, Rollback) {
    let world = World::new();
    let plan = plan(&world);
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    world.puts_the_journal_back_to_before(fact);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    (world, rollback)
}
