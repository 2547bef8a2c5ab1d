//! Pull requests, as far as release work opens and reads them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One pull request. Nobody merges or closes one here.
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
    /// Not ready for review.
    pub draft: bool,
    /// Login of its author.
    pub author: String,
    /// When it was opened.
    pub created_at: Timestamp,
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
    /// Not ready for review.
    pub draft: bool,
}
