//! The machine stops at every place where it can, and a new process takes up what it finds.

use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::world::{Call, Crash, Effect, Effects, Fault, Life, World};
use super::{choose, outcome, words};

const ONCE: Effects = Effects { tags: 1, pushes: 1, dispatches: 1 };

type Setting = (&'static str, fn(&World), fn(&World) -> Plan);

/// Ways in which GitHub lets a dispatch be found again.
const SETTINGS: [Setting; 5] = [
    ("named in the answer, key in the title", |_| {}, World::plan),
    ("204, key in the title", |world| world.with(|state| state.names_runs = false), World::plan),
    ("named in the answer, no key", |_| {}, World::plan_without_key),
    ("204, key in no title", |world| world.with(|state| state.names_runs = false), World::plan_with_a_silent_key),
    ("204, no key", |world| world.with(|state| state.names_runs = false), World::plan_without_key),
];

#[tokio::test]
async fn a_crash_before_or_after_any_fact_leads_to_the_same_end_with_one_effect_of_each() {
    for setting in SETTINGS {
        let (_, undisturbed, facts) = undisturbed(setting).await;
        for number in 1..=facts {
            for crash in [Crash::BeforeFact(number), Crash::AfterFact(number)] {
                let world = world(setting);
                world.with(|state| state.crash = Some(crash));
                let end = world.through_crashes(setting.2(&world)).await;
                judge(&format!("{}, {crash:?}", setting.0), &world, end, &undisturbed);
            }
        }
    }
}

#[tokio::test]
async fn a_crash_right_after_an_effect_leads_to_the_same_end_with_one_effect_of_each() {
    for setting in SETTINGS {
        let (_, undisturbed, _) = undisturbed(setting).await;
        for effect in [Effect::Mark, Effect::Tag, Effect::Push, Effect::Dispatch] {
            let world = world(setting);
            world.with(|state| state.crash = Some(Crash::After(effect)));
            let end = world.through_crashes(setting.2(&world)).await;
            let what = format!("{}, after {effect:?}", setting.0);
            assert!(end.as_ref().is_some_and(|end| end.end.is_some()), "{what}: an effect in the world is found");
            judge(&what, &world, end, &undisturbed);
        }
    }
}

#[tokio::test]
async fn two_crashes_in_one_rollback_do_no_more_harm_than_one() {
    let setting = SETTINGS[0];
    let (_, undisturbed, facts) = undisturbed(setting).await;
    for first in 1..=facts {
        for second in first + 1..=facts {
            let world = world(setting);
            world.with(|state| state.crash = Some(Crash::AfterFact(first)));
            world.live(setting.2(&world), "rb-1").await;
            world.with(|state| state.crash = Some(Crash::BeforeFact(second)));
            world.resume("rb-1").await;
            let end = world.resume("rb-1").await.map(Life::rested);
            judge(&format!("after {first}, before {second}"), &world, end, &undisturbed);
        }
    }
}

#[tokio::test]
async fn every_step_run_twice_has_the_effect_of_one() {
    let setting = SETTINGS[0];
    let (world, undisturbed, _) = undisturbed(setting).await;
    for step in StepName::ALL {
        let ended = format!("{} succeeded", step.as_str());
        let number = world.told().iter().position(|told| *told == ended).unwrap() + 1;
        let again = self::world(setting);
        again.with(|state| state.crash = Some(Crash::BeforeFact(number)));
        let end = again.through_crashes(again.plan()).await.expect("it comes to rest");
        assert_eq!(again.effects(), ONCE, "{ended}");
        assert_eq!(end.steps.map(|step| step.sentence), undisturbed.steps.clone().map(|step| step.sentence), "{ended}");
        assert_eq!(again.told().iter().filter(|told| *told == "hold taken").count(), 1, "{ended}");
        assert_eq!(again.quarantined(), ["v2.5.0"], "{ended}");
    }
}

#[tokio::test]
async fn a_crash_while_a_person_is_asked_asks_again_and_takes_the_answer() {
    let world = World::new();
    world.fails(Call::Dispatch, 1..2, Fault::LostBefore);
    let waiting = world.roll_back(world.plan()).await;
    assert_eq!(waiting.step(StepName::Dispatch).phase, StepPhase::Inconclusive);

    world.asks_after(1, choose(Choice::SendAgain));
    let number = world.told().len() + 1;
    world.with(|state| state.crash = Some(Crash::AfterFact(number)));
    world.resume("rb-1").await;
    assert_eq!(world.effects().dispatches, 0, "the choice is in the journal and nothing was done yet");
    world.resume("rb-1").await;
    assert_eq!(world.effects(), ONCE);
}

fn world((_, arrange, _): Setting) -> std::sync::Arc<World> {
    let world = World::new();
    arrange(&world);
    world
}

async fn undisturbed(setting: Setting) -> (std::sync::Arc<World>, Rollback, usize) {
    let world = world(setting);
    let rollback = world.roll_back(setting.2(&world)).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded, "{}", setting.0);
    let facts = world.told().len();
    (world, rollback, facts)
}

fn judge(what: &str, world: &World, end: Option<Rollback>, undisturbed: &Rollback) {
    let Some(end) = end else {
        assert!(world.told().is_empty(), "{what}: only what was never written does not come back");
        assert_eq!(world.effects(), Effects::default(), "{what}");
        return;
    };
    assert!(world.effects().dispatches <= 1, "{what}: never two dispatches");
    assert_eq!((world.effects().tags, world.effects().pushes), (1, 1), "{what}");
    if end.end.is_none() {
        assert_eq!(end.step(StepName::Dispatch).phase, StepPhase::Inconclusive, "{what}");
        assert!(end.sent && end.run.is_none() && world.effects().dispatches == 0, "{what}: no evidence anywhere");
        return;
    }
    assert_eq!(world.effects(), ONCE, "{what}");
    assert_eq!((end.run, &end.tag), (undisturbed.run, &undisturbed.tag), "{what}");
    assert_eq!((outcome(&end), words(&end)), (outcome(undisturbed), words(undisturbed)), "{what}");
    assert!(world.hold().is_some_and(|hold| !hold.in_use), "{what}: the hold stays");
    assert!(world.team_hold().is_some_and(|hold| hold.rollback == Some("rb-1".into())), "{what}: for everybody");
    assert_eq!(world.quarantined(), ["v2.5.0"], "{what}");
    assert_eq!(world.told().iter().filter(|told| *told == "hold taken").count(), 1, "{what}");
}
