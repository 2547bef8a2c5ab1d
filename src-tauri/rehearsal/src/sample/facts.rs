//! What GitHub knows of the sample beside its git repository: releases, runs and the deployments that follow.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    edit,
    history::{Chapter, PEOPLE},
    repository::Written,
};
use crate::state::{
    Access, Environment, Sickness, State,
    dispatch::NewRun,
    ids::Ids,
    pace::Pace,
    release::{Asset, Release},
    run::Version,
    workflow::{Workflow, WorkflowError},
};

/// History went slower than drills do: a deploy took 1 min 50 s.
const HISTORY_SLOWNESS: f64 = 5.5;
const DEPLOY_SECONDS: i64 = 110;

/// The state of GitHub at the epoch.
pub(crate) fn state(releases: &[Written], epoch: Timestamp, seed: u64, speed: f64) -> Result<State, WorkflowError> {
    let created_at = before(epoch, 400 * 24 * 60);
    let mut state = empty(created_at, seed, speed);
    for name in ["production", "staging"] {
        let id = state.ids.one();
        state.environments.push(Environment { id, name: name.to_owned(), created_at, reviewers: Vec::new() });
    }
    for run in runs(releases, epoch)? {
        state.start_run(run.1, run.0);
    }
    for release in releases {
        let published = before(epoch, release.chapter.production);
        let release = publish(&mut state.ids, release, published);
        state.releases.push(release);
    }
    let sick = releases.iter().filter_map(|release| {
        let reason = release.chapter.sickness?.to_owned();
        Some(Sickness { environment: "production".to_owned(), version: release.chapter.tag.to_owned(), reason })
    });
    state.sicknesses = sick.collect();
    Ok(state)
}

fn empty(created_at: Timestamp, seed: u64, speed: f64) -> State {
    State {
        owner: super::OWNER.to_owned(),
        repo: super::REPO.to_owned(),
        created_at,
        ids: Ids::new(seed),
        pace: Pace::of_speed(speed),
        viewer: PEOPLE[0].to_owned(),
        access: Access::Write,
        people: PEOPLE.map(str::to_owned).to_vec(),
        releases: Vec::new(),
        deployments: Vec::new(),
        environments: Vec::new(),
        disabled_workflows: BTreeSet::new(),
        runs: Vec::new(),
        issues: Vec::new(),
        pull_requests: Vec::new(),
        sicknesses: Vec::new(),
    }
}

/// All runs of the story with the time of their making, in that order.
fn runs(releases: &[Written], epoch: Timestamp) -> Result<Vec<(Timestamp, NewRun)>, WorkflowError> {
    let (ci, deploy) = workflows()?;
    let mut runs = Vec::new();
    for release in releases {
        let Chapter { staging, production, rolled_back, .. } = *release.chapter;
        runs.push((release.tagged_at, ci_run(&ci, release)));
        runs.push(deploy_run(&deploy, release, release, "staging", PEOPLE[0], staging, epoch));
        runs.push(deploy_run(&deploy, release, release, "production", PEOPLE[0], production, epoch));
        if let Some((at, target)) = rolled_back {
            let target = releases.iter().find(|other| other.chapter.tag == target);
            runs.extend(target.map(|target| deploy_run(&deploy, target, release, "production", PEOPLE[3], at, epoch)));
        }
    }
    runs.sort_by_key(|(at, _)| *at);
    Ok(runs)
}

/// The sample's two workflows: CI and deploy.
pub(super) fn workflows() -> Result<(Workflow, Workflow), WorkflowError> {
    let files = edit::first();
    let read = |name: &str| {
        let path = format!(".github/workflows/{name}");
        Workflow::parse(&path, files.get(&path).map_or("", String::as_str))
    };
    Ok((read("ci.yml")?, read("deploy.yml")?))
}

fn ci_run(ci: &Workflow, release: &Written) -> NewRun {
    let mut run = ci_of(ci, release.chapter.tag, &release.commit);
    if let Some(step) = release.chapter.ci_failure {
        run.plan.fail_at(step, "test plugin::fuel::survives_a_long_call ... FAILED");
    }
    run
}

/// CI of the commit that a release stands on.
pub(super) fn ci_of(ci: &Workflow, tag: &str, commit: &str) -> NewRun {
    NewRun {
        workflow: "ci.yml".to_owned(),
        workflow_name: ci.name.clone(),
        event: "push".to_owned(),
        head_branch: "main".to_owned(),
        head_sha: commit.to_owned(),
        title: format!("Release {tag}"),
        inputs: BTreeMap::new(),
        version: None,
        actor: PEOPLE[0].to_owned(),
        plan: ci.plan(&BTreeMap::new(), |_| false),
        pace: Some(Pace::steady(HISTORY_SLOWNESS)),
    }
}

/// A deploy of `target` that ended so many minutes before the epoch, dispatched when `head` was main.
fn deploy_run(
    deploy: &Workflow,
    target: &Written,
    head: &Written,
    environment: &str,
    actor: &str,
    ended: i64,
    epoch: Timestamp,
) -> (Timestamp, NewRun) {
    let (tag, head) = (target.chapter.tag, &head.commit);
    let run = deploy_of(deploy, tag, &target.commit, head, environment, actor);
    (seconds_before(epoch, ended * 60 + DEPLOY_SECONDS), run)
}

/// A deploy of `tag`, dispatched when `head` was main.
pub(super) fn deploy_of(
    deploy: &Workflow,
    tag: &str,
    commit: &str,
    head: &str,
    environment: &str,
    actor: &str,
) -> NewRun {
    let inputs = BTreeMap::from([
        ("environment".to_owned(), environment.to_owned()),
        ("rollback_id".to_owned(), String::new()),
        ("version_tag".to_owned(), tag.to_owned()),
    ]);
    NewRun {
        workflow: "deploy.yml".to_owned(),
        workflow_name: deploy.name.clone(),
        event: "workflow_dispatch".to_owned(),
        head_branch: "main".to_owned(),
        head_sha: head.to_owned(),
        title: deploy.title(&inputs),
        plan: deploy.plan(&inputs, |_| false),
        inputs,
        version: Some(Version { tag: tag.to_owned(), commit: commit.to_owned() }),
        actor: actor.to_owned(),
        pace: Some(Pace::steady(HISTORY_SLOWNESS)),
    }
}

fn publish(ids: &mut Ids, release: &Written, published: Timestamp) -> Release {
    let chapter = release.chapter;
    let mut notes = "## What changed\n".to_owned();
    for merge in chapter.merges {
        notes += &format!("* {} by @{} in #{}\n", merge.title, merge.author, merge.number);
    }
    let names = [format!("connectias-{}-x86_64-linux.tar.zst", chapter.tag), "SHA256SUMS".to_owned()];
    Release {
        id: ids.one(),
        tag: chapter.tag.to_owned(),
        target: "main".to_owned(),
        name: Some(chapter.title.to_owned()),
        body: Some(notes),
        author: PEOPLE[0].to_owned(),
        draft: false,
        prerelease: false,
        created_at: release.tagged_at,
        published_at: Some(published),
        latest: false,
        assets: names.map(|name| asset(ids, name, &release.commit)).to_vec(),
    }
}

fn asset(ids: &mut Ids, name: String, commit: &str) -> Asset {
    let digest = Sha256::digest(format!("{commit}/{name}"));
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let size = if name.ends_with(".zst") { 4_718_592 + u64::from(digest[0]) * 512 } else { 98 };
    Asset { id: ids.one(), name, size, sha256 }
}

fn before(epoch: Timestamp, minutes: i64) -> Timestamp {
    seconds_before(epoch, minutes * 60)
}

pub(super) fn seconds_before(epoch: Timestamp, seconds: i64) -> Timestamp {
    epoch.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(epoch)
}
