//! Holds and quarantines by a person's hand.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::workspace::{HoldWish, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::record::{QuarantineRecord, Scope};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::ports::Clock;
use tauri::State;

use super::error::UiError;
use super::rollback::RollbackView;
use crate::controller::{Host, Notes};

/// `hours`: null is as long as the settings say.
#[tauri::command]
pub(crate) async fn take_hold(
    host: State<'_, Host>,
    environment: String,
    reason: String,
    hours: Option<u32>,
) -> Result<(), UiError> {
    change(&host, async |workspace, owner| {
        let environment = EnvironmentName::new(environment);
        workspace.take_hold(HoldWish { environment, owner, reason: said(&reason)?, hours }).await.map(drop)
    })
    .await
}

#[tauri::command]
pub(crate) async fn lift_hold(host: State<'_, Host>, environment: String, reason: String) -> Result<(), UiError> {
    change(&host, async |workspace, who| {
        workspace.lift_hold(&EnvironmentName::new(environment), &who, reason.trim()).await.map(drop)
    })
    .await
}

/// Takes it over from whoever has it.
#[tauri::command]
pub(crate) async fn break_hold(host: State<'_, Host>, environment: String, reason: String) -> Result<(), UiError> {
    change(&host, async |workspace, owner| {
        let environment = EnvironmentName::new(environment);
        workspace.break_hold(HoldWish { environment, owner, reason: said(&reason)?, hours: None }).await.map(drop)
    })
    .await
}

/// `environment`: null is everywhere. `hours`: null is until somebody lifts it.
#[tauri::command]
pub(crate) async fn quarantine(
    host: State<'_, Host>,
    environment: Option<String>,
    tag: String,
    reason: String,
    hours: Option<u32>,
) -> Result<(), UiError> {
    change(&host, async |workspace, owner| {
        let since = SystemClock.now();
        let expires = hours.and_then(|hours| since.checked_add(SignedDuration::from_hours(hours.into())).ok());
        let scope = environment
            .map_or(Scope::Everywhere, |environment| Scope::Environments(vec![EnvironmentName::new(environment)]));
        let (tag, reason) = (TagName::new(tag), said(&reason)?);
        workspace.quarantine(QuarantineRecord { tag, owner, reason, since, expires, scope }).await.map(drop)
    })
    .await
}

/// Wherever it counts.
#[tauri::command]
pub(crate) async fn lift_quarantine(host: State<'_, Host>, tag: String, reason: String) -> Result<(), UiError> {
    change(&host, async |workspace, who| {
        workspace.lift_quarantine(&TagName::new(tag), &who, &said(&reason)?).await.map(drop)
    })
    .await
}

/// Back up to the release that a rollback left: it is deployed like a target, and its quarantine is lifted once it proved
/// itself.
#[tauri::command]
pub(crate) async fn roll_forward(
    host: State<'_, Host>,
    environment: String,
    tag: String,
    reason: String,
) -> Result<RollbackView, UiError> {
    let reason = said(&reason)?;
    Ok(host.roll_forward(EnvironmentName::new(environment), TagName::new(tag), reason).await?)
}

/// Asks the remote as the person whom others know; the window then shows what became of it.
async fn change<Change, Done>(host: &Host, change: Change) -> Result<(), UiError>
where
    Change: FnOnce(Arc<Workspace>, String) -> Done,
    Done: Future<Output = Result<(), Trouble>>,
{
    let notes = host.notes().await?;
    let who = who(&notes).await?;
    let done = change(notes.workspace, who).await;
    host.holds_changed();
    Ok(done?)
}

/// Others read it on the remote, so it is nobody's guess.
async fn who(notes: &Notes) -> Result<String, Trouble> {
    match notes.known.as_ref().and_then(|known| known.forge.as_ref().ok()) {
        Some(forge) => Ok(format!("@{}", forge.account)),
        None => notes.workspace.account().await,
    }
}

fn said(reason: &str) -> Result<String, Trouble> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Trouble::new(Code::Usage, "This needs a reason.", "Say why: everybody reads it."));
    }
    Ok(reason.to_owned())
}
