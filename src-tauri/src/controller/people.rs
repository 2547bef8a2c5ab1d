//! Incidents and the people who must know: one task keeps the outbox and the clocks of an open repository.

use std::sync::Arc;
use std::time::Duration;

use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::telling::Telling;
use lastgood_adapters::workspace::Workspace;
use lastgood_core::error::Trouble;
use lastgood_core::ids::IncidentId;
use lastgood_core::incident::cadence::{Reminder, Urgency};
use lastgood_core::incident::event::Event;
use lastgood_core::incident::{Audience, Incident};
use lastgood_core::ports::Clock;
use lastgood_core::ports::world::Alert;
use lastgood_core::rollback::Rollback;
use tokio::sync::{Notify, mpsc};

use super::Controller;
use super::message::Message;
use crate::ipc::incident::commands;
use crate::ipc::notice::Notice;

/// How often clocks and the outbox are looked at when nobody rings.
const ROUND: Duration = Duration::from_secs(5);

/// What commands about incidents stand on.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) telling: Arc<Telling>,
}

/// The task of one open repository; it ends with it.
pub(super) struct Keeper {
    bell: Arc<Notify>,
    task: tauri::async_runtime::JoinHandle<()>,
}

impl Keeper {
    /// There is something to send, or to be reminded of.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Controller {
    /// Made anew after each look at the world: who is signed in and what the settings say may have changed.
    pub(super) fn people(&mut self) -> Result<People, Trouble> {
        let session = self.session.as_mut().ok_or_else(super::session::nothing_open)?;
        let telling = match &session.telling {
            Some(telling) => Arc::clone(telling),
            None => Arc::clone(session.telling.insert(Arc::new(session.workspace.telling()?))),
        };
        Ok(People { workspace: Arc::clone(&session.workspace), telling })
    }

    pub(super) fn keep_people(&mut self) {
        let bell = Arc::new(Notify::new());
        let task = tauri::async_runtime::spawn(keep(self.sender.clone(), Arc::clone(&bell)));
        if let Some(session) = &mut self.session {
            session.keeper = Some(Keeper { bell, task });
        }
    }

    /// An incident changed: the window hears of it, and the outbox looks.
    pub(super) fn told(&mut self, id: Option<IncidentId>) {
        if let Some(keeper) = self.session.as_ref().and_then(|session| session.keeper.as_ref()) {
            keeper.ring();
        }
        let Ok(people) = self.people() else { return };
        let sender = self.sender.clone();
        tauri::async_runtime::spawn(async move {
            match commands::summaries(&people).await {
                Ok(incidents) => drop(sender.send(Message::Tell(Box::new(Notice::Incidents { incidents })))),
                Err(trouble) => tracing::warn!("{trouble}"),
            }
            for id in id.into_iter().chain(open(&people).await) {
                if let Ok(incident) = commands::whole(&people, &id).await {
                    drop(sender.send(Message::Tell(Box::new(Notice::Incident { incident: Box::new(incident) }))));
                }
            }
        });
    }

    /// A rollback opens its incident, where the settings want one.
    pub(super) fn tell_of(&mut self, rollback: &Rollback) {
        if rollback.end.is_some() {
            return;
        }
        let Ok(people) = self.people() else { return };
        let (sender, rollback) = (self.sender.clone(), rollback.clone());
        tauri::async_runtime::spawn(async move {
            match people.telling.rollback_began(&rollback).await {
                Ok(Some(incident)) => drop(sender.send(Message::Told(Some(incident.id)))),
                Ok(None) => {}
                Err(trouble) => tracing::warn!("{trouble}"),
            }
        });
    }
}

async fn open(people: &People) -> Vec<IncidentId> {
    let all = people.telling.incidents().await.unwrap_or_default();
    all.into_iter().filter(Incident::is_open).map(|incident| incident.id).collect()
}

/// Sends what waits and says what is due, until the repository is closed.
async fn keep(sender: mpsc::UnboundedSender<Message>, bell: Arc<Notify>) {
    loop {
        if let Err(trouble) = round(&sender).await {
            tracing::warn!("{trouble}");
        }
        // Rung or not, it looks again: a message may go, or become due, by the clock alone.
        drop(tokio::time::timeout(ROUND, bell.notified()).await);
    }
}

async fn round(sender: &mpsc::UnboundedSender<Message>) -> Result<(), Trouble> {
    let people = super::host::people(sender).await?;
    let gone = people.telling.send_queued().await?;
    for id in gone.into_iter().map(|gone| gone.incident).collect::<std::collections::BTreeSet<_>>() {
        drop(sender.send(Message::Told(Some(id))));
    }
    for (incident, reminder) in people.telling.due(SystemClock.now()).await? {
        drop(sender.send(Message::CallFor(vec![alert(&incident, &reminder)])));
        let Reminder { audience, due, urgency } = reminder;
        people.telling.write(&incident.id, Event::IncidentReminded { audience, due, urgency }).await?;
        drop(sender.send(Message::Told(Some(incident.id))));
    }
    Ok(())
}

fn alert(incident: &Incident, reminder: &Reminder) -> Alert {
    let whom = match reminder.audience {
        Audience::Team => "the team",
        Audience::Leads => "leads",
        Audience::Customers => "customers",
    };
    let (title, urgent) = match reminder.urgency {
        Urgency::Soon => (format!("An update to {whom} is due soon"), false),
        Urgency::Now => (format!("An update to {whom} is due"), true),
    };
    Alert {
        title,
        body: format!("{}. Open the room to send one, or say “nothing new”.", incident.title),
        urgent,
        rollback: None,
    }
}
