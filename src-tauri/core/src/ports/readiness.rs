//! What GitHub says of this account's rights, of what is under way, and of what a deploy needs.

use async_trait::async_trait;

use crate::error::Trouble;
use crate::ids::{EnvironmentName, RunId, TagName};

/// The forge, as far as checks need it. All of it reads.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// What this account and its token may do here.
    async fn rights(&self) -> Result<Rights, Trouble>;

    /// Runs of this workflow that are not over, newest first.
    async fn under_way(&self, workflow: &str) -> Result<Vec<UnderWay>, Trouble>;

    /// What stands before a deploy to this environment.
    async fn gates(&self, environment: &EnvironmentName) -> Result<Gates, Trouble>;

    /// Names of the files of the release on this tag; `None` where the tag has no release.
    async fn assets(&self, tag: &TagName) -> Result<Option<Vec<String>>, Trouble>;
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// May push, and with that dispatch.
    pub push: bool,
    /// Archived repositories take nothing.
    pub archived: bool,
    pub private: bool,
    /// Scopes of a classic token; fine-grained tokens name none.
    pub scopes: Option<Vec<String>>,
}

/// A run that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    pub run: RunId,
    pub title: String,
    /// GitHub's word.
    pub status: String,
}

/// Protection rules of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    /// People and teams of whom one must approve.
    pub reviewers: Vec<String>,
    /// Minutes that every deploy waits.
    pub wait_minutes: u32,
}
