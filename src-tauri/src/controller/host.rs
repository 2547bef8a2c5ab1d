//! What commands hold of the controller: a way to send it messages and wait for its answers.

use std::sync::Arc;

use lastgood_adapters::workspace::Asked;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, IncidentId, RollbackId, RolloutId, TagName};
use lastgood_core::log::JobLog;
use lastgood_core::ports::forge::PendingApproval;
use lastgood_core::ports::world::Request;
use lastgood_core::rollout::plan::RolloutPlan;
use tauri::ipc::Channel;
use tokio::sync::{mpsc, oneshot};

use super::message::{Message, Reply};
use super::orders::Word;
use super::rollbacks::Way;
use super::settings;
use super::{Notes, People, Wanted};
use crate::ipc::inbox::InboxItem;
use crate::ipc::notice::Notice;
use crate::ipc::rollback::{RollbackSummary, RollbackView};
use crate::ipc::session::{RepositoryView, Startup};
use crate::ipc::settings::{Countdown, SettingsView};
use crate::ipc::timeline::{Overview, ReleaseDetail, ReleaseRow};
use crate::ipc::way_up::RolloutView;

pub struct Host {
    sender: mpsc::UnboundedSender<Message>,
}

impl Host {
    pub(super) fn new(sender: mpsc::UnboundedSender<Message>) -> Self {
        Self { sender }
    }

    /// Opens it without waiting for it.
    pub fn want(&self, wanted: Wanted) {
        let (sender, _) = oneshot::channel();
        self.send(Message::Open(wanted, Reply::new(sender)));
    }

    pub async fn startup(&self) -> Result<Startup, Trouble> {
        self.answer(Message::Startup).await
    }

    pub fn watch(&self, channel: Channel<Notice>) {
        self.send(Message::Watch(channel));
    }

    pub async fn open(&self, wanted: Wanted) -> Result<RepositoryView, Trouble> {
        self.answer(|reply| Message::Open(wanted, reply)).await
    }

    pub(crate) async fn open_link(&self, url: String) -> Result<(), Trouble> {
        self.answer(|reply| Message::OpenLink(url, reply)).await
    }

    pub async fn releases(&self) -> Result<Vec<ReleaseRow>, Trouble> {
        self.answer(Message::Releases).await
    }

    pub async fn overview(&self) -> Result<Overview, Trouble> {
        self.answer(Message::Overview).await
    }

    pub fn refresh(&self) {
        self.send(Message::LookAgain);
    }

    pub(crate) async fn release_detail(
        &self,
        environment: Option<EnvironmentName>,
        tag: TagName,
    ) -> Result<ReleaseDetail, Trouble> {
        self.answer(|reply| Message::ReleaseDetail(environment, tag, reply)).await
    }

    /// A hold or a quarantine was changed: the remote is asked what stands.
    pub(crate) fn holds_changed(&self) {
        self.send(Message::HoldsChanged);
    }

    pub async fn mark_good(
        &self,
        environment: EnvironmentName,
        tag: TagName,
        reason: String,
        good: bool,
    ) -> Result<(), Trouble> {
        self.answer(|reply| Message::MarkGood(environment, tag, reason, good, reply)).await
    }

    pub async fn start_rollback(
        &self,
        environment: EnvironmentName,
        tag: TagName,
        reason: String,
    ) -> Result<RollbackView, Trouble> {
        self.answer(|reply| Message::StartRollback(environment, tag, reason, Way::Workflow, reply)).await
    }

    /// Back up to the release that a rollback left; nothing is held against it any more once it proved itself.
    pub async fn roll_forward(
        &self,
        environment: EnvironmentName,
        tag: TagName,
        reason: String,
    ) -> Result<RollbackView, Trouble> {
        self.answer(|reply| Message::StartRollback(environment, tag, reason, Way::Forward, reply)).await
    }

    /// The same from this machine, without GitHub.
    pub async fn roll_back_here(
        &self,
        environment: EnvironmentName,
        tag: TagName,
        reason: String,
    ) -> Result<RollbackView, Trouble> {
        self.answer(|reply| Message::StartRollback(environment, tag, reason, Way::Here, reply)).await
    }

    pub async fn ask(&self, id: RollbackId, request: Request) -> Result<(), Trouble> {
        self.answer(|reply| Message::Ask(id, request, reply)).await
    }

    /// Drives from here what nobody drives.
    pub async fn take_up(&self, id: RollbackId) -> Result<(), Trouble> {
        self.answer(|reply| Message::TakeUp(id, reply)).await
    }

    /// What the run of this rollback waits for.
    pub async fn approvals(&self, id: RollbackId) -> Result<Vec<PendingApproval>, Trouble> {
        self.answer(|reply| Message::Approvals(id, reply)).await
    }

    /// What a job of its run wrote.
    pub async fn job_log(&self, id: RollbackId, job: u64) -> Result<Arc<JobLog>, Trouble> {
        self.answer(|reply| Message::JobLog(id, job, reply)).await
    }

    /// Tells GitHub something about the run of this rollback.
    pub async fn order(&self, id: RollbackId, word: Word) -> Result<String, Trouble> {
        self.answer(|reply| Message::Order(id, word, reply)).await
    }

    pub async fn rollback(&self, id: RollbackId) -> Result<RollbackView, Trouble> {
        self.answer(|reply| Message::Rollback(id, reply)).await
    }

    pub async fn rollbacks(&self) -> Result<Vec<RollbackSummary>, Trouble> {
        self.answer(Message::Rollbacks).await
    }

    pub async fn start_rollout(&self, plan: RolloutPlan) -> Result<RolloutView, Trouble> {
        self.answer(|reply| Message::StartRollout(Box::new(plan), reply)).await
    }

    pub(crate) async fn rollout(&self, id: RolloutId) -> Result<RolloutView, Trouble> {
        self.answer(|reply| Message::Rollout(id, reply)).await
    }

    /// Without a wish: somebody drives it.
    pub async fn ask_rollout(&self, id: RolloutId, asked: Option<Asked>) -> Result<(), Trouble> {
        self.answer(|reply| Message::AskRollout(id, asked, reply)).await
    }

    pub async fn inbox(&self) -> Result<Vec<InboxItem>, Trouble> {
        self.answer(Message::Inbox).await
    }

    pub async fn read_inbox(&self) -> Result<(), Trouble> {
        self.answer(Message::ReadInbox).await
    }

    pub(crate) async fn settings(&self, request: settings::Request) -> Result<SettingsView, Trouble> {
        self.answer(|reply| Message::Settings(request, reply)).await
    }

    /// Asks GitHub, the keychain and the desktop anew; their answers come with notices.
    pub async fn check_settings(&self) -> Result<SettingsView, Trouble> {
        self.settings(settings::Request::Check).await
    }

    /// Brings the window to the front.
    pub(crate) fn show_window(&self) {
        self.send(Message::ShowWindow);
    }

    /// The same, with the inbox open.
    pub(crate) fn show_inbox(&self) {
        self.send(Message::ShowInbox);
    }

    pub async fn choose_countdown(&self, countdown: Countdown) -> Result<SettingsView, Trouble> {
        self.settings(settings::Request::Countdown(countdown)).await
    }

    pub(crate) async fn people(&self) -> Result<People, Trouble> {
        people(&self.sender).await
    }

    /// This incident changed: the window and the outbox look at it.
    pub(crate) fn told(&self, id: &IncidentId) {
        self.send(Message::Rung(Some(id.clone())));
    }

    pub(crate) async fn notes(&self) -> Result<Notes, Trouble> {
        self.answer(Message::Notes).await
    }

    pub(crate) fn postmortems_changed(&self) {
        self.send(Message::PostmortemsChanged);
    }

    async fn answer<T>(&self, message: impl FnOnce(Reply<T>) -> Message) -> Result<T, Trouble> {
        answer(&self.sender, message).await
    }

    /// The controller ends only with the program; then nobody waits.
    fn send(&self, message: Message) {
        drop(self.sender.send(message));
    }
}

/// What commands about incidents stand on, for tasks that hold no host.
pub(super) async fn people(sender: &mpsc::UnboundedSender<Message>) -> Result<People, Trouble> {
    answer(sender, Message::People).await
}

async fn answer<T>(
    controller: &mpsc::UnboundedSender<Message>,
    message: impl FnOnce(Reply<T>) -> Message,
) -> Result<T, Trouble> {
    let (sender, receiver) = oneshot::channel();
    drop(controller.send(message(Reply::new(sender))));
    receiver.await.unwrap_or_else(|_| {
        Err(Trouble::new(Code::Internal, "Lastgood is closing.", "Start it again; the journal knows where it stood."))
    })
}
