//! GitHub's answers, as far as they are used. Everything that its description lets be null is optional here, and words
//! it may add to are kept as text.

use base64::Engine as _;
use jiff::Timestamp;
use lastgood_core::ids::{EnvironmentName, RunId};
use lastgood_core::ports::forge::{self, DeploymentState, JobStep, RunSnapshot, RunSummary};
use serde::Deserialize;

use super::object;

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) message: String,
    documentation_url: Option<String>,
}

impl Message {
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
pub(super) struct Environments {
    pub(super) environments: Vec<Environment>,
}

#[derive(Deserialize)]
pub(super) struct Environment {
    pub(super) name: String,
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
    reference: String,
    environment: String,
    created_at: Timestamp,
    creator: Option<User>,
}

#[derive(Deserialize)]
pub(super) struct DeploymentStatus {
    state: String,
    created_at: Timestamp,
    environment_url: Option<String>,
}

impl Deployment {
    /// GitHub lists statuses newest first.
    pub(super) fn with(self, statuses: Vec<DeploymentStatus>) -> forge::Deployment {
        let newest = statuses.iter().max_by_key(|status| status.created_at);
        let succeeded = statuses.iter().filter(|status| status.state == "success").map(|status| status.created_at);
        let url = statuses.iter().filter_map(|status| status.environment_url.clone()).find(|url| !url.is_empty());
        forge::Deployment {
            id: self.id,
            environment: EnvironmentName::new(self.environment),
            reference: self.reference,
            commit: object(&self.sha),
            created: self.created_at,
            creator: self.creator.map(|user| user.login).unwrap_or_default(),
            state: newest.map_or(DeploymentState::Pending, |status| state(&status.state)),
            state_since: newest.map_or(self.created_at, |status| status.created_at),
            succeeded: succeeded.min(),
            url,
        }
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
}

#[derive(Deserialize)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
}

#[derive(Deserialize)]
struct Job {
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

    pub(super) fn with(self, jobs: Jobs) -> RunSnapshot {
        RunSnapshot {
            id: RunId(self.id),
            url: self.html_url,
            status: self.status.unwrap_or_default(),
            conclusion: self.conclusion,
            jobs: jobs.jobs.into_iter().map(Job::seen).collect(),
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
