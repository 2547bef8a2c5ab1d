//! The repository.

use async_graphql::{Context, Enum, ID, Object, Result};

use super::{
    actor::{Organization, RepositoryOwner},
    commit::{GitObject, object},
    connection::{Connection, OrderDirection, Paging, refusal},
    deployment::{Deployment, DeploymentOrder},
    environment::{Environment, EnvironmentOrder},
    issue::IssueOrPullRequest,
    pull_request::{IssueOrder, PullRequest, PullRequestState},
    refs::{self, Ref, RefOrder},
    release::{self, Release, ReleaseOrder},
    scalar::{DateTime, GitObjectId, GitSshRemote, Uri},
    snapshot::Snapshot,
};
use crate::{
    http::node,
    state::{Access, State, ids, release::latest},
};

/// The one repository; its facts are the snapshot's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repository;

/// What the viewer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum RepositoryPermission {
    Admin,
    Maintain,
    Read,
    Triage,
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum RepositoryVisibility {
    Internal,
    Private,
    Public,
}

impl Repository {
    /// As on GitHub, names are alike in any case.
    pub(super) fn find(snapshot: &Snapshot, owner: &str, name: &str) -> Result<Self> {
        let state = &snapshot.state;
        if state.owner.eq_ignore_ascii_case(owner) && state.repo.eq_ignore_ascii_case(name) {
            return Ok(Self);
        }
        let message = format!("Could not resolve to a Repository with the name '{owner}/{name}'.");
        Err(refusal("NOT_FOUND", message))
    }

    pub(super) fn id_in(state: &State) -> ID {
        node("Repository", database_id(state)).into()
    }
}

#[Object]
impl Repository {
    pub(super) async fn id(&self, context: &Context<'_>) -> Result<ID> {
        Ok(Self::id_in(state(context)?))
    }

    async fn database_id(&self, context: &Context<'_>) -> Result<Option<u64>> {
        Ok(Some(database_id(state(context)?)))
    }

    async fn name<'c>(&self, context: &Context<'c>) -> Result<&'c str> {
        Ok(&state(context)?.repo)
    }

    async fn name_with_owner(&self, context: &Context<'_>) -> Result<String> {
        Ok(slug(state(context)?))
    }

    async fn owner(&self, context: &Context<'_>) -> Result<RepositoryOwner> {
        Ok(RepositoryOwner::Organization(Organization(state(context)?.owner.clone())))
    }

    async fn description(&self) -> Option<&str> {
        Some(crate::http::DESCRIPTION)
    }

    async fn homepage_url(&self) -> Option<Uri> {
        None
    }

    async fn url(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(Uri(Snapshot::of(context)?.links.page("")))
    }

    async fn resource_path(&self, context: &Context<'_>) -> Result<Uri> {
        Ok(Uri(format!("/{}", slug(state(context)?))))
    }

    async fn ssh_url(&self, context: &Context<'_>) -> Result<GitSshRemote> {
        Ok(GitSshRemote(format!("git@github.localhost:{}.git", slug(state(context)?))))
    }

    async fn created_at(&self, context: &Context<'_>) -> Result<DateTime> {
        Ok(DateTime::at(state(context)?.created_at))
    }

    async fn updated_at(&self, context: &Context<'_>) -> Result<DateTime> {
        let snapshot = Snapshot::of(context)?;
        let tip = snapshot.find_commit("refs/heads/main")?;
        Ok(DateTime::at(tip.map_or(snapshot.state.created_at, |tip| tip.committer.at)))
    }

    async fn pushed_at(&self, context: &Context<'_>) -> Result<Option<DateTime>> {
        let tip = Snapshot::of(context)?.find_commit("refs/heads/main")?;
        Ok(tip.map(|tip| DateTime::at(tip.committer.at)))
    }

    async fn visibility(&self) -> RepositoryVisibility {
        RepositoryVisibility::Private
    }

    async fn is_private(&self) -> bool {
        true
    }

    async fn is_archived(&self) -> bool {
        false
    }

    async fn is_disabled(&self) -> bool {
        false
    }

    async fn is_empty(&self) -> bool {
        false
    }

    async fn is_fork(&self) -> bool {
        false
    }

    async fn is_in_organization(&self) -> bool {
        true
    }

    async fn is_locked(&self) -> bool {
        false
    }

    async fn is_mirror(&self) -> bool {
        false
    }

    async fn is_template(&self) -> bool {
        false
    }

    async fn has_issues_enabled(&self) -> bool {
        true
    }

    async fn has_wiki_enabled(&self) -> bool {
        false
    }

    async fn has_projects_enabled(&self) -> bool {
        false
    }

    async fn has_discussions_enabled(&self) -> bool {
        false
    }

    async fn merge_commit_allowed(&self) -> bool {
        true
    }

    async fn rebase_merge_allowed(&self) -> bool {
        false
    }

    async fn squash_merge_allowed(&self) -> bool {
        false
    }

    async fn delete_branch_on_merge(&self) -> bool {
        true
    }

    async fn fork_count(&self) -> i32 {
        0
    }

    async fn stargazer_count(&self) -> i32 {
        0
    }

    async fn parent(&self) -> Option<Self> {
        None
    }

    async fn template_repository(&self) -> Option<Self> {
        None
    }

    async fn viewer_permission(&self, context: &Context<'_>) -> Result<Option<RepositoryPermission>> {
        Ok(Some(match state(context)?.access {
            Access::Write => RepositoryPermission::Write,
            Access::Read => RepositoryPermission::Read,
        }))
    }

    async fn viewer_can_administer(&self) -> bool {
        false
    }

    async fn default_branch_ref(&self, context: &Context<'_>) -> Result<Option<Ref>> {
        Snapshot::of(context)?.find_ref("refs/heads/main")
    }

    /// By full name, or by a short one that a branch has before a tag.
    #[graphql(name = "ref")]
    async fn reference(&self, context: &Context<'_>, qualified_name: String) -> Result<Option<Ref>> {
        let snapshot = Snapshot::of(context)?;
        for name in
            [qualified_name.clone(), format!("refs/heads/{qualified_name}"), format!("refs/tags/{qualified_name}")]
        {
            if let Some(found) = snapshot.find_ref(&name)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    #[expect(clippy::too_many_arguments, reason = "as many as GitHub's field has")]
    async fn refs(
        &self,
        context: &Context<'_>,
        ref_prefix: String,
        query: Option<String>,
        order_by: Option<RefOrder>,
        direction: Option<OrderDirection>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Option<Connection<Ref>>> {
        let refs = refs::ordered(Snapshot::of(context)?, &ref_prefix, query.as_deref(), order_by, direction)?;
        let paging = Paging { field: "refs", first, last, after, before };
        paging.cut(refs, |one| one.0.name.clone()).map(Some)
    }

    async fn object(
        &self,
        context: &Context<'_>,
        oid: Option<GitObjectId>,
        expression: Option<String>,
    ) -> Result<Option<GitObject>> {
        let snapshot = Snapshot::of(context)?;
        let Some(named) = oid.map(|oid| oid.0).or(expression) else { return Ok(None) };
        if let Some(tag) = object(snapshot, "tag", &named)? {
            return Ok(Some(tag));
        }
        object(snapshot, "commit", &named)
    }

    async fn release(&self, context: &Context<'_>, tag_name: String) -> Result<Option<Release>> {
        let mut visible = Snapshot::of(context)?.visible_releases();
        Ok(visible.find(|release| release.tag == tag_name).cloned().map(Release))
    }

    async fn latest_release(&self, context: &Context<'_>) -> Result<Option<Release>> {
        Ok(latest(&state(context)?.releases).cloned().map(Release))
    }

    async fn releases(
        &self,
        context: &Context<'_>,
        order_by: Option<ReleaseOrder>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<Release>> {
        let releases = release::ordered(Snapshot::of(context)?, order_by);
        Paging { field: "releases", first, last, after, before }.cut(releases, |one| one.0.id.to_string())
    }

    async fn environment(&self, context: &Context<'_>, name: String) -> Result<Option<Environment>> {
        Ok(state(context)?.environment(&name).cloned().map(Environment))
    }

    #[expect(clippy::too_many_arguments, reason = "as many as GitHub's field has")]
    async fn environments(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(Vec::new())")] names: Option<Vec<String>>,
        #[graphql(default_with = "Some(EnvironmentOrder::BY_NAME)")] order_by: Option<EnvironmentOrder>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<Environment>> {
        let names = names.unwrap_or_default();
        let wanted = state(context)?.environments.iter().filter(|one| names.is_empty() || names.contains(&one.name));
        let mut environments: Vec<Environment> = wanted.cloned().map(Environment).collect();
        environments.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        if order_by.is_some_and(|order| order.direction == OrderDirection::Desc) {
            environments.reverse();
        }
        Paging { field: "environments", first, last, after, before }.cut(environments, |one| one.0.id.to_string())
    }

    #[expect(clippy::too_many_arguments, reason = "as many as GitHub's field has")]
    async fn deployments(
        &self,
        context: &Context<'_>,
        environments: Option<Vec<String>>,
        #[graphql(default_with = "Some(DeploymentOrder::OLDEST_FIRST)")] order_by: Option<DeploymentOrder>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<Deployment>> {
        let all = Snapshot::of(context)?.deployments.iter();
        let wanted = all.filter(|one| environments.as_ref().is_none_or(|names| names.contains(&one.environment)));
        let mut deployments: Vec<Deployment> = wanted.cloned().map(Deployment).collect();
        if order_by.is_some_and(|order| order.direction == OrderDirection::Desc) {
            deployments.reverse();
        }
        Paging { field: "deployments", first, last, after, before }.cut(deployments, |one| one.0.id.to_string())
    }

    async fn issue_or_pull_request(&self, context: &Context<'_>, number: u64) -> Result<Option<IssueOrPullRequest>> {
        IssueOrPullRequest::find(Snapshot::of(context)?, number).map(Some)
    }

    async fn pull_request(&self, context: &Context<'_>, number: u64) -> Result<Option<PullRequest>> {
        let mut all = PullRequest::all(Snapshot::of(context)?);
        if let Some(found) = all.find(|one| one.number == number) {
            return Ok(Some(PullRequest(found.clone())));
        }
        let message = format!("Could not resolve to a PullRequest with the number of {number}.");
        Err(refusal("NOT_FOUND", message))
    }

    #[expect(clippy::too_many_arguments, reason = "as many as GitHub's field has")]
    async fn pull_requests(
        &self,
        context: &Context<'_>,
        states: Option<Vec<PullRequestState>>,
        head_ref_name: Option<String>,
        base_ref_name: Option<String>,
        order_by: Option<IssueOrder>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<PullRequest>> {
        let wanted = PullRequest::all(Snapshot::of(context)?)
            .filter(|one| states.as_ref().is_none_or(|states| states.contains(&one.state())))
            .filter(|one| head_ref_name.as_ref().is_none_or(|head| one.head == *head))
            .filter(|one| base_ref_name.as_ref().is_none_or(|base| one.base == *base));
        let mut found: Vec<PullRequest> = wanted.cloned().map(PullRequest).collect();
        if order_by.is_some_and(|order| order.direction == OrderDirection::Desc) {
            found.reverse();
        }
        Paging { field: "pullRequests", first, last, after, before }.cut(found, |one| one.0.number.to_string())
    }
}

fn state<'c>(context: &Context<'c>) -> Result<&'c State> {
    Ok(&Snapshot::of(context)?.state)
}

fn slug(state: &State) -> String {
    format!("{}/{}", state.owner, state.repo)
}

fn database_id(state: &State) -> u64 {
    ids::named("repository", &slug(state))
}
