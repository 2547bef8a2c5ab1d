//! The one task that owns everything: the open repository, what is known of it, the rollbacks under way.
//!
//! Commands and other tasks send it messages; nothing else holds state. It never waits for the world itself: long work
//! runs in tasks of its own, which send their results back.

mod alerts;
mod arming;
mod awake;
mod comparing;
mod countdown;
mod driving;
mod goodness;
mod host;
mod inbox;
mod logs;
mod message;
mod opening;
mod orders;
mod people;
mod rollbacks;
mod rollouts;
mod screen;
mod session;
pub(crate) mod settings;
mod title;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lastgood_adapters::place::Place;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::awake::Reading;
use lastgood_core::error::Trouble;
use lastgood_core::ids::{RollbackId, RolloutId, WriterId};
use lastgood_core::ports::Desktop;
use lastgood_core::title::Title;
use lastgood_rehearsal::Rehearsal;
use tauri::ipc::Channel;
use tokio::sync::{mpsc, oneshot};

use driving::{Driving, Left};
pub use host::Host;
use logs::Logs;
use message::{Message, Reply};
pub use orders::Word;
pub(crate) use people::People;
use rollouts::Rolling;
pub use screen::{Opened, Screen};
pub(crate) use session::Notes;
use session::Session;
use settings::Settings;

use crate::ipc::error::UiError;
use crate::ipc::notice::Notice;
use crate::ipc::session::Startup;
use crate::ipc::settings::Countdown;

/// What to have in the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What was open last time; nothing where there was nothing.
    Last,
    Rehearsal,
    Folder(PathBuf),
}

/// How often the journal is looked at for facts of other processes.
const JOURNAL_WATCH: Duration = Duration::from_secs(1);

/// How often it is tried to take up what nobody drives, and looked at whether the settings' file changed and what is armed
/// grew old.
const ROUND: Duration = Duration::from_secs(5);

/// What the window begins with.
pub struct Beginning {
    pub place: Place,
    /// Which GitHub, and with which token.
    pub access: Access,
    pub wanted: Wanted,
    /// A rehearsal's speed, 1 as in life.
    pub speed: f64,
    /// What tells whether this computer slept or its clock was set.
    pub clocks: Clocks,
}

/// Reads the clocks of this computer.
pub type Clocks = Arc<dyn Fn() -> Reading + Send + Sync>;

/// A repository, and the loopback GitHub that it may stand on.
type World = (Arc<Workspace>, Option<Arc<Rehearsal>>);

pub struct Controller {
    screen: Arc<dyn Screen>,
    place: Place,
    access: Access,
    journal: SqliteJournal,
    journal_version: i64,
    /// As they were at the last look.
    clocks: Reading,
    read_clocks: Clocks,
    sender: mpsc::UnboundedSender<Message>,
    /// All alerts of this window go over one connection.
    desktop: Arc<dyn Desktop>,
    window: Option<Channel<Notice>>,
    session: Option<Session>,
    /// Every rollback that this process drives, of whichever repository.
    driving: HashMap<RollbackId, Driving>,
    /// Those of the open repository that are not over and that it does not drive.
    left: HashMap<RollbackId, Left>,
    rolling: HashMap<RolloutId, Rolling>,
    /// The unfinished rollout that was told of last and that nobody here drives.
    left_rollout: Option<RolloutId>,
    logs: Logs,
    /// Counts openings, so that news of a repository that was closed meanwhile is dropped.
    opened: u64,
    /// The loopback GitHub lives as long as its repository is open, or a rollback in it is driven.
    rehearsal: Option<Arc<Rehearsal>>,
    speed: f64,
    trouble: Option<Trouble>,
    /// Asked before the first opening was over.
    starting: Option<Vec<Reply<Startup>>>,
    settings: Settings,
    title: Title,
    /// As it stands in the title and the tray now.
    shown: Option<title::Shown>,
}

impl Controller {
    /// Starts the task and has the wanted repository opened.
    ///
    /// # Errors
    /// Where the journal cannot be opened.
    pub fn start(screen: Arc<dyn Screen>, beginning: Beginning) -> Result<Host, Trouble> {
        let Beginning { place, access, wanted, speed, clocks: read_clocks } = beginning;
        let writer = WriterId::new(format!("writer-{}", lastgood_adapters::workspace::fresh()));
        let journal = SqliteJournal::open(&place.journal(), &writer)?;
        let (sender, mut messages) = mpsc::unbounded_channel();
        let mut controller = Self {
            desktop: alerts::desktop(&*screen, &sender),
            screen,
            place,
            access,
            settings: Settings::new(journal.clone()),
            journal_version: journal.version()?,
            clocks: read_clocks(),
            read_clocks,
            journal,
            sender: sender.clone(),
            window: None,
            session: None,
            driving: HashMap::new(),
            left: HashMap::new(),
            rolling: HashMap::new(),
            left_rollout: None,
            logs: Logs::default(),
            opened: 0,
            rehearsal: None,
            speed,
            trouble: None,
            starting: Some(Vec::new()),
            title: Title::default(),
            shown: None,
        };
        let host = Host::new(sender);
        host.want(wanted);
        tauri::async_runtime::spawn(async move {
            let mut watch = tokio::time::interval(JOURNAL_WATCH);
            watch.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            let mut rounds = tokio::time::interval(ROUND);
            rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                tokio::select! {
                    message = messages.recv() => match message {
                        Some(message) => controller.handle(message).await,
                        None => return,
                    },
                    _ = watch.tick() => controller.look().await,
                    _ = rounds.tick() => controller.round().await,
                }
            }
        });
        Ok(host)
    }

    async fn handle(&mut self, message: Message) {
        match message {
            Message::Startup(reply) => self.startup(reply),
            Message::Watch(channel) => self.watch(channel).await,
            Message::Open(wanted, reply) => self.begin_opening(wanted, reply),
            Message::Opened(opening) => self.opened(*opening).await,
            Message::Refresh => self.refresh(),
            Message::LookAgain => self.look_again(),
            Message::Known(opened, known) => self.known(opened, *known).await,
            Message::Waiting(opened, waiting) => self.waiting(opened, waiting),
            Message::Armed(opened, environment, arming) => self.armed(opened, &environment, *arming).await,
            Message::Releases(reply) => reply.send(self.session().map(Session::rows)),
            Message::Overview(reply) => self.reply_overview(reply).await,
            Message::ReleaseDetail(environment, tag, reply) => self.release_detail(environment, tag, reply),
            Message::MarkGood(environment, tag, reason, good, reply) => {
                self.mark_good(environment, tag, reason, good, reply);
            }
            Message::Ci(opened, told) => self.ci(opened, told).await,
            Message::ShowWindow => self.bring_window(),
            Message::ShowInbox => {
                self.bring_window();
                self.tell(Notice::ShowInbox);
            }
            Message::SettingsRead(opened) => self.settings_read(opened).await,
            Message::HoldsChanged => self.holds_changed().await,
            Message::StartRollback(environment, tag, reason, way, reply) => {
                self.start_rollback(&environment, tag, reason, way, reply);
            }
            Message::Driving(driving, reply) => self.driving(*driving, reply).await,
            Message::NotTakenUp(id, trouble) => self.not_taken_up(&id, trouble).await,
            Message::TakeUp(id, reply) => self.take_up_asked(&id, reply).await,
            Message::Approvals(id, reply) => self.approvals(id, reply),
            Message::JobLog(id, job, reply) => self.job_log(&id, job, reply),
            Message::Order(id, word, reply) => self.order(id, word, reply),
            Message::Saw(fact, rollback) => {
                self.saw(*fact, *rollback);
                self.rung(None);
            }
            Message::AlertOpened(about) => self.show_window(&about),
            Message::DriveEnded(id, result) => self.drive_ended(&id, result).await,
            Message::Ask(id, request, reply) => reply.send(self.ask(&id, request)),
            Message::Rollback(id, reply) => reply.send(self.rollback_view(&id).await),
            Message::StartRollout(plan, reply) => self.start_rollout(*plan, reply),
            Message::Rollout(id, reply) => reply.send(self.rollout_view(&id).await),
            Message::AskRollout(id, asked, reply) => self.ask_rollout(&id, asked, reply),
            Message::RollingOut(rolling) => self.rolling_out(*rolling).await,
            Message::RolloutSaw(rollout, watched) => self.rollout_saw(*rollout, watched).await,
            Message::RolloutEnded(id, result) => self.rollout_ended(&id, result).await,
            Message::Rollbacks(reply) => reply.send(self.rollback_summaries().await),
            Message::Inbox(reply) => reply.send(self.inbox().await),
            Message::ReadInbox(reply) => reply.send(self.read_inbox().await),
            Message::Settings(request, reply) => self.settings_request(request, reply),
            Message::SettingsNews(news) => self.settings_news(news),
            Message::OpenLink(url, reply) => reply.send(self.open_link(&url)),
            Message::People(reply) => reply.send(self.people()),
            Message::Told(id) => self.told(id),
            Message::Rung(id) => self.rung(id),
            Message::Tell(notice) => self.tell(*notice),
            Message::Alerted(alert) => self.keep_alert(*alert).await,
            Message::CallFor(news) => self.call_for(news).await,
            Message::Notes(reply) => reply.send(self.notes()),
            Message::PostmortemsChanged => self.tell(Notice::Postmortems),
        }
    }

    async fn look(&mut self) {
        self.look_at_clocks().await;
        self.look_at_journal().await;
        self.keep_title();
    }

    async fn round(&mut self) {
        self.take_up_again();
        self.read_settings_again();
        self.look_at_arming().await;
    }

    fn startup(&mut self, reply: Reply<Startup>) {
        match &mut self.starting {
            Some(waiting) => waiting.push(reply),
            None => reply.send(Ok(self.startup_view())),
        }
    }

    fn startup_view(&self) -> Startup {
        Startup {
            repository: self.session.as_ref().map(|session| session.view.clone()),
            trouble: self.trouble.clone().map(UiError::from),
            recent: self.recent(),
            undo_seconds: self.undo_seconds(),
            ask_first: self.countdown() == Countdown::Ask,
        }
    }

    async fn watch(&mut self, channel: Channel<Notice>) {
        self.window = Some(channel);
        if let Some(session) = &self.session {
            self.tell(Notice::Repository { repository: session.view.clone() });
            self.tell(Notice::Waiting { waiting: session.keychain.clone() });
        }
        self.tell_elsewhere();
        self.tell_overview().await;
        self.tell_inbox().await;
    }

    /// A window that reloads misses notices; it asks anew when it is back.
    fn tell(&self, notice: Notice) {
        if let Some(window) = &self.window
            && let Err(error) = window.send(notice)
        {
            tracing::debug!("the window did not take a notice: {error}");
        }
    }

    fn session(&self) -> Result<&Session, Trouble> {
        self.session.as_ref().ok_or_else(session::nothing_open)
    }
}

/// A place for an answer; nobody waits for it any more when the window is gone.
impl<T> Reply<T> {
    fn new(sender: oneshot::Sender<Result<T, Trouble>>) -> Self {
        Self(sender)
    }

    fn send(self, answer: Result<T, Trouble>) {
        drop(self.0.send(answer));
    }
}
