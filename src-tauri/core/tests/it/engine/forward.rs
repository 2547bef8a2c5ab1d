//! Forward to a release that an earlier rollback quarantined: nothing is held against it any more once it proved itself.

use std::sync::Arc;

use lastgood_core::hold::change::{self, Change, Freed};
use lastgood_core::hold::known;
use lastgood_core::hold::mark::{Mark, MarkName};
use lastgood_core::hold::record::{QuarantineRecord, Record, Scope};
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::check::{Question, Verdict};
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::{Plan, Proofs};
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::gap::quarantine;
use super::world::{Call, Crash, ENVIRONMENT, Fate, Fault, State, TARGET, World, object};
use super::{choose, outcome, words};

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

type Harm = fn(&World, &mut Plan);

#[tokio::test]
async fn refused_undone_failed_or_unproved_it_stands_as_it_was() {
    let harms: [(&str, Harm); 6] = [
        ("refused by another's hold", |world, _| world.fails(Call::Put, 1..2, Fault::LostBefore)),
        ("undone in the countdown", |world, _| world.asks_when("check succeeded", Request::Undo)),
        ("stopped", |world, _| world.asks_when("dispatch succeeded", Request::StopAfterThisStep)),
        ("its run failed", |world, _| world.with(|state| state.fate = Fate::Fails)),
        ("its proofs say no", |world, _| world.fails(Call::Health, 1..999, Fault::No)),
        ("nothing proves it", no_proof),
    ];
    for (what, harm) in harms {
        let world = world();
        let mut plan = plan(&world);
        harm(&world, &mut plan);
        world.roll_back(plan).await;
        assert_eq!(standing(&world), both(), "{what}: {:#?}", world.told());
        assert!(!world.has_fact("quarantine lifted"), "{what}");
    }
}

#[tokio::test]
async fn where_nothing_proved_it_the_end_says_that_it_is_still_quarantined() {
    let world = world();
    let mut plan = plan(&world);
    no_proof(&world, &mut plan);
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    let close = &rollback.step(StepName::Close).sentence;
    assert!(
        close.starts_with("v2.4.0 is still quarantined (nothing proved that it is live); the hold stays"),
        "{close}"
    );
}

#[tokio::test]
async fn where_nothing_proved_it_and_somebody_else_lifted_it_nothing_is_said_of_it() {
    let world = world();
    let mut plan = plan(&world);
    no_proof(&world, &mut plan);
    world.with(|state| drop(state.marks.remove(&MarkName::quarantine(&TARGET.into()))));
    let rollback = world.roll_back(plan).await;
    let close = &rollback.step(StepName::Close).sentence;
    assert!(close.starts_with("Done; the hold stays"), "{close}");
}

#[tokio::test]
async fn a_person_who_looked_and_says_that_it_works_is_proof_enough() {
    let world = world();
    let mut plan = plan(&world);
    no_proof(&world, &mut plan);
    plan.proofs.health = Some("https://shop.example/health".to_owned());
    world.fails(Call::Health, 1..999, Fault::Broken);
    world.asks_when("prove inconclusive", choose(Choice::ItWorked));
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded, "{:#?}", world.told());
    assert!(rollback.freed && rollback.vouched);
    assert_eq!(words(&rollback).0, "production is now on v2.4.0");
}

#[tokio::test]
async fn a_quarantine_that_somebody_sets_after_it_was_planned_blocks() {
    let world = world();
    let plan = plan(&world);
    world.with(quarantine_anew);
    let rollback = world.roll_back(plan).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0));
    let sentence = &rollback.step(StepName::Check).sentence;
    assert_eq!(sentence, "v2.4.0 was quarantined anew by @platform-lead: Charges twice");
    assert_eq!(standing(&world), both());

    let world = World::new();
    let plan = plan_of(&world);
    world.with(|state| quarantine(state, TARGET));
    let rollback = world.roll_back(plan).await;
    assert_eq!(outcome(&rollback), Outcome::Failed, "where none stood, none was meant");
    assert_eq!(standing(&world), both());
}

#[tokio::test]
async fn a_quarantine_that_somebody_sets_behind_the_checks_stands_and_the_end_says_whose() {
    let undisturbed = world();
    undisturbed.roll_back(plan(&undisturbed)).await;
    for moment in ["dispatch sent", "prove succeeded"] {
        let place = undisturbed.told().iter().position(|told| told == moment).unwrap() + 1;
        let world = world();
        world.with(|state| state.meanwhile = Some((place, quarantine_anew)));
        let rollback = world.roll_back(plan(&world)).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded, "{moment}");
        let close = &rollback.step(StepName::Close).sentence;
        let says = "v2.4.0 is quarantined anew by @platform-lead: Charges twice; the hold stays";
        assert!(close.starts_with(says), "{moment}: {close}");
        assert_eq!((standing(&world), world.has_fact("quarantine lifted")), (both(), false), "{moment}");
    }
}

#[tokio::test]
async fn a_quarantine_that_was_lifted_elsewhere_meanwhile_is_the_same_one() {
    let world = world();
    let plan = plan(&world);
    let freed = change::free(&*world, &TARGET.into(), &"staging".into(), |_| true).await;
    assert_eq!(freed, Change::Done(Freed::Lifted));
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    assert_eq!(standing(&world), None);
}

#[tokio::test]
async fn a_plan_of_an_earlier_version_means_whichever_quarantine_stands() {
    let world = world();
    let plan = Plan { frees: None, ..plan(&world) };
    world.with(quarantine_anew);
    assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
    assert_eq!(standing(&world), Some(Scope::Environments(vec!["staging".into()])));
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

/// Of a person who sees what stands on the remote.
fn plan(world: &World) -> Plan {
    let plan = plan_of(world);
    assert!(plan.frees_target && plan.frees.is_some());
    plan
}

fn plan_of(world: &World) -> Plan {
    let marks = world.seen_marks();
    let quarantined = known::quarantined(&[], Some(&marks), &ENVIRONMENT.into(), marks.seen);
    world.plan().freeing(&quarantined)
}

/// No probe is configured, and GitHub keeps no record of the deploy.
fn no_proof(world: &World, plan: &mut Plan) {
    plan.proofs = Proofs::default();
    world.with(|state| state.keeps_deployments = false);
}

/// Somebody knows something new, and says it in the place of what stood there.
fn quarantine_anew(state: &mut State) {
    let bad = QuarantineRecord {
        tag: TARGET.into(),
        owner: "@platform-lead".to_owned(),
        reason: "Charges twice".to_owned(),
        since: state.now,
        expires: None,
        scope: both().unwrap(),
    };
    let (name, text) = (MarkName::quarantine(&TARGET.into()), Record::Quarantine(bad).text().unwrap());
    state.marks.insert(name.clone(), Mark { name, object: object('6'), text });
}

fn both() -> Option<Scope> {
    Some(Scope::Environments(vec!["production".into(), "staging".into()]))
}

/// What the remote says of the target.
fn standing(world: &World) -> Option<Scope> {
    world.seen_marks().quarantines().find(|(_, bad)| bad.tag.as_str() == TARGET).map(|(_, bad)| bad.scope)
}
