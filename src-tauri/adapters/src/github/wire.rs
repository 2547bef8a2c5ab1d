//! GitHub's answers, as far as they are used. Everything that its description lets be null is optional here, and words
//! it may add to are kept as text.

use base64::Engine as _;
use jiff::Timestamp;
use lastgood_core::ids::{EnvironmentName, RepositorySlug, RunId};
use lastgood_core::ports::forge::{self, DeploymentState, JobStep, RunRecord, RunSnapshot, RunSummary};
use serde::Deserialize;

use super::object;
use crate::server::Server;

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) message: String,
    documentation_url: Option<String>,
    errors: Option<Vec<serde_json::Value>>,
}

impl Message {
    /// "Validation Failed" alone helps nobody; what failed is in the list beside it.
    pub(super) fn words(self) -> String {
        let text = |error: &serde_json::Value| {
            let message = error.get("message").or(Some(error)).and_then(serde_json::Value::as_str);
            message.map(str::to_owned)
        };
        let details: Vec<String> = self.errors.iter().flatten().filter_map(text).collect();
        if details.is_empty() { self.message } else { format!("{}: {}", self.message, details.join("; ")) }
    }

    /// The words differ; the page that they point to is the same. A secondary limit may come without any header.
    pub(super) fn is_about_secondary_limits(&self) -> bool {
        self.documentation_url.as_deref().is_some_and(|page| page.contains("secondary-rate-limits"))
    }
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) login: String,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) default_branch: String,
}

#[derive(Deserialize)]
pub(super) struct Content {
    content: Option<String>,
    encoding: Option<String>,
}

impl Content {
    pub(super) fn text(&self) -> Option<String> {
        if self.encoding.as_deref() != Some("base64") {
            return None;
        }
        let packed: String = self.content.as_ref()?.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[derive(Deserialize)]
pub(super) struct Deployment {
    pub(super) id: u64,
    sha: String,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    environment: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    creator: Option<User>,
}

#[derive(Deserialize)]
pub(super) struct DeploymentStatus {
    pub(super) state: String,
    pub(super) created_at: Timestamp,
    pub(super) environment_url: Option<String>,
    pub(super) log_url: Option<String>,
    /// The same in the words of older servers.
    pub(super) target_url: Option<String>,
}

impl Deployment {
    /// GitHub lists statuses newest first.
    pub(super) fn with(self, statuses: &[DeploymentStatus], pages: &RunPages) -> forge::Deployment {
        let bare = forge::Deployment {
            id: self.id,
            environment: EnvironmentName::new(self.environment),
            reference: self.reference,
            commit: object(&self.sha),
            created: self.created_at,
            creator: self.creator.map(|user| user.login).unwrap_or_default(),
            state: DeploymentState::Pending,
            state_since: self.created_at,
            succeeded: None,
            url: None,
            run: None,
            maker: None,
        };
        told_by(bare, statuses, pages)
    }
}

/// What a deployment's statuses, newest first, tell of it.
pub(super) fn told_by(
    deployment: forge::Deployment,
    statuses: &[DeploymentStatus],
    pages: &RunPages,
) -> forge::Deployment {
    // Of two in one second the first listed is the newer one.
    let newest = statuses.iter().rev().max_by_key(|status| status.created_at);
    let succeeded = statuses.iter().filter(|status| status.state == "success").map(|status| status.created_at);
    let url = statuses.iter().filter_map(|status| status.environment_url.clone()).find(|url| !url.is_empty());
    // The run that made it wrote first; another may have put it out of service.
    let oldest = statuses.iter().rev();
    let run = oldest
        .flat_map(|one| [&one.log_url, &one.target_url])
        .flatten()
        .find_map(|log| pages.run_at(log, &deployment.creator));
    forge::Deployment {
        run,
        state: newest.map_or(DeploymentState::Pending, |status| state(&status.state)),
        state_since: newest.map_or(deployment.created, |status| status.created_at),
        succeeded: succeeded.min(),
        url,
        ..deployment
    }
}

/// Who makes the deployments of runs.
const ACTIONS: &str = "github-actions[bot]";

/// Where the runs of one repository have their pages.
pub(super) struct RunPages {
    /// `https://github.com/acme/shop/actions/runs/`, in small letters.
    beginning: String,
}

impl RunPages {
    pub(super) fn of(server: &Server, slug: &RepositorySlug) -> Self {
        Self { beginning: format!("{}/{slug}/actions/runs/", server.pages()).to_ascii_lowercase() }
    }

    /// Actions writes the page of its job there: `…/actions/runs/123/job/456`. What somebody else wrote may lead to a run of
    /// another repository, which made nothing here; what Actions wrote may have the name that this one had before.
    fn run_at(&self, log: &str, creator: &str) -> Option<RunId> {
        let (place, number) = log.split_once("/actions/runs/")?;
        let ours = format!("{place}/actions/runs/").eq_ignore_ascii_case(&self.beginning);
        let number = Some(number).filter(|_| ours || creator == ACTIONS)?;
        number.split(['/', '?', '#']).next()?.parse().ok().map(RunId)
    }
}

fn state(word: &str) -> DeploymentState {
    match word {
        "success" => DeploymentState::Success,
        "failure" => DeploymentState::Failure,
        "error" => DeploymentState::Error,
        "inactive" => DeploymentState::Inactive,
        "pending" => DeploymentState::Pending,
        "queued" => DeploymentState::Queued,
        "in_progress" => DeploymentState::InProgress,
        "waiting" => DeploymentState::Waiting,
        other => DeploymentState::Other(other.to_owned()),
    }
}

#[derive(Deserialize)]
pub(super) struct Workflows {
    pub(super) workflows: Vec<ListedWorkflow>,
}

#[derive(Deserialize)]
pub(super) struct ListedWorkflow {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) state: String,
}

#[derive(Deserialize)]
pub(super) struct Dispatched {
    pub(super) workflow_run_id: u64,
}

#[derive(Deserialize)]
pub(super) struct Runs {
    pub(super) workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
pub(super) struct Run {
    id: u64,
    html_url: String,
    status: Option<String>,
    conclusion: Option<String>,
    display_title: Option<String>,
    created_at: Timestamp,
    updated_at: Option<Timestamp>,
    event: Option<String>,
    path: Option<String>,
    head_branch: Option<String>,
    head_sha: Option<String>,
    actor: Option<User>,
}

#[derive(Deserialize)]
pub(super) struct Jobs {
    pub(super) jobs: Vec<Job>,
}

#[derive(Deserialize)]
pub(super) struct Job {
    id: u64,
    name: String,
    status: String,
    conclusion: Option<String>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    html_url: Option<String>,
    steps: Option<Vec<Step>>,
}

#[derive(Deserialize)]
struct Step {
    number: u64,
    name: String,
    status: String,
    conclusion: Option<String>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
}

impl Run {
    pub(super) fn summary(self) -> RunSummary {
        RunSummary { id: RunId(self.id), title: self.display_title.unwrap_or_default(), created: self.created_at }
    }

    pub(super) fn record(self) -> RunRecord {
        // A path may name the ref of a reusable workflow behind an @.
        let path = self.path.unwrap_or_default();
        let path = path.split('@').next().unwrap_or_default();
        RunRecord {
            id: RunId(self.id),
            workflow: path.rsplit('/').next().unwrap_or_default().to_owned(),
            title: self.display_title.unwrap_or_default(),
            event: self.event.unwrap_or_default(),
            head: self.head_branch,
            commit: object(&self.head_sha.unwrap_or_default()),
            status: self.status.unwrap_or_default(),
            conclusion: self.conclusion,
            created: self.created_at,
            updated: self.updated_at.unwrap_or(self.created_at),
            actor: self.actor.map(|user| user.login).unwrap_or_default(),
            url: self.html_url,
        }
    }

    pub(super) fn with(self, jobs: Vec<Job>) -> RunSnapshot {
        RunSnapshot {
            id: RunId(self.id),
            url: self.html_url,
            status: self.status.unwrap_or_default(),
            conclusion: self.conclusion,
            jobs: jobs.into_iter().map(Job::seen).collect(),
        }
    }
}

impl Job {
    fn seen(self) -> forge::Job {
        // A job that waits is given a start time by GitHub; it has begun when its status says so.
        let began = !matches!(self.status.as_str(), "queued" | "waiting" | "pending" | "requested");
        forge::Job {
            id: self.id,
            name: self.name,
            status: self.status,
            conclusion: self.conclusion,
            started: self.started_at.filter(|_| began),
            ended: self.completed_at,
            url: self.html_url,
            steps: self.steps.unwrap_or_default().into_iter().map(Step::seen).collect(),
        }
    }
}

impl Step {
    fn seen(self) -> JobStep {
        JobStep {
            number: self.number,
            name: self.name,
            status: self.status,
            conclusion: self.conclusion,
            started: self.started_at,
            ended: self.completed_at,
        }
    }
}

/// A person or a team.
#[derive(Deserialize)]
pub(super) struct Reviewer {
    reviewer: Option<Who>,
}

#[derive(Deserialize)]
struct Who {
    login: Option<String>,
    name: Option<String>,
}

impl Reviewer {
    pub(super) fn name(self) -> Option<String> {
        let who = self.reviewer?;
        who.login.or(who.name)
    }
}
