//! Pull requests.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::{
    actor::{Actor, Organization, RepositoryOwner},
    connection::OrderDirection,
    refs::Ref,
    repository::Repository,
    scalar::{DateTime, GitObjectId, Uri},
    snapshot::Snapshot,
};
use crate::{http::node, state::pull_request};

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
}

impl pull_request::PullRequest {
    pub(super) fn state(&self) -> PullRequestState {
        PullRequestState::Open
    }
}

#[Object]
impl PullRequest {
    async fn id(&self) -> ID {
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
        Ok(GitObjectId(branch(context, &self.0.head)?.map(|head| head.facts.id).unwrap_or_default()))
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
        DateTime::at(self.0.created_at)
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
