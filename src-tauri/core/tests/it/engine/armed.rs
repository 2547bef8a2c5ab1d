//! What is known when a person clicks: answers of a moment ago, and the remote's holds as they were read last.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_core::hold::change;
use lastgood_core::hold::mark::MarkName;
use lastgood_core::hold::record::{HoldRecord, Record};
use lastgood_core::ids::RollbackId;
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::ports::Team;
use lastgood_core::ports::shell::{CommandEnd, Distrust};
use lastgood_core::rollback::check::{Answer, Question, Verdict};
use lastgood_core::rollback::checks::{self, armed::Armed};
use lastgood_core::rollback::engine::{Engine, Pace};
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName};

use super::outcome;
use super::world::{Call, ENVIRONMENT, Fault, REPOSITORY, TARGET, World, object};

#[tokio::test]
async fn fresh_answers_count_with_their_age_and_only_the_tag_is_asked_again() {
    let world = World::new();
    let armed = arm(&world).await;
    let armed_at = world.with(|state| state.now);
    let before = calls(&world);
    later(&world, SignedDuration::from_secs(90));
    let rollback = click(&world, armed).await;
    assert_eq!(outcome(&rollback), Outcome::Succeeded);
    assert_eq!(calls(&world), [before[0], before[1], before[2] + 1], "workflows, rights, the remote's tag");
    let answers = &rollback.step(StepName::Check).answers;
    assert_eq!(answers.len(), 12, "all of them are in the journal");
    let old: Vec<&str> = answers.iter().filter(|answer| answer.asked_at == Some(armed_at)).map(code).collect();
    assert_eq!((old.len(), old.contains(&"target.exists")), (11, false));
}

#[tokio::test]
async fn old_answers_are_asked_for_again() {
    let world = World::new();
    let armed = arm(&world).await;
    let before = calls(&world);
    later(&world, SignedDuration::from_secs(121));
    click(&world, armed).await;
    assert_eq!(calls(&world), before.map(|count| count + 1));
}

#[tokio::test]
async fn answers_from_a_time_that_is_still_to_come_prove_nothing() {
    let world = World::new();
    let armed = arm(&world).await;
    let before = calls(&world);
    later(&world, SignedDuration::from_secs(-60));
    click(&world, armed).await;
    assert_eq!(calls(&world), before.map(|count| count + 1));
}

#[tokio::test]
async fn answers_for_another_plan_do_not_count() {
    let world = World::new();
    let mut armed = arm(&world).await;
    armed.plan.commit = object('b');
    let before = calls(&world);
    click(&world, armed).await;
    assert_eq!(calls(&world), before.map(|count| count + 1));
}

#[tokio::test]
async fn what_blocked_or_could_not_tell_is_asked_for_again() {
    let world = World::new();
    world.fails(Call::Workflows, 1..2, Fault::No);
    world.fails(Call::Rights, 1..2, Fault::Broken);
    let armed = arm(&world).await;
    assert!(armed.answers.iter().any(|answer| answer.verdict == Verdict::Errored));
    assert_eq!(outcome(&click(&world, armed).await), Outcome::Succeeded);
}

#[tokio::test]
async fn what_is_switched_off_is_not_asked_beside_the_hold_either() {
    let world = World::new();
    let mut plan = world.plan();
    plan.checks.off.insert(Question::TargetExists);
    world.with(|state| state.remote.insert(TARGET.into(), object('e')));
    let answers = checks::ask_all(&world.ports(), REPOSITORY, &plan).await;
    let rollback = click_on(&world, plan.clone(), Armed { plan, answers, open: Vec::new() }).await;
    assert_eq!((outcome(&rollback), calls(&world)[2]), (Outcome::Succeeded, 0));
}

#[tokio::test]
async fn after_a_limit_was_waited_for_the_target_is_asked_for_anew() {
    let world = World::new();
    let armed = arm(&world).await;
    let before = calls(&world);
    later(&world, SignedDuration::from_secs(121));
    world.with(|state| state.closed_until = Some(state.elapsed + Duration::from_secs(40)));
    assert_eq!(outcome(&click(&world, armed).await), Outcome::Succeeded);
    assert!(world.has_fact("check waits"));
    assert_eq!(calls(&world)[2], before[2] + 2, "while the hold was taken, and behind the waiting");
}

#[tokio::test]
async fn a_target_that_moved_after_it_was_armed_is_refused() {
    let world = World::new();
    let armed = arm(&world).await;
    world.with(|state| state.remote.insert(TARGET.into(), object('e')));
    let rollback = click(&world, armed).await;
    assert_eq!(rollback.step(StepName::Check).sentence, "v2.4.0 is another object on the remote.");
    assert_eq!(world.effects().dispatches, 0);
}

#[tokio::test]
async fn a_target_quarantined_after_it_was_armed_is_refused() {
    for environment in [Some(ENVIRONMENT.into()), None] {
        let world = World::new();
        let armed = arm(&world).await;
        end_another(&world);
        let event = Event::Quarantined {
            tag: TARGET.into(),
            owner: "@on-call".to_owned(),
            reason: "Slow".to_owned(),
            expires: None,
            shared: None,
        };
        let by_hand = Subject { environment, ..Subject::repository(REPOSITORY) };
        world.write(&NewFact { at: world.with(|state| state.now), subject: by_hand, event: event.into() });
        let rollback = click(&world, armed).await;
        assert_eq!(rollback.step(StepName::Check).sentence, "v2.4.0 is quarantined: Slow");
    }
}

#[tokio::test]
async fn where_arming_found_no_command_nothing_is_looked_for_again() {
    let world = World::new();
    let armed = arm(&world).await;
    assert!(armed.answers.iter().all(|answer| !Question::COMMANDED.contains(&answer.question)));
    world.with(|state| state.readiness.files.insert((object('c'), "Cargo.toml".to_owned()), String::new()));
    let rollback = click(&world, armed).await;
    assert_eq!((outcome(&rollback), rollback.step(StepName::Check).answers.len()), (Outcome::Succeeded, 12));
}

#[tokio::test]
async fn what_only_informs_is_not_asked_again_where_it_could_not_tell() {
    let world = World::new();
    world.with(|state| state.readiness.files.insert((object('c'), "Cargo.toml".to_owned()), String::new()));
    for shown in ["cargo check --locked", "cargo audit"] {
        world.ends(shown, CommandEnd::NotTrusted(Distrust::Repository));
    }
    let armed = arm(&world).await;
    let before = world.with(|state| state.calls[&Call::Command]);
    let rollback = click(&world, armed).await;
    assert_eq!((outcome(&rollback), world.with(|state| state.calls[&Call::Command])), (Outcome::Succeeded, before));
    let unclear = |answer: &&Answer| answer.verdict == Verdict::Inconclusive;
    assert_eq!(rollback.step(StepName::Check).answers.iter().filter(unclear).count(), 2, "both are in the journal");
}

#[tokio::test]
async fn what_is_still_asked_is_no_answer_at_a_click() {
    let world = World::new();
    let mut armed = arm(&world).await;
    armed.open = vec![Question::AccessReady];
    let before = calls(&world);
    click(&world, armed).await;
    assert_eq!(calls(&world), [before[0], before[1] + 1, before[2] + 1], "the rights are asked for");
}

/// A rollback of before, which is over.
fn end_another(world: &World) {
    let subject = Subject::repository(REPOSITORY).environment(ENVIRONMENT.into()).rollback("rb-0".into());
    let ended = Event::RollbackEnded { outcome: Outcome::Aborted, sentence: String::new(), hint: String::new() };
    for event in [Event::RollbackStarted(Box::new(world.plan())), Event::StopAsked, ended] {
        world.write(&NewFact { at: world.with(|state| state.now), subject: subject.clone(), event: event.into() });
    }
}

#[tokio::test]
async fn the_hold_is_taken_where_the_remote_was_seen_to_have_none() {
    let world = World::new();
    world.with(|state| state.remembered = None);
    let marks = world.seen_marks();
    world.with(|state| state.remembered = Some(marks));
    let armed = arm(&world).await;
    let reads = world.with(|state| state.calls[&Call::Marks]);
    assert_eq!(outcome(&click(&world, armed).await), Outcome::Succeeded);
    let after_hold = world.with(|state| state.calls[&Call::Marks]);
    assert_eq!(after_hold, reads + 1, "only the quarantine at the end reads them again");
}

#[tokio::test]
async fn of_a_look_that_is_too_old_nothing_is_concluded() {
    let theirs = HoldRecord {
        environment: ENVIRONMENT.into(),
        owner: "@on-call".to_owned(),
        reason: "Migrating".to_owned(),
        since: World::new().with(|state| state.now),
        expires: World::new().with(|state| state.now.checked_add(SignedDuration::from_hours(1)).unwrap()),
        rollback: None,
        over: None,
    };
    // Somebody took it since.
    let world = World::new();
    let none = world.seen_marks();
    put(&world, &theirs).await;
    world.with(|state| state.remembered = Some(none));
    let rollback = world.roll_back(world.plan()).await;
    assert_eq!(
        rollback.step(StepName::Hold).sentence,
        "production is held by @on-call until 2026-03-02 11:00 UTC: Migrating"
    );
    assert_eq!(world.team_hold(), Some(theirs.clone()));

    // They lifted it since.
    let world = World::new();
    put(&world, &theirs).await;
    let held = world.seen_marks();
    world.with(|state| state.remembered = Some(held));
    assert!(matches!(change::lift(&*world, &ENVIRONMENT.into(), |_| true).await, change::Change::Done(Some(_))));
    assert_eq!(outcome(&world.roll_back(world.plan()).await), Outcome::Succeeded);
}

async fn arm(world: &Arc<World>) -> Armed {
    let plan = world.plan();
    let answers = checks::ask_all(&world.ports(), REPOSITORY, &plan).await;
    Armed { plan, answers, open: Vec::new() }
}

async fn click(world: &Arc<World>, armed: Armed) -> Rollback {
    click_on(world, world.plan(), armed).await
}

async fn click_on(world: &Arc<World>, plan: Plan, armed: Armed) -> Rollback {
    let id = RollbackId::new("rb-1");
    let engine = Engine::start(world.ports(), Pace::default(), REPOSITORY.to_owned(), id, plan).await.unwrap();
    engine.armed(Some(armed)).drive().await.unwrap()
}

async fn put(world: &World, hold: &HoldRecord) {
    let text = Record::Hold(hold.clone()).text().unwrap();
    world.put(&MarkName::hold(&hold.environment), &text, None).await.unwrap();
}

fn later(world: &World, time: SignedDuration) {
    world.with(|state| state.now = state.now.checked_add(time).unwrap());
}

fn calls(world: &World) -> [u32; 3] {
    world.with(|state| {
        [Call::Workflows, Call::Rights, Call::RemoteTag].map(|call| state.calls.get(&call).copied().unwrap_or(0))
    })
}

fn code(answer: &Answer) -> &'static str {
    answer.question.code()
}
