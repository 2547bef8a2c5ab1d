//! What this account may do, what is under way, what stands before a deploy, and what a release holds.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RunId, TagName};
use lastgood_core::ports::Readiness;
use lastgood_core::ports::readiness::{Gates, Rights, UnderWay};
use serde::Deserialize;
use serde_json::Value;

use super::Github;
use super::transport::encode;

#[derive(Deserialize)]
struct Repository {
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    private: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    status: Option<String>,
    display_title: Option<String>,
}

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    protection_rules: Vec<Rule>,
}

/// One of several kinds, told by which fields it has.
#[derive(Deserialize)]
struct Rule {
    wait_timer: Option<u32>,
    #[serde(default)]
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
struct Reviewer {
    /// A user or a team.
    reviewer: Option<Value>,
}

#[derive(Deserialize)]
struct Release {
    #[serde(default)]
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    name: String,
    /// `open` while it is still being uploaded.
    state: Option<String>,
}

#[async_trait]
impl Readiness for Github {
    async fn rights(&self) -> Result<Rights, Trouble> {
        let (repository, scopes): (Repository, _) =
            self.transport.get_with_header(&self.path(""), "x-oauth-scopes").await?;
        let words = |scopes: String| {
            scopes.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        Ok(Rights {
            // Without the field GitHub says nothing; the push itself will.
            push: repository.permissions.is_none_or(|permissions| permissions.push),
            archived: repository.archived,
            private: repository.private,
            scopes: scopes.map(words),
        })
    }

    async fn under_way(&self, workflow: &str) -> Result<Vec<UnderWay>, Trouble> {
        let route = self.path(&format!("/actions/workflows/{}/runs?per_page=30", encode(workflow)));
        let found: Runs = match self.transport.get(&route).await {
            Ok(found) => found,
            // No such workflow: another question says so.
            Err(trouble) if trouble.code == Code::NotOnGithub => return Ok(Vec::new()),
            Err(trouble) => return Err(trouble),
        };
        let open = found.workflow_runs.into_iter().filter(|run| run.status.as_deref() != Some("completed"));
        Ok(open
            .map(|run| UnderWay {
                run: RunId(run.id),
                title: run.display_title.unwrap_or_default(),
                status: run.status.unwrap_or_default(),
            })
            .collect())
    }

    async fn gates(&self, environment: &EnvironmentName) -> Result<Gates, Trouble> {
        let route = self.path(&format!("/environments/{}", encode(environment.as_str())));
        let found: Environment = match self.transport.get(&route).await {
            Ok(found) => found,
            // An environment that only its deployments name has no rules.
            Err(trouble) if trouble.code == Code::NotOnGithub => return Ok(Gates::default()),
            Err(trouble) => return Err(trouble),
        };
        let wait_minutes = found.protection_rules.iter().filter_map(|rule| rule.wait_timer).max().unwrap_or(0);
        let reviewers = found.protection_rules.iter().flat_map(|rule| &rule.reviewers).filter_map(name).collect();
        Ok(Gates { reviewers, wait_minutes })
    }

    async fn assets(&self, tag: &TagName) -> Result<Option<Vec<String>>, Trouble> {
        let route = self.path(&format!("/releases/tags/{}", encode(tag.as_str())));
        let release: Release = match self.transport.get(&route).await {
            Ok(release) => release,
            Err(trouble) if trouble.code == Code::NotOnGithub => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        let whole =
            release.assets.into_iter().filter(|asset| asset.state.as_deref().is_none_or(|state| state == "uploaded"));
        Ok(Some(whole.map(|asset| asset.name).collect()))
    }
}

fn name(reviewer: &Reviewer) -> Option<String> {
    let reviewer = reviewer.reviewer.as_ref()?;
    let word = |field: &str| reviewer.get(field).and_then(Value::as_str);
    word("login").map(|login| format!("@{login}")).or_else(|| word("slug").map(|team| format!("team {team}")))
}
