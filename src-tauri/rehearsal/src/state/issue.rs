//! Issues, as far as tickets need them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Issue {
    /// Number of the issue over all of GitHub.
    pub id: u64,
    /// Number within the repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text, in Markdown.
    pub body: Option<String>,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// Logins of the people assigned.
    pub assignees: Vec<String>,
    /// Login of its author.
    pub author: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something about it changed last; never, if nothing did.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// Why it was closed or opened again: `completed`, `not_planned`, `duplicate`, `reopened`.
    #[serde(default)]
    pub state_reason: Option<String>,
    /// What people wrote below it, oldest first.
    #[serde(default)]
    pub comments: Vec<Comment>,
}

/// What somebody wrote below an issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Comment {
    /// Number over all of GitHub.
    pub id: u64,
    /// Markdown.
    pub body: String,
    /// Login of its author.
    pub author: String,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Issue {
    /// As GitHub says it.
    pub fn state(&self) -> &'static str {
        if self.closed_at.is_some() { "closed" } else { "open" }
    }
}
