//! GraphQL, for what would take REST a request for each row: deployments with their statuses, and the first look.
//!
//! An answer of GraphQL has no ETag and always costs a point. So it is asked only where REST's unchanged lists do not
//! already say that nothing is new: at the first look, and for more than a few changed deployments at once.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::ports::forge::{self, DeploymentState};
use lastgood_core::ports::publishing::Published;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::deployments::Found;
use super::wire::{self, DeploymentStatus, RunPages};
use super::{Github, object};

const DEPLOYMENTS: &str = "deployments(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
    pageInfo { hasNextPage endCursor }
    nodes { databaseId environment commitOid ref { name } creator { __typename login } createdAt updatedAt
        statuses(first: 30) { nodes { state createdAt environmentUrl logUrl } } }
}";

fn releases(start: StartAt) -> String {
    let direction = match start {
        StartAt::Newest => "DESC",
        StartAt::Oldest => "ASC",
    };
    format!(
        "releases(first: 100, after: $after, orderBy: {{field: CREATED_AT, direction: {direction}}}) {{
            totalCount pageInfo {{ hasNextPage endCursor }}
            nodes {{ databaseId tagName name isDraft isPrerelease createdAt publishedAt url author {{ login }} }} }}"
    )
}

/// GitHub's word for points that are used up. It comes with status 200 ("Rate limits for the GraphQL API").
const USED_UP: &str = "RATE_LIMITED";

/// Whether this server and this token take GraphQL; once refused, it is not asked again with this token.
#[derive(Default)]
pub(super) struct Graphql {
    refused: AtomicBool,
    taken: AtomicBool,
    asking: Mutex<()>,
}

/// The end of a list at which reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StartAt {
    Newest,
    Oldest,
}

/// One page of a list.
pub(super) struct Cut<T> {
    pub(super) items: Vec<T>,
    /// Where it goes on; `None` at the end.
    pub(super) further: Option<String>,
    /// How many the whole list has, where that was asked.
    pub(super) total: Option<usize>,
}

/// Everything that the first screen needs, in one answer.
pub(super) struct FirstLook {
    pub(super) account: String,
    pub(super) default_branch: String,
    pub(super) environments: Vec<EnvironmentName>,
    pub(super) deployments: Cut<Found>,
    pub(super) releases: Cut<Published>,
}

#[derive(Deserialize)]
struct Response<T> {
    data: Option<T>,
    errors: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Data<T> {
    viewer: Option<Login>,
    repository: Option<T>,
}

#[derive(Deserialize)]
struct Login {
    login: String,
    #[serde(rename = "__typename")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct OfDeployments {
    deployments: Connection<Deployment>,
}

#[derive(Deserialize)]
struct OfReleases {
    releases: Connection<Release>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfOverview {
    default_branch_ref: Option<Name>,
    environments: Option<Connection<Name>>,
    deployments: Connection<Deployment>,
    releases: Connection<Release>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<T> {
    nodes: Option<Vec<Option<T>>>,
    page_info: Option<PageInfo>,
    total_count: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deployment {
    database_id: Option<u64>,
    environment: Option<String>,
    commit_oid: String,
    #[serde(rename = "ref")]
    reference: Option<Name>,
    creator: Option<Login>,
    created_at: Timestamp,
    updated_at: Timestamp,
    statuses: Option<Connection<Status>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    state: String,
    created_at: Timestamp,
    environment_url: Option<String>,
    log_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    database_id: Option<u64>,
    tag_name: String,
    name: Option<String>,
    is_draft: bool,
    is_prerelease: bool,
    created_at: Timestamp,
    published_at: Option<Timestamp>,
    url: String,
    author: Option<Login>,
}

impl Github {
    /// One request for the whole first screen. `None` where GraphQL does not answer; REST does then.
    pub(super) async fn overview(&self) -> Option<FirstLook> {
        let fields = format!(
            "defaultBranchRef {{ name }} environments(first: 100) {{ nodes {{ name }} }} {DEPLOYMENTS} {}",
            releases(StartAt::Newest)
        );
        let data: Data<OfOverview> =
            self.query(&format!("viewer {{ login }} {}", of_repository(&fields)), None).await?;
        let repository = data.repository?;
        Some(FirstLook {
            account: data.viewer?.login,
            default_branch: repository.default_branch_ref?.name,
            environments: repository
                .environments
                .map(Connection::items)
                .unwrap_or_default()
                .into_iter()
                .map(|one| EnvironmentName::new(one.name))
                .collect(),
            deployments: repository.deployments.cut(|found| found.read(&self.run_pages())),
            releases: repository.releases.cut(Release::read),
        })
    }

    /// Deployments with their statuses, a hundred at a time, from the newest or from where the page before ended.
    pub(super) async fn deployment_page(&self, after: Option<&str>) -> Option<Cut<Found>> {
        let data: Data<OfDeployments> = self.query(&of_repository(DEPLOYMENTS), after).await?;
        Some(data.repository?.deployments.cut(|found| found.read(&self.run_pages())))
    }

    /// Releases, a hundred at a time, from one of the list's ends or from where the page before ended.
    pub(super) async fn release_page(&self, start: StartAt, after: Option<&str>) -> Option<Cut<Published>> {
        let data: Data<OfReleases> = self.query(&of_repository(&releases(start)), after).await?;
        Some(data.repository?.releases.cut(Release::read))
    }

    /// Nobody needs to ask it again with this token.
    pub(super) fn graphql_is_refused(&self) -> bool {
        self.known_of_the_token().graphql.refused.load(Ordering::Relaxed)
    }

    /// Whatever goes wrong here goes to REST, which says what it is.
    async fn query<T: DeserializeOwned>(&self, fields: &str, after: Option<&str>) -> Option<T> {
        // Until one answer tells whether it is taken, one question goes at a time.
        let graphql = self.known_of_the_token().graphql;
        let taken = graphql.taken.load(Ordering::Relaxed);
        let _first = if taken { None } else { Some(graphql.asking.lock().await) };
        if graphql.refused.load(Ordering::Relaxed) {
            return None;
        }
        let question = json!({
            "query": format!("query($owner: String!, $name: String!, $after: String) {{ rateLimit {{ cost remaining resetAt nodeCount }} {fields} }}"),
            "variables": { "owner": self.slug.owner, "name": self.slug.name, "after": after },
        });
        let answer = match self.reader.transport.query(&question).await {
            Ok(answer) => answer,
            Err(trouble) => {
                tracing::debug!("GraphQL: {trouble}");
                return None;
            }
        };
        if matches!(answer.status, 401 | 403 | 404 | 405 | 415) && answer.limit().is_none() {
            graphql.refused.store(true, Ordering::Relaxed);
        }
        if !answer.is_success() {
            return None;
        }
        graphql.taken.store(true, Ordering::Relaxed);
        let response: Response<T> = match answer.read("GraphQL") {
            Ok(response) => response,
            Err(trouble) => {
                tracing::debug!("{trouble}");
                return None;
            }
        };
        let errors = response.errors.as_deref().unwrap_or_default();
        if errors.iter().any(|error| error["type"] == USED_UP) {
            self.reader.transport.points_used_up(&answer);
        }
        if let Some(error) = errors.first() {
            tracing::debug!("GraphQL told a part only: {error}");
        }
        response.data
    }
}

fn of_repository(fields: &str) -> String {
    format!("repository(owner: $owner, name: $name) {{ {fields} }}")
}

impl<T> Connection<T> {
    /// What GitHub could not give is null in the list.
    fn items(self) -> Vec<T> {
        self.nodes.into_iter().flatten().flatten().collect()
    }

    fn cut<U>(self, read: impl Fn(T) -> Option<U>) -> Cut<U> {
        let further =
            self.page_info.as_ref().filter(|page| page.has_next_page).and_then(|page| page.end_cursor.clone());
        Cut { further, total: self.total_count, items: self.items().into_iter().filter_map(read).collect() }
    }
}

impl Login {
    /// REST puts this behind a bot's name, and so do we.
    fn name(self) -> String {
        if self.kind.as_deref() == Some("Bot") { format!("{}[bot]", self.login) } else { self.login }
    }
}

impl Deployment {
    fn read(self, pages: &RunPages) -> Option<Found> {
        let statuses: Vec<DeploymentStatus> =
            self.statuses.map(Connection::items).unwrap_or_default().into_iter().map(Status::read).collect();
        let commit = object(&self.commit_oid);
        let bare = forge::Deployment {
            id: self.database_id?,
            environment: EnvironmentName::new(self.environment.unwrap_or_default()),
            reference: String::new(),
            commit: commit.clone(),
            created: self.created_at,
            creator: self.creator.map(Login::name).unwrap_or_default(),
            state: DeploymentState::Pending,
            state_since: self.created_at,
            succeeded: None,
            url: None,
            run: None,
            maker: None,
        };
        let mut deployment = wire::told_by(bare, &statuses, pages);
        deployment.reference = match self.reference {
            Some(reference) => reference.name,
            // A run's branch may be gone since: the commit was not asked for by its id, so it has not the whole of it.
            None if deployment.run.is_some() => commit.short().to_owned(),
            None => commit.as_str().to_owned(),
        };
        Some(Found { updated: self.updated_at, deployment, asked: 0 })
    }
}

impl Status {
    /// The same words as REST's, in capitals.
    fn read(self) -> DeploymentStatus {
        DeploymentStatus {
            state: self.state.to_ascii_lowercase(),
            created_at: self.created_at,
            environment_url: self.environment_url,
            log_url: self.log_url,
            target_url: None,
        }
    }
}

impl Release {
    fn read(self) -> Option<Published> {
        Some(Published {
            id: self.database_id?,
            tag: TagName::new(self.tag_name),
            name: self.name.unwrap_or_default(),
            draft: self.is_draft,
            prerelease: self.is_prerelease,
            created: self.created_at,
            published: self.published_at,
            author: self.author.map(Login::name).unwrap_or_default(),
            url: self.url,
        })
    }
}
