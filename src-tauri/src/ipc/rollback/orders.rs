//! Approving, rejecting and cancelling the run of a rollback.

use lastgood_core::ids::{EnvironmentName, RollbackId};
use lastgood_core::ports::forge::PendingApproval;
use lastgood_core::rollback::event::RunOrder;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::controller::{Host, Word};
use crate::ipc::error::UiError;

/// An environment that the run may not enter yet.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalView {
    pub environment: String,
    /// People by login, teams by name; one of them decides. Empty: nobody is named.
    pub reviewers: Vec<String>,
    /// Whoever is signed in is one of them.
    pub can_approve: bool,
    pub wait_minutes: u32,
}

#[tauri::command]
pub(crate) async fn approvals(host: State<'_, Host>, id: String) -> Result<Vec<ApprovalView>, UiError> {
    let pending = host.approvals(RollbackId::new(id)).await?;
    Ok(pending.into_iter().map(view).collect())
}

/// The words say what became of it.
#[tauri::command]
pub(crate) async fn decide_run(
    host: State<'_, Host>,
    id: String,
    environment: String,
    approve: bool,
    comment: String,
) -> Result<String, UiError> {
    let order = if approve { RunOrder::Approve } else { RunOrder::Reject };
    let environment = Some(EnvironmentName::new(environment));
    Ok(host.order(RollbackId::new(id), Word { order, environment, comment }).await?)
}

#[tauri::command]
pub(crate) async fn cancel_run(host: State<'_, Host>, id: String) -> Result<String, UiError> {
    let word = Word { order: RunOrder::Cancel, environment: None, comment: String::new() };
    Ok(host.order(RollbackId::new(id), word).await?)
}

fn view(pending: PendingApproval) -> ApprovalView {
    ApprovalView {
        environment: pending.environment.to_string(),
        reviewers: pending.reviewers,
        can_approve: pending.can_approve,
        wait_minutes: pending.wait_minutes,
    }
}
