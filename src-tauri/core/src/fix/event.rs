//! What becomes of a fix, as the journal keeps it. Each kind begins with `fix_`, which no other family's does. What GitHub
//! says of its pull request is asked when somebody looks, and is no fact.

use serde::{Deserialize, Serialize};

use crate::ids::{FixId, IncidentId, ObjectId, RollbackId, TagName};

/// What each kind begins with.
pub const PREFIX: &str = "fix_";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub fix: FixId,
    #[serde(flatten)]
    pub deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Deed {
    /// A branch was made for it here.
    FixBegan(Box<Beginning>),
    FixItemSet {
        /// Its place in the checklist, from 0.
        item: usize,
        done: bool,
        by: String,
    },
    /// The remote has the branch.
    FixBranchPushed {
        commit: ObjectId,
        by: String,
    },
    FixPullRequestLinked {
        pull_request: PullRequest,
        by: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The release that it mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<TagName>,
    pub branch: String,
    pub base: Base,
    /// Where the branch begins.
    pub commit: ObjectId,
    pub checklist: Vec<String>,
    /// The file that the checklist is from; absent where it is the shipped one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    pub by: String,
}

/// What the branch begins on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    DefaultBranch,
    /// The release that was rolled back from.
    BadRelease,
    /// A tag, a branch or a commit that a person named.
    Named(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    pub number: u64,
    pub url: String,
    /// As it was when it was linked.
    pub title: String,
}
