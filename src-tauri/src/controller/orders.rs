//! What a person tells GitHub about the run of a rollback, whoever drives that.

use std::sync::Arc;

use lastgood_adapters::workspace::{OrderWish, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, RunId};
use lastgood_core::ports::forge::PendingApproval;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::event::RunOrder;

use super::Controller;
use super::message::Reply;

/// The order itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub order: RunOrder,
    /// The environment that the run may enter or not; the rollback's own where none is named.
    pub environment: Option<EnvironmentName>,
    pub comment: String,
}

impl Controller {
    pub(super) fn approvals(&self, id: RollbackId, reply: Reply<Vec<PendingApproval>>) {
        let Some(workspace) = self.workspace_of(&id) else { return reply.send(Err(super::session::nothing_open())) };
        tauri::async_runtime::spawn(async move {
            let answer = async { workspace.approvals(run_of(&workspace.rollback(&id).await?)?).await };
            reply.send(answer.await);
        });
    }

    pub(super) fn order(&self, id: RollbackId, word: Word, reply: Reply<String>) {
        let Some(workspace) = self.workspace_of(&id) else { return reply.send(Err(super::session::nothing_open())) };
        tauri::async_runtime::spawn(async move { reply.send(order(&workspace, id, word).await) });
    }

    /// The repository that this rollback is driven in, else the open one.
    pub(super) fn workspace_of(&self, id: &RollbackId) -> Option<Arc<Workspace>> {
        let driven = self.driving.get(id).map(|driving| &driving.workspace);
        driven.or(self.session.as_ref().map(|session| &session.workspace)).cloned()
    }
}

async fn order(workspace: &Workspace, id: RollbackId, word: Word) -> Result<String, Trouble> {
    let rollback = workspace.rollback(&id).await?;
    let run = run_of(&rollback)?;
    let by = workspace.account().await?;
    let Word { order, environment, comment } = word;
    let environment = environment.unwrap_or(rollback.plan.environment);
    workspace.order(OrderWish { run, environment, rollback: Some(id), order, by, comment }).await
}

fn run_of(rollback: &Rollback) -> Result<RunId, Trouble> {
    let no_run = || {
        let message = "No run of this rollback is known.";
        Trouble::new(Code::NothingWaits, message, "Wait until its deploy has begun.")
    };
    rollback.run.ok_or_else(no_run)
}
