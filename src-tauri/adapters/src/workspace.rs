//! One opened repository with everything around it: git, GitHub, probes and the journal, wired together.
//!
//! The window and the terminal both stand on this; neither knows how the parts are made.

mod access;
mod break_glass;
mod connection;
mod drives;
mod fixes;
mod goodness;
mod guard;
mod holds;
mod kept;
mod known;
mod local;
mod logs;
mod news;
mod orders;
mod rollouts;
mod settings_file;
mod silent;
mod tagging;
mod trusted;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RepositorySlug, RollbackId, TagName, WriterId};
use lastgood_core::journal::{Fact, Story};
use lastgood_core::planning::{self, Wish};
use lastgood_core::ports::{Clock, Desktop, Forge, Journal, Person, Ports, Publishing, Readiness, Repository, Watcher};
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::template::shipped;

pub use crate::sign_in::TOKEN_VARIABLE;
pub use access::{API_VARIABLE, Access};
pub use connection::STATUS_VARIABLE;
pub use drives::Drive;
pub use fixes::FixWish;
pub use goodness::MarkWish;
pub use guard::{Guard, Inserted, insert, snippet};
pub use holds::{Held, HoldWish};
pub use kept::Kept;
pub use known::{ForgeKnown, Known};
pub use local::LocalOffer;
pub use news::Told;
pub use orders::OrderWish;
pub use rollouts::{Asked, Company, RolloutDrive};
pub use trusted::NamedCommand;

use known::Depth;
use settings_file::SettingsFile;
use tagging::Tagging;

use crate::clock::SystemClock;
use crate::commands::Commands;
use crate::documents::Documents;
use crate::evidence::Evidence;
use crate::git::{GitRepository, OpenOptions};
use crate::github::{Github, encode};
use crate::place::Place;
use crate::probe::HttpProbe;
use crate::secret::Secret;
use crate::sign_in::{Home, Host, SignIn};
use crate::sqlite::SqliteJournal;
use crate::telling::{Telling, World};
use crate::template_files;
use crate::trust::Trust;
use connection::Connection;

/// An opened repository.
pub struct Workspace {
    place: Place,
    repository: Arc<GitRepository>,
    slug: Option<RepositorySlug>,
    settings: SettingsFile,
    journal: SqliteJournal,
    connection: Arc<Connection>,
    probe: Arc<HttpProbe>,
    commands: Arc<Commands>,
    trust: Trust,
    evidence: Evidence,
    access: Access,
    key: String,
    /// Of the look that was kept last.
    looked: Mutex<Option<u64>>,
    documents: OnceLock<Documents>,
}

/// Who looks on while a rollback runs.
pub struct Audience {
    pub desktop: Arc<dyn Desktop>,
    pub person: Arc<dyn Person>,
    pub watcher: Arc<dyn Watcher>,
}

impl Workspace {
    /// Opens the repository that this folder belongs to.
    ///
    /// # Errors
    /// The repository's own troubles, a broken `lastgood.toml`, or a journal that cannot be opened.
    pub fn open(folder: &Path, place: &Place, access: Access) -> Result<Self, Trouble> {
        let later: Arc<OnceLock<Arc<Connection>>> = Arc::default();
        let authorizer = Some(connection::authorizer(&later));
        let options = OpenOptions { cache: Some(place.cache()), authorizer, ..OpenOptions::default() };
        let repository = GitRepository::open(folder, options)?;
        let settings = SettingsFile::read(&repository)?;
        // No remote is no trouble yet: the releases show all the same.
        let remote = repository.remote_url().ok();
        let slug = remote.as_deref().and_then(RepositorySlug::from_remote);
        let journal = SqliteJournal::open(&place.journal(), &WriterId::new(format!("writer-{}", fresh())))?;
        let sign_in = SignIn::new(journal.clone(), access.session());
        let connection = Arc::new(Connection::new(access.clone(), sign_in, slug.clone(), remote, &place.answers()));
        // Nobody else has it.
        drop(later.set(Arc::clone(&connection)));
        let key = key(&repository, slug.as_ref(), &connection, access.rehearsal);
        let (repository, evidence) = (Arc::new(repository), Evidence::at(place.data()));
        let trust = Trust::of(&journal, &key, repository.common_dir());
        let secret = Arc::clone(&connection);
        let commands =
            Commands::new(repository.clone(), &journal, trust.clone(), evidence.clone(), move || secret.token());
        Ok(Self {
            place: place.clone(),
            repository,
            slug,
            settings,
            journal,
            connection,
            probe: Arc::new(HttpProbe::new()?),
            commands: Arc::new(commands),
            trust,
            evidence,
            access,
            key,
            looked: Mutex::default(),
            documents: OnceLock::new(),
        })
    }

    /// What people write, opened once and held: a save must not wait for a file to be opened.
    ///
    /// # Errors
    /// [`Code::DocumentsUnwritable`].
    pub fn documents(&self) -> Result<Documents, Trouble> {
        if let Some(opened) = self.documents.get() {
            return Ok(opened.clone());
        }
        let opened = Documents::open(&self.place.documents())?;
        Ok(self.documents.get_or_init(|| opened).clone())
    }

    /// Where this installation keeps its things.
    pub fn place(&self) -> &Place {
        &self.place
    }

    pub fn repository(&self) -> &Arc<GitRepository> {
        &self.repository
    }

    pub fn slug(&self) -> Option<&RepositorySlug> {
        self.slug.as_ref()
    }

    pub fn journal(&self) -> &SqliteJournal {
        &self.journal
    }

    /// `github.com`, or the name of the server.
    pub fn host(&self) -> String {
        self.connection.host_name()
    }

    /// The same with what was chosen for it.
    pub fn host_settings(&self) -> Result<Host, Trouble> {
        self.connection.host()
    }

    /// Where the token in use lives; `None` while signed out.
    pub fn token_home(&self) -> Option<Home> {
        self.connection.home()
    }

    /// The token in use. Blocks while the keychain asks its owner, the first time.
    pub fn token(&self) -> Option<Secret> {
        self.connection.token()
    }

    /// Asks for the token anew, after a sign-in or sign-out. A rollback under way goes on with it.
    pub async fn sign_in_again(&self) -> Result<(), Trouble> {
        let connection = Arc::clone(&self.connection);
        blocking(move || connection.again().map(drop)).await
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
    /// Blocks while the keychain asks its owner, the first time.
    ///
    /// # Errors
    /// Where drafts cannot be kept, or the settings name a time zone that nobody knows.
    pub fn telling(&self) -> Result<Telling, Trouble> {
        self.telling_by(self.connection.github().ok())
    }

    /// The same by way of the GitHub that is known already, which may be none yet: nobody is asked and waited for.
    ///
    /// # Errors
    /// As [`Self::telling`].
    pub fn telling_so_far(&self) -> Result<Telling, Trouble> {
        self.telling_by(self.connection.so_far())
    }

    /// Whether [`Self::telling_so_far`] has the GitHub that there is.
    pub fn is_settled(&self) -> bool {
        self.connection.is_settled()
    }

    fn telling_by(&self, github: Option<Arc<Github>>) -> Result<Telling, Trouble> {
        let files = match self.repository.work_dir() {
            Some(folder) => template_files::all(folder),
            None => self.committed_templates()?,
        };
        let world = World {
            slug: self.slug.clone(),
            github,
            authorizer: Some(connection::authorizer(&Arc::new(OnceLock::from(Arc::clone(&self.connection))))),
            person: self.repository.author().map_or_else(person, |(name, _)| name),
        };
        Telling::new(
            &self.place,
            self.key.clone(),
            self.journal.clone(),
            self.settings().as_ref().clone(),
            files,
            world,
        )
    }

    /// Of a bare repository: those that take the place of a shipped one.
    fn committed_templates(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let mut files = BTreeMap::new();
        for template in shipped() {
            if let Some(bytes) = self.repository.read_head_file(&template_files::path(template.name))? {
                files.insert(template.name.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(files)
    }

    /// The repository's facts, oldest first.
    pub async fn facts(&self) -> Result<Story, Trouble> {
        self.journal.of_repository(&self.key).await
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
        let settings = self.settings().environment(environment.name.as_str());
        let (releases, now) = (&known.releases, SystemClock.now());
        let (workflows, branch) = (&forge.workflows, &forge.default_branch);
        let plan = planning::plan(wish, environment, &settings, releases, workflows, branch, now)?;
        Ok(drives::behind(&known.facts, plan))
    }

    /// The same for reading alone: what a rollback to this release would change. GitHub need not answer for it.
    pub fn plan_to_compare(&self, environment: &str, tag: &TagName, known: &Known) -> Result<Plan, Trouble> {
        let environment = known.environment(environment)?;
        let none = ForgeKnown::default();
        let forge = known.github().unwrap_or(&none);
        let settings = self.settings().environment(environment.name.as_str());
        let (releases, now) = (&known.releases, SystemClock.now());
        let (workflows, branch) = (&forge.workflows, &forge.default_branch);
        planning::plan_to_compare(tag.clone(), environment, &settings, releases, workflows, branch, now)
    }

    /// GitHub's page of all that lies between two releases. A rehearsal has none.
    pub fn compare_page(&self, target: &TagName, live: &TagName) -> Option<String> {
        let slug = self.slug.as_ref().filter(|_| !self.is_rehearsal())?;
        let (target, live) = (encode(target.as_str()), encode(live.as_str()));
        Some(format!("https://{}/{slug}/compare/{target}...{live}", self.host()))
    }

    /// Writes a fact about an environment that belongs to no running rollback.
    pub async fn record(
        &self,
        environment: &EnvironmentName,
        rollback: Option<RollbackId>,
        event: Event,
    ) -> Result<Fact, Trouble> {
        self.record_of(Some(environment.clone()), rollback, event).await
    }

    /// This repository's GitHub. Blocks while the keychain asks its owner, the first time.
    pub fn github(&self) -> Result<Arc<Github>, Trouble> {
        self.connection.github()
    }

    /// The same, and keeps no worker waiting for the keychain.
    pub async fn connect(&self) -> Result<Arc<Github>, Trouble> {
        let connection = Arc::clone(&self.connection);
        blocking(move || connection.github()).await
    }

    /// The world around a rollback of this repository.
    pub fn ports(&self, audience: Audience) -> Result<Ports, Trouble> {
        let (git, github) = (self.repository.clone(), self.github()?);
        let tagging = Arc::new(Tagging { git, github: github.clone() });
        Ok(self.ports_with(tagging, &github, audience))
    }

    fn ports_with<F: Forge + Readiness + Publishing + 'static>(
        &self,
        repository: Arc<dyn Repository>,
        forge: &Arc<F>,
        audience: Audience,
    ) -> Ports {
        Ports {
            repository,
            history: self.repository.clone(),
            forge: forge.clone(),
            readiness: forge.clone(),
            publishing: forge.clone(),
            shell: self.commands.clone(),
            team: self.repository.clone(),
            journal: Arc::new(self.journal.clone()),
            probe: self.probe.clone(),
            desktop: audience.desktop,
            clock: Arc::new(SystemClock),
            person: audience.person,
            watcher: audience.watcher,
        }
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

/// Facts stay where they were filed first: under the host as the remote's address writes it, whichever server that is.
/// A rehearsal's facts are filed under its folder, never under the name of a repository that may be real.
fn key(repository: &GitRepository, slug: Option<&RepositorySlug>, connection: &Connection, rehearsal: bool) -> String {
    match slug {
        Some(slug) if !rehearsal => format!("{}/{slug}", connection.written_name()),
        _ => format!("folder:{}", repository.git_dir().display()),
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again."))?
}
