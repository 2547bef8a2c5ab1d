//! What people read on GitHub: release notes, issues, pull requests.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::ports::Publishing;
use lastgood_core::ports::forge::Written;
use lastgood_core::ports::publishing::{
    Comment, Issue, IssueEdit, IssueOrder, Opened, PullRequest, PullRequestOrder, ReleaseEdit, ReleasePage,
};

use super::Github;

#[async_trait]
impl Publishing for Github {
    async fn release_of(&self, tag: &TagName) -> Result<Option<ReleasePage>, Trouble> {
        self.page_of(tag).await
    }

    async fn latest_release(&self) -> Result<Option<u64>, Trouble> {
        self.latest_page().await
    }

    async fn edit_release(&self, id: u64, edit: &ReleaseEdit) -> Written<()> {
        self.send_edit(id, edit).await
    }

    async fn open_issue(&self, order: &IssueOrder) -> Written<Opened> {
        self.send_issue(order).await
    }

    async fn edit_issue(&self, number: u64, edit: &IssueEdit) -> Written<()> {
        self.send_issue_edit(number, edit).await
    }

    async fn comment(&self, number: u64, text: &str) -> Written<Comment> {
        self.send_comment(number, text).await
    }

    async fn issue(&self, number: u64) -> Result<Option<Issue>, Trouble> {
        self.issue_of(number).await
    }

    async fn newest_issues(&self) -> Result<Vec<Issue>, Trouble> {
        self.issues_of_late().await
    }

    async fn comments(&self, number: u64) -> Result<Vec<Comment>, Trouble> {
        self.all_comments(number).await
    }

    async fn open_pull_request(&self, order: &PullRequestOrder) -> Written<Opened> {
        self.send_pull_request(order).await
    }

    async fn pull_request_of(&self, head: &str) -> Result<Option<PullRequest>, Trouble> {
        self.newest_pull_request(head).await
    }

    async fn pull_request(&self, number: u64) -> Result<Option<PullRequest>, Trouble> {
        self.pull_request_by(number).await
    }
}

/// What is not there is an answer, not a trouble.
pub(super) fn found<T>(asked: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(trouble) if trouble.code == Code::NotOnGithub => Ok(None),
        Err(trouble) => Err(trouble),
    }
}
