//! Branches and tags.

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, Result};

use super::{
    commit::{GitObject, object},
    connection::{Connection, OrderDirection, Paging},
    pull_request::{PullRequest, PullRequestState},
    repository::Repository,
    snapshot::Snapshot,
};
use crate::{git::RefFacts, http::node};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum RefOrderField {
    Alphabetical,
    TagCommitDate,
}

#[derive(Debug, Clone, Copy, InputObject)]
pub(super) struct RefOrder {
    direction: OrderDirection,
    field: RefOrderField,
}

#[derive(Debug, Clone)]
pub(super) struct Ref(pub(super) RefFacts);

/// Refs below a prefix whose name holds `query`, in the order asked for; by name, if none is.
pub(super) fn ordered(
    snapshot: &Snapshot,
    prefix: &str,
    query: Option<&str>,
    order: Option<RefOrder>,
    direction: Option<OrderDirection>,
) -> Result<Vec<Ref>, Error> {
    let prefix = if prefix.ends_with('/') { prefix.to_owned() } else { format!("{prefix}/") };
    let wanted = query.unwrap_or_default().to_lowercase();
    let below = snapshot.refs()?.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
    let named = below.filter(|(name, _)| name.to_lowercase().contains(&wanted));
    let mut refs: Vec<_> = named.map(|(_, (facts, commit))| (facts, commit)).collect();
    if order.is_some_and(|order| order.field == RefOrderField::TagCommitDate) {
        refs.sort_by_key(|(_, commit)| commit.as_ref().map(|commit| commit.committer.at));
    }
    if order.map(|order| order.direction).or(direction) == Some(OrderDirection::Desc) {
        refs.reverse();
    }
    Ok(refs.into_iter().map(|(facts, _)| Ref(facts.clone())).collect())
}

#[Object]
impl Ref {
    async fn id(&self) -> ID {
        node("Ref", &self.0.name).into()
    }

    async fn name(&self) -> &str {
        self.split().1
    }

    async fn prefix(&self) -> &str {
        self.split().0
    }

    async fn target(&self, context: &Context<'_>) -> Result<Option<GitObject>> {
        object(Snapshot::of(context)?, self.0.kind, &self.0.id)
    }

    async fn repository(&self) -> Repository {
        Repository
    }

    #[expect(clippy::too_many_arguments, reason = "as many as GitHub's field has")]
    async fn associated_pull_requests(
        &self,
        context: &Context<'_>,
        states: Option<Vec<PullRequestState>>,
        base_ref_name: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Connection<PullRequest>> {
        let own = PullRequest::all(Snapshot::of(context)?).filter(|one| one.head == self.split().1);
        let wanted = own
            .filter(|one| states.as_ref().is_none_or(|states| states.contains(&one.state())))
            .filter(|one| base_ref_name.as_ref().is_none_or(|base| one.base == *base));
        let paging = Paging { field: "associatedPullRequests", first, last, after, before };
        paging.cut(wanted.cloned().map(PullRequest).collect(), |one| one.0.number.to_string())
    }
}

impl Ref {
    /// `refs/tags/` and the rest.
    fn split(&self) -> (&str, &str) {
        let folder = self.0.name.match_indices('/').nth(1).map_or(0, |(place, _)| place + 1);
        self.0.name.split_at(folder)
    }
}
