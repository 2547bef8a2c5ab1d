//! Deployments: those of runs follow from the runs, those of the API are facts of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    run::{Attempt, Run},
    timeline::{Conclusion, JobTimes, Timeline},
};

/// Who makes the deployments of runs.
pub const BOT: &str = "github-actions[bot]";

/// One attempt to put a version into an environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deployment {
    /// Number over all of GitHub.
    pub id: u64,
    /// What is deployed: a tag, a branch or a commit.
    pub git_ref: String,
    /// The commit of it.
    pub sha: String,
    /// `deploy`, unless the API said otherwise.
    pub task: String,
    /// Where to.
    pub environment: String,
    /// Login of who made it.
    pub creator: String,
    /// Whatever its maker wants to remember.
    pub payload: Value,
    /// One sentence.
    pub description: Option<String>,
    /// The environment will be gone one day.
    pub transient: bool,
    /// People use this environment.
    pub production: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its statuses, oldest first.
    pub statuses: Vec<Status>,
}

/// One status of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Number over all of GitHub.
    pub id: u64,
    /// One of GitHub's words: `in_progress`, `success`, ...
    pub state: String,
    /// Login of who set it.
    pub creator: String,
    /// One sentence.
    pub description: String,
    /// When it was set.
    pub at: Timestamp,
    /// Where more is to be read.
    pub log: Link,
    /// Where the environment answers.
    pub place: Link,
}

/// An address, or what it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// None was given.
    None,
    /// As given through the API.
    Given(String),
    /// The page of a run.
    Run(u64),
    /// The sample service in this environment.
    Service(String),
}

/// The deployment that an attempt makes, with the statuses that it has by `now`. GitHub knows of the branch or tag that a
/// run stands on and of its commit; the version that it was given is in its inputs alone.
pub fn of_attempt(run: &Run, attempt: &Attempt, timeline: &Timeline, now: Timestamp) -> Option<Deployment> {
    let job = timeline.jobs.iter().find(|job| planned_environment(attempt, job).is_some())?;
    let environment = planned_environment(attempt, job)?.to_owned();
    let skipped = job.end.is_some_and(|end| end.conclusion == Conclusion::Skipped);
    if skipped || job.created_at > now {
        return None;
    }
    Some(Deployment {
        id: attempt.deployment_id(),
        git_ref: run.head_branch.clone(),
        sha: run.head_sha.clone(),
        description: None,
        payload: json!({}),
        task: "deploy".to_owned(),
        creator: BOT.to_owned(),
        transient: false,
        production: environment == "production",
        created_at: job.created_at,
        statuses: statuses(run, attempt, timeline, job, &environment, now),
        environment,
    })
}

/// Gives every success that a later success replaced its `inactive` status.
pub fn retire(deployments: &mut [Deployment]) {
    let successes: Vec<(String, Timestamp)> = deployments
        .iter()
        .filter_map(|deployment| Some((deployment.environment.clone(), success(deployment)?.at)))
        .collect();
    for deployment in deployments.iter_mut().filter(|deployment| deployment.creator == BOT) {
        let Some(own) = success(deployment).cloned() else { continue };
        let next = successes
            .iter()
            .filter(|(environment, at)| *environment == deployment.environment && *at > own.at)
            .map(|(_, at)| *at)
            .min();
        if let Some(at) = next {
            let description = "Replaced by a newer deployment".to_owned();
            deployment.statuses.push(Status { id: own.id + 1, state: "inactive".to_owned(), description, at, ..own });
        }
    }
}

fn success(deployment: &Deployment) -> Option<&Status> {
    deployment.statuses.iter().find(|status| status.state == "success")
}

fn planned_environment<'a>(attempt: &'a Attempt, job: &JobTimes) -> Option<&'a str> {
    attempt.plan.jobs.get(job.index)?.environment.as_deref()
}

fn statuses(
    run: &Run,
    attempt: &Attempt,
    timeline: &Timeline,
    job: &JobTimes,
    environment: &str,
    now: Timestamp,
) -> Vec<Status> {
    let gated = attempt.plan.jobs.get(job.index).is_some_and(|planned| planned.gated);
    let waiting = gated.then_some((job.created_at, "pending", "Waits for an approval"));
    let started = job.started_at.map(|at| (at, "in_progress", "The run has begun"));
    let ended = timeline.end.map(|end| match end.conclusion {
        Conclusion::Success => (end.at, "success", "It runs"),
        Conclusion::Failure | Conclusion::Skipped => (end.at, "failure", "The run failed"),
        Conclusion::Cancelled => (end.at, "error", "The run was cancelled"),
    });
    let reached = [waiting, started, ended].into_iter().flatten().filter(|(at, _, _)| *at <= now);
    let status = |(index, (at, state, description)): (usize, (Timestamp, &str, &str))| Status {
        id: attempt.status_id(index),
        state: state.to_owned(),
        creator: BOT.to_owned(),
        description: description.to_owned(),
        at,
        log: Link::Run(run.id),
        place: Link::Service(environment.to_owned()),
    };
    reached.enumerate().map(status).collect()
}
