//! Where every question begins.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{
    actor::{Organization, RepositoryOwner, User},
    by_id::Node,
    repository::Repository,
    scalar::DateTime,
    snapshot::Snapshot,
};

pub(crate) struct Query;

/// Points are counted before the answer, so that this call is in them.
#[derive(SimpleObject)]
pub(super) struct RateLimit {
    cost: u64,
    limit: u64,
    node_count: u64,
    remaining: u64,
    reset_at: DateTime,
    used: u64,
}

#[Object]
impl Query {
    async fn viewer(&self, context: &Context<'_>) -> Result<User> {
        Ok(User(Snapshot::of(context)?.state.viewer.clone()))
    }

    async fn repository(
        &self,
        context: &Context<'_>,
        owner: String,
        name: String,
        #[graphql(name = "followRenames", default_with = "Some(true)")] _follow_renames: Option<bool>,
    ) -> Result<Option<Repository>> {
        Repository::find(Snapshot::of(context)?, &owner, &name).map(Some)
    }

    async fn repository_owner(&self, context: &Context<'_>, login: String) -> Result<Option<RepositoryOwner>> {
        let state = &Snapshot::of(context)?.state;
        let person = state.people.contains(&login).then(|| RepositoryOwner::User(User(login.clone())));
        Ok(if login == state.owner { Some(RepositoryOwner::Organization(Organization(login))) } else { person })
    }

    async fn organization(&self, context: &Context<'_>, login: String) -> Result<Option<Organization>> {
        Ok((login == Snapshot::of(context)?.state.owner).then_some(Organization(login)))
    }

    async fn user(&self, context: &Context<'_>, login: String) -> Result<Option<User>> {
        Ok(Snapshot::of(context)?.state.people.contains(&login).then_some(User(login)))
    }

    async fn node(&self, context: &Context<'_>, id: ID) -> Result<Option<Node>> {
        Node::find(Snapshot::of(context)?, &id).map(Some)
    }

    async fn nodes(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Node>>> {
        let snapshot = Snapshot::of(context)?;
        ids.iter().map(|id| Node::find(snapshot, id).map(Some)).collect()
    }

    async fn rate_limit(
        &self,
        context: &Context<'_>,
        #[graphql(name = "dryRun", default_with = "Some(false)")] _dry_run: Option<bool>,
    ) -> Result<Option<RateLimit>> {
        let Snapshot { rate, cost, .. } = Snapshot::of(context)?;
        Ok(Some(RateLimit {
            cost: cost.points,
            limit: rate.limit,
            node_count: cost.nodes,
            remaining: rate.remaining(),
            reset_at: DateTime::at(rate.reset),
            used: rate.used,
        }))
    }
}
