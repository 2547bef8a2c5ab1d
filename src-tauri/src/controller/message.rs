//! What the controller is told.

use std::sync::Arc;

use lastgood_adapters::workspace::{Asked, Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, IncidentId, RollbackId, RolloutId, TagName};
use lastgood_core::journal::Fact;
use lastgood_core::live::ci::Ci;
use lastgood_core::log::JobLog;
use lastgood_core::ports::forge::PendingApproval;
use lastgood_core::ports::world::{About, Alert, Request as Wish};
use lastgood_core::release::Release;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::Rollout;
use lastgood_core::rollout::plan::RolloutPlan;
use lastgood_rehearsal::Rehearsal;
use tauri::ipc::Channel;
use tokio::sync::oneshot;

use super::arming::Answered;
use super::driving::Driving;
use super::orders::Word;
use super::rollbacks::Way;
use super::rollouts::Rolling;
use super::settings::{News, Request};
use super::{Notes, People, Wanted};
use crate::ipc::inbox::InboxItem;
use crate::ipc::notice::{Notice, WaitingView};
use crate::ipc::rollback::{RollbackSummary, RollbackView};
use crate::ipc::session::{RepositoryView, Startup};
use crate::ipc::settings::SettingsView;
use crate::ipc::timeline::{Overview, ReleaseDetail, ReleaseRow};
use crate::ipc::way_up::RolloutView;

pub(super) struct Reply<T>(pub(super) oneshot::Sender<Result<T, Trouble>>);

pub(super) enum Message {
    Startup(Reply<Startup>),
    Watch(Channel<Notice>),
    Open(Wanted, Reply<RepositoryView>),
    Releases(Reply<Vec<ReleaseRow>>),
    Overview(Reply<Overview>),
    Refresh,
    /// The same, because a person asks for it: the targets are checked anew as well.
    LookAgain,
    ReleaseDetail(Option<EnvironmentName>, TagName, Reply<ReleaseDetail>),
    /// Called good, or taken back.
    MarkGood(EnvironmentName, TagName, String, bool, Reply<()>),
    StartRollback(EnvironmentName, TagName, String, Way, Reply<RollbackView>),
    Ask(RollbackId, Wish, Reply<()>),
    TakeUp(RollbackId, Reply<()>),
    Approvals(RollbackId, Reply<Vec<PendingApproval>>),
    Order(RollbackId, Word, Reply<String>),
    JobLog(RollbackId, u64, Reply<Arc<JobLog>>),
    Rollback(RollbackId, Reply<RollbackView>),
    Rollbacks(Reply<Vec<RollbackSummary>>),
    StartRollout(Box<RolloutPlan>, Reply<RolloutView>),
    Rollout(RolloutId, Reply<RolloutView>),
    /// Without a wish: somebody drives it.
    AskRollout(RolloutId, Option<Asked>, Reply<()>),
    Inbox(Reply<Vec<InboxItem>>),
    ReadInbox(Reply<()>),
    OpenLink(String, Reply<()>),
    Notes(Reply<Notes>),
    PostmortemsChanged,
    Settings(Request, Reply<SettingsView>),
    People(Reply<People>),
    /// This incident changed.
    Told(Option<IncidentId>),
    /// It changed, and something may have to leave.
    Rung(Option<IncidentId>),
    // From its own tasks.
    Opened(Box<Opening>),
    Known(u64, Box<Result<Known, Trouble>>),
    /// Who has to answer elsewhere before GitHub can be asked.
    Waiting(u64, Option<WaitingView>),
    /// What continuous integration said.
    Ci(u64, Vec<Ci>),
    Armed(u64, EnvironmentName, Box<Answered>),
    /// The settings' file says something else by now.
    SettingsRead(u64),
    Driving(Box<Result<Driving, Trouble>>, Option<Reply<RollbackView>>),
    /// Nobody of this window drives it, because of this.
    NotTakenUp(RollbackId, Trouble),
    Saw(Box<Fact>, Box<Rollback>),
    /// Somebody pressed an alert's button.
    AlertOpened(About),
    ShowWindow,
    ShowInbox,
    HoldsChanged,
    DriveEnded(RollbackId, Result<(), Trouble>),
    RollingOut(Box<Rolling>),
    /// It is watched for so many seconds, where a stage is.
    RolloutSaw(Box<Rollout>, Option<u64>),
    RolloutEnded(RolloutId, Result<(), Trouble>),
    SettingsNews(News),
    Tell(Box<Notice>),
    /// The desktop was told; the inbox is to have it too.
    Alerted(Box<Alert>),
    /// Calls the person, and keeps it in the inbox.
    CallFor(Vec<Alert>),
}

/// A repository that was opened, or was not.
pub(super) struct Opening {
    pub(super) wanted: Wanted,
    pub(super) result: Result<Option<Opened>, Trouble>,
    pub(super) reply: Reply<RepositoryView>,
}

pub(super) struct Opened {
    pub(super) workspace: Arc<Workspace>,
    pub(super) releases: Arc<Vec<Release>>,
    pub(super) rehearsal: Option<Arc<Rehearsal>>,
}
