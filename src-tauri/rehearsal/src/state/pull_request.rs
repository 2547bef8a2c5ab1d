//! Pull requests: opened, changed, closed, merged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One pull request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullRequest {
    /// Number over all of GitHub.
    pub id: u64,
    /// Number within the repository, shared with issues.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text, in Markdown.
    pub body: String,
    /// The branch with the changes.
    pub head: String,
    /// The branch that is to get them.
    pub base: String,
    /// The commit of `head`, as it was last known; the branch may be gone.
    #[serde(default)]
    pub head_commit: String,
    /// The commit of `base` when it was opened.
    #[serde(default)]
    pub base_commit: String,
    /// Not ready for review.
    pub draft: bool,
    /// Login of its author.
    pub author: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was closed, merged or not.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// How it was merged, if it was.
    #[serde(default)]
    pub merge: Option<Merge>,
}

/// How a pull request was merged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Merge {
    /// The commit that it made.
    pub commit: String,
    /// Login of who merged it.
    pub by: String,
}

/// What somebody says who opens one.
#[derive(Debug, Clone)]
pub struct NewPullRequest {
    /// Its title.
    pub title: String,
    /// Its text, in Markdown.
    pub body: String,
    /// The branch with the changes.
    pub head: String,
    /// The branch that is to get them.
    pub base: String,
    /// The commit of `head`.
    pub head_commit: String,
    /// The commit of `base`.
    pub base_commit: String,
    /// Not ready for review.
    pub draft: bool,
}

impl PullRequest {
    /// Neither closed nor merged.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// When something about it changed last.
    pub fn updated_at(&self) -> Timestamp {
        self.closed_at.unwrap_or(self.created_at)
    }
}
