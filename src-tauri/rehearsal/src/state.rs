//! The state model: a small GitHub as plain facts.
//!
//! It knows no HTTP, no files and no clock. Facts come in with their time; what a run is doing at some moment,
//! which deployments exist and what is live are computed from the facts by [`State::at`]. Nothing has to tick.

pub mod deployment;
pub mod dispatch;
pub mod ids;
pub mod issue;
pub mod pace;
pub mod plan;
pub mod pull_request;
pub mod queue;
pub mod release;
pub mod run;
pub mod timeline;
pub mod view;
pub mod workflow;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::{
    deployment::Deployment,
    ids::Ids,
    issue::Issue,
    pace::Pace,
    pull_request::{NewPullRequest, PullRequest},
    release::Release,
    run::Run,
    view::View,
};

/// The sample's last pull request is #412.
const FIRST_NUMBER: u64 = 413;

/// Everything that this GitHub knows beside the git repository itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// Owner of the one repository.
    pub owner: String,
    /// Name of the one repository.
    pub repo: String,
    /// When the repository was made.
    pub created_at: Timestamp,
    /// Where new numbers come from.
    pub ids: Ids,
    /// How fast new runs go.
    pub pace: Pace,
    /// Login of the person behind the token.
    pub viewer: String,
    /// What the token may do.
    pub access: Access,
    /// Logins of everyone with access.
    pub people: Vec<String>,
    /// Releases, in the order of their making.
    pub releases: Vec<Release>,
    /// Deployments made through the API; those made by runs follow from the runs.
    pub deployments: Vec<Deployment>,
    /// Environments with their protection.
    pub environments: Vec<Environment>,
    /// Paths of workflows that were disabled by hand.
    pub disabled_workflows: BTreeSet<String>,
    /// Runs, in the order of their making.
    pub runs: Vec<Run>,
    /// Issues, in the order of their making.
    pub issues: Vec<Issue>,
    /// Pull requests that were opened here, in the order of their making.
    #[serde(default)]
    pub pull_requests: Vec<PullRequest>,
    /// Versions that fail their health check.
    pub sicknesses: Vec<Sickness>,
}

/// A version that fails its health check in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sickness {
    /// Where.
    pub environment: String,
    /// The tag of the version.
    pub version: String,
    /// What the service says about it.
    pub reason: String,
}

/// What the token may do with the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read and write, dispatch included.
    Write,
    /// Read only: every write is answered with 403.
    Read,
}

/// A place where a release runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Environment {
    /// Number of the environment.
    pub id: u64,
    /// Name, as in `production`.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Logins who may approve a deployment; nobody means that no approval is needed.
    pub reviewers: Vec<String>,
}

impl State {
    /// What all of this looks like at one moment.
    pub fn at(&self, now: Timestamp) -> View<'_> {
        View::of(self, now)
    }

    /// The environment of that name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The next number of an issue or pull request; they share their numbers.
    pub fn next_number(&self) -> u64 {
        FIRST_NUMBER + (self.issues.len() + self.pull_requests.len()) as u64
    }

    /// Opens a pull request by the viewer.
    pub fn open_pull_request(&mut self, new: NewPullRequest, now: Timestamp) -> PullRequest {
        let NewPullRequest { title, body, head, base, head_commit, base_commit, draft } = new;
        let (id, number, author) = (self.ids.one(), self.next_number(), self.viewer.clone());
        let made = PullRequest {
            id,
            number,
            title,
            body,
            head,
            base,
            head_commit,
            base_commit,
            draft,
            author,
            created_at: now,
            closed_at: None,
            merge: None,
        };
        self.pull_requests.push(made.clone());
        made
    }

    /// Why a version fails its health check there, if it does.
    pub fn sickness(&self, environment: &str, version: &str) -> Option<&str> {
        let sick = self.sicknesses.iter().find(|sick| sick.environment == environment && sick.version == version)?;
        Some(&sick.reason)
    }
}
