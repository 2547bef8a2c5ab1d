//! What is known of a repository, gathered at one moment; where GitHub tells nothing, with what it told last.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::mark::Marks;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal::{Fact, Story};
use lastgood_core::live::runs::Serving;
use lastgood_core::live::{self, Environment, Sightings};
use lastgood_core::planning;
use lastgood_core::ports::forge::{self, Deployment, RunRecord, Waiting, Workflow};
use lastgood_core::ports::publishing::Published;
use lastgood_core::ports::world;
use lastgood_core::ports::{Clock, Forge, Probe, Repository};
use lastgood_core::release::Release;
use lastgood_core::rollback::checks::plan::wanted;
use lastgood_core::settings::address;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::Workspace;
use super::kept::Kept;
use crate::clock::SystemClock;
use crate::github::Github;

#[derive(Debug, Clone)]
pub struct Known {
    pub releases: Arc<Vec<Release>>,
    pub facts: Story,
    /// Production first.
    pub environments: Vec<Environment>,
    /// The holds and quarantines on the remote, as they were last read.
    pub team: Option<Marks>,
    /// Why they could not be read just now.
    pub team_trouble: Option<Trouble>,
    /// What GitHub told, or why it told nothing.
    pub forge: Result<ForgeKnown, Trouble>,
    /// What it told last, where it tells nothing now. Environments are folded of it; no rollback is planned from it.
    pub kept: Option<Arc<Kept>>,
    /// What the services answered.
    answers: Answers,
    /// GitHub takes no calls until then.
    pub waiting: Option<Waiting>,
    /// One sentence where GitHub is not well.
    pub degraded: Option<String>,
    /// Everything was asked. Else workflows, releases and older deployments may still be to come.
    pub whole: bool,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ForgeKnown {
    pub account: String,
    pub default_branch: String,
    pub environments: Vec<forge::Environment>,
    pub deployments: Vec<Deployment>,
    pub workflows: Vec<Workflow>,
    /// GitHub's releases, newest first.
    #[serde(with = "super::kept::shared")]
    pub published: Arc<Vec<Published>>,
    /// Runs that wait for an approval, newest first.
    pub waiting_runs: Vec<RunRecord>,
    /// Where no deployment tells what is live: the runs of the workflow that deploys there.
    pub evidence: HashMap<EnvironmentName, Evidence>,
    #[serde(skip)]
    pub calls_left: Option<u32>,
    /// Older deployments than those listed exist and were not read.
    pub history_cut: bool,
    /// More releases exist on GitHub than those listed.
    #[serde(default)]
    pub releases_cut: bool,
}

/// Runs of the workflow that deploys to an environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evidence {
    pub runs: Vec<RunRecord>,
    /// The workflow serves other environments too.
    pub shared: bool,
}

/// Which version and which health the service of each environment answered; none where nothing was asked.
type Answers = HashMap<EnvironmentName, (Option<world::Seen<String>>, Option<world::Seen<u16>>)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Live,
    Whole,
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

    /// What GitHub told, now or the last time that it did.
    pub fn github(&self) -> Option<&ForgeKnown> {
        self.forge.as_ref().ok().or_else(|| self.kept.as_ref().map(|kept| &kept.forge))
    }

    /// Where GitHub tells nothing and nothing lies in the cache, what the look before knew stays.
    pub fn or_as_before(&mut self, before: &Self, workspace: &Workspace) {
        if self.forge.is_ok() || self.kept.is_some() {
            return;
        }
        self.kept = match &before.forge {
            Ok(forge) if before.whole => Some(Arc::new(Kept { forge: forge.clone(), at: before.at })),
            Ok(_) | Err(_) => before.kept.clone(),
        };
        if self.kept.is_some() {
            let missing =
                before.environments.iter().filter(|known| !self.environments.iter().any(|one| one.name == known.name));
            self.environments.extend(missing.cloned().collect::<Vec<_>>());
            for name in self.environments.iter().map(|found| found.name.clone()) {
                let seen = before.answers.get(&name).cloned().unwrap_or_default();
                self.answers.entry(name).or_insert(seen);
            }
            self.with_facts(workspace, Story::clone(&self.facts));
        }
    }

    /// Folds anew over what was seen of the world.
    pub fn with_facts(&mut self, workspace: &Workspace, facts: Story) {
        self.facts = facts;
        let names: Vec<EnvironmentName> = self.environments.iter().map(|found| found.name.clone()).collect();
        let seen =
            Seen { releases: Arc::clone(&self.releases), facts: Story::clone(&self.facts), team: self.team.clone() };
        self.environments = environments(workspace, &names, &seen, self.github(), &self.answers);
    }
}

pub(super) async fn know(workspace: &Workspace, depth: Depth) -> Result<Known, Trouble> {
    // The keychain may have to ask its owner.
    let github = workspace.connect().await;
    let degraded = async { github.as_ref().ok()?.degraded().await };
    let (releases, facts, forge, degraded, (team, team_trouble)) = tokio::join!(
        workspace.repository.releases(),
        workspace.facts(),
        ask_forge(workspace, depth),
        degraded,
        workspace.marks(),
    );
    let seen = Seen { releases: Arc::new(releases?), facts: facts?, team };
    let kept = match &forge {
        Ok(told) if depth == Depth::Whole => {
            workspace.keep_look(told).await;
            None
        }
        Ok(_) => None,
        Err(_) => workspace.kept_look().await.map(Arc::new),
    };
    let known = fold(workspace, seen, forge, kept, depth == Depth::Whole).await;
    Ok(Known { degraded, team_trouble, ..known })
}

pub(super) async fn first_look(workspace: &Workspace) -> Option<Known> {
    let github = workspace.connect().await.ok()?;
    let (releases, facts, first) =
        tokio::join!(workspace.repository.releases(), workspace.facts(), github.first_look());
    let first = first?;
    let bare = |name| forge::Environment { id: 0, name, protection: forge::Protection::default() };
    let forge = ForgeKnown {
        account: first.account,
        default_branch: first.default_branch,
        environments: first.environments.into_iter().map(bare).collect(),
        deployments: first.deployments,
        published: Arc::new(first.releases),
        calls_left: github.calls_left(),
        ..ForgeKnown::default()
    };
    let seen = Seen { releases: Arc::new(releases.ok()?), facts: facts.ok()?, team: workspace.remembered_marks() };
    Some(fold(workspace, seen, Ok(forge), None, false).await)
}

/// What git, the journal and the remote told.
struct Seen {
    releases: Arc<Vec<Release>>,
    facts: Story,
    team: Option<Marks>,
}

async fn fold(
    workspace: &Workspace,
    seen: Seen,
    forge: Result<ForgeKnown, Trouble>,
    kept: Option<Arc<Kept>>,
    whole: bool,
) -> Known {
    let told = forge.as_ref().ok().or_else(|| kept.as_ref().map(|kept| &kept.forge));
    let names = names(workspace, told, &seen.facts);
    let answers = ask_services(workspace, &names, told).await;
    let environments = environments(workspace, &names, &seen, told, &answers);
    let waiting = workspace.github().ok().and_then(|github| github.waiting());
    let Seen { releases, facts, team } = seen;
    let (team_trouble, degraded, at) = (None, None, SystemClock.now());
    Known { releases, facts, environments, team, team_trouble, forge, kept, answers, waiting, degraded, whole, at }
}

async fn ask_forge(workspace: &Workspace, depth: Depth) -> Result<ForgeKnown, Trouble> {
    let github = workspace.github()?;
    if depth == Depth::Live {
        // One request fills what the others then find unchanged.
        github.prepare().await;
    }
    let whole = depth == Depth::Whole;
    let (account, default_branch, (environments, deployments), workflows, listed, waiting_runs) = tokio::try_join!(
        github.account(),
        only(whole, github.default_branch()),
        deployed(&github, whole),
        only(whole, github.workflows()),
        spared(only(whole, releases(&github))),
        spared(only(whole, github.waiting_runs())),
    )?;
    let (published, releases_cut) = listed;
    let mut known = ForgeKnown {
        account,
        default_branch,
        environments,
        deployments,
        workflows,
        published: Arc::new(published),
        waiting_runs,
        releases_cut,
        ..ForgeKnown::default()
    };
    known.evidence = evidence(workspace, &github, &known).await?;
    known.calls_left = github.calls_left();
    known.history_cut = whole && github.history_is_cut();
    Ok(known)
}

async fn deployed(github: &Github, whole: bool) -> Result<(Vec<forge::Environment>, Vec<Deployment>), Trouble> {
    let environments = github.environments().await?;
    let names: Vec<EnvironmentName> = environments.iter().map(|listed| listed.name.clone()).collect();
    let deployments = if whole { github.whole_history().await } else { github.deployments_of(&names).await };
    Ok((environments, deployments?))
}

/// GitHub's releases, and whether there are more: a look that got none says nothing of an older one's.
async fn releases(github: &Github) -> Result<(Vec<Published>, bool), Trouble> {
    let listed = github.releases().await?;
    Ok((listed, github.releases_are_cut()))
}

async fn only<T: Default>(wanted: bool, question: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    if wanted { question.await } else { Ok(T::default()) }
}

/// What a screen can do without is no reason to show nothing: GitHub's own releases, which git's tags stand for, and the
/// runs that wait, which a token without the permission for Actions may not list. A question that GitHub does not
/// understand, and an answer that we do not, are mistakes and are told.
async fn spared<T: Default>(question: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    match question.await {
        Err(trouble) if is_no_mistake(trouble.code) => {
            tracing::info!("{trouble}");
            Ok(T::default())
        }
        told => told,
    }
}

fn is_no_mistake(code: Code) -> bool {
    matches!(code, Code::TokenTooWeak | Code::NotOnGithub | Code::GithubUnreachable | Code::RateLimited)
}

/// Asks for runs where no deployment tells anything.
async fn evidence(
    workspace: &Workspace,
    github: &Github,
    known: &ForgeKnown,
) -> Result<HashMap<EnvironmentName, Evidence>, Trouble> {
    let mut found = HashMap::new();
    let names: Vec<EnvironmentName> = names(workspace, Some(known), &[]);
    let told = |name: &EnvironmentName| known.deployments.iter().any(|deployment| deployment.environment == *name);
    let silent: Vec<&EnvironmentName> = names.iter().filter(|name| !told(name)).take(MOST_SILENT).collect();
    if silent.is_empty() {
        return Ok(found);
    }
    let asked;
    let workflows = match known.workflows.as_slice() {
        [] => {
            asked = github.workflows().await?;
            &asked
        }
        listed => listed,
    };
    for name in silent {
        let settings = workspace.settings().environment(name.as_str());
        let Ok(deploy) = planning::deploy(name, &settings, workflows, &known.default_branch) else { continue };
        let Some(workflow) = workflows.iter().find(|workflow| workflow.file == deploy.workflow) else { continue };
        let runs = github.successful_runs(&workflow.file).await?.items;
        found.insert(name.clone(), Evidence { runs, shared: planning::is_shared(workflow, &names) });
    }
    Ok(found)
}

/// Environments that nothing was ever deployed to are many where previews come and go.
const MOST_SILENT: usize = 10;

/// Every environment that GitHub, the settings or the journal knows.
fn names(workspace: &Workspace, forge: Option<&ForgeKnown>, facts: &[Fact]) -> Vec<EnvironmentName> {
    let mut names: Vec<EnvironmentName> = Vec::new();
    let listed = forge.map_or(&[][..], |forge| &forge.environments).iter().map(|listed| listed.name.clone());
    let deployed = forge.map_or(&[][..], |forge| &forge.deployments).iter().map(|found| found.environment.clone());
    let settings = workspace.settings();
    let configured = settings.environments.keys().map(|name| EnvironmentName::new(name.as_str()));
    let remembered = facts.iter().filter_map(|fact| fact.subject.environment.clone());
    for name in listed.chain(deployed).chain(configured).chain(remembered) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (!name.as_str().to_lowercase().starts_with("prod"), name.to_string()));
    names
}

/// Asks the live services of all environments at once.
async fn ask_services(workspace: &Workspace, names: &[EnvironmentName], forge: Option<&ForgeKnown>) -> Answers {
    let deployments = forge.map_or(&[][..], |forge| &forge.deployments);
    let mut asked = JoinSet::new();
    for name in names.iter().cloned() {
        let settings = workspace.settings().environment(name.as_str());
        let base = live::url(&name, &settings, deployments);
        let whole = |probe: &Option<String>| probe.as_deref().and_then(|probe| address(probe, base.as_deref()));
        let (version, health) = (whole(&settings.probes.version), wanted(&settings, base.as_deref()));
        let (probe, timeout) = (workspace.probe.clone(), settings.probes.timeout_seconds);
        asked.spawn(async move {
            let version = async { Some(probe.version(version.as_deref()?, timeout).await) };
            let health = async { Some(probe.health(health.as_ref()?).await) };
            (name, tokio::join!(version, health))
        });
    }
    asked.join_all().await.into_iter().collect()
}

/// Folds each environment of what was seen; asks nothing.
fn environments(
    workspace: &Workspace,
    names: &[EnvironmentName],
    seen: &Seen,
    forge: Option<&ForgeKnown>,
    answers: &Answers,
) -> Vec<Environment> {
    let Seen { releases, facts, team } = seen;
    let (team, now) = (team.as_ref(), SystemClock.now());
    let deployments = forge.map_or(&[][..], |forge| &forge.deployments);
    let each = |name: &EnvironmentName| {
        let evidence = forge.and_then(|forge| forge.evidence.get(name));
        let runs = evidence.map(|evidence| {
            let serving = Serving { environment: name, all: names, shared: evidence.shared };
            (serving, evidence.runs.as_slice())
        });
        let settings = &workspace.settings().environment(name.as_str());
        let (version, health) = answers.get(name).cloned().unwrap_or_default();
        let name = name.clone();
        live::know(&Sightings { name, settings, releases, deployments, runs, facts, team, now, version, health })
    };
    names.iter().map(each).collect()
}
