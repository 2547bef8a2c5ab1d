//! One opened repository with everything around it: git, GitHub, probes and the journal, wired together.
//!
//! The window and the terminal both stand on this; neither knows how the parts are made.

mod access;
mod known;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RepositorySlug, RollbackId, WriterId, remote_host};
use lastgood_core::journal::{Fact, NewFact, Subject};
use lastgood_core::planning::{self, Wish};
use lastgood_core::ports::{Clock, Desktop, Forge, Journal, Person, Ports, Watcher};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::engine::Engine;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::next;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::settings::{FILE, Settings};
use lastgood_core::template::shipped;

pub use access::{API_VARIABLE, Access, TOKEN_VARIABLE};
pub use known::{ForgeKnown, Known};

use known::Depth;

use crate::clock::SystemClock;
use crate::git::{GitRepository, OpenOptions};
use crate::github::{Github, Memory, PUBLIC_API, PUBLIC_STATUS};
use crate::place::Place;
use crate::probe::HttpProbe;
use crate::sqlite::SqliteJournal;
use crate::telling::{Telling, World};
use crate::turn::{self, Turn};

/// Names the page that tells how GitHub is doing, in the form of githubstatus.com's `summary.json`.
pub const STATUS_VARIABLE: &str = "LASTGOOD_GITHUB_STATUS";

/// An opened repository.
pub struct Workspace {
    place: Place,
    repository: Arc<GitRepository>,
    slug: Option<RepositorySlug>,
    settings: Settings,
    journal: SqliteJournal,
    github: Result<Arc<Github>, Trouble>,
    probe: Arc<HttpProbe>,
    access: Access,
    key: String,
}

/// Who looks on while a rollback runs.
pub struct Audience {
    pub desktop: Arc<dyn Desktop>,
    pub person: Arc<dyn Person>,
    pub watcher: Arc<dyn Watcher>,
}

/// A rollback that this process, and no other, drives.
pub struct Drive {
    engine: Engine,
    _turn: Turn,
}

impl Workspace {
    /// Opens the repository that this folder belongs to.
    ///
    /// # Errors
    /// The repository's own troubles, a broken `lastgood.toml`, or a journal that cannot be opened.
    pub fn open(folder: &Path, place: &Place, access: Access) -> Result<Self, Trouble> {
        let options =
            OpenOptions { cache: Some(place.cache()), authorizer: Some(access.authorizer()), ..OpenOptions::default() };
        let repository = GitRepository::open(folder, options)?;
        let settings = match repository.read_head_file(FILE)? {
            Some(bytes) => Settings::parse(&String::from_utf8_lossy(&bytes))?,
            None => Settings::default(),
        };
        // No remote is no trouble yet: the releases show all the same.
        let remote = repository.remote_url().ok();
        let slug = remote.as_deref().and_then(RepositorySlug::from_remote);
        let key = key(&repository, slug.as_ref(), &access);
        let github = github(slug.clone(), remote.as_deref(), &access);
        let github = github.map(|github| Arc::new(github.remembering(Memory::open(&place.answers()))));
        let journal = SqliteJournal::open(&place.journal(), &WriterId::new(format!("writer-{}", fresh())))?;
        Ok(Self {
            place: place.clone(),
            repository: Arc::new(repository),
            slug,
            settings,
            journal,
            github,
            probe: Arc::new(HttpProbe::new()?),
            access,
            key,
        })
    }

    pub fn repository(&self) -> &Arc<GitRepository> {
        &self.repository
    }

    pub fn slug(&self) -> Option<&RepositorySlug> {
        self.slug.as_ref()
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn journal(&self) -> &SqliteJournal {
        &self.journal
    }

    /// `github.com`, or the name of the server.
    pub fn host(&self) -> &str {
        self.access.host()
    }

    pub fn is_rehearsal(&self) -> bool {
        self.access.rehearsal
    }

    /// Under this name the journal files the repository's facts.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The incidents of this repository, and the way to everybody who must know.
    ///
    /// # Errors
    /// Where drafts cannot be kept, or the settings name a time zone that nobody knows.
    pub fn telling(&self) -> Result<Telling, Trouble> {
        let mut files = BTreeMap::new();
        for template in shipped() {
            let path = format!(".lastgood/templates/{}.j2", template.name);
            if let Some(bytes) = self.repository.read_head_file(&path)? {
                files.insert(template.name.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        let world = World {
            slug: self.slug.clone(),
            github: self.access.token().map(|token| (self.access.api.clone(), token)),
            authorizer: Some(self.access.authorizer()),
            person: person(),
        };
        Telling::new(&self.place, self.key.clone(), self.journal.clone(), self.settings.clone(), files, world)
    }

    /// The repository's facts, oldest first.
    pub async fn facts(&self) -> Result<Vec<Fact>, Trouble> {
        self.journal.of_repository(&self.key, None).await
    }

    /// Asks git, GitHub and the live services, all at once.
    pub async fn know(&self) -> Result<Known, Trouble> {
        known::know(self, Depth::Whole).await
    }

    /// The same, as far as it tells what is live and what was last good. No rollback is planned from it.
    pub async fn know_live(&self) -> Result<Known, Trouble> {
        known::know(self, Depth::Live).await
    }

    /// What one request to GitHub brings, where this repository was never looked at before: the first screen, while the
    /// rest is still read. No rollback is planned from it.
    pub async fn first_look(&self) -> Option<Known> {
        known::first_look(self).await
    }

    /// Settles what a rollback would do.
    pub fn plan(&self, environment: &str, wish: Wish, known: &Known) -> Result<Plan, Trouble> {
        let environment = known.environment(environment)?;
        let forge = known.forge.as_ref().map_err(Clone::clone)?;
        if !known.whole {
            let message = "GitHub is still being read.";
            return Err(Trouble::new(Code::GithubUnreachable, message, "Wait a moment and try again."));
        }
        let settings = self.settings.environment(environment.name.as_str());
        let (releases, now) = (&known.releases, SystemClock.now());
        planning::plan(wish, environment, &settings, releases, &forge.workflows, &forge.default_branch, now)
    }

    /// Takes the environment's turn and writes the rollback's first fact.
    ///
    /// # Errors
    /// [`Code::AlreadyRunning`] while another rollback of the environment is driven or unfinished, and when one ended
    /// since this one was planned: what the plan stands on is gone.
    pub async fn begin(&self, plan: Plan, audience: Audience) -> Result<Drive, Trouble> {
        let turn = self.take_turn(&plan.environment).await?;
        let before = self.rollbacks().await?.into_iter().filter(|other| other.plan.environment == plan.environment);
        if let Some(trouble) = before.rev().find_map(|other| in_the_way(&other, &plan)) {
            return Err(trouble);
        }
        let id = RollbackId::new(format!("rb-{}", fresh()));
        let ports = self.ports(audience)?;
        let engine = Engine::start(ports, self.access.pace, self.key.clone(), id, plan).await?;
        Ok(Drive { engine, _turn: turn })
    }

    /// Takes up a rollback that an earlier process left unfinished.
    pub async fn resume(&self, id: &RollbackId, audience: Audience) -> Result<Drive, Trouble> {
        let rollback = self.rollback(id).await?;
        let turn = self.take_turn(&rollback.plan.environment).await?;
        // Read again: the process that had the turn may have gone on meanwhile.
        let rollback = self.rollback(id).await?;
        let engine = Engine::resume(self.ports(audience)?, self.access.pace, self.key.clone(), rollback);
        Ok(Drive { engine, _turn: turn })
    }

    pub async fn rollback(&self, id: &RollbackId) -> Result<Rollback, Trouble> {
        let facts = self.journal.of_rollback(id).await?;
        next::fold(&facts).map_err(|illegal| broken(&illegal))?.ok_or_else(|| {
            let message = format!("No rollback {id} is in the journal.");
            Trouble::new(Code::RollbackUnknown, message, "`lastgood status` lists what is unfinished.")
        })
    }

    /// Every rollback of this repository, oldest first.
    pub async fn rollbacks(&self) -> Result<Vec<Rollback>, Trouble> {
        let facts = self.facts().await?;
        let started = facts.iter().filter(|fact| matches!(fact.event.rollback(), Some(Event::RollbackStarted(_))));
        let ids: Vec<RollbackId> = started.filter_map(|fact| fact.subject.rollback.clone()).collect();
        ids.iter()
            .filter_map(|id| {
                let own: Vec<Fact> =
                    facts.iter().filter(|fact| fact.subject.rollback.as_ref() == Some(id)).cloned().collect();
                next::fold(&own).map_err(|illegal| broken(&illegal)).transpose()
            })
            .collect()
    }

    pub async fn unfinished(&self) -> Result<Vec<Rollback>, Trouble> {
        Ok(self.rollbacks().await?.into_iter().filter(|rollback| rollback.end.is_none()).collect())
    }

    /// Writes a fact about an environment that belongs to no running rollback.
    pub async fn record(
        &self,
        environment: &EnvironmentName,
        rollback: Option<RollbackId>,
        event: Event,
    ) -> Result<Fact, Trouble> {
        let subject = Subject { rollback, ..Subject::repository(&self.key).environment(environment.clone()) };
        let fact = NewFact { at: SystemClock.now(), subject, event: event.into() };
        self.journal.append(fact).await
    }

    /// Who has the turn already is told by the journal, as far as they have written.
    async fn take_turn(&self, environment: &EnvironmentName) -> Result<Turn, Trouble> {
        let refused = match turn::take(self.place.data(), &self.key, environment) {
            Ok(turn) => return Ok(turn),
            Err(trouble) => trouble,
        };
        let mut unfinished = self.unfinished().await?.into_iter();
        let driven = unfinished.find(|other| other.plan.environment == *environment);
        Err(match driven {
            Some(other) if refused.code == Code::AlreadyRunning => Trouble { message: driven_by(&other), ..refused },
            Some(_) | None => refused,
        })
    }

    /// This repository's GitHub.
    pub fn github(&self) -> Result<Arc<Github>, Trouble> {
        self.github.clone()
    }

    /// The world around a rollback of this repository.
    pub fn ports(&self, audience: Audience) -> Result<Ports, Trouble> {
        let forge: Arc<dyn Forge> = self.github()?;
        Ok(Ports {
            repository: self.repository.clone(),
            forge,
            journal: Arc::new(self.journal.clone()),
            probe: self.probe.clone(),
            desktop: audience.desktop,
            clock: Arc::new(SystemClock),
            person: audience.person,
            watcher: audience.watcher,
        })
    }
}

impl Drive {
    pub fn rollback(&self) -> &Rollback {
        self.engine.rollback()
    }

    /// Goes on until it is over, or until it needs a person and nobody is there.
    pub async fn to_the_end(self) -> Result<Rollback, Trouble> {
        self.engine.drive().await
    }
}

/// The name that this system has for the person at the keyboard.
fn person() -> String {
    let named = ["USER", "USERNAME", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.trim().is_empty())
        .map_or_else(|| "somebody".to_owned(), |name| format!("@{}", name.trim()))
}

/// Twelve hexadecimal digits that nobody had before.
pub fn fresh() -> String {
    uuid::Uuid::new_v4().simple().to_string().chars().take(12).collect()
}

/// Why a plan cannot begin beside or behind this other rollback.
fn in_the_way(other: &Rollback, plan: &Plan) -> Option<Trouble> {
    let (message, hint) = match &other.end {
        None => (
            format!("Rollback {} of {} is not finished.", other.id, plan.environment),
            "Let it go on, or give it up, before you start another.",
        ),
        Some(end) if end.at > plan.started => (
            format!("Rollback {} of {}, begun by {}, ended meanwhile.", other.id, plan.environment, other.plan.who),
            "See what is live now; start again if it is still needed.",
        ),
        Some(_) => return None,
    };
    Some(Trouble::new(Code::AlreadyRunning, message, hint))
}

fn driven_by(other: &Rollback) -> String {
    let plan = &other.plan;
    format!(
        "Rollback {} of {} to {}, begun by {}, is being driven by another Lastgood on this machine.",
        other.id, plan.environment, plan.to, plan.who
    )
}

/// A rehearsal's facts are filed under its folder, never under the name of a repository that may be real.
fn key(repository: &GitRepository, slug: Option<&RepositorySlug>, access: &Access) -> String {
    match slug {
        Some(slug) if !access.rehearsal => format!("{}/{slug}", access.host()),
        _ => format!("folder:{}", repository.git_dir().display()),
    }
}

fn github(slug: Option<RepositorySlug>, remote: Option<&str>, access: &Access) -> Result<Github, Trouble> {
    let Some(slug) = slug else {
        let message = "This repository has no remote on GitHub.";
        return Err(Trouble::new(Code::NoRemote, message, "Add one with `git remote add origin ADDRESS`."));
    };
    if !access.is_explicit() && remote.and_then(remote_host) != Some(access.host()) {
        let message = format!("The remote {slug} is not on {}.", access.host());
        return Err(Trouble::new(Code::NoRemote, message, format!("Name its server in {API_VARIABLE}.")));
    }
    let Some(token) = access.token() else {
        return Err(Trouble::new(
            Code::SignedOut,
            format!("You are not signed in to {}.", access.host()),
            format!("Put a token with the scopes repo and workflow into {TOKEN_VARIABLE}, and start again."),
        ));
    };
    let github = Github::new(&access.api, &token, slug)?;
    Ok(match status_page(access) {
        Some(address) => github.with_status_page(&address),
        None => github,
    })
}

/// Only the public GitHub tells how it is; another server's page is named where it has one.
fn status_page(access: &Access) -> Option<String> {
    let named = std::env::var(STATUS_VARIABLE).ok().filter(|address| !address.trim().is_empty());
    named.or_else(|| (access.api == PUBLIC_API).then(|| PUBLIC_STATUS.to_owned()))
}

fn broken(illegal: &next::IllegalFact) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal tells of something that cannot happen: {illegal}."),
        "Use the newest version of Lastgood with this data folder.",
    )
}
