//! What GraphQL can change here: a pull request can be opened.

use async_graphql::{Context, Error, ID, InputObject, Object, Result, SimpleObject};

use super::{connection::refusal, pull_request::PullRequest, repository::Repository, snapshot::Snapshot};
use crate::pull_requests::{self, PullRequestError, Wanted};

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
        let own = Repository::id_in(&snapshot.state);
        if input.repository_id != own || input.head_repository_id.as_ref().is_some_and(|id| *id != own) {
            let message = format!("Could not resolve to a node with the global id of '{}'", &*input.repository_id);
            return Err(refusal("NOT_FOUND", message));
        }
        let wanted = Wanted {
            title: input.title,
            body: input.body.unwrap_or_default(),
            head: input.head_ref_name,
            base: input.base_ref_name,
            draft: input.draft.unwrap_or(false),
        };
        let made = pull_requests::open(&snapshot.github, wanted).map_err(|error| refused(&error))?;
        Ok(Some(CreatePullRequestPayload {
            client_mutation_id: input.client_mutation_id,
            pull_request: Some(PullRequest(made)),
        }))
    }
}

/// In GitHub's words.
fn refused(error: &PullRequestError) -> Error {
    let no_branch = "Head sha can't be blank, Base sha can't be blank, Head ref must be a branch";
    match error {
        PullRequestError::Forbidden => refusal("FORBIDDEN", error.to_string()),
        PullRequestError::NoBranch { .. } => refusal("UNPROCESSABLE", no_branch.to_owned()),
        PullRequestError::NoCommits { .. } | PullRequestError::Exists { .. } => {
            refusal("UNPROCESSABLE", error.to_string())
        }
        PullRequestError::Unknown
        | PullRequestError::NotMergeable
        | PullRequestError::Git(_)
        | PullRequestError::Save(_) => Error::new(error.to_string()),
    }
}
