//! The laptop sleeps for an hour at any moment: between any two facts, by either kind of clock.

use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::rollback::Outcome;

use super::world::{Effects, World};
use super::{outcome, words};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_hour_of_sleep_in_any_step_leads_to_the_same_end() {
    for plan in [World::plan, World::plan_without_key] {
        let undisturbed = World::new();
        let awake = undisturbed.roll_back(plan(&undisturbed)).await;
        for number in 1..=undisturbed.told().len() {
            // The clock that nobody sets stands still in a sleep on Linux, and goes on elsewhere.
            for steady in [Duration::ZERO, HOUR] {
                let world = World::new();
                world.with(|state| state.sleeps_after_fact = Some((number, HOUR, steady)));
                let rollback = world.roll_back(plan(&world)).await;
                let what = format!("asleep after fact {number}, {steady:?}: {:#?}", world.told());
                assert_eq!(outcome(&rollback), Outcome::Succeeded, "{what}");
                assert_eq!(words(&rollback), words(&awake), "{what}");
                assert_eq!(world.effects(), Effects { tags: 1, pushes: 1, dispatches: 1 }, "{what}");
                assert_eq!((world.quarantined(), world.hold().is_some()), (vec!["v2.5.0".to_owned()], true), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_clock_that_jumps_at_any_moment_leads_to_the_same_end() {
    let hours = SignedDuration::from_hours;
    for plan in [World::plan, World::plan_without_key] {
        let undisturbed = World::new();
        let steady = undisturbed.roll_back(plan(&undisturbed)).await;
        for label in undisturbed.told() {
            for back in [hours(1), hours(-1), hours(26), hours(-26), hours(24 * 365), hours(-24 * 365)] {
                let world = World::new();
                world.with(|state| state.set_back_at_fact = Some((label.clone(), back)));
                let rollback = world.roll_back(plan(&world)).await;
                let what = format!("set back by {back} at {label}: {:#?}", world.told());
                assert_eq!(outcome(&rollback), Outcome::Succeeded, "{what}");
                assert_eq!(words(&rollback), words(&steady), "{what}");
                assert_eq!(world.effects(), Effects { tags: 1, pushes: 1, dispatches: 1 }, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn an_hour_of_sleep_in_the_countdown_does_not_make_it_longer() {
    let world = World::new();
    let place = {
        let undisturbed = World::new();
        undisturbed.roll_back(undisturbed.plan()).await;
        undisturbed.told().iter().position(|told| told == "check succeeded").unwrap() + 1
    };
    world.with(|state| state.sleeps_after_fact = Some((place, HOUR, Duration::ZERO)));
    let rollback = world.roll_back(world.plan()).await;
    let tag = rollback.step(lastgood_core::rollback::StepName::Tag).started.unwrap();
    let slept = tag.duration_since(rollback.plan.started);
    assert!(slept.as_secs() <= 3600 + 5, "{slept}");
}
