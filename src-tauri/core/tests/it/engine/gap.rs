//! The world changes while the machine sleeps: what was asked before that is asked again before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::error::Code;
use lastgood_core::hold::mark::{Mark, MarkName};
use lastgood_core::hold::record::{HoldRecord, QuarantineRecord, Record, Scope};
use lastgood_core::ports::forge::{Deployment, DeploymentState, Maker};
use lastgood_core::rollback::check::Question;
use lastgood_core::rollback::plan::{Plan, Proofs};
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::outcome;
use super::world::{BAD, Call, ENVIRONMENT, Fault, Happening, Service, State, TARGET, World, object};

type Planned = fn(&World) -> Plan;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn a_target_that_was_quarantined_while_the_machine_slept_is_not_sent() {
    for moment in ["check succeeded", "tag made"] {
        let (world, rollback) = asleep(moment, 3 * MINUTE, |state| quarantine(state, TARGET), World::plan).await;
        let dispatch = rollback.step(StepName::Dispatch);
        assert_eq!((outcome(&rollback), dispatch.code), (Outcome::Failed, Some(Code::CheckBlocked)), "{moment}");
        assert_eq!(dispatch.sentence, "Nothing was sent: v2.4.0 is quarantined: Loses orders", "{moment}");
        assert_eq!((world.effects().dispatches, world.team_hold()), (0, None), "{moment}: its hold is given back");
    }
}

#[tokio::test]
async fn where_another_release_went_live_while_the_machine_slept_nothing_is_sent() {
    let record = |world: &World| Plan { proofs: Proofs::default(), ..world.plan() };
    let cases: [(Happening, Planned); 3] = [(says, World::plan), (deploys, record), (deploys_from_a_branch, record)];
    for (live, plan) in cases {
        let (world, rollback) = asleep("tag made", 3 * MINUTE, live, plan).await;
        assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0));
        let sentence = &rollback.step(StepName::Dispatch).sentence;
        assert_eq!(sentence, "Nothing was sent: production runs v2.6.0 by now, and not v2.5.0.");
        assert!(world.quarantined().is_empty(), "nobody blames what this rollback knows nothing of");
    }
}

#[tokio::test]
async fn what_tells_of_no_release_is_no_reason_to_stop() {
    let record = |world: &World| Plan { proofs: Proofs::default(), ..world.plan() };
    let strange = |state: &mut State| state.service = Service::Says("a page about maintenance");
    let two = |state: &mut State| deploys_under(state, "v2.6.0 in the place of v2.3.0");
    let moving = |state: &mut State| deploys_under(state, "latest to production");
    let cases: [(&str, Happening, Planned); 3] =
        [("a page", strange, World::plan), ("two releases", two, record), ("tags that move", moving, record)];
    for (what, change, plan) in cases {
        let (world, _) = asleep("tag made", 3 * MINUTE, change, plan).await;
        assert_eq!(world.effects().dispatches, 1, "{what}: {:#?}", world.told());
    }
}

#[tokio::test]
async fn a_tag_that_moves_with_the_releases_is_none_of_them() {
    let record = |world: &World| Plan { proofs: Proofs::default(), ..world.plan() };
    let named = |state: &mut State| deploys_under(state, "production: v2.6.0 as latest");
    let (world, rollback) = asleep("tag made", 3 * MINUTE, named, record).await;
    let sentence = &rollback.step(StepName::Dispatch).sentence;
    assert_eq!(sentence, "Nothing was sent: production runs v2.6.0 by now, and not v2.5.0.");
    assert_eq!(world.effects().dispatches, 0);
}

#[tokio::test]
async fn what_went_live_last_is_told_by_when_it_succeeded_and_not_by_when_it_was_made() {
    let record = |world: &World| Plan { proofs: Proofs::default(), ..world.plan() };
    let approved_late = |state: &mut State| {
        deploys(state);
        state.deployments.swap(0, 1);
    };
    let over_before = |state: &mut State| {
        deploys(state);
        let before = state.deployments[1].succeeded.unwrap().checked_sub(SignedDuration::from_hours(1)).unwrap();
        state.deployments[0].succeeded = Some(before);
    };
    for (change, dispatches) in [(approved_late as Happening, 0), (over_before, 1)] {
        let (world, _) = asleep("tag made", 3 * MINUTE, change, record).await;
        assert_eq!(world.effects().dispatches, dispatches, "{:#?}", world.told());
    }
}

#[tokio::test]
async fn answers_as_old_as_no_arming_may_be_are_asked_again_by_whichever_clock() {
    for (wall, steady, asked) in [
        (SignedDuration::from_secs(60), Duration::ZERO, 1),
        (SignedDuration::from_mins(3), Duration::ZERO, 2),
        (SignedDuration::from_mins(3), 3 * MINUTE, 2),
        (SignedDuration::from_mins(-3), Duration::ZERO, 2),
        (SignedDuration::from_hours(24 * 365), Duration::ZERO, 2),
        (SignedDuration::from_hours(-24 * 365), Duration::ZERO, 2),
        (SignedDuration::ZERO, 3 * MINUTE, 2),
    ] {
        let world = World::new();
        world.with(|state| state.set_back_at_fact = Some(("tag made".to_owned(), -wall)));
        let place = World::place_of("tag made", World::plan).await;
        world.with(|state| state.sleeps_after_fact = Some((place, Duration::ZERO, steady)));
        let rollback = world.roll_back(world.plan()).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded, "{wall} {steady:?}");
        assert_eq!(world.with(|state| state.calls[&Call::Workflows]), asked, "{wall} {steady:?}");
    }
}

#[tokio::test]
async fn a_hold_that_was_lifted_while_the_machine_slept_for_a_minute_is_noticed() {
    let world = World::new();
    // The look at the hold beside the tag's push is over then, by a clock that stands still just a moment ago.
    world.with(|state| state.sleeps_in = Some((Call::NewestRuns, MINUTE, |state| state.marks.clear())));
    let rollback = world.roll_back(world.plan_without_key()).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0), "{:#?}", world.told());
    let sentence = &rollback.step(StepName::Dispatch).sentence;
    assert_eq!(sentence, "Nothing was sent: somebody lifted the hold of production meanwhile");
}

#[tokio::test]
async fn a_hold_that_expired_while_the_machine_slept_is_taken_anew() {
    let (world, rollback) = asleep("tag made", 2 * DAY, |_| {}, World::plan).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Succeeded, 1));
    let (hold, sent) = (world.team_hold().unwrap(), rollback.step(StepName::Dispatch).started.unwrap());
    assert_eq!(hold.rollback, Some("rb-1".into()));
    assert!(hold.expires >= sent.checked_add(DAY).unwrap(), "{hold:?}");
    assert_eq!(world.hold().unwrap().expires, Some(hold.expires), "the journal knows of it");
    assert_eq!(rollback.held_until, Some(hold.expires));
}

#[tokio::test]
async fn a_hold_that_expired_and_that_somebody_else_has_by_now_stops_it() {
    let (world, rollback) = asleep("tag made", 2 * DAY, held_by_another, World::plan).await;
    let dispatch = rollback.step(StepName::Dispatch);
    assert_eq!((dispatch.code, world.effects().dispatches), (Some(Code::Held), 0));
    assert!(dispatch.sentence.starts_with("Nothing was sent: production is held by @on-call"), "{}", dispatch.sentence);
    assert_eq!(world.team_hold().unwrap().owner, "@on-call", "theirs stays");
}

#[tokio::test]
async fn a_hold_that_expired_is_not_taken_for_ours_while_the_remote_is_away() {
    let world = World::new();
    let plan = |world: &World| {
        let mut plan = world.plan();
        plan.checks.off.insert(Question::TargetQuarantine);
        plan
    };
    let place = World::place_of("tag made", plan).await;
    world.with(|state| {
        state.sleeps_after_fact = Some((place, 2 * DAY, Duration::ZERO));
        state.meanwhile = Some((place, |state| state.faults.push((Call::Marks, 1..99, Fault::Broken))));
    });
    let rollback = world.roll_back(plan(&world)).await;
    assert_eq!((outcome(&rollback), world.effects().dispatches), (Outcome::Failed, 0));
    let sentence = &rollback.step(StepName::Dispatch).sentence;
    assert!(sentence.starts_with("Nothing was sent: the hold of production expired and could not"), "{sentence}");
}

/// The machine sleeps behind this fact, with a clock that stands still in a sleep, and the world goes on.
async fn asleep(
    fact: &str,
    time: Duration,
    change: fn(&mut State),
    plan: fn(&World) -> Plan,
) -> (Arc<World>, Rollback) {
    let (world, place) = (World::new(), World::place_of(fact, plan).await);
    world.with(|state| {
        state.sleeps_after_fact = Some((place, time, Duration::ZERO));
        state.meanwhile = Some((place, change));
        state.has_another_release();
    });
    let rollback = world.roll_back(plan(&world)).await;
    (world, rollback)
}

/// Somebody says that this release must not be a target.
pub(crate) fn quarantine(state: &mut State, tag: &str) {
    let bad = QuarantineRecord {
        tag: tag.into(),
        owner: "@on-call".to_owned(),
        reason: "Loses orders".to_owned(),
        since: state.now,
        expires: None,
        scope: Scope::Environments(vec![ENVIRONMENT.into(), "staging".into()]),
    };
    let (name, text) = (MarkName::quarantine(&tag.into()), Record::Quarantine(bad).text().unwrap());
    state.marks.insert(name.clone(), Mark { name, object: object('7'), text });
}

fn held_by_another(state: &mut State) {
    let since = state.now.checked_add(DAY).unwrap();
    let hold = HoldRecord {
        environment: ENVIRONMENT.into(),
        owner: "@on-call".to_owned(),
        reason: "Migrating".to_owned(),
        since,
        expires: HoldRecord::expiry(since, 48),
        rollback: None,
        over: None,
    };
    let (name, text) = (MarkName::hold(&ENVIRONMENT.into()), Record::Hold(hold).text().unwrap());
    state.marks.insert(name.clone(), Mark { name, object: object('8'), text });
}

fn says(state: &mut State) {
    state.service = Service::Says("2.6.0");
}

/// As GitHub tells of dispatched runs: the branch that they stand on, and what their titles say.
fn deploys_from_a_branch(state: &mut State) {
    deploys(state);
    for deployment in &mut state.deployments {
        let title = format!("Deploy {} to {}", deployment.reference, deployment.environment);
        deployment.maker = Some(Maker { event: "workflow_dispatch".to_owned(), title });
        deployment.reference = "main".to_owned();
    }
}

/// The same, with a title that somebody made up; `latest` and `production` are tags that move.
fn deploys_under(state: &mut State, title: &str) {
    ["latest", "production", "v2.3.0"].iter().for_each(|tag| state.has_tag(tag));
    deploys_from_a_branch(state);
    state.deployments[0].maker.as_mut().unwrap().title = title.to_owned();
}

fn deploys(state: &mut State) {
    let newest = state.deployments.iter().find(|one| one.reference == BAD).unwrap().clone();
    let at = state.now;
    let other = Deployment {
        id: 3,
        reference: "v2.6.0".to_owned(),
        commit: object('9'),
        created: at,
        state: DeploymentState::Success,
        state_since: at,
        succeeded: Some(at),
        ..newest
    };
    state.deployments.insert(0, other);
}
