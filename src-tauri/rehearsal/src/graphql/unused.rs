//! What a pull request or an issue may have on GitHub, and none has here: milestones, classic projects, reviews, checks.
//! Clients ask for them all the same.

use async_graphql::{Enum, ID, Object, OutputType, SimpleObject, Union};

use super::{
    actor::{Actor, Organization, User},
    commit::Commit,
    connection::PageInfo,
    issue::{CommentAuthorAssociation, ReactionGroup},
    scalar::{DateTime, Uri},
};
use crate::http::node;

#[derive(SimpleObject)]
pub(super) struct Milestone {
    id: ID,
    number: u64,
    title: String,
    description: Option<String>,
    due_on: Option<DateTime>,
}

#[derive(SimpleObject)]
pub(super) struct Project {
    id: ID,
    name: String,
}

#[derive(SimpleObject)]
pub(super) struct ProjectColumn {
    id: ID,
    name: String,
}

#[derive(SimpleObject)]
pub(super) struct ProjectCard {
    id: ID,
    project: Project,
    column: Option<ProjectColumn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MergeableState {
    Mergeable,
    Unknown,
}

#[derive(SimpleObject)]
pub(super) struct Team {
    id: ID,
    name: String,
    slug: String,
    organization: Organization,
}

#[derive(Union)]
pub(super) enum RequestedReviewer {
    Team(Team),
    User(User),
}

#[derive(SimpleObject)]
pub(super) struct ReviewRequest {
    id: ID,
    requested_reviewer: Option<RequestedReviewer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum PullRequestReviewState {
    Approved,
    ChangesRequested,
    Commented,
    Dismissed,
    Pending,
}

#[derive(SimpleObject)]
pub(super) struct PullRequestReview {
    id: ID,
    author: Option<Actor>,
    author_association: CommentAuthorAssociation,
    submitted_at: Option<DateTime>,
    body: String,
    state: PullRequestReviewState,
    commit: Option<Commit>,
    reaction_groups: Option<Vec<ReactionGroup>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum StatusState {
    Error,
    Expected,
    Failure,
    Pending,
    Success,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum CheckStatusState {
    Completed,
    InProgress,
    Queued,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum CheckConclusionState {
    Cancelled,
    Failure,
    Skipped,
    Success,
}

#[derive(SimpleObject)]
pub(super) struct StatusContext {
    id: ID,
    context: String,
    state: StatusState,
    target_url: Option<Uri>,
    created_at: DateTime,
}

#[derive(SimpleObject)]
pub(super) struct Workflow {
    id: ID,
    name: String,
}

#[derive(SimpleObject)]
pub(super) struct WorkflowRun {
    id: ID,
    workflow: Workflow,
}

#[derive(SimpleObject)]
pub(super) struct CheckSuite {
    id: ID,
    workflow_run: Option<WorkflowRun>,
}

#[derive(SimpleObject)]
pub(super) struct CheckRun {
    id: ID,
    name: String,
    status: CheckStatusState,
    conclusion: Option<CheckConclusionState>,
    started_at: Option<DateTime>,
    completed_at: Option<DateTime>,
    details_url: Option<Uri>,
    check_suite: CheckSuite,
}

#[derive(Union)]
pub(super) enum StatusCheckRollupContext {
    CheckRun(CheckRun),
    StatusContext(StatusContext),
}

pub(super) struct StatusCheckRollup;

#[Object]
impl StatusCheckRollup {
    async fn id(&self) -> ID {
        node("StatusCheckRollup", 0).into()
    }

    async fn state(&self) -> StatusState {
        StatusState::Expected
    }

    async fn contexts(
        &self,
        #[graphql(name = "first")] _first: Option<i32>,
        #[graphql(name = "last")] _last: Option<i32>,
        #[graphql(name = "after")] _after: Option<String>,
        #[graphql(name = "before")] _before: Option<String>,
    ) -> Empty<StatusCheckRollupContext> {
        Empty::new()
    }
}

/// A list that has nothing.
#[derive(SimpleObject)]
#[graphql(concrete(name = "ProjectCardConnection", params(ProjectCard)))]
#[graphql(concrete(name = "ReviewRequestConnection", params(ReviewRequest)))]
#[graphql(concrete(name = "PullRequestReviewConnection", params(PullRequestReview)))]
#[graphql(concrete(name = "StatusCheckRollupContextConnection", params(StatusCheckRollupContext)))]
pub(super) struct Empty<T: OutputType> {
    nodes: Option<Vec<Option<T>>>,
    page_info: PageInfo,
    total_count: usize,
}

impl<T: OutputType> Empty<T> {
    pub(super) fn new() -> Self {
        Self { nodes: Some(Vec::new()), page_info: PageInfo::of_nothing(), total_count: 0 }
    }
}

/// A commit of a pull request.
#[derive(Clone)]
pub(super) struct PullRequestCommit(pub(super) Commit);

#[Object]
impl PullRequestCommit {
    async fn id(&self) -> ID {
        node("PullRequestCommit", &self.0.0.id).into()
    }

    async fn commit(&self) -> Commit {
        self.0.clone()
    }
}
