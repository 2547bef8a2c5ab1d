//! Things by the id that GitHub gave them.

use async_graphql::{ID, Interface, Result};

use super::{
    connection::refusal, deployment::Deployment, issue::Issue, pull_request::PullRequest, release::Release,
    repository::Repository, snapshot::Snapshot,
};
use crate::http::node;

/// Whatever has an id. Those are here that release tools ask for by it.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"))]
pub(super) enum Node {
    Repository(Repository),
    Release(Release),
    Deployment(Deployment),
    Issue(Issue),
    PullRequest(PullRequest),
}

impl Node {
    pub(super) fn find(snapshot: &Snapshot, id: &ID) -> Result<Self> {
        let state = &snapshot.state;
        let is = |kind: &str, number: u64| node(kind, number) == id.as_str();
        let repository = (Repository::id_in(state) == *id).then_some(Self::Repository(Repository));
        let release = || state.releases.iter().find(|one| is("Release", one.id));
        let deployment = || snapshot.deployments.iter().find(|one| is("Deployment", one.id));
        let issue = || state.issues.iter().find(|one| is("Issue", one.id));
        let pull_request = || state.pull_requests.iter().find(|one| is("PullRequest", one.id));
        repository
            .or_else(|| release().map(|one| Self::Release(Release(one.clone()))))
            .or_else(|| deployment().map(|one| Self::Deployment(Deployment(one.clone()))))
            .or_else(|| issue().map(|one| Self::Issue(Issue(one.clone()))))
            .or_else(|| pull_request().map(|one| Self::PullRequest(PullRequest(one.clone()))))
            .ok_or_else(|| {
                let message = format!("Could not resolve to a node with the global id of '{}'.", id.as_str());
                refusal("NOT_FOUND", message)
            })
    }
}
