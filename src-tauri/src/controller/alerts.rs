//! Calling a person: for what a look at the world showed, and bringing the window back when they answer.
//!
//! What is noticed is no fact of a rollback. It is kept beside the journal, for the inbox, and may be lost.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::ids::RollbackId;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::Alert;
use serde::{Deserialize, Serialize};

use super::Controller;
use super::message::Message;
use crate::ipc::inbox::InboxItem;
use crate::ipc::notice::Notice;

/// Under this name, and the repository's, the journal file keeps what was noticed.
const NOTICED: &str = "noticed";

/// Older ones are of no use to anybody.
const KEPT: usize = 50;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noticed {
    at: Timestamp,
    title: String,
    body: String,
    read: bool,
}

impl Controller {
    /// Alerts whose button brings this window to what they are about.
    pub(super) fn desktop(&self) -> Arc<dyn Desktop> {
        let sender = self.sender.clone();
        self.screen.alerts(Box::new(move |rollback| drop(sender.send(Message::AlertOpened(rollback)))))
    }

    /// Keeps each for the inbox, then shows it.
    pub(super) async fn call_for(&mut self, news: Vec<Alert>) {
        if news.is_empty() {
            return;
        }
        let mut noticed = self.noticed();
        for alert in &news {
            let (title, body) = (alert.title.clone(), alert.body.clone());
            noticed.push(Noticed { at: Timestamp::now(), title, body, read: false });
        }
        let surplus = noticed.len().saturating_sub(KEPT);
        noticed.drain(..surplus);
        if let Err(trouble) = self.keep_noticed(&noticed) {
            tracing::warn!("{trouble}");
        }
        self.tell_inbox().await;
        self.alert(news);
    }

    /// Calls the person; what it is about is kept elsewhere.
    pub(super) fn alert(&self, news: Vec<Alert>) {
        let desktop = self.desktop();
        tauri::async_runtime::spawn(async move {
            for alert in news {
                desktop.alert(&alert).await;
            }
        });
    }

    pub(super) fn noticed_items(&self) -> Vec<InboxItem> {
        let item = |noticed: Noticed| InboxItem {
            id: u64::try_from(noticed.at.as_microsecond()).unwrap_or_default(),
            at: noticed.at.to_string(),
            title: noticed.title,
            body: noticed.body,
            rollback: None,
            read: noticed.read,
        };
        self.noticed().into_iter().map(item).collect()
    }

    pub(super) fn read_noticed(&self) -> Result<(), Trouble> {
        let mut noticed = self.noticed();
        noticed.iter_mut().for_each(|one| one.read = true);
        self.keep_noticed(&noticed)
    }

    /// Brings the window to the front, and to the rollback that the alert is about. It changes nothing else.
    pub(super) fn show_window(&self, rollback: Option<RollbackId>) {
        self.bring_window();
        self.tell(Notice::Show { rollback: rollback.map(|id| id.to_string()) });
    }

    pub(super) fn bring_window(&self) {
        self.screen.show();
    }

    fn noticed(&self) -> Vec<Noticed> {
        let Some(name) = self.name_of_noticed() else { return Vec::new() };
        let kept = self.journal.recall(&name).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn keep_noticed(&self, noticed: &[Noticed]) -> Result<(), Trouble> {
        match (self.name_of_noticed(), serde_json::to_string(noticed)) {
            (Some(name), Ok(text)) => self.journal.remember(&name, &text),
            _ => Ok(()),
        }
    }

    fn name_of_noticed(&self) -> Option<String> {
        let session = self.session.as_ref()?;
        Some(format!("{NOTICED} {}", session.workspace.key()))
    }
}
