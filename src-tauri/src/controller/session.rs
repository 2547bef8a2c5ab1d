//! The open repository and what is known of it.

mod keychain;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::telling::Telling;
use lastgood_adapters::workspace::{Known, Told, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal::{Fact, Story};
use lastgood_core::live::Environment;
use lastgood_core::live::ci::Ci;
use lastgood_core::ports::Clock;
use lastgood_core::ports::world::{About, Alert};
use lastgood_core::release::{Release, Sort, sort};
use lastgood_core::rollback::event::Event;

use super::Controller;
use super::arming::Arming;
use super::message::{Message, Reply};
use super::people::Keeper;
use crate::ipc::notice::{Notice, WaitingView};
use crate::ipc::session::RepositoryView;
use crate::ipc::timeline::{Overview, told, view};

/// How often GitHub and the services are asked by themselves. What has not changed costs no call.
const REFRESH: Duration = Duration::from_secs(60);

/// A rehearsal's GitHub is this machine.
const REFRESH_REHEARSAL: Duration = Duration::from_secs(5);

pub(super) struct Session {
    pub(super) workspace: Arc<Workspace>,
    pub(super) view: RepositoryView,
    pub(super) known: Option<Known>,
    pub(super) arming: HashMap<EnvironmentName, Arming>,
    pub(super) telling: Option<Arc<Telling>>,
    pub(super) keeper: Option<Keeper>,
    /// What continuous integration said of releases.
    pub(super) ci: Vec<Ci>,
    releases: Arc<Vec<Release>>,
    asking: bool,
    /// Who has to answer before GitHub can be asked.
    pub(super) keychain: Option<WaitingView>,
    /// What is being asked was asked with a token that is no longer the one.
    asked_too_early: bool,
    /// The next refresh by itself; there is only ever one.
    next_refresh: Option<tauri::async_runtime::JoinHandle<()>>,
    waiting: Vec<Reply<Overview>>,
    /// What a person was called for already, by this process or one before it.
    told: Told,
}

impl Session {
    pub(super) fn new(workspace: Arc<Workspace>, releases: Arc<Vec<Release>>, told: Told) -> Self {
        let view = repository(&workspace);
        Self {
            workspace,
            view,
            known: None,
            arming: HashMap::new(),
            telling: None,
            keeper: None,
            ci: Vec::new(),
            releases,
            asking: false,
            keychain: None,
            asked_too_early: false,
            next_refresh: None,
            waiting: Vec::new(),
            told,
        }
    }

    /// Newest first.
    pub(super) fn releases(&self) -> Arc<Vec<Release>> {
        Arc::clone(&self.releases)
    }

    pub(super) fn environment(&self, name: &EnvironmentName) -> Result<&Environment, Trouble> {
        self.known.as_ref().ok_or_else(still_asking)?.environment(name.as_str())
    }
}

/// What commands about post-mortems stand on.
pub(crate) struct Notes {
    pub(crate) workspace: Arc<Workspace>,
    /// As far as it was asked.
    pub(crate) known: Option<Known>,
    /// Who is at the keyboard, as others read it.
    pub(crate) who: String,
}

impl Controller {
    /// Asks git, GitHub and the services anew, once at a time.
    pub(super) fn refresh(&mut self) {
        let (opened, sender) = (self.opened, self.sender.clone());
        let Some(session) = self.session.as_mut().filter(|session| !session.asking) else { return };
        session.asking = true;
        let workspace = Arc::clone(&session.workspace);
        tauri::async_runtime::spawn(async move {
            keychain::wait(&workspace, |waiting| drop(sender.send(Message::Waiting(opened, waiting)))).await;
            if let Some(first) = workspace.first_look().await {
                drop(sender.send(Message::Known(opened, Box::new(Ok(first)))));
            }
            let known = workspace.know().await;
            drop(sender.send(Message::Known(opened, Box::new(known))));
        });
    }

    /// The same after a sign-in; an answer that is still to come does not count.
    pub(super) fn refresh_anew(&mut self) {
        match &mut self.session {
            Some(session) if session.asking => session.asked_too_early = true,
            Some(_) | None => self.refresh(),
        }
    }

    pub(super) async fn known(&mut self, opened: u64, known: Result<Known, Trouble>) {
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        let known = match known {
            Ok(known) => Ok(caught_up(&session.workspace, known).await),
            Err(trouble) => Err(trouble),
        };
        if known.as_ref().is_ok_and(|known| !known.whole) {
            session.known = known.ok();
            // The first page of GitHub's releases is in it.
            self.tell(Notice::Releases);
            self.tell_overview().await;
            return;
        }
        session.asking = false;
        if std::mem::take(&mut session.asked_too_early) {
            return self.refresh();
        }
        let stops = matches!(&known, Ok(known) if known.forge.as_ref().is_err_and(needs_person));
        session.telling = None;
        let pause = if session.workspace.is_rehearsal() { REFRESH_REHEARSAL } else { REFRESH };
        match known {
            Ok(mut known) => {
                let mut releases = known.releases.as_ref().clone();
                sort(&mut releases, Sort::Date);
                let published = |known: &Known| known.github().map(|forge| Arc::clone(&forge.published));
                let changed =
                    *session.releases != releases || session.known.as_ref().and_then(published) != published(&known);
                session.releases = Arc::new(releases);
                known.releases = Arc::clone(&session.releases);
                if let Some(before) = &session.known {
                    known.or_as_before(before, &session.workspace);
                }
                let refused = known.forge.as_ref().err().filter(|trouble| needs_person(trouble)).cloned();
                let told_before = session.told.clone();
                let news = known.news(&mut session.told);
                let told = (session.told != told_before).then(|| session.told.clone());
                let (workspace, whole) = (Arc::clone(&session.workspace), known.clone());
                tauri::async_runtime::spawn(async move { workspace.prepare_break_glass(&whole).await });
                session.known = Some(known);
                self.call_for(news).await;
                if let Some(told) = told {
                    self.keep_told(&told);
                }
                if changed {
                    self.tell(Notice::Releases);
                }
                if let Some(refused) = refused {
                    self.settings_saw(&refused);
                }
                self.arm();
                self.after_look();
                self.tell_overview().await;
            }
            Err(trouble) => {
                tracing::warn!("{trouble}");
                for reply in std::mem::take(&mut session.waiting) {
                    reply.send(Err(trouble.clone()));
                }
            }
        }
        if stops {
            let timer = self.session.as_mut().and_then(|session| session.next_refresh.take());
            timer.into_iter().for_each(|timer| timer.abort());
            return;
        }
        let sender = self.sender.clone();
        let timer = tauri::async_runtime::spawn(async move {
            tokio::time::sleep(pause).await;
            drop(sender.send(Message::Refresh));
        });
        let before = self.session.as_mut().and_then(|session| session.next_refresh.replace(timer));
        if let Some(before) = before {
            before.abort();
        }
    }

    /// Facts that another process wrote show here as well.
    pub(super) async fn look_at_journal(&mut self) {
        let version = self.journal.version().unwrap_or(self.journal_version);
        if version == self.journal_version {
            return;
        }
        self.journal_version = version;
        self.facts_changed().await;
    }

    /// Folds the journal again over what was known of the world.
    pub(super) async fn facts_changed(&mut self) {
        let Some(session) = &mut self.session else { return };
        let facts = session.workspace.facts().await;
        if let (Some(known), Ok(facts)) = (&mut session.known, facts) {
            if said(&facts) != said(&known.facts) {
                known.with_facts(&session.workspace, Story::clone(&facts));
            }
            for environment in &mut known.environments {
                let (team, now) = (known.team.as_ref(), SystemClock.now());
                environment.hold = hold::known::standing(&facts, team, &environment.name, now);
                environment.quarantined = hold::known::quarantined(&facts, team, &environment.name, now);
            }
            known.facts = facts;
        }
        self.arm();
        self.tell_overview().await;
        self.tell_inbox().await;
        self.look_for_left().await;
        self.tell_left_rollout().await;
        self.told(None);
    }

    /// The file may have changed; what it says counts for the next look and the next arming.
    pub(super) fn read_settings_again(&self) {
        let Some(session) = &self.session else { return };
        let (workspace, opened, sender) = (Arc::clone(&session.workspace), self.opened, self.sender.clone());
        tauri::async_runtime::spawn_blocking(move || {
            if workspace.read_settings_again() {
                drop(sender.send(Message::SettingsRead(opened)));
            }
        });
    }

    pub(super) async fn settings_read(&mut self, opened: u64) {
        let Some(session) = self.session.as_ref().filter(|_| opened == self.opened) else { return };
        if let Some(trouble) = session.workspace.settings_trouble() {
            let Trouble { message, .. } = trouble;
            let (title, body) = (message, "What it said before goes on counting. Mend the file.".to_owned());
            return self.call_for(vec![Alert { title, body, urgent: false, about: About::Timeline }]).await;
        }
        self.arm();
        self.refresh_anew();
    }

    pub(super) async fn reply_overview(&mut self, reply: Reply<Overview>) {
        match &mut self.session {
            None => reply.send(Err(nothing_open())),
            Some(session) if session.known.is_none() => session.waiting.push(reply),
            Some(_) => reply.send(self.overview().await.ok_or_else(still_asking)),
        }
    }

    pub(super) async fn tell_overview(&mut self) {
        let Some(overview) = self.overview().await else { return };
        if let Some(session) = &mut self.session {
            for reply in std::mem::take(&mut session.waiting) {
                reply.send(Ok(overview.clone()));
            }
        }
        self.tell(Notice::Overview { overview: Box::new(overview) });
    }

    async fn overview(&self) -> Option<Overview> {
        let session = self.session.as_ref()?;
        let known = session.known.as_ref()?;
        let rollbacks = session.workspace.rollbacks().await.unwrap_or_default();
        let budget = |environment: &Environment| {
            session.workspace.settings().environment(environment.name.as_str()).budget_seconds
        };
        let unread = self.unread().await;
        let overview =
            view::overview(known, |environment| session.arming_view(environment), &rollbacks, budget, unread);
        Some(Overview { ci: session.ci.iter().map(told::ci).collect(), ..overview })
    }

    pub(super) async fn holds_changed(&mut self) {
        self.facts_changed().await;
        self.refresh();
    }

    pub(super) fn notes(&self) -> Result<Notes, Trouble> {
        let session = self.session()?;
        Ok(Notes { workspace: Arc::clone(&session.workspace), known: session.known.clone(), who: session.who() })
    }

    pub(super) fn open_link(&self, url: &str) -> Result<(), Trouble> {
        let session = self.session()?;
        let slug = session.workspace.slug().map(ToString::to_string).unwrap_or_default();
        let host = session.workspace.host();
        if !url.starts_with(&format!("https://{host}/{slug}/")) {
            let message = "Only pages of this repository on its GitHub are opened.";
            return Err(Trouble::new(Code::Usage, message, "Copy the address instead."));
        }
        lastgood_adapters::opener::open(url)
    }
}

impl Session {
    pub(super) fn who(&self) -> String {
        let account = self.known.as_ref().and_then(|known| known.github()).map(|forge| &forge.account);
        account.map_or_else(|| "you".to_owned(), |account| format!("@{account}"))
    }
}

/// What was written while GitHub answered counts too.
async fn caught_up(workspace: &Workspace, mut known: Known) -> Known {
    if let Ok(facts) = workspace.facts().await
        && facts.len() != known.facts.len()
    {
        known.with_facts(workspace, facts);
    }
    known
}

/// How many facts tell of incidents, marks and health, and of rollbacks that are over: what is live and what was last good
/// is folded anew when one is added.
fn said(facts: &[Fact]) -> usize {
    let ended = |fact: &Fact| matches!(fact.event.rollback(), Some(Event::RollbackEnded { .. }));
    let tells = |fact: &&Fact| fact.event.incident().is_some() || fact.event.live().is_some() || ended(fact);
    facts.iter().filter(tells).count()
}

pub(super) fn nothing_open() -> Trouble {
    Trouble::new(Code::NotARepository, "No repository is open.", "Open one, or try the rehearsal.")
}

/// Asking again would be of no use, and a question to the keychain a nuisance: a sign-in goes on where this stopped.
pub(super) fn needs_person(trouble: &Trouble) -> bool {
    matches!(
        trouble.code,
        Code::TokenRejected
            | Code::SignedOut
            | Code::KeychainMissing
            | Code::KeychainLocked
            | Code::KeychainRefused
            | Code::GhSilent
    )
}

fn still_asking() -> Trouble {
    Trouble::new(Code::GithubUnreachable, "GitHub has not answered yet.", "Wait a moment and try again.")
}

fn repository(workspace: &Workspace) -> RepositoryView {
    let repository = workspace.repository();
    let path = repository.work_dir().unwrap_or_else(|| repository.git_dir());
    let name = workspace.slug().map(|slug| slug.name.clone()).or_else(|| file_name(path)).unwrap_or_default();
    RepositoryView {
        name,
        slug: workspace.slug().map(ToString::to_string),
        path: path.display().to_string(),
        branch: repository.head_branch(),
        rehearsal: workspace.is_rehearsal(),
    }
}

fn file_name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}
