//! A rollback to which nothing happens.

use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, StepPhase};

use super::world::{Effects, World};
use super::{outcome, words};

#[tokio::test]
async fn seven_steps_in_their_order_each_written_before_and_after() {
    let world = World::new();
    let rollback = world.roll_back(world.plan()).await;

    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert!(rollback.steps.iter().all(|step| step.phase == StepPhase::Succeeded && step.attempts == 1));
    insta::assert_snapshot!(world.told().join("\n"), @r"
    rollback started
    hold started
    hold taken
    hold succeeded
    check started
    target.exists passed
    workflow.ready passed
    target.quarantine passed
    access.ready passed
    target.ran passed
    target.signature passed
    environment.idle passed
    risk.migrations passed
    risk.config passed
    risk.workflow passed
    risk.dependencies passed
    risk.changes passed
    check succeeded
    tag started
    tag made
    tag succeeded
    dispatch started
    dispatch sent
    run found by answer
    dispatch succeeded
    follow started
    run seen queued
    run seen in_progress
    run seen success
    follow succeeded
    prove started
    live.version passed
    live.health passed
    prove succeeded
    close started
    quarantined
    close succeeded
    rollback succeeded
    ");
}

#[tokio::test]
async fn makes_one_tag_one_push_and_one_dispatch() {
    let world = World::new();
    let rollback = world.roll_back(world.plan()).await;

    assert_eq!(world.effects(), Effects { tags: 1, pushes: 1, dispatches: 1 });
    assert_eq!(rollback.plan.rollback_tag.as_str(), "rollback-20260302-100000");
    let tag = world.with(|state| state.tag_orders[0].clone());
    assert_eq!((tag.name, tag.commit), (rollback.plan.rollback_tag.clone(), rollback.plan.commit.clone()));
    assert_eq!(tag.date.timestamp(), Some(rollback.plan.started), "the clock is read once");
    let order = world.with(|state| state.orders[0].clone());
    assert_eq!((order.workflow.as_str(), order.branch.as_str()), ("deploy.yml", "main"));
    assert_eq!(order.inputs["version"], "v2.4.0");
    assert_eq!(order.inputs["rollback_id"], "rb-1");
}

#[tokio::test]
async fn calls_the_person_once_and_says_what_is_live_again() {
    let world = World::new();
    let rollback = world.roll_back(world.plan()).await;

    assert_eq!(words(&rollback), ("production is back on v2.4.0", "Lift the hold when a fix is ready."));
    assert_eq!(world.alerts(), ["production is back on v2.4.0"]);
    assert!(!world.with(|state| state.alerts[0].urgent), "good news does not call anybody away");
}

#[tokio::test]
async fn is_called_a_roll_forward_where_it_leads_to_a_newer_release() {
    let world = World::new();
    let rollback = world.roll_back(Plan { forward: true, ..world.plan() }).await;
    assert_eq!(words(&rollback), ("production is now on v2.4.0", "Lift the hold when it stays well."));
    assert!(world.quarantined().is_empty(), "what was live is not to blame");
}

#[tokio::test]
async fn leaves_the_hold_and_quarantines_what_was_bad() {
    let world = World::new();
    world.roll_back(world.plan()).await;

    let hold = world.hold().expect("the hold stays");
    assert_eq!((hold.owner.as_str(), hold.reason.as_str(), hold.in_use), ("@release-manager", "Checkout fails", false));
    assert_eq!(world.quarantined(), ["v2.5.0"]);
}

#[tokio::test]
async fn quarantines_nothing_where_what_was_live_is_not_known_or_is_the_target() {
    for from in [None, Some("v2.4.0".into())] {
        let world = World::new();
        let mut plan = world.plan();
        plan.from = from;
        assert_eq!(outcome(&world.roll_back(plan).await), Outcome::Succeeded);
        assert!(world.quarantined().is_empty());
    }
}

#[tokio::test]
async fn waits_for_the_countdown_before_anything_leaves_this_machine() {
    let world = World::new();
    let plan = world.plan();
    let undo_until = plan.undo_until;
    let rollback = world.roll_back(plan).await;
    assert_eq!(rollback.step(lastgood_core::rollback::StepName::Tag).started, Some(undo_until));
}

#[tokio::test]
async fn nothing_is_done_twice_by_resuming_what_is_over() {
    let world = World::new();
    world.roll_back(world.plan()).await;
    let (facts, effects, alerts) = (world.told(), world.effects(), world.alerts());
    world.resume("rb-1").await.expect("it is in the journal");
    assert_eq!((world.told(), world.effects(), world.alerts()), (facts, effects, alerts));
}
