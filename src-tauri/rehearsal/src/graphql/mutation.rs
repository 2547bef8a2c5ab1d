//! What GraphQL can change here: a pull request can be opened.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::{connection::refusal, pull_request::PullRequest, repository::Repository, snapshot::Snapshot};
use crate::state::{Access, pull_request::NewPullRequest};

pub(crate) struct Mutation;

#[derive(InputObject)]
pub(super) struct CreatePullRequestInput {
    repository_id: ID,
    base_ref_name: String,
    head_ref_name: String,
    head_repository_id: Option<ID>,
    title: String,
    body: Option<String>,
    #[graphql(default_with = "Some(false)")]
    draft: Option<bool>,
    #[graphql(default_with = "Some(true)")]
    maintainer_can_modify: Option<bool>,
    client_mutation_id: Option<String>,
}

#[derive(SimpleObject)]
pub(super) struct CreatePullRequestPayload {
    client_mutation_id: Option<String>,
    pull_request: Option<PullRequest>,
}

#[Object]
impl Mutation {
    async fn create_pull_request(
        &self,
        context: &Context<'_>,
        input: CreatePullRequestInput,
    ) -> Result<Option<CreatePullRequestPayload>> {
        let snapshot = Snapshot::of(context)?;
        check(snapshot, &input)?;
        let new = NewPullRequest {
            title: input.title,
            body: input.body.unwrap_or_default(),
            head: head(&input.head_ref_name).to_owned(),
            base: input.base_ref_name,
            draft: input.draft.unwrap_or(false),
        };
        let made = snapshot.github.change(|state, now| state.open_pull_request(new, now))?;
        Ok(Some(CreatePullRequestPayload {
            client_mutation_id: input.client_mutation_id,
            pull_request: Some(PullRequest(made)),
        }))
    }
}

/// Refuses in GitHub's words.
fn check(snapshot: &Snapshot, input: &CreatePullRequestInput) -> Result<()> {
    let own = Repository::id(&snapshot.state);
    if input.repository_id != own || input.head_repository_id.as_ref().is_some_and(|id| *id != own) {
        let message = format!("Could not resolve to a node with the global id of '{}'", &*input.repository_id);
        return Err(refusal("NOT_FOUND", message));
    }
    if snapshot.state.access == Access::Read {
        return Err(refusal("FORBIDDEN", "Resource not accessible by personal access token".to_owned()));
    }
    let head = head(&input.head_ref_name);
    let commits = [head, &input.base_ref_name].map(|branch| snapshot.find_ref(&format!("refs/heads/{branch}")));
    let [Some(from), Some(to)] = commits.map(|found| found.ok().flatten()) else {
        let message = "Head sha can't be blank, Base sha can't be blank, Head ref must be a branch".to_owned();
        return Err(refusal("UNPROCESSABLE", message));
    };
    if from.facts.id == to.facts.id {
        let message = format!("No commits between {} and {head}", input.base_ref_name);
        return Err(refusal("UNPROCESSABLE", message));
    }
    let twice = PullRequest::all(snapshot).any(|one| one.head == head && one.base == input.base_ref_name);
    if twice {
        let message = format!("A pull request already exists for {}:{head}.", snapshot.state.owner);
        return Err(refusal("UNPROCESSABLE", message));
    }
    Ok(())
}

/// A head may be named with the owner before it.
fn head(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, branch)| branch)
}
