//! Rollbacks as the window asks for them: planned and begun, shown, and told what a person wants.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::arming::unmoved;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, TagName};
use lastgood_core::planning::Wish;
use lastgood_core::ports::Journal;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::checks::armed::Armed;
use lastgood_core::rollback::plan::Plan;

use super::Controller;
use super::driving::{Driving, Left, Why, run};
use super::message::{Message, Reply};
use crate::ipc::notice::Notice;
use crate::ipc::rollback::view::{self, Driver};
use crate::ipc::rollback::{RollbackSummary, RollbackView};

/// How the deploy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the workflow on GitHub.
    Workflow,
    /// The same, forward to the release that a rollback left: its quarantine is lifted once it proved itself.
    Forward,
    /// By the environment's own command on this machine, because a person said so.
    Here,
}

impl Controller {
    /// Plans from what is known, without waiting for anything, and begins.
    pub(super) fn start_rollback(
        &mut self,
        environment: &EnvironmentName,
        tag: TagName,
        reason: String,
        way: Way,
        reply: Reply<RollbackView>,
    ) {
        let planned = self.plan(environment, tag, reason, way);
        let (session, (plan, armed)) = match (self.session.as_ref(), planned) {
            (Some(session), Ok(planned)) => (session, planned),
            (_, Err(trouble)) => return reply.send(Err(trouble)),
            (None, Ok(_)) => return reply.send(Err(super::session::nothing_open())),
        };
        let (bell, audience) = self.audience();
        let (workspace, rehearsal) = (Arc::clone(&session.workspace), self.rehearsal.clone());
        let sender = self.sender.clone();
        tauri::async_runtime::spawn(async move {
            match workspace.begin_armed(plan, audience, armed).await {
                Ok(drive) => {
                    let rollback = drive.rollback().clone();
                    let facts = workspace.journal().of_rollback(&rollback.id).await.unwrap_or_default();
                    run(drive, Driving { rollback, facts, bell, workspace, rehearsal }, sender, Some(reply)).await;
                }
                Err(trouble) => drop(sender.send(Message::Driving(Box::new(Err(trouble)), Some(reply)))),
            }
        });
    }

    fn plan(
        &self,
        environment: &EnvironmentName,
        tag: TagName,
        reason: String,
        way: Way,
    ) -> Result<(Plan, Option<Armed>), Trouble> {
        let session = self.session()?;
        let known = session.known.as_ref().ok_or_else(super::session::nothing_open)?;
        let wish = Wish {
            to: Some(tag),
            reason: reason.trim().to_owned(),
            who: session.who(),
            countdown: SignedDuration::from_secs(i64::from(self.undo_seconds())),
            rehearsal: session.workspace.is_rehearsal(),
        };
        let plan = match way {
            Way::Workflow => session.workspace.plan(environment.as_str(), wish, known)?,
            Way::Forward => {
                let plan = session.workspace.plan(environment.as_str(), wish, known)?;
                plan.freeing(&known.environment(environment.as_str())?.quarantined)
            }
            Way::Here => session.workspace.plan_local(environment.as_str(), wish, known)?,
        };
        let arming = session.arming.get(environment);
        let pinned = arming.and_then(|arming| arming.said());
        unmoved(pinned.map(|said| (&said.plan.to, &said.plan.object)), &plan.to, &plan.object)?;
        Ok((plan, arming.and_then(|arming| arming.armed())))
    }

    pub(super) fn ask(&self, id: &RollbackId, request: Request) -> Result<(), Trouble> {
        if self.driving.get(id).is_some_and(|driving| driving.bell.ring(request)) {
            return Ok(());
        }
        let message = "This rollback is not driven from this window.";
        Err(Trouble::new(Code::RollbackUnknown, message, "It is over, or another Lastgood on this machine drives it."))
    }

    pub(super) async fn rollback_view(&self, id: &RollbackId) -> Result<RollbackView, Trouble> {
        if let Some(driving) = self.driving.get(id) {
            return Ok(self.view_of_driven(driving));
        }
        let workspace = &self.session()?.workspace;
        let rollback = workspace.rollback(id).await?;
        let facts = workspace.journal().of_rollback(id).await?;
        let foreign = facts.first().filter(|fact| fact.subject.repository != workspace.key());
        let driver = match self.left.get(id).map(|left: &Left| &left.why) {
            None | Some(Why::Untried) => Driver::Coming,
            Some(Why::Waits) => Driver::Waits,
            Some(Why::Elsewhere(trouble)) => Driver::Another(trouble),
            Some(Why::Broken(trouble)) => Driver::Broken(trouble),
        };
        let history = workspace.facts().await?;
        let view = view::rollback(&rollback, &facts, &history, &driver);
        Ok(RollbackView { elsewhere: foreign.map(|fact| fact.subject.repository.clone()), ..view })
    }

    pub(super) fn view_of_driven(&self, driving: &Driving) -> RollbackView {
        let open = self.session.as_ref().filter(|session| session.workspace.key() == driving.workspace.key());
        let known = open.and_then(|session| session.known.as_ref());
        let history = known.map_or(&[][..], |known| &known.facts);
        let view = view::rollback(&driving.rollback, &driving.facts, history, &Driver::Here);
        RollbackView { elsewhere: open.is_none().then(|| view::name_of(&driving.workspace)), ..view }
    }

    pub(super) async fn tell_rollback(&self, id: &RollbackId) {
        match self.rollback_view(id).await {
            Ok(view) => self.tell(Notice::Rollback { rollback: Box::new(view) }),
            Err(trouble) => tracing::warn!("{trouble}"),
        }
    }

    /// Newest first.
    pub(super) async fn rollback_summaries(&self) -> Result<Vec<RollbackSummary>, Trouble> {
        let rollbacks = self.session()?.workspace.rollbacks().await?;
        Ok(rollbacks.iter().rev().map(view::summary).collect())
    }
}
