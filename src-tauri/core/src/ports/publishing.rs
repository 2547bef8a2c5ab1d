//! What is written on GitHub for people to read: release notes, issues, pull requests.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Trouble;
use crate::ids::{ObjectId, TagName};
use crate::ports::forge::Written;

/// Each request that writes leaves once; an answer that never came is [`Written::Unknown`].
#[async_trait]
pub trait Publishing: Send + Sync {
    /// GitHub's release of this tag, with its notes; `None` where it has none.
    async fn release_of(&self, tag: &TagName) -> Result<Option<ReleasePage>, Trouble>;

    /// The release that GitHub shows as the latest one; `None` where it shows none.
    async fn latest_release(&self) -> Result<Option<u64>, Trouble>;

    /// Changes what the edit names, and nothing else.
    async fn edit_release(&self, id: u64, edit: &ReleaseEdit) -> Written<()>;

    async fn open_issue(&self, order: &IssueOrder) -> Written<Opened>;

    /// Changes what the edit names, and nothing else.
    async fn edit_issue(&self, number: u64, edit: &IssueEdit) -> Written<()>;

    async fn comment(&self, number: u64, text: &str) -> Written<Comment>;

    /// `None` where there is none, or the token may not see it.
    async fn issue(&self, number: u64) -> Result<Option<Issue>, Trouble>;

    /// The newest hundred, open and closed, newest first.
    async fn newest_issues(&self) -> Result<Vec<Issue>, Trouble>;

    /// All of them, oldest first.
    async fn comments(&self, number: u64) -> Result<Vec<Comment>, Trouble>;

    async fn open_pull_request(&self, order: &PullRequestOrder) -> Written<Opened>;

    /// The newest one that brings this branch of the repository, open or not; `None` where nobody opened one.
    async fn pull_request_of(&self, head: &str) -> Result<Option<PullRequest>, Trouble>;

    /// `None` where there is none, or the token may not see it.
    async fn pull_request(&self, number: u64) -> Result<Option<PullRequest>, Trouble>;
}

/// A release as GitHub lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub id: u64,
    pub tag: TagName,
    pub name: String,
    pub draft: bool,
    pub prerelease: bool,
    pub created: Timestamp,
    /// `None` for a draft.
    pub published: Option<Timestamp>,
    pub author: String,
    pub url: String,
}

/// A release with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasePage {
    pub release: Published,
    /// Markdown.
    pub notes: String,
    /// Tag and files are frozen; title and notes are not.
    pub immutable: bool,
    pub assets: Vec<Asset>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub name: String,
    pub bytes: u64,
    /// `sha256:…`, where GitHub tells it.
    pub digest: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseEdit {
    pub name: Option<String>,
    pub notes: Option<String>,
    pub prerelease: Option<bool>,
    pub latest: Latest,
}

/// GitHub makes a release the latest one on every edit that does not say otherwise; so it is always said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Latest {
    /// GitHub decides by date and version.
    #[default]
    ByVersion,
    This,
    Not,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueOrder {
    pub title: String,
    /// Markdown.
    pub body: String,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequestOrder {
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The branch with the change; it is on GitHub already.
    pub head: String,
    pub base: String,
    pub draft: bool,
}

/// An issue or a pull request that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub number: u64,
    pub url: String,
    /// What was asked for and is not there: GitHub drops labels and assignees silently where the token may not set them.
    pub dropped: Vec<String>,
}

/// What an edit of an issue changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueEdit {
    pub title: Option<String>,
    /// Markdown.
    pub body: Option<String>,
    /// Closed as completed, or open again.
    pub closed: Option<bool>,
}

/// An issue as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub number: u64,
    pub url: String,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub is_open: bool,
    pub labels: Vec<String>,
}

/// What stands below an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: u64,
    pub url: String,
    /// Markdown.
    pub body: String,
}

/// A pull request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    pub url: String,
    pub title: String,
    pub head: String,
    pub base: String,
    pub draft: bool,
    pub standing: Standing,
}

/// What became of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Open,
    Closed,
    Merged { at: Timestamp, commit: Option<ObjectId> },
}
