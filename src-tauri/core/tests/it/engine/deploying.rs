//! Whether the workflow that will deploy is what it was, and what the rollback's tag starts beside it.

use std::sync::Arc;

use lastgood_core::ports::forge::{Workflow, digest};
use lastgood_core::ports::history::ChangeKind;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict};
use lastgood_core::rollback::{Outcome, StepName};

use super::checks::{differing, one};
use super::outcome;
use super::world::{Call, DEPLOY, DISPATCHED, Fault, World, object};

const BUILD: &str = ".github/workflows/build.yml";
const CALLS_BUILD: &str = "on: workflow_dispatch\njobs:\n  build:\n    uses: ./.github/workflows/build.yml\n";

#[tokio::test]
async fn a_changed_deploy_workflow_warns_and_another_one_does_not() {
    let other = differing(&[(".github/workflows/ci.yml", ChangeKind::Modified)]);
    assert_eq!(asked(&other).await.verdict, Verdict::Passed);
    let own = differing(&[(DEPLOY, ChangeKind::Modified)]);
    let answer = asked(&own).await;
    assert_eq!(answer.sentence, "deploy.yml changed since v2.4.0; today's, from main, will deploy it.");
}

#[tokio::test]
async fn a_change_on_the_branch_after_the_live_release_is_seen() {
    let world = World::new();
    has(&world, 'f', DEPLOY, "on: [workflow_dispatch, schedule]\n");
    let answer = asked(&world).await;
    assert_eq!((answer.verdict, answer.policy), (Verdict::Failed, Policy::Warn));
    assert_eq!(answer.sentence, "deploy.yml changed since v2.4.0; today's, from main, will deploy it.");
    assert_eq!(answer.evidence[0], ".github/workflows/deploy.yml is another one on main");
}

#[tokio::test]
async fn what_github_has_on_the_branch_counts_more_than_what_was_fetched() {
    let world = World::new();
    on_github(&world, "on: [workflow_dispatch, push]\n");
    let changed = asked(&world).await;
    assert_eq!(changed.verdict, Verdict::Failed, "fetched before it changed: {changed:?}");
    on_github(&world, DISPATCHED);
    has(&world, 'f', DEPLOY, "on: [workflow_dispatch, schedule]\n");
    let same = asked(&world).await;
    assert_eq!((same.verdict, same.sentence.as_str()), (Verdict::Passed, "deploy.yml is on main as it was in v2.4.0"));
    assert_eq!(same.evidence[0], "compared deploy.yml with main on GitHub");
    assert!(same.evidence[1].starts_with("compared with main as last fetched here, fff"), "{same:?}");
    world.fails(Call::Workflows, 1..9, Fault::Broken);
    let alone = asked(&world).await;
    assert_eq!(alone.verdict, Verdict::Failed, "without GitHub, what was fetched counts: {alone:?}");
}

#[tokio::test]
async fn a_workflow_that_the_deploy_calls_is_part_of_it_on_either_side() {
    let world = World::new();
    for commit in ['c', 'f'] {
        has(&world, commit, DEPLOY, CALLS_BUILD);
        has(&world, commit, BUILD, "on: workflow_call\n");
    }
    let same = asked(&world).await;
    assert_eq!(same.sentence, "deploy.yml and what it uses are on main as they were in v2.4.0");
    has(&world, 'f', BUILD, "on: workflow_call\nenv: {}\n");
    let changed = asked(&world).await;
    assert_eq!(changed.sentence, "What deploy.yml uses changed since v2.4.0; today's, from main, will deploy it.");
    assert_eq!(changed.evidence[0], ".github/workflows/build.yml is another one on main");

    let live = differing(&[(BUILD, ChangeKind::Modified)]);
    assert_eq!(asked(&live).await.verdict, Verdict::Passed, "nothing calls it");
    for commit in ['c', 'f'] {
        has(&live, commit, DEPLOY, CALLS_BUILD);
    }
    assert_eq!(asked(&live).await.verdict, Verdict::Failed);
}

#[tokio::test]
async fn an_action_of_the_repository_is_part_of_the_deploy() {
    let world = differing(&[("tools/ship/action.yml", ChangeKind::Modified)]);
    assert_eq!(asked(&world).await.verdict, Verdict::Passed);
    for commit in ['c', 'f'] {
        has(&world, commit, DEPLOY, "on: workflow_dispatch\njobs:\n  ship:\n    steps:\n      - uses: ./tools/ship\n");
    }
    let answer = asked(&world).await;
    assert_eq!(answer.verdict, Verdict::Failed);
    assert!(answer.evidence.contains(&"tools/ship/action.yml is another one on main".to_owned()), "{answer:?}");
}

#[tokio::test]
async fn what_the_branch_has_and_nobody_could_read_is_not_claimed() {
    let world = World::new();
    world.with(|state| state.readiness.branches.clear());
    let answer = asked(&world).await;
    assert_eq!((answer.verdict, answer.policy), (Verdict::Inconclusive, Policy::Warn));
    assert_eq!(answer.sentence, "Whether main has the deploy workflow as it was in v2.4.0 could not be read.");
    assert_eq!(answer.evidence.last().unwrap(), "Next: git fetch, then check again.");
    on_github(&world, DISPATCHED);
    assert_eq!(asked(&world).await.verdict, Verdict::Passed, "GitHub told it");
    has(&world, 'c', DEPLOY, CALLS_BUILD);
    on_github(&world, CALLS_BUILD);
    let answer = asked(&world).await;
    assert_eq!(
        answer.sentence,
        "Whether main has what the deploy workflow uses as it was in v2.4.0 could not be read."
    );
}

#[tokio::test]
async fn a_workflow_that_the_rollbacks_tag_starts_beside_the_dispatch_is_a_warning() {
    let tags = "on:\n  push:\n    tags: ['v*', 'rollback-*']\n";
    for (file, text, why) in [
        ("deploy.yml", "on: [push, workflow_dispatch]\n", "its `on: push` takes every tag"),
        ("release.yml", tags, "its `on.push.tags` takes rollback-*"),
        ("ship.yml", "on: push\njobs:\n  a:\n    environment: production\n", "its `on: push` takes every tag"),
        ("made.yml", "on: create\n", "its `on: create` takes every tag"),
    ] {
        let world = World::new();
        has(&world, 'c', &format!(".github/workflows/{file}"), text);
        if file == "deploy.yml" {
            has(&world, 'f', DEPLOY, text);
        }
        let answer = asked(&world).await;
        assert_eq!((answer.verdict, answer.policy), (Verdict::Failed, Policy::Warn), "{file}");
        assert_eq!(answer.sentence, format!("Pushing rollback-20260302-100000 starts {file} as well: {why}."));
        assert_eq!(answer.evidence[0], format!(".github/workflows/{file}: {why}"));
        assert!(answer.evidence[1].starts_with("Next: cancel its run"), "{answer:?}");
        let rollback = world.roll_back(world.plan()).await;
        assert_eq!(outcome(&rollback), Outcome::Succeeded, "it warns");
        assert!(rollback.step(StepName::Check).sentence.contains("as well: its"), "{file}");
    }
}

#[tokio::test]
async fn a_workflow_that_only_tests_is_named_and_no_warning() {
    let world = World::new();
    has(&world, 'c', ".github/workflows/ci.yml", "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n");
    let answer = asked(&world).await;
    assert_eq!(answer.verdict, Verdict::Passed);
    let line = ".github/workflows/ci.yml starts with the rollback's tag: its `on: push` takes every tag";
    assert_eq!(answer.evidence.last().unwrap(), line);
}

#[tokio::test]
async fn what_is_switched_off_or_asks_for_other_tags_starts_with_nothing() {
    let world = World::new();
    has(&world, 'c', ".github/workflows/release.yml", "on:\n  push:\n    tags: ['v*']\n");
    has(&world, 'c', ".github/workflows/old.yml", "on: [workflow_dispatch, create]\n");
    world.with(|state| {
        let (file, state_word) = ("old.yml".to_owned(), "disabled_manually".to_owned());
        state.workflows.push(Workflow { file, state: state_word, ..state.workflows[0].clone() });
    });
    let answer = asked(&world).await;
    assert_eq!(answer.verdict, Verdict::Passed, "{answer:?}");
}

#[tokio::test]
async fn a_change_is_said_beside_what_the_tag_starts() {
    let world = World::new();
    has(&world, 'f', DEPLOY, "on: [workflow_dispatch, schedule]\n");
    has(&world, 'c', ".github/workflows/made.yml", "on: create\n");
    let answer = asked(&world).await;
    assert!(answer.sentence.starts_with("Pushing rollback-20260302-100000 starts made.yml"), "{answer:?}");
    let changed = "deploy.yml changed since v2.4.0; today's, from main, will deploy it.".to_owned();
    assert!(answer.evidence.contains(&changed), "{answer:?}");
}

async fn asked(world: &Arc<World>) -> Answer {
    one(world, Question::RiskWorkflow).await
}

fn has(world: &World, commit: char, path: &str, text: &str) {
    world.with(|state| state.readiness.files.insert((object(commit), path.to_owned()), text.to_owned()));
}

fn on_github(world: &World, text: &str) {
    world.with(|state| state.workflows[0].digest = digest(text));
}
