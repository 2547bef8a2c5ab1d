//! Runs and their attempts: facts only. What they are doing follows from [`super::timeline`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{pace::Pace, plan::Plan};

/// One run of a workflow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// Number over all of GitHub.
    pub id: u64,
    /// Number within its workflow, from 1.
    pub number: u64,
    /// File name of the workflow, as in `deploy.yml`.
    pub workflow: String,
    /// Name of the workflow.
    pub workflow_name: String,
    /// `workflow_dispatch` or `push`.
    pub event: String,
    /// Branch or tag that it runs from.
    pub head_branch: String,
    /// Commit that it runs from.
    pub head_sha: String,
    /// Title, made by `run-name`.
    pub title: String,
    /// Inputs of the dispatch.
    pub inputs: BTreeMap<String, String>,
    /// What it deploys, where it deploys something that exists.
    pub version: Option<Version>,
    /// Attempts, oldest first; at least one.
    pub attempts: Vec<Attempt>,
}

/// A version as the service reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The tag.
    pub tag: String,
    /// The commit of the tag.
    pub commit: String,
}

/// One attempt of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// First of a block of [`Attempt::IDS`] numbers: check suite, jobs, deployment, statuses.
    pub first_id: u64,
    /// Login of who asked for it.
    pub actor: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What it does.
    pub plan: Plan,
    /// A pace of its own; without one it goes at the pace of the state.
    pub pace: Option<Pace>,
    /// When somebody cancelled it.
    pub cancelled_at: Option<Timestamp>,
    /// Answers to its request for approval.
    pub reviews: Vec<Review>,
}

/// One answer to a request for approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Review {
    /// When it came.
    pub at: Timestamp,
    /// Login of who gave it.
    pub reviewer: String,
    /// The environment that it is for.
    pub environment: String,
    /// Yes or no.
    pub approved: bool,
    /// What was said with it.
    pub comment: String,
}

impl Attempt {
    /// How many numbers an attempt may use.
    pub const IDS: u64 = 64;
    const STATUS: u64 = 40;

    /// Number of its check suite.
    pub fn suite_id(&self) -> u64 {
        self.first_id
    }

    /// Number of its deployment.
    pub fn deployment_id(&self) -> u64 {
        self.first_id + 1
    }

    /// Number of its n-th job.
    pub fn job_id(&self, index: usize) -> u64 {
        self.first_id + 2 + index as u64
    }

    /// Number of the n-th status of its deployment.
    pub fn status_id(&self, index: usize) -> u64 {
        self.first_id + Self::STATUS + index as u64
    }

    /// The first answer about an environment.
    pub fn review(&self, environment: &str) -> Option<&Review> {
        self.reviews.iter().find(|review| review.environment == environment)
    }
}
