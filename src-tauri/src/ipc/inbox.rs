//! The inbox: what called the person, kept where notification services forget.

use lastgood_core::ports::world::About;
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
    pub place: AlertPlace,
    pub read: bool,
}

/// A view that something leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum AlertPlace {
    Timeline,
    Rollback { id: String },
    Incident { id: String },
    WayUp { rollback: Option<String> },
    Settings,
}

impl AlertPlace {
    pub(crate) fn of(about: &About) -> Self {
        match about {
            About::Timeline => Self::Timeline,
            About::Rollback(id) => Self::Rollback { id: id.to_string() },
            About::Incident(id) => Self::Incident { id: id.to_string() },
            About::WayUp(behind) => Self::WayUp { rollback: behind.as_ref().map(ToString::to_string) },
            About::Settings => Self::Settings,
        }
    }
}

#[tauri::command]
pub(crate) async fn inbox(host: State<'_, Host>) -> Result<Vec<InboxItem>, UiError> {
    Ok(host.inbox().await?)
}

#[tauri::command]
pub(crate) async fn read_inbox(host: State<'_, Host>) -> Result<(), UiError> {
    Ok(host.read_inbox().await?)
}
