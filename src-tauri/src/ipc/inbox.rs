//! The inbox: what called the person, kept where notification services forget.

use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::Host;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InboxItem {
    #[ts(type = "number")]
    pub id: u64,
    pub at: String,
    pub title: String,
    pub body: String,
    pub rollback: Option<String>,
    pub read: bool,
}

#[tauri::command]
pub(crate) async fn inbox(host: State<'_, Host>) -> Result<Vec<InboxItem>, UiError> {
    Ok(host.inbox().await?)
}

#[tauri::command]
pub(crate) async fn read_inbox(host: State<'_, Host>) -> Result<(), UiError> {
    Ok(host.read_inbox().await?)
}
