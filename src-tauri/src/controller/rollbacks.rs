//! Rollbacks under way: each is driven by a task of its own; requests reach it through its bell.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_adapters::desk::desk;
use lastgood_adapters::workspace::{Audience, Drive};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, TagName};
use lastgood_core::journal::Fact;
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::Request;
use lastgood_core::ports::{Journal, Watcher};
use lastgood_core::rollback::Rollback;
use tokio::sync::mpsc;

use super::message::{Driving, Message, Reply};
use super::{Controller, UNDO_SECONDS};
use crate::ipc::notice::Notice;
use crate::ipc::rollback::view;
use crate::ipc::rollback::{RollbackSummary, RollbackView};

impl Controller {
    /// Plans from what is known, without waiting for anything, and begins.
    pub(super) fn start_rollback(
        &mut self,
        environment: &EnvironmentName,
        tag: TagName,
        reason: String,
        reply: Reply<RollbackView>,
    ) {
        let planned = self.plan(environment, tag, reason);
        let (session, plan) = match (self.session.as_ref(), planned) {
            (Some(session), Ok(plan)) => (session, plan),
            (_, Err(trouble)) => return reply.send(Err(trouble)),
            (None, Ok(_)) => return reply.send(Err(super::session::nothing_open())),
        };
        let (bell_side, audience) = self.audience();
        let (workspace, opened, sender) = (Arc::clone(&session.workspace), self.opened, self.sender.clone());
        tauri::async_runtime::spawn(async move {
            match workspace.begin(plan, audience).await {
                Ok(drive) => run(drive, bell_side, Vec::new(), opened, sender, Some(reply)).await,
                Err(trouble) => drop(sender.send(Message::Driving(opened, Box::new(Err(trouble)), Some(reply)))),
            }
        });
    }

    fn plan(
        &self,
        environment: &EnvironmentName,
        tag: TagName,
        reason: String,
    ) -> Result<lastgood_core::rollback::plan::Plan, Trouble> {
        let session = self.session()?;
        let known = session.known.as_ref().ok_or_else(super::session::nothing_open)?;
        let wish = Wish {
            to: Some(tag),
            reason: reason.trim().to_owned(),
            who: session.who(),
            countdown: SignedDuration::from_secs(i64::from(UNDO_SECONDS)),
            rehearsal: session.workspace.is_rehearsal(),
        };
        let plan = session.workspace.plan(environment.as_str(), wish, known)?;
        let armed = session.arming.get(environment).filter(|arming| arming.target == plan.to);
        if armed.is_some_and(|arming| arming.object != plan.object) {
            let message = format!("{} moved since it was armed.", plan.to);
            return Err(Trouble::new(Code::TagMissing, message, "Wait until it is armed again, and look what moved."));
        }
        Ok(plan)
    }

    /// What an earlier process left, unless another one drives it now.
    pub(super) async fn take_up_unfinished(&mut self) {
        let Ok(session) = self.session() else { return };
        let workspace = Arc::clone(&session.workspace);
        for rollback in workspace.unfinished().await.unwrap_or_default() {
            let (bell, audience) = self.audience();
            let (workspace, opened, sender) = (Arc::clone(&workspace), self.opened, self.sender.clone());
            let facts = workspace.journal().of_rollback(&rollback.id).await.unwrap_or_default();
            tauri::async_runtime::spawn(async move {
                match workspace.resume(&rollback.id, audience).await {
                    Ok(drive) => run(drive, bell, facts, opened, sender, None).await,
                    Err(trouble) => tracing::info!("{trouble}"),
                }
            });
        }
    }

    /// From now on a task of this process drives it.
    pub(super) async fn driving(
        &mut self,
        opened: u64,
        driving: Result<Driving, Trouble>,
        reply: Option<Reply<RollbackView>>,
    ) {
        let driving = match driving {
            Ok(driving) => driving,
            Err(trouble) => {
                if let Some(reply) = reply {
                    reply.send(Err(trouble));
                }
                return;
            }
        };
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        let history = session.known.as_ref().map_or(&[][..], |known| &known.facts);
        let view = view::rollback(&driving.rollback, &driving.facts, history);
        let begun = driving.rollback.clone();
        // Facts may have arrived first; they know more.
        session.driving.entry(driving.rollback.id.clone()).or_insert(driving);
        match reply {
            Some(reply) => reply.send(Ok(view)),
            None => self.tell(Notice::Rollback { rollback: Box::new(view) }),
        }
        self.tell_of(&begun);
        self.tell_overview().await;
    }

    pub(super) async fn saw(&mut self, fact: Fact, rollback: Rollback) {
        let Some(session) = &mut self.session else { return };
        let Some(driving) = session.driving.get_mut(&rollback.id) else { return };
        driving.rollback = rollback;
        driving.facts.push(fact);
        let history = session.known.as_ref().map_or(&[][..], |known| &known.facts);
        let view = view::rollback(&driving.rollback, &driving.facts, history);
        self.tell(Notice::Rollback { rollback: Box::new(view) });
    }

    pub(super) async fn drive_ended(&mut self, id: &RollbackId, result: Result<(), Trouble>) {
        if let Err(trouble) = result {
            tracing::error!("rollback {id}: {trouble}");
        }
        if let Some(session) = &mut self.session {
            session.driving.remove(id);
        }
        self.facts_changed().await;
        self.refresh();
    }

    pub(super) fn ask(&self, id: &RollbackId, request: Request) -> Result<(), Trouble> {
        let driving = self.session()?.driving.get(id);
        if driving.is_some_and(|driving| driving.bell.ring(request)) {
            return Ok(());
        }
        let message = "This rollback is not driven from this window.";
        Err(Trouble::new(Code::RollbackUnknown, message, "It is over, or another Lastgood on this machine drives it."))
    }

    pub(super) async fn rollback_view(&self, id: &RollbackId) -> Result<RollbackView, Trouble> {
        let session = self.session()?;
        let history = session.workspace.facts().await?;
        if let Some(driving) = session.driving.get(id) {
            return Ok(view::rollback(&driving.rollback, &driving.facts, &history));
        }
        let rollback = session.workspace.rollback(id).await?;
        let facts = session.workspace.journal().of_rollback(id).await?;
        Ok(view::rollback(&rollback, &facts, &history))
    }

    /// Newest first.
    pub(super) async fn rollback_summaries(&self) -> Result<Vec<RollbackSummary>, Trouble> {
        let rollbacks = self.session()?.workspace.rollbacks().await?;
        Ok(rollbacks.iter().rev().map(view::summary).collect())
    }

    /// Unfinished ones that another process drives are shown as they stand in the journal.
    pub(super) async fn tell_foreign_rollbacks(&self) {
        let Some(session) = &self.session else { return };
        for rollback in session.workspace.unfinished().await.unwrap_or_default() {
            if !session.driving.contains_key(&rollback.id)
                && let Ok(rollback) = self.rollback_view(&rollback.id).await
            {
                self.tell(Notice::Rollback { rollback: Box::new(rollback) });
            }
        }
    }

    fn audience(&self) -> (lastgood_adapters::desk::Bell, Audience) {
        let (desk, bell) = desk();
        let audience = Audience {
            desktop: Arc::new(self.desktop()),
            person: Arc::new(desk),
            watcher: Arc::new(Relay { sender: self.sender.clone() }),
        };
        (bell, audience)
    }
}

async fn run(
    drive: Drive,
    bell: lastgood_adapters::desk::Bell,
    facts: Vec<Fact>,
    opened: u64,
    sender: mpsc::UnboundedSender<Message>,
    reply: Option<Reply<RollbackView>>,
) {
    let rollback = drive.rollback().clone();
    let id = rollback.id.clone();
    drop(sender.send(Message::Driving(opened, Box::new(Ok(Driving { rollback, facts, bell })), reply)));
    let result = drive.to_the_end().await.map(drop);
    drop(sender.send(Message::DriveEnded(id, result)));
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
