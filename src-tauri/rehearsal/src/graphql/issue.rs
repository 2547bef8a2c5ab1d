//! Issues, and what people write below them. A number leads to an issue or to a pull request.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};

use super::{
    actor::{Actor, User},
    connection::{Connection, Paging, refusal},
    pull_request::PullRequest,
    repository::Repository,
    scalar::{DateTime, Uri},
    snapshot::Snapshot,
    unused::{Empty, Milestone, ProjectCard},
};
use crate::{
    http::node,
    state::{ids, issue},
};

#[derive(Union)]
pub(super) enum IssueOrPullRequest {
    Issue(Issue),
    PullRequest(PullRequest),
}

impl IssueOrPullRequest {
    /// Both share one row of numbers.
    pub(super) fn find(snapshot: &Snapshot, number: u64) -> Result<Self> {
        let issue = snapshot.state.issues.iter().find(|one| one.number == number);
        let pull_request = || PullRequest::all(snapshot).find(|one| one.number == number);
        let found = issue.map(|one| Self::Issue(Issue(one.clone())));
        let found = found.or_else(|| pull_request().map(|one| Self::PullRequest(PullRequest(one.clone()))));
        found.ok_or_else(|| {
            let message = format!("Could not resolve to an issue or pull request with the number of {number}.");
            refusal("NOT_FOUND", message)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum IssueState {
    Closed,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum IssueStateReason {
    Completed,
    Duplicate,
    NotPlanned,
    Reopened,
}

#[derive(Debug, Clone)]
pub(super) struct Issue(pub(super) issue::Issue);

#[Object]
impl Issue {
    pub(super) async fn id(&self) -> ID {
        node("Issue", self.0.id).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(self.0.id)
    }

    async fn number(&self) -> u64 {
        self.0.number
    }

    async fn title(&self) -> &str {
        &self.0.title
    }

    async fn body(&self) -> &str {
        self.0.body.as_deref().unwrap_or_default()
    }

    async fn state(&self) -> IssueState {
        if self.0.closed_at.is_some() { IssueState::Closed } else { IssueState::Open }
    }

    /// Who does not know of duplicates is told that it is not planned.
    async fn state_reason(
        &self,
        #[graphql(default_with = "Some(false)")] enable_duplicate: Option<bool>,
    ) -> Option<IssueStateReason> {
        match self.0.state_reason.as_deref()? {
            "completed" => Some(IssueStateReason::Completed),
            "duplicate" if enable_duplicate == Some(true) => Some(IssueStateReason::Duplicate),
            "not_planned" | "duplicate" => Some(IssueStateReason::NotPlanned),
            "reopened" => Some(IssueStateReason::Reopened),
            _ => None,
        }
    }

    async fn closed(&self) -> bool {
        self.0.closed_at.is_some()
    }

    async fn milestone(&self) -> Option<Milestone> {
        None
    }

    async fn project_cards(
        &self,
        #[graphql(name = "first")] _first: Option<i32>,
        #[graphql(name = "last")] _last: Option<i32>,
        #[graphql(name = "after")] _after: Option<String>,
        #[graphql(name = "before")] _before: Option<String>,
    ) -> Empty<ProjectCard> {
        Empty::new()
    }

    async fn reaction_groups(&self) -> Option<Vec<ReactionGroup>> {
        Some(ReactionGroup::of_nobody())
    }

    async fn author(&self) -> Option<Actor> {
        Some(Actor::of(&self.0.author))
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.0.created_at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.0.updated_at.unwrap_or(self.0.created_at))
    }

    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime::at)
    }

    async fn assignees(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<User>> {
        let people = self.0.assignees.iter().cloned().map(User).collect();
        Paging { field: "assignees", first, last, after, before }.cut(people, |one: &User| one.0.clone())
    }

    async fn labels(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Option<Connection<Label>>> {
        let labels = self.0.labels.iter().map(|name| Label::of(name)).collect();
        Paging { field: "labels", first, last, after, before }.cut(labels, Label::key).map(Some)
    }

    async fn comments(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<IssueComment>> {
        let below = |comment: &issue::Comment| IssueComment { issue: self.0.number, comment: comment.clone() };
        let comments = self.0.comments.iter().map(below).collect();
        Paging { field: "comments", first, last, after, before }.cut(comments, IssueComment::key)
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(Uri(Snapshot::of(context)?.links.page(&format!("/issues/{}", self.0.number))))
    }

    async fn resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        let state = &Snapshot::of(context)?.state;
        Ok(Uri(format!("/{}/{}/issues/{}", state.owner, state.repo, self.0.number)))
    }
}

#[derive(Debug, Clone, SimpleObject)]
pub(super) struct Label {
    id: ID,
    name: String,
    color: String,
    description: Option<String>,
}

impl Label {
    /// One that nobody painted or described.
    fn of(name: &str) -> Self {
        let id = node("Label", ids::named("label", name)).into();
        Self { id, name: name.to_owned(), color: "ededed".to_owned(), description: None }
    }

    pub(super) fn key(&self) -> String {
        self.name.clone()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum CommentAuthorAssociation {
    Member,
}

#[derive(Debug, Clone)]
pub(super) struct IssueComment {
    /// Number of its issue.
    issue: u64,
    comment: issue::Comment,
}

impl IssueComment {
    pub(super) fn key(&self) -> String {
        self.comment.id.to_string()
    }
}

#[Object]
impl IssueComment {
    async fn id(&self) -> ID {
        node("IssueComment", self.comment.id).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(self.comment.id)
    }

    async fn author(&self) -> Option<Actor> {
        Some(Actor::of(&self.comment.author))
    }

    async fn author_association(&self) -> CommentAuthorAssociation {
        CommentAuthorAssociation::Member
    }

    async fn body(&self) -> &str {
        &self.comment.body
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.comment.created_at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.comment.created_at)
    }

    async fn includes_created_edit(&self) -> bool {
        false
    }

    async fn is_minimized(&self) -> bool {
        false
    }

    async fn minimized_reason(&self) -> Option<&str> {
        None
    }

    async fn reaction_groups(&self) -> Option<Vec<ReactionGroup>> {
        Some(ReactionGroup::of_nobody())
    }

    async fn viewer_did_author(&self, context: &Context<'_>) -> Result<bool> {
        Ok(Snapshot::of(context)?.state.viewer == self.comment.author)
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        let page = format!("/issues/{}#issuecomment-{}", self.issue, self.comment.id);
        Ok(Uri(Snapshot::of(context)?.links.page(&page)))
    }
}

#[derive(Debug, Clone, SimpleObject)]
pub(super) struct ReactionGroup {
    content: ReactionContent,
    users: ReactingUserConnection,
}

impl ReactionGroup {
    /// Each kind is there also where nobody chose it.
    pub(super) fn of_nobody() -> Vec<Self> {
        let nobody = || ReactingUserConnection { total_count: 0 };
        ReactionContent::ALL.iter().map(|content| Self { content: *content, users: nobody() }).collect()
    }
}

/// Nobody reacts here.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct ReactingUserConnection {
    total_count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ReactionContent {
    ThumbsUp,
    ThumbsDown,
    Laugh,
    Hooray,
    Confused,
    Heart,
    Rocket,
    Eyes,
}

impl ReactionContent {
    const ALL: [Self; 8] = [
        Self::ThumbsUp,
        Self::ThumbsDown,
        Self::Laugh,
        Self::Hooray,
        Self::Confused,
        Self::Heart,
        Self::Rocket,
        Self::Eyes,
    ];
}
