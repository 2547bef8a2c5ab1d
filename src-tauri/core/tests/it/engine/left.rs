//! A rollback that nobody drove for days: a person says whether it goes on, while nothing was sent.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};

use super::gap::quarantine;
use super::world::{Call, Crash, Fault, TARGET, World};
use super::{choose, outcome, words};

pub(super) const DAYS: SignedDuration = SignedDuration::from_hours(3 * 24);

#[tokio::test]
async fn left_for_days_at_any_fact_before_the_dispatch_it_asks_and_sends_nothing_by_itself() {
    for number in 1..World::place_of("dispatch sent", World::plan).await {
        for gap in [DAYS, SignedDuration::from_mins(6)] {
            let (world, rollback) = left_after(number, gap).await;
            let step = rollback.current().unwrap();
            let what = format!("left for {gap} after fact {number}: {:#?}", world.told());
            assert_eq!((step.phase, step.code), (StepPhase::Inconclusive, Some(Code::StoodStill)), "{what}");
            assert_eq!(rollback.choices(), [Choice::LookAgain, Choice::GiveUp], "{what}");
            assert!(world.effects().dispatches == 0 && !rollback.may_have_run(), "{what}");

            let went_on = decide(&world, Choice::LookAgain).await;
            assert_eq!((outcome(&went_on), world.effects().dispatches), (Outcome::Succeeded, 1), "{what}");
        }
    }
}

#[tokio::test]
async fn it_says_when_it_was_begun_and_what_happens_next() {
    let place = World::place_of("check succeeded", World::plan).await;
    let (world, rollback) = left_after(place, DAYS).await;
    let step = rollback.step(StepName::Tag);
    assert_eq!(step.sentence, "Rollback to v2.4.0 stood still: it was begun 3 d ago, and nothing was sent yet.");
    let hint = "Go on, and every check is asked anew before anything is sent. Give up, and its hold is lifted.";
    assert_eq!(step.hint, hint);
    let titles: Vec<&str> = rollback.offers().iter().map(|offer| offer.title).collect();
    assert_eq!((titles, rollback.stands_still()), (vec!["Go on", "Give up"], true));
    assert_eq!(
        rollback.offers()[1].sentence,
        "Ends the rollback here and lifts its hold. Nothing was deployed.",
        "as it does"
    );
    assert_eq!(world.alerts(), [step.sentence.as_str()]);
    assert_eq!((world.effects().tags, world.effects().pushes), (0, 0));
}

#[tokio::test]
async fn giving_it_up_lifts_its_hold_and_sends_nothing() {
    for number in 1..World::place_of("dispatch sent", World::plan).await {
        let (world, _) = left_after(number, DAYS).await;
        let rollback = decide(&world, Choice::GiveUp).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Aborted, 0), "after fact {number}");
        assert!(words(&rollback).1.starts_with("Nothing was d"), "{}", words(&rollback).1);
        assert_eq!((world.team_hold(), world.hold()), (None, None), "after fact {number}");
    }
}

#[tokio::test]
async fn going_on_asks_every_check_anew() {
    for fact in ["check started", "check succeeded", "tag made"] {
        let (world, _) = left_after(World::place_of(fact, World::plan).await, DAYS).await;
        world.with(|state| quarantine(state, TARGET));
        let rollback = decide(&world, Choice::LookAgain).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0), "{fact}");
        assert!(words(&rollback).0.contains("v2.4.0 is quarantined"), "{fact}: {}", words(&rollback).0);
    }
}

#[tokio::test]
async fn left_within_its_budget_it_goes_on_by_itself_with_checks_that_are_fresh() {
    let place = World::place_of("tag made", World::plan).await;
    let (minutes, hours) = (SignedDuration::from_mins, SignedDuration::from_hours);
    for (gap, asked) in [(minutes(1), 1), (minutes(4), 2), (hours(-2), 2)] {
        let (world, rollback) = left_after(place, gap).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1), "{gap}");
        assert_eq!(world.with(|state| state.calls[&Call::Workflows]), asked, "{gap}");
    }
}

#[tokio::test]
async fn what_was_sent_is_followed_however_long_nobody_looked() {
    let place = World::place_of("run found by answer", World::plan).await;
    let (world, rollback) = left_after(place, DAYS).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
}

#[tokio::test]
async fn whoever_just_decided_is_not_asked_the_same_again() {
    let world = World::new();
    world.fails(Call::PushTag, 1..2, Fault::LostBefore);
    let waiting = world.roll_back(world.plan()).await;
    assert_eq!(waiting.step(StepName::Tag).phase, StepPhase::Inconclusive);
    world.is_left_for(DAYS);
    let rollback = decide(&world, Choice::LookAgain).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    assert_eq!(world.with(|state| state.calls[&Call::Workflows]), 2, "the checks are asked anew all the same");
}

/// A process ends behind this fact, and another one finds the rollback so much later.
pub(super) async fn left_after(number: usize, gap: SignedDuration) -> (Arc<World>, Rollback) {
    let world = World::new();
    world.with(|state| state.crash = Some(Crash::AfterFact(number)));
    world.live(world.plan(), "rb-1").await;
    world.is_left_for(gap);
    let rollback = world.resume("rb-1").await.unwrap().rested();
    (world, rollback)
}

async fn decide(world: &Arc<World>, choice: Choice) -> Rollback {
    world.asks_after(1, choose(choice));
    world.resume("rb-1").await.unwrap().rested()
}
