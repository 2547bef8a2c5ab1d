//! Calling a person: for what a look at the world showed, and bringing the window back when they answer.
//!
//! What is noticed is no fact of a rollback. It is kept beside the journal, for the inbox, and may be lost.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_adapters::workspace::{Told, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ports::Desktop;
use lastgood_core::ports::world::{About, Alert};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::message::Message;
use super::{Controller, Screen};
use crate::ipc::inbox::{AlertPlace, InboxItem};
use crate::ipc::notice::Notice;

/// Under this name, and the repository's, the journal file keeps what was noticed.
const NOTICED: &str = "noticed";

/// Under this name, and the repository's, the journal file keeps what a person was called for.
const TOLD: &str = "told";

/// Older ones are of no use to anybody.
const KEPT: usize = 50;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noticed {
    at: Timestamp,
    title: String,
    body: String,
    #[serde(default)]
    about: About,
    read: bool,
}

/// What a rollback tells the desktop. The inbox has it too, whether or not a service shows it.
struct Kept {
    desktop: Arc<dyn Desktop>,
    sender: mpsc::UnboundedSender<Message>,
}

#[async_trait]
impl Desktop for Kept {
    async fn alert(&self, alert: &Alert) {
        drop(self.sender.send(Message::Alerted(Box::new(alert.clone()))));
        self.desktop.alert(alert).await;
    }
}

/// Alerts whose button brings the window to what they are about.
pub(super) fn desktop(screen: &dyn Screen, sender: &mpsc::UnboundedSender<Message>) -> Arc<dyn Desktop> {
    let sender = sender.clone();
    screen.alerts(Box::new(move |about| drop(sender.send(Message::AlertOpened(about)))))
}

impl Controller {
    /// For a rollback: what it calls for is kept in the inbox as well.
    pub(super) fn kept_desktop(&self) -> Arc<dyn Desktop> {
        Arc::new(Kept { desktop: Arc::clone(&self.desktop), sender: self.sender.clone() })
    }

    /// Keeps each for the inbox, then shows it.
    pub(super) async fn call_for(&mut self, news: Vec<Alert>) {
        if news.is_empty() {
            return;
        }
        let mut noticed = self.noticed();
        for alert in &news {
            let (title, body, about) = (alert.title.clone(), alert.body.clone(), alert.about.clone());
            noticed.push(Noticed { at: Timestamp::now(), title, body, about, read: false });
        }
        let surplus = noticed.len().saturating_sub(KEPT);
        noticed.drain(..surplus);
        if let Err(trouble) = self.keep_noticed(&noticed) {
            tracing::warn!("{trouble}");
        }
        self.tell_inbox().await;
        self.alert(news);
    }

    /// What a person was called for by the process before this one.
    pub(super) fn told_before(&self, workspace: &Workspace) -> Told {
        let kept = self.journal.recall(&name_of_told(workspace)).ok().flatten();
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Lost, it costs the person a call at the next start.
    pub(super) fn keep_told(&self, told: &Told) {
        let (Some(session), Ok(text)) = (&self.session, serde_json::to_string(told)) else { return };
        if let Err(trouble) = self.journal.remember(&name_of_told(&session.workspace), &text) {
            tracing::warn!("{trouble}");
        }
    }

    /// Calls the person; what it is about is kept elsewhere.
    pub(super) fn alert(&self, news: Vec<Alert>) {
        let desktop = Arc::clone(&self.desktop);
        tauri::async_runtime::spawn(async move {
            for alert in news {
                desktop.alert(&alert).await;
            }
        });
    }

    /// What a fact tells, or was noticed before, is there already.
    pub(super) async fn keep_alert(&mut self, alert: Alert) {
        let place = AlertPlace::of(&alert.about);
        let known = self.inbox().await.unwrap_or_default();
        if known.iter().any(|item| item.title == alert.title && item.place == place) {
            return;
        }
        let mut noticed = self.noticed();
        let Alert { title, body, about, .. } = alert;
        noticed.push(Noticed { at: Timestamp::now(), title, body, about, read: false });
        if let Err(trouble) = self.keep_noticed(&noticed) {
            tracing::warn!("{trouble}");
        }
        self.tell_inbox().await;
    }

    pub(super) fn noticed_items(&self) -> Vec<InboxItem> {
        self.noticed().into_iter().map(item).collect()
    }

    pub(super) fn read_noticed(&self) -> Result<(), Trouble> {
        let mut noticed = self.noticed();
        noticed.iter_mut().for_each(|one| one.read = true);
        self.keep_noticed(&noticed)
    }

    /// Brings the window to the front, and to what the alert is about. It changes nothing else.
    pub(super) fn show_window(&self, about: &About) {
        self.bring_window();
        self.tell(Notice::Show { place: AlertPlace::of(about) });
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

fn name_of_told(workspace: &Workspace) -> String {
    format!("{TOLD} {}", workspace.key())
}

fn item(noticed: Noticed) -> InboxItem {
    InboxItem {
        id: u64::try_from(noticed.at.as_microsecond()).unwrap_or_default(),
        at: noticed.at.to_string(),
        title: noticed.title,
        body: noticed.body,
        place: AlertPlace::of(&noticed.about),
        read: noticed.read,
    }
}
