//! Runs that are ours by their number alone, and those that only look so: what a limit refused began nothing, and what somebody
//! began by hand is not ours.

use std::time::Duration;

use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, StepName, StepPhase};

use super::dispatch::{decide, refused_place, stranger};
use super::world::{Call, Crash, Fault, Life, Run, World};
use super::{choose, outcome};

#[tokio::test]
async fn without_a_key_a_run_whose_title_names_another_version_is_left_to_a_person() {
    for (title, ours) in [
        ("Deploy v2.3.0 to production", false),
        ("Deploy 2.4.0", true),
        ("Deploy v2.4.0, was v2.5.0", true),
        ("Deploy to production", true),
    ] {
        let world = World::new();
        world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
        world.with(|state| {
            // The same account begins it by hand, once ours is looked for.
            let mut by_hand = stranger(state, 6950);
            by_hand.title = title.to_owned();
            by_hand.begun += Duration::from_secs(20);
            state.strangers = vec![by_hand];
        });
        let rollback = world.roll_back(world.plan_without_key()).await;
        assert_eq!(rollback.run, ours.then_some(RunId(6950)), "{title}");
        if !ours {
            let says =
                "The answer to the dispatch never came; GitHub shows run 6950, whose title names another version.";
            assert_eq!(rollback.step(StepName::Dispatch).sentence, says);
            let again = decide(&world, 60, Choice::LookAgain).await;
            assert_eq!((again.run, again.step(StepName::Dispatch).phase), (None, StepPhase::Inconclusive));
        }
    }
}

#[tokio::test]
async fn a_limit_that_ends_in_the_moment_in_which_it_is_waited_for_has_let_nothing_through() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    // Behind the refusal the checks are old, and are asked again.
    world.with(|state| {
        state.closed_once = true;
        state.sleeps_in = Some((Call::Dispatch, Duration::from_secs(180), |_| {}));
    });
    let rollback = world.roll_back(world.plan()).await;
    assert!(world.has_fact("dispatch waits"), "{:#?}", world.told());
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn what_others_dispatched_since_a_person_said_to_send_again_is_not_taken_for_what_github_refused_once_more() {
    let suspected = async || {
        let world = World::new();
        world.with(|state| state.names_runs = false);
        world.fails(Call::Dispatch, 1..3, Fault::Limited);
        let place = refused_place().await;
        world.with(|state| state.crash = Some(Crash::AfterFact(place)));
        world.live(world.plan_without_key(), "rb-1").await;
        come_by_others(&world, 6950);
        let rollback = world.resume("rb-1").await.unwrap().rested();
        assert_eq!(rollback.step(StepName::Dispatch).code, Some(Code::DispatchSuspect));
        world
    };
    let undisturbed = suspected().await;
    decide(&undisturbed, 5, Choice::SendAgain).await;
    let place = undisturbed.told().iter().rposition(|told| told == "dispatch waits").unwrap() + 1;

    let world = suspected().await;
    world.with(|state| state.crash = Some(Crash::AfterFact(place)));
    world.asks_after(5, choose(Choice::SendAgain));
    assert!(matches!(world.resume("rb-1").await, Some(Life::Crashed)));
    come_by_others(&world, 6960);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, rollback.run), (Some(Code::DispatchSuspect), None), "{:#?}", world.told());
    assert!(dispatch.sentence.starts_with("Nothing was sent: run 6960 came"), "{}", dispatch.sentence);

    let rollback = decide(&world, 5, Choice::SendAgain).await;
    assert_eq!((outcome(&rollback), rollback.run), (Outcome::Succeeded, Some(RunId(7001))));
    assert_eq!(world.effects().dispatches, 1);
}

/// A run that tells nothing of what it deploys, while nobody drives.
fn come_by_others(world: &World, id: u64) {
    world.with(|state| {
        let run = Run { title: "Deploy".to_owned(), ..stranger(state, id) };
        state.strangers.push(run);
        state.elapsed += Duration::from_secs(10);
    });
}

#[tokio::test]
async fn what_others_dispatched_while_a_limit_was_waited_for_is_not_taken_for_what_was_lost_behind_it() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::Limited);
    world.fails(Call::Dispatch, 2..3, Fault::LostBefore);
    world.with(|state| {
        let mut run = Run { title: "Deploy".to_owned(), ..stranger(state, 6950) };
        run.begun += Duration::from_secs(6);
        state.strangers = vec![run];
    });
    let rollback = world.roll_back(world.plan_without_key()).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, rollback.run), (Some(Code::DispatchUnknown), None), "{:#?}", world.told());
}
