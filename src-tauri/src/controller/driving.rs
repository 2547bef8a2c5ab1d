//! Who drives which rollback: this process, another one, or nobody; and taking up what nobody drives.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::desk::{Bell, desk};
use lastgood_adapters::workspace::{Audience, Drive, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RollbackId;
use lastgood_core::journal::Fact;
use lastgood_core::ports::world::{About, Alert};
use lastgood_core::ports::{Clock, Desktop, Journal, Watcher};
use lastgood_core::rollback::{Rollback, StepPhase};
use lastgood_rehearsal::Rehearsal;
use tokio::sync::mpsc;

use super::message::{Message, Reply};
use super::session::needs_person;
use super::{Controller, World};
use crate::ipc::inbox::{AlertPlace, InboxItem};
use crate::ipc::notice::Notice;
use crate::ipc::rollback::RollbackView;
use crate::ipc::rollback::view::elsewhere;

/// Under this name it is tried whether the journal's file takes anything at all.
const TRIED: &str = "tried";

/// A rollback that a task of this process drives.
pub(super) struct Driving {
    pub(super) rollback: Rollback,
    pub(super) facts: Vec<Fact>,
    pub(super) bell: Bell,
    pub(super) workspace: Arc<Workspace>,
    /// The loopback GitHub that it needs to its end, also when another repository is looked at.
    pub(super) rehearsal: Option<Arc<Rehearsal>>,
}

/// One that is not over and that this process does not drive.
pub(super) struct Left {
    pub(super) environment: String,
    pub(super) why: Why,
    since: Timestamp,
    read: bool,
    trying: bool,
}

pub(super) enum Why {
    /// It was not tried yet.
    Untried,
    /// It waits for a decision, and taking it up would keep it from whoever decides elsewhere.
    Waits,
    /// Another process has the turn.
    Elsewhere(Trouble),
    /// The drive broke off, or could not begin.
    Broken(Trouble),
}

impl Driving {
    pub(super) fn world(&self) -> World {
        (Arc::clone(&self.workspace), self.rehearsal.clone())
    }
}

impl Left {
    fn new(rollback: &Rollback) -> Self {
        let environment = rollback.plan.environment.to_string();
        Self { environment, why: Why::Untried, since: SystemClock.now(), read: false, trying: false }
    }

    /// Asking again by itself is of use, and a nuisance to nobody.
    fn may_be_tried(&self) -> bool {
        match &self.why {
            Why::Untried | Why::Elsewhere(_) => true,
            Why::Waits => false,
            Why::Broken(trouble) => !needs_person(trouble),
        }
    }
}

impl Controller {
    /// What the open repository's journal holds unfinished and nobody here drives.
    pub(super) async fn look_for_left(&mut self) {
        let Some(session) = &self.session else { return };
        let Ok(unfinished) = session.workspace.unfinished().await else { return };
        let goes_on = |id: &RollbackId| unfinished.iter().any(|rollback| rollback.id == *id);
        let ended: Vec<RollbackId> = self.left.keys().filter(|id| !goes_on(id)).cloned().collect();
        for id in &ended {
            self.left.remove(id);
            self.tell_rollback(id).await;
        }
        // A stage is taken up with its rollout.
        let is_left =
            |rollback: &&Rollback| !self.driving.contains_key(&rollback.id) && rollback.plan.rollout.is_none();
        let found: Vec<&Rollback> = unfinished.iter().filter(is_left).collect();
        for rollback in found {
            let left = self.left.entry(rollback.id.clone()).or_insert_with(|| Left::new(rollback));
            let waits = rollback.current().is_some_and(|step| step.phase == StepPhase::Inconclusive);
            match left.why {
                Why::Untried | Why::Elsewhere(_) if waits => left.why = Why::Waits,
                Why::Waits if !waits => left.why = Why::Untried,
                Why::Untried | Why::Waits | Why::Elsewhere(_) | Why::Broken(_) => {}
            }
            self.tell_rollback(&rollback.id).await;
        }
    }

    /// Each one that is left, whatever was in the way before: a repository was opened, or somebody signed in.
    pub(super) fn take_up_all(&mut self) {
        let all: Vec<RollbackId> = self.left.keys().cloned().collect();
        all.iter().for_each(|id| self.take_up(id));
    }

    /// Those whose process may have died, or whose trouble may have passed.
    pub(super) fn take_up_again(&mut self) {
        let tried = self.left.iter().filter(|(_, left)| left.may_be_tried());
        let tried: Vec<RollbackId> = tried.map(|(id, _)| id.clone()).collect();
        tried.iter().for_each(|id| self.take_up(id));
    }

    /// A person wants it driven from here.
    pub(super) async fn take_up_asked(&mut self, id: &RollbackId, reply: Reply<()>) {
        self.look_for_left().await;
        self.take_up(id);
        reply.send(Ok(()));
    }

    /// Once at a time. Who has the turn already keeps it.
    fn take_up(&mut self, id: &RollbackId) {
        let Some(session) = &self.session else { return };
        let Some(left) = self.left.get_mut(id).filter(|left| !left.trying) else { return };
        left.trying = true;
        let (workspace, rehearsal) = (Arc::clone(&session.workspace), self.rehearsal.clone());
        let ((bell, audience), id, sender) = (self.audience(), id.clone(), self.sender.clone());
        tauri::async_runtime::spawn(async move {
            match begin_again(&workspace, &id, audience).await {
                Ok((drive, facts)) => {
                    let rollback = drive.rollback().clone();
                    run(drive, Driving { rollback, facts, bell, workspace, rehearsal }, sender, None).await;
                }
                Err(trouble) => drop(sender.send(Message::NotTakenUp(id, trouble))),
            }
        });
    }

    pub(super) async fn not_taken_up(&mut self, id: &RollbackId, trouble: Trouble) {
        let Some(left) = self.left.get_mut(id) else { return };
        left.trying = false;
        let why = if trouble.code == Code::AlreadyRunning { Why::Elsewhere(trouble) } else { Why::Broken(trouble) };
        self.is_left(id, why).await;
    }

    /// From now on a task of this process drives it.
    pub(super) async fn driving(&mut self, driving: Result<Driving, Trouble>, reply: Option<Reply<RollbackView>>) {
        let driving = match driving {
            Ok(driving) => driving,
            Err(trouble) => return reply.into_iter().for_each(|reply| reply.send(Err(trouble.clone()))),
        };
        let (id, begun, workspace) =
            (driving.rollback.id.clone(), driving.rollback.clone(), Arc::clone(&driving.workspace));
        self.left.remove(&id);
        self.driving.insert(id.clone(), driving);
        match (reply, self.rollback_view(&id).await) {
            (Some(reply), view) => reply.send(view),
            (None, Ok(view)) => self.tell(Notice::Rollback { rollback: Box::new(view) }),
            (None, Err(trouble)) => tracing::warn!("{trouble}"),
        }
        if self.is_open(&workspace) {
            self.tell_of(&begun);
        }
        self.tell_elsewhere();
        self.tell_overview().await;
        self.tell_inbox().await;
    }

    pub(super) fn saw(&mut self, fact: Fact, rollback: Rollback) {
        let id = rollback.id.clone();
        if let Some(driving) = self.driving.get_mut(&id) {
            driving.rollback = rollback;
            driving.facts.push(fact);
        }
        let Some(driving) = self.driving.get(&id) else { return };
        self.tell(Notice::Rollback { rollback: Box::new(self.view_of_driven(driving)) });
        if !self.is_open(&driving.workspace) {
            self.tell_elsewhere();
        }
    }

    pub(super) async fn drive_ended(&mut self, id: &RollbackId, result: Result<(), Trouble>) {
        let Some(driven) = self.driving.remove(id) else { return };
        if let Err(trouble) = result {
            tracing::error!("rollback {id}: {trouble}");
            if self.is_open(&driven.workspace) {
                self.left.insert(id.clone(), Left::new(&driven.rollback));
                self.is_left(id, Why::Broken(trouble)).await;
            } else {
                self.call_for(vec![broke_off(id, driven.rollback.plan.environment.as_str(), &trouble)]).await;
            }
        }
        self.tell_elsewhere();
        self.facts_changed().await;
        // A look that is under way may have read GitHub before the end.
        self.refresh_anew();
    }

    /// Says why nobody here drives it; a person is called once for each trouble.
    async fn is_left(&mut self, id: &RollbackId, why: Why) {
        let Some(left) = self.left.get_mut(id) else { return };
        let known = matches!((&left.why, &why), (Why::Broken(before), Why::Broken(now)) if before.code == now.code);
        let news = match &why {
            Why::Broken(trouble) if !known => Some(broke_off(id, &left.environment, trouble)),
            Why::Broken(_) | Why::Elsewhere(_) | Why::Waits | Why::Untried => None,
        };
        left.why = why;
        self.tell_rollback(id).await;
        if let Some(news) = news {
            // Not kept with what was noticed: the journal's file may be what does not take anything.
            self.alert(vec![news]);
            self.tell_inbox().await;
        }
    }

    /// As long as they stand still they are in the inbox.
    pub(super) fn left_items(&self) -> Vec<InboxItem> {
        let item = |(id, left): (&RollbackId, &Left)| {
            let Why::Broken(trouble) = &left.why else { return None };
            let alert = broke_off(id, &left.environment, trouble);
            Some(InboxItem {
                id: u64::try_from(left.since.as_microsecond()).unwrap_or_default(),
                at: left.since.to_string(),
                title: alert.title,
                body: alert.body,
                place: AlertPlace::of(&alert.about),
                read: left.read,
            })
        };
        self.left.iter().filter_map(item).collect()
    }

    pub(super) fn read_left(&mut self) {
        self.left.values_mut().for_each(|left| left.read = true);
    }

    /// What is driven here and belongs to another repository than the one that is shown.
    pub(super) fn tell_elsewhere(&self) {
        let others = self.driving.values().filter(|driving| !self.is_open(&driving.workspace));
        let rollbacks = others.map(|driving| elsewhere(&driving.rollback, &driving.workspace)).collect();
        self.tell(Notice::Elsewhere { rollbacks });
    }

    pub(super) fn is_open(&self, workspace: &Workspace) -> bool {
        self.session.as_ref().is_some_and(|session| session.workspace.key() == workspace.key())
    }

    pub(super) fn audience(&self) -> (Bell, Audience) {
        audience(self.kept_desktop(), &self.sender)
    }
}

/// Whose requests come through the bell, and whose facts go to the controller.
pub(super) fn audience(desktop: Arc<dyn Desktop>, sender: &mpsc::UnboundedSender<Message>) -> (Bell, Audience) {
    let (desk, bell) = desk();
    let watcher = Arc::new(Relay { sender: sender.clone() });
    (bell, Audience { desktop, person: Arc::new(desk), watcher })
}

/// Takes the turn, and tries the journal: what cannot be written down is not gone on with.
async fn begin_again(
    workspace: &Workspace,
    id: &RollbackId,
    audience: Audience,
) -> Result<(Drive, Vec<Fact>), Trouble> {
    let drive = workspace.resume(id, audience).await?;
    workspace.journal().remember(TRIED, &SystemClock.now().to_string())?;
    Ok((drive, workspace.journal().of_rollback(id).await?))
}

fn broke_off(id: &RollbackId, environment: &str, trouble: &Trouble) -> Alert {
    Alert {
        title: format!("The rollback of {environment} stands still"),
        body: format!("{} {}", trouble.message, trouble.hint),
        urgent: true,
        about: About::Rollback(id.clone()),
    }
}

/// Drives it to its end, and tells the controller of both.
pub(super) async fn run(
    drive: Drive,
    driving: Driving,
    sender: mpsc::UnboundedSender<Message>,
    reply: Option<Reply<RollbackView>>,
) {
    drop(sender.send(Message::Driving(Box::new(Ok(driving)), reply)));
    drop(to_the_end(drive, &sender).await);
}

/// The same for one that somebody waits for.
pub(super) async fn run_stage(
    drive: Drive,
    driving: Driving,
    sender: &mpsc::UnboundedSender<Message>,
) -> Result<Rollback, Trouble> {
    drop(sender.send(Message::Driving(Box::new(Ok(driving)), None)));
    to_the_end(drive, sender).await
}

async fn to_the_end(drive: Drive, sender: &mpsc::UnboundedSender<Message>) -> Result<Rollback, Trouble> {
    let id = drive.rollback().id.clone();
    let result = drive.to_the_end().await;
    drop(sender.send(Message::DriveEnded(id, result.as_ref().map(drop).map_err(Clone::clone))));
    result
}

/// Passes each fact on to the controller.
struct Relay {
    sender: mpsc::UnboundedSender<Message>,
}

impl Watcher for Relay {
    fn saw(&self, fact: &Fact, rollback: &Rollback) {
        drop(self.sender.send(Message::Saw(Box::new(fact.clone()), Box::new(rollback.clone()))));
    }
}
