//! Runs and jobs.

use serde_json::{Value, json};

use super::{node, repository, time, user::user};
use crate::{
    git::CommitFacts,
    http::call::Links,
    state::{
        State, ids,
        view::{AttemptView, JobView, RunView, StepView},
    },
};

/// Number of a workflow, by its path.
pub(in crate::http) fn workflow_id(file: &str) -> u64 {
    ids::named("workflow", file)
}

/// A run as one of its attempts shows it.
pub(in crate::http) fn run(
    links: &Links,
    state: &State,
    view: &RunView<'_>,
    attempt: &AttemptView<'_>,
    head: Option<&CommitFacts>,
) -> Value {
    let run = view.run;
    let url = links.repo(&format!("/actions/runs/{}", run.id));
    let first = view.attempts.first().unwrap_or(attempt);
    let previous = (attempt.number > 1).then(|| format!("{url}/attempts/{}", attempt.number - 1));
    let repository = repository::minimal(links, state);
    let mut shape = json!({
        "id": run.id,
        "node_id": node("WorkflowRun", run.id),
        "name": run.workflow_name,
        "display_title": run.title,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": format!(".github/workflows/{}", run.workflow),
        "run_number": run.number,
        "run_attempt": attempt.number,
        "event": run.event,
        "status": attempt.status,
        "conclusion": attempt.end.map(|end| end.conclusion.word()),
        "workflow_id": workflow_id(&run.workflow),
        "check_suite_id": attempt.attempt.suite_id(),
        "check_suite_node_id": node("CheckSuite", attempt.attempt.suite_id()),
        "pull_requests": [],
        "referenced_workflows": [],
        "actor": user(links, &first.attempt.actor),
        "triggering_actor": user(links, &attempt.attempt.actor),
        "created_at": time(first.attempt.created_at),
        "run_started_at": time(attempt.attempt.created_at),
        "updated_at": time(attempt.updated_at),
        "previous_attempt_url": previous,
        "head_commit": head.map(head_commit),
        "repository": repository,
        "head_repository": repository,
    });
    shape["url"] = url.as_str().into();
    shape["html_url"] = links.page(&format!("/actions/runs/{}", run.id)).into();
    shape["workflow_url"] = links.repo(&format!("/actions/workflows/{}", workflow_id(&run.workflow))).into();
    shape["check_suite_url"] = links.repo(&format!("/check-suites/{}", attempt.attempt.suite_id())).into();
    for name in ["jobs", "logs", "cancel", "rerun", "artifacts"] {
        shape[format!("{name}_url")] = format!("{url}/{name}").into();
    }
    shape
}

pub(in crate::http) fn job(links: &Links, view: &RunView<'_>, attempt: &AttemptView<'_>, job: &JobView<'_>) -> Value {
    let run = view.run;
    let taken = job.started_at.is_some();
    json!({
        "id": job.id,
        "node_id": node("CheckRun", job.id),
        "run_id": run.id,
        "run_url": links.repo(&format!("/actions/runs/{}", run.id)),
        "run_attempt": attempt.number,
        "head_sha": run.head_sha,
        "head_branch": run.head_branch,
        "workflow_name": run.workflow_name,
        "name": job.name,
        "url": links.repo(&format!("/actions/jobs/{}", job.id)),
        "html_url": links.page(&format!("/actions/runs/{}/job/{}", run.id, job.id)),
        "check_run_url": links.repo(&format!("/check-runs/{}", job.id)),
        "status": job.status,
        "conclusion": job.end.map(|end| end.conclusion.word()),
        "created_at": time(job.created_at),
        "started_at": time(job.started_at.unwrap_or(job.created_at)),
        "completed_at": job.end.map(|end| time(end.at)),
        "steps": job.steps.iter().enumerate().map(|(index, view)| step(index, view)).collect::<Vec<_>>(),
        "labels": ["ubuntu-latest"],
        "runner_id": taken.then_some(7),
        "runner_name": taken.then_some("GitHub Actions 7"),
        "runner_group_id": taken.then_some(0),
        "runner_group_name": taken.then_some("GitHub Actions"),
    })
}

fn step(index: usize, view: &StepView<'_>) -> Value {
    json!({
        "name": view.step.name,
        "number": index + 1,
        "status": view.status,
        "conclusion": view.end.map(|end| end.conclusion.word()),
        "started_at": view.started_at.map(time),
        "completed_at": view.end.map(|end| time(end.at)),
    })
}

fn head_commit(commit: &CommitFacts) -> Value {
    json!({
        "id": commit.id,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": time(commit.committer.at),
        "author": { "name": commit.author.name, "email": commit.author.email },
        "committer": { "name": commit.committer.name, "email": commit.committer.email },
    })
}
