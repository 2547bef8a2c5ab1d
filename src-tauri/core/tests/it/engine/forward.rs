//! Forward to a release that an earlier rollback quarantined: nothing is held against it any more once it proved itself.

use std::sync::Arc;

use lastgood_core::hold::record::Scope;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::check::{Question, Verdict};
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::gap::quarantine;
use super::outcome;
use super::world::{Call, Crash, Fate, Fault, TARGET, World};

#[tokio::test]
async fn its_quarantine_is_lifted_here_once_it_is_proved_and_stays_elsewhere() {
    let world = world();
    let rollback = world.roll_back(plan(&world)).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let told = world.told();
    let place = |label: &str| told.iter().position(|told| told == label);
    assert!(place("quarantine lifted") > place("prove succeeded"), "{told:#?}");
    assert_eq!(standing(&world), Some(Scope::Environments(vec!["staging".into()])));
    let close = &rollback.step(StepName::Close).sentence;
    assert!(close.starts_with("v2.4.0 is no longer quarantined; the hold stays until 2026-03-03"), "{close}");
    assert!(rollback.freed && !rollback.quarantined);
}

#[tokio::test]
async fn the_check_says_that_it_is_quarantined_and_what_becomes_of_that() {
    let world = world();
    let rollback = world.roll_back(plan(&world)).await;
    let answers = &rollback.step(StepName::Check).answers;
    let answer = answers.iter().find(|answer| answer.question == Question::TargetQuarantine).unwrap();
    assert_eq!(answer.verdict, Verdict::Passed);
    let sentence = "v2.4.0 is quarantined by @on-call: Loses orders; that is lifted once it proved itself";
    assert_eq!(answer.sentence, sentence);
}

type Harm = fn(&World);

#[tokio::test]
async fn refused_undone_failed_or_unproved_it_stands_as_it_was() {
    let harms: [(&str, Harm); 5] = [
        ("refused by another's hold", |world| world.fails(Call::Put, 1..2, Fault::LostBefore)),
        ("undone in the countdown", |world| world.asks_when("check succeeded", Request::Undo)),
        ("stopped", |world| world.asks_when("dispatch succeeded", Request::StopAfterThisStep)),
        ("its run failed", |world| world.with(|state| state.fate = Fate::Fails)),
        ("its proofs say no", |world| world.fails(Call::Health, 1..999, Fault::No)),
    ];
    for (what, harm) in harms {
        let world = world();
        harm(&world);
        world.roll_back(plan(&world)).await;
        assert_eq!(standing(&world), both(), "{what}: {:#?}", world.told());
        assert!(!world.has_fact("quarantine lifted"), "{what}");
    }
}

#[tokio::test]
async fn killed_after_any_fact_it_stands_until_the_end_and_is_lifted_once() {
    let undisturbed = world();
    undisturbed.roll_back(plan(&undisturbed)).await;
    let facts = undisturbed.told();
    let closing = facts.iter().position(|told| told == "close started").unwrap() + 1;
    for number in 1..=facts.len() {
        let world = world();
        world.with(|state| state.crash = Some(Crash::AfterFact(number)));
        world.live(plan(&world), "rb-1").await;
        if number <= closing {
            assert_eq!(standing(&world), both(), "killed after fact {number}");
        }
        let rollback = world.resume("rb-1").await.unwrap().rested();
        if rollback.end.is_none() {
            // Cut off in the very moment of sending: a person decides.
            assert_eq!((standing(&world), world.effects().dispatches), (both(), 0), "killed after fact {number}");
            continue;
        }
        assert_eq!(outcome(&rollback), Outcome::Succeeded, "killed after fact {number}");
        assert_eq!(standing(&world), Some(Scope::Environments(vec!["staging".into()])));
        assert_eq!(world.told().iter().filter(|told| *told == "quarantine lifted").count(), 1, "after fact {number}");
    }
}

#[tokio::test]
async fn a_newer_target_that_nobody_freed_is_refused_as_before() {
    let world = world();
    let rollback = world.roll_back(Plan { frees_target: false, ..plan(&world) }).await;
    assert_eq!((outcome(&rollback), standing(&world)), (Outcome::Failed, both()));
}

#[tokio::test]
async fn where_the_remote_does_not_let_go_of_it_the_end_says_so() {
    let world = world();
    world.fails(Call::Put, 2..9, Fault::No);
    let rollback: Rollback = world.roll_back(plan(&world)).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let close = &rollback.step(StepName::Close).sentence;
    assert!(close.starts_with("v2.4.0 is still quarantined (refs/lastgood is protected)"), "{close}");
    assert_eq!(standing(&world), both());
}

fn world() -> Arc<World> {
    let world = World::new();
    world.with(|state| quarantine(state, TARGET));
    world
}

fn plan(world: &World) -> Plan {
    Plan { forward: true, frees_target: true, ..world.plan() }
}

fn both() -> Option<Scope> {
    Some(Scope::Environments(vec!["production".into(), "staging".into()]))
}

/// What the remote says of the target.
fn standing(world: &World) -> Option<Scope> {
    world.seen_marks().quarantines().find(|(_, bad)| bad.tag.as_str() == TARGET).map(|(_, bad)| bad.scope)
}
