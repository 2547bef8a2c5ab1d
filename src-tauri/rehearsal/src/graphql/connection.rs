//! Lists in pages: GitHub's connections.

use async_graphql::{Enum, Error, ErrorExtensions, OutputType, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    actor::User,
    changed_file::PullRequestChangedFile,
    commit::Commit,
    deployment::{Deployment, DeploymentStatus},
    environment::Environment,
    issue::{IssueComment, Label},
    pull_request::PullRequest,
    refs::Ref,
    release::{Release, ReleaseAsset},
    unused::PullRequestCommit,
};

/// Items that a connection gives at most.
const MOST: i32 = 100;

/// What every list is ordered by, up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum OrderDirection {
    Asc,
    Desc,
}

/// One page of a list.
#[derive(SimpleObject)]
#[graphql(concrete(name = "CommitConnection", params(Commit)))]
#[graphql(concrete(name = "DeploymentConnection", params(Deployment)))]
#[graphql(concrete(name = "DeploymentStatusConnection", params(DeploymentStatus)))]
#[graphql(concrete(name = "EnvironmentConnection", params(Environment)))]
#[graphql(concrete(name = "IssueCommentConnection", params(IssueComment)))]
#[graphql(concrete(name = "LabelConnection", params(Label)))]
#[graphql(concrete(name = "PullRequestChangedFileConnection", params(PullRequestChangedFile)))]
#[graphql(concrete(name = "PullRequestCommitConnection", params(PullRequestCommit)))]
#[graphql(concrete(name = "PullRequestConnection", params(PullRequest)))]
#[graphql(concrete(name = "RefConnection", params(Ref)))]
#[graphql(concrete(name = "ReleaseAssetConnection", params(ReleaseAsset)))]
#[graphql(concrete(name = "ReleaseConnection", params(Release)))]
#[graphql(concrete(name = "UserConnection", params(User)))]
pub(super) struct Connection<T: OutputType + Clone>
where
    Edge<T>: OutputType,
{
    edges: Option<Vec<Option<Edge<T>>>>,
    nodes: Option<Vec<Option<T>>>,
    page_info: PageInfo,
    total_count: usize,
}

/// One item with its place.
#[derive(SimpleObject)]
#[graphql(concrete(name = "CommitEdge", params(Commit)))]
#[graphql(concrete(name = "DeploymentEdge", params(Deployment)))]
#[graphql(concrete(name = "DeploymentStatusEdge", params(DeploymentStatus)))]
#[graphql(concrete(name = "EnvironmentEdge", params(Environment)))]
#[graphql(concrete(name = "IssueCommentEdge", params(IssueComment)))]
#[graphql(concrete(name = "LabelEdge", params(Label)))]
#[graphql(concrete(name = "PullRequestChangedFileEdge", params(PullRequestChangedFile)))]
#[graphql(concrete(name = "PullRequestCommitEdge", params(PullRequestCommit)))]
#[graphql(concrete(name = "PullRequestEdge", params(PullRequest)))]
#[graphql(concrete(name = "RefEdge", params(Ref)))]
#[graphql(concrete(name = "ReleaseAssetEdge", params(ReleaseAsset)))]
#[graphql(concrete(name = "ReleaseEdge", params(Release)))]
#[graphql(concrete(name = "UserEdge", params(User)))]
pub(super) struct Edge<T: OutputType> {
    cursor: String,
    node: Option<T>,
}

#[derive(SimpleObject)]
pub(super) struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<String>,
}

impl PageInfo {
    pub(super) fn of_nothing() -> Self {
        Self { end_cursor: None, has_next_page: false, has_previous_page: false, start_cursor: None }
    }
}

/// The part of a list that a field asks for.
pub(super) struct Paging {
    /// The field, for errors.
    pub(super) field: &'static str,
    pub(super) first: Option<i32>,
    pub(super) last: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) before: Option<String>,
}

impl Paging {
    /// Cuts the page out of the whole list; `key` tells one item from all others.
    pub(super) fn cut<T: OutputType + Clone>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<Connection<T>, Error>
    where
        Edge<T>: OutputType,
    {
        let total_count = items.len();
        let place = |cursor: &Option<String>| match cursor {
            Some(cursor) => {
                items.iter().position(|item| encode(&key(item)) == *cursor).map(Some).ok_or_else(|| unknown(cursor))
            }
            None => Ok(None),
        };
        let mut start = place(&self.after)?.map_or(0, |place| place + 1);
        let mut end = place(&self.before)?.unwrap_or(total_count).max(start);
        match (self.size("first", self.first)?, self.size("last", self.last)?) {
            (Some(first), _) => end = end.min(start + first),
            (None, Some(last)) => start = start.max(end.saturating_sub(last)),
            (None, None) => return Err(self.boundless()),
        }
        let cursors: Vec<String> =
            items.get(start..end).unwrap_or_default().iter().map(|item| encode(&key(item))).collect();
        let page: Vec<T> = items.into_iter().skip(start).take(end - start).collect();
        let edge = |(node, cursor): (&T, &String)| Some(Edge { cursor: cursor.clone(), node: Some(node.clone()) });
        Ok(Connection {
            edges: Some(page.iter().zip(&cursors).map(edge).collect()),
            page_info: PageInfo {
                end_cursor: cursors.last().cloned(),
                has_next_page: end < total_count,
                has_previous_page: start > 0,
                start_cursor: cursors.first().cloned(),
            },
            nodes: Some(page.into_iter().map(Some).collect()),
            total_count,
        })
    }

    fn size(&self, name: &str, asked: Option<i32>) -> Result<Option<usize>, Error> {
        let field = self.field;
        match asked {
            Some(size) if size > MOST => Err(refusal(
                "EXCESSIVE_PAGINATION",
                format!(
                    "Requesting {size} records on the `{field}` connection exceeds the `{name}` limit of {MOST} records."
                ),
            )),
            Some(size) => usize::try_from(size).map(Some).map_err(|_| {
                refusal("INVALID_PAGINATION", format!("`{name}` on the `{field}` connection cannot be less than zero."))
            }),
            None => Ok(None),
        }
    }

    fn boundless(&self) -> Error {
        let field = self.field;
        refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            format!("You must provide a `first` or `last` value to properly paginate the `{field}` connection."),
        )
    }
}

/// An error with GitHub's word for it.
pub(super) fn refusal(kind: &'static str, message: String) -> Error {
    Error::new(message).extend_with(|_, extra| extra.set("type", kind))
}

fn unknown(cursor: &str) -> Error {
    refusal("INVALID_CURSOR_ARGUMENTS", format!("`{cursor}` does not appear to be a valid cursor."))
}

fn encode(key: &str) -> String {
    STANDARD.encode(format!("cursor:v2:{key}"))
}
