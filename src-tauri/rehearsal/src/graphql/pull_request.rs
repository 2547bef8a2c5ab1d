//! Pull requests.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::{
    actor::{Actor, Organization, RepositoryOwner, User},
    changed_file::PullRequestChangedFile,
    commit::Commit,
    connection::{Connection, OrderDirection, Paging},
    issue::{IssueComment, Label, ReactionGroup},
    refs::Ref,
    repository::Repository,
    scalar::{DateTime, GitObjectId, Uri},
    snapshot::Snapshot,
    unused::{Empty, MergeableState, Milestone, ProjectCard, PullRequestCommit, PullRequestReview, ReviewRequest},
};
use crate::{git::ChangedFile, http::node, pull_requests, state::pull_request};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum PullRequestState {
    Closed,
    Merged,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum IssueOrderField {
    Comments,
    CreatedAt,
    UpdatedAt,
}

#[derive(Debug, Clone, Copy, InputObject)]
pub(super) struct IssueOrder {
    pub(super) direction: OrderDirection,
    /// Nothing here has comments or edits, so that every field orders alike.
    field: IssueOrderField,
}

#[derive(Debug, Clone)]
pub(super) struct PullRequest(pub(super) pull_request::PullRequest);

impl PullRequest {
    /// Oldest first.
    pub(super) fn all(snapshot: &Snapshot) -> impl Iterator<Item = &pull_request::PullRequest> {
        snapshot.state.pull_requests.iter()
    }

    fn changes(&self, context: &Context<'_>) -> Result<Vec<ChangedFile>> {
        let compared = pull_requests::compared(Snapshot::of(context)?.bare(), &self.0)?;
        Ok(compared.map(|compared| compared.files).unwrap_or_default())
    }
}

impl pull_request::PullRequest {
    pub(super) fn state(&self) -> PullRequestState {
        match (&self.merge, self.closed_at) {
            (Some(_), _) => PullRequestState::Merged,
            (None, Some(_)) => PullRequestState::Closed,
            (None, None) => PullRequestState::Open,
        }
    }
}

#[Object]
impl PullRequest {
    pub(super) async fn id(&self) -> ID {
        node("PullRequest", self.0.id).into()
    }

    async fn number(&self) -> u64 {
        self.0.number
    }

    async fn title(&self) -> &str {
        &self.0.title
    }

    async fn body(&self) -> &str {
        &self.0.body
    }

    async fn state(&self) -> PullRequestState {
        self.0.state()
    }

    async fn closed(&self) -> bool {
        self.0.state() != PullRequestState::Open
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

    async fn maintainer_can_modify(&self) -> bool {
        false
    }

    async fn mergeable(&self) -> MergeableState {
        if self.0.is_open() { MergeableState::Mergeable } else { MergeableState::Unknown }
    }

    async fn commits(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<PullRequestCommit>> {
        let compared = pull_requests::compared(Snapshot::of(context)?.bare(), &self.0)?;
        let commits = compared.map(|compared| compared.commits).unwrap_or_default();
        let commits = commits.into_iter().map(|facts| PullRequestCommit(Commit(facts))).collect();
        let paging = Paging { field: "commits", first: first.or(last.is_none().then_some(100)), last, after, before };
        paging.cut(commits, |one: &PullRequestCommit| one.0.0.id.clone())
    }

    async fn review_requests(
        &self,
        #[graphql(name = "first")] _first: Option<i32>,
        #[graphql(name = "last")] _last: Option<i32>,
        #[graphql(name = "after")] _after: Option<String>,
        #[graphql(name = "before")] _before: Option<String>,
    ) -> Option<Empty<ReviewRequest>> {
        Some(Empty::new())
    }

    async fn reviews(
        &self,
        #[graphql(name = "first")] _first: Option<i32>,
        #[graphql(name = "last")] _last: Option<i32>,
        #[graphql(name = "after")] _after: Option<String>,
        #[graphql(name = "before")] _before: Option<String>,
    ) -> Option<Empty<PullRequestReview>> {
        Some(Empty::new())
    }

    async fn merged(&self) -> bool {
        self.0.state() == PullRequestState::Merged
    }

    async fn is_draft(&self) -> bool {
        self.0.draft
    }

    async fn is_cross_repository(&self) -> bool {
        false
    }

    async fn author(&self) -> Option<Actor> {
        Some(Actor::of(&self.0.author))
    }

    async fn head_ref_name(&self) -> &str {
        &self.0.head
    }

    async fn base_ref_name(&self) -> &str {
        &self.0.base
    }

    async fn head_ref(&self, context: &Context<'_>) -> Result<Option<Ref>> {
        branch(context, &self.0.head)
    }

    async fn base_ref(&self, context: &Context<'_>) -> Result<Option<Ref>> {
        branch(context, &self.0.base)
    }

    async fn head_ref_oid(&self, context: &Context<'_>) -> Result<GitObjectId> {
        Ok(GitObjectId(pull_requests::head_commit(Snapshot::of(context)?.bare(), &self.0)?))
    }

    async fn head_repository(&self) -> Option<Repository> {
        Some(Repository)
    }

    async fn head_repository_owner(&self, context: &Context<'_>) -> Result<Option<RepositoryOwner>> {
        let owner = Snapshot::of(context)?.state.owner.clone();
        Ok(Some(RepositoryOwner::Organization(Organization(owner))))
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.0.created_at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.0.updated_at())
    }

    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime::at)
    }

    async fn merged_at(&self) -> Option<DateTime> {
        self.0.closed_at.filter(|_| self.0.merge.is_some()).map(DateTime::at)
    }

    async fn merged_by(&self) -> Option<Actor> {
        self.0.merge.as_ref().map(|merge| Actor::of(&merge.by))
    }

    async fn merge_commit(&self, context: &Context<'_>) -> Result<Option<Commit>> {
        let Some(merge) = &self.0.merge else { return Ok(None) };
        Ok(Snapshot::of(context)?.bare().commit(&merge.commit)?.map(Commit))
    }

    async fn additions(&self, context: &Context<'_>) -> Result<usize> {
        Ok(self.changes(context)?.iter().map(|file| file.additions).sum())
    }

    async fn deletions(&self, context: &Context<'_>) -> Result<usize> {
        Ok(self.changes(context)?.iter().map(|file| file.deletions).sum())
    }

    async fn changed_files(&self, context: &Context<'_>) -> Result<usize> {
        Ok(self.changes(context)?.len())
    }

    async fn files(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Option<Connection<PullRequestChangedFile>>> {
        let files = self.changes(context)?.into_iter().map(PullRequestChangedFile::from).collect();
        let paging = Paging { field: "files", first, last, after, before };
        paging.cut(files, |one: &PullRequestChangedFile| one.path.clone()).map(Some)
    }

    /// Nobody gets one here.
    async fn assignees(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<User>> {
        Paging { field: "assignees", first, last, after, before }.cut(Vec::new(), |one: &User| one.0.clone())
    }

    /// Nor has one any.
    async fn labels(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Option<Connection<Label>>> {
        let paging = Paging { field: "labels", first, last, after, before };
        paging.cut(Vec::new(), Label::key).map(Some)
    }

    /// People write below issues only.
    async fn comments(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<IssueComment>> {
        Paging { field: "comments", first, last, after, before }.cut(Vec::new(), IssueComment::key)
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(Uri(Snapshot::of(context)?.links.page(&format!("/pull/{}", self.0.number))))
    }

    async fn resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        let state = &Snapshot::of(context)?.state;
        Ok(Uri(format!("/{}/{}/pull/{}", state.owner, state.repo, self.0.number)))
    }
}

fn branch(context: &Context<'_>, name: &str) -> Result<Option<Ref>> {
    Snapshot::of(context)?.find_ref(&format!("refs/heads/{name}"))
}
