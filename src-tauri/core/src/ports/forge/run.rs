//! Runs beside the one that is followed: the history of a workflow, and what waits for a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, ObjectId, RunId};

/// A run in a list. Words of GitHub's are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    pub id: RunId,
    /// Its workflow's file name below `.github/workflows/`.
    pub workflow: String,
    /// What `run-name` made of its inputs, or the commit's subject.
    pub title: String,
    /// `workflow_dispatch`, `push`, `release`, …
    pub event: String,
    /// The branch or tag it ran on.
    pub head: Option<String>,
    pub commit: ObjectId,
    pub status: String,
    pub conclusion: Option<String>,
    pub created: Timestamp,
    /// When it last changed: its end, once it is over.
    pub updated: Timestamp,
    pub actor: String,
    pub url: String,
}

impl RunRecord {
    pub fn succeeded(&self) -> bool {
        self.conclusion.as_deref() == Some("success")
    }
}

/// What GitHub shows of the run that made a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// `workflow_dispatch`, `push`, `release`, …
    pub event: String,
    /// What `run-name` made of its inputs, or the commit's subject.
    pub title: String,
}

impl Maker {
    pub fn of(run: &RunRecord) -> Self {
        Self { event: run.event.clone(), title: run.title.clone() }
    }

    /// Of a run that GitHub has no more.
    pub fn gone() -> Self {
        Self { event: String::new(), title: String::new() }
    }

    /// Each run that GitHub has was started by something.
    pub fn is_gone(&self) -> bool {
        self.event.is_empty() && self.title.is_empty()
    }

    /// Any other run stands on its branch's newest commit, whatever it deploys.
    pub fn deploys_its_commit(&self) -> bool {
        matches!(self.event.as_str(), "push" | "release")
    }
}

/// One environment that a run may not enter yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingApproval {
    /// GitHub's number of the environment; a decision names it.
    pub environment_id: u64,
    pub environment: EnvironmentName,
    /// People by login, teams by name.
    pub reviewers: Vec<String>,
    /// The account of the token is one of them.
    pub can_approve: bool,
    /// A timer runs as well.
    pub wait_minutes: u32,
}

/// What a person says about pending approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub environment_ids: Vec<u64>,
    pub approve: bool,
    pub comment: String,
}
