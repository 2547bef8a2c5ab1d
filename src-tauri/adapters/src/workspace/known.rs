//! What is known of a repository, gathered at one moment.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal::Fact;
use lastgood_core::live::{self, Environment, Sightings};
use lastgood_core::ports::forge::{Deployment, Workflow};
use lastgood_core::ports::{Clock, Forge, Probe, Repository};
use lastgood_core::release::Release;
use lastgood_core::settings::address;
use tokio::task::JoinSet;

use super::Workspace;
use crate::clock::SystemClock;
use crate::github::Github;

#[derive(Debug, Clone)]
pub struct Known {
    pub releases: Arc<Vec<Release>>,
    pub facts: Vec<Fact>,
    /// Production first.
    pub environments: Vec<Environment>,
    /// What GitHub told, or why it told nothing.
    pub forge: Result<ForgeKnown, Trouble>,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct ForgeKnown {
    pub account: String,
    pub default_branch: String,
    pub environments: Vec<EnvironmentName>,
    pub deployments: Vec<Deployment>,
    pub workflows: Vec<Workflow>,
    pub calls_left: Option<u32>,
}

impl Known {
    /// # Errors
    /// [`Code::EnvironmentUnknown`] with the names that are known.
    pub fn environment(&self, name: &str) -> Result<&Environment, Trouble> {
        self.environments.iter().find(|environment| environment.name.as_str() == name).ok_or_else(|| {
            if let Err(trouble) = &self.forge {
                return trouble.clone();
            }
            let known: Vec<&str> = self.environments.iter().map(|environment| environment.name.as_str()).collect();
            let hint = if known.is_empty() {
                "GitHub lists no environments; name yours in lastgood.toml.".to_owned()
            } else {
                format!("Known are: {}.", known.join(", "))
            };
            Trouble::new(Code::EnvironmentUnknown, format!("There is no environment named {name}."), hint)
        })
    }
}

pub(super) async fn know(workspace: &Workspace) -> Result<Known, Trouble> {
    let (releases, facts, forge) =
        tokio::join!(workspace.repository.releases(), workspace.facts(), ask_forge(workspace.github()));
    let (releases, facts) = (Arc::new(releases?), facts?);
    let deployments = forge.as_ref().map_or(&[][..], |forge| &forge.deployments);
    let names = names(workspace, forge.as_ref().ok(), &facts);
    let environments = look(workspace, names, &releases, deployments, &facts).await;
    Ok(Known { releases, facts, environments, forge, at: SystemClock.now() })
}

async fn ask_forge(github: Result<Arc<Github>, Trouble>) -> Result<ForgeKnown, Trouble> {
    let github = github?;
    let (account, default_branch, environments, deployments, workflows) = tokio::try_join!(
        github.account(),
        github.default_branch(),
        github.environments(),
        github.deployments(),
        github.workflows(),
    )?;
    Ok(ForgeKnown { account, default_branch, environments, deployments, workflows, calls_left: github.calls_left() })
}

/// Every environment that GitHub, the settings or the journal knows.
fn names(workspace: &Workspace, forge: Option<&ForgeKnown>, facts: &[Fact]) -> Vec<EnvironmentName> {
    let mut names: Vec<EnvironmentName> = Vec::new();
    let listed = forge.map_or(&[][..], |forge| &forge.environments).iter().cloned();
    let deployed = forge.map_or(&[][..], |forge| &forge.deployments).iter().map(|found| found.environment.clone());
    let configured = workspace.settings.environments.keys().map(|name| EnvironmentName::new(name.as_str()));
    let remembered = facts.iter().filter_map(|fact| fact.subject.environment.clone());
    for name in listed.chain(deployed).chain(configured).chain(remembered) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (!name.as_str().to_lowercase().starts_with("prod"), name.to_string()));
    names
}

/// Asks the live services of all environments at once, then folds each.
async fn look(
    workspace: &Workspace,
    names: Vec<EnvironmentName>,
    releases: &[Release],
    deployments: &[Deployment],
    facts: &[Fact],
) -> Vec<Environment> {
    let mut asked = JoinSet::new();
    for (place, name) in names.into_iter().enumerate() {
        let settings = workspace.settings.environment(name.as_str());
        let blank = Sightings {
            name: name.clone(),
            settings: &settings,
            releases,
            deployments,
            facts,
            version: None,
            health: None,
        };
        let base = live::url(&blank);
        let whole = |probe: &Option<String>| probe.as_deref().and_then(|probe| address(probe, base.as_deref()));
        let (version, health) = (whole(&settings.probes.version), whole(&settings.probes.health));
        let probe = workspace.probe.clone();
        asked.spawn(async move {
            let version = async { Some(probe.version(version.as_deref()?).await) };
            let health = async { Some(probe.health(health.as_deref()?).await) };
            let (version, health) = tokio::join!(version, health);
            (place, name, settings, version, health)
        });
    }
    let mut seen = asked.join_all().await;
    seen.sort_by_key(|(place, ..)| *place);
    seen.into_iter()
        .map(|(_, name, settings, version, health)| {
            live::know(&Sightings { name, settings: &settings, releases, deployments, facts, version, health })
        })
        .collect()
}
