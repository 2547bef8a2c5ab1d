//! Opening repositories.

use std::path::PathBuf;

use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use ts_rs::TS;

use super::error::UiError;
use super::notice::Notice;
use crate::controller::{Host, Wanted};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryView {
    pub name: String,
    /// `owner/name` on GitHub.
    pub slug: Option<String>,
    pub path: String,
    pub branch: Option<String>,
    /// Nothing here is real.
    pub rehearsal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecentRepository {
    pub name: String,
    pub path: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Startup {
    pub repository: Option<RepositoryView>,
    /// Why what was asked for did not open.
    pub trouble: Option<UiError>,
    pub recent: Vec<RecentRepository>,
    /// Length of the countdown; 0 where there is none.
    pub undo_seconds: u32,
    /// The button asks once more before it acts.
    pub ask_first: bool,
}

#[tauri::command]
pub(crate) async fn startup(host: State<'_, Host>) -> Result<Startup, UiError> {
    Ok(host.startup().await?)
}

#[tauri::command]
pub(crate) async fn watch(host: State<'_, Host>, channel: Channel<Notice>) -> Result<(), UiError> {
    host.watch(channel);
    Ok(())
}

#[tauri::command]
pub(crate) async fn open_rehearsal(host: State<'_, Host>) -> Result<RepositoryView, UiError> {
    Ok(host.open(Wanted::Rehearsal).await?)
}

#[tauri::command]
pub(crate) async fn open_repository(host: State<'_, Host>, path: PathBuf) -> Result<RepositoryView, UiError> {
    Ok(host.open(Wanted::Folder(path)).await?)
}

/// `None` when the person chose no folder.
#[tauri::command]
pub(crate) async fn choose_repository(
    window: WebviewWindow,
    host: State<'_, Host>,
) -> Result<Option<RepositoryView>, UiError> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // Without its window as parent, the dialog leaves a page behind that paints nothing before the next key or click.
    window.dialog().file().set_parent(&window).pick_folder(move |folder| drop(sender.send(folder)));
    let chosen = receiver.await.ok().flatten().and_then(|folder| folder.into_path().ok());
    match chosen {
        Some(path) => Ok(Some(host.open(Wanted::Folder(path)).await?)),
        None => Ok(None),
    }
}

#[tauri::command]
pub(crate) async fn open_link(host: State<'_, Host>, url: String) -> Result<(), UiError> {
    Ok(host.open_link(url).await?)
}
