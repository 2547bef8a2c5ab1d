//! Incidents and the people who must know: one task keeps the outbox of an open repository, and one its clocks.

use std::sync::Arc;
use std::time::Duration;

use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::telling::{Gone, Silent, Telling};
use lastgood_adapters::workspace::Workspace;
use lastgood_core::error::Trouble;
use lastgood_core::ids::IncidentId;
use lastgood_core::incident::cadence::{Reminder, Urgency};
use lastgood_core::incident::event::Event;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Audience, Incident};
use lastgood_core::ports::Clock;
use lastgood_core::ports::world::{About, Alert};
use lastgood_core::rollback::Rollback;
use tokio::sync::{Notify, mpsc};

use super::Controller;
use super::message::Message;
use crate::ipc::incident::commands;
use crate::ipc::notice::Notice;

/// How often clocks and the outbox are looked at when nobody rings: another process may have written.
const ROUND: Duration = Duration::from_secs(5);

/// However soon something is due, what came to nothing is not tried again at once.
const BREATH: Duration = Duration::from_secs(1);

/// What commands about incidents stand on.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) telling: Arc<Telling>,
}

/// The tasks of one open repository; they end with it.
pub(super) struct Keeper {
    bell: Arc<Notify>,
    outbox: tauri::async_runtime::JoinHandle<()>,
    clocks: tauri::async_runtime::JoinHandle<()>,
}

impl Keeper {
    /// There is something to send, or to be reminded of.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.outbox.abort();
        self.clocks.abort();
    }
}

impl Controller {
    /// Made anew after each look at the world: who is signed in and what the settings say may have changed.
    pub(super) fn people(&mut self) -> Result<People, Trouble> {
        let session = self.session.as_mut().ok_or_else(super::session::nothing_open)?;
        let telling = match &session.telling {
            Some(telling) => Arc::clone(telling),
            None => {
                let (who, settled) = (session.who(), session.workspace.is_settled());
                let telling = session.workspace.telling_so_far()?;
                let telling = Arc::new(if who.starts_with('@') { telling.of_person(who) } else { telling });
                // While the keychain is waited for, it knows no GitHub, and is not kept.
                session.telling = settled.then(|| Arc::clone(&telling));
                telling
            }
        };
        Ok(People { workspace: Arc::clone(&session.workspace), telling })
    }

    pub(super) fn keep_people(&mut self) {
        let bell = Arc::new(Notify::new());
        let outbox = tauri::async_runtime::spawn(keep(self.sender.clone(), Arc::clone(&bell)));
        let clocks = tauri::async_runtime::spawn(watch_clocks(self.sender.clone()));
        if let Some(session) = &mut self.session {
            session.keeper = Some(Keeper { bell, outbox, clocks });
        }
    }

    /// A person changed an incident, or its rollback went on: the outbox looks, and the window hears of it.
    pub(super) fn rung(&mut self, id: Option<IncidentId>) {
        if let Some(keeper) = self.session.as_ref().and_then(|session| session.keeper.as_ref()) {
            keeper.ring();
        }
        self.told(id);
    }

    /// An incident changed: the window hears of it.
    pub(super) fn told(&mut self, id: Option<IncidentId>) {
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

    /// A rollback opens its incident, where the settings want one, and what there is to tell follows it.
    pub(super) fn tell_of(&mut self, rollback: &Rollback) {
        let Ok(people) = self.people() else { return };
        let (sender, rollback) = (self.sender.clone(), rollback.clone());
        tauri::async_runtime::spawn(async move {
            match people.telling.follow(&rollback).await {
                Ok(Some(incident)) => drop(sender.send(Message::Rung(Some(incident.id)))),
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

/// Says what is due, until the repository is closed. It waits for no keychain and no service.
async fn watch_clocks(sender: mpsc::UnboundedSender<Message>) {
    loop {
        if let Err(trouble) = remind(&sender).await {
            tracing::warn!("{trouble}");
        }
        tokio::time::sleep(ROUND).await;
    }
}

async fn remind(sender: &mpsc::UnboundedSender<Message>) -> Result<(), Trouble> {
    let people = super::host::people(sender).await?;
    for (incident, reminder) in people.telling.due(SystemClock.now()).await? {
        drop(sender.send(Message::CallFor(vec![alert(&incident, &reminder)])));
        let Reminder { audience, due, urgency } = reminder;
        people.telling.write(&incident.id, Event::IncidentReminded { audience, due, urgency }).await?;
        drop(sender.send(Message::Told(Some(incident.id))));
    }
    Ok(())
}

/// Sends what waits, until the repository is closed.
async fn keep(sender: mpsc::UnboundedSender<Message>, bell: Arc<Notify>) {
    loop {
        let rest = round(&sender).await.unwrap_or_else(|trouble| {
            tracing::warn!("{trouble}");
            ROUND
        });
        // Rung or not, it looks again: a message may go, or become due, by the clock alone.
        drop(tokio::time::timeout(rest, bell.notified()).await);
    }
}

/// One look at the outbox; the answer is how long it may rest.
async fn round(sender: &mpsc::UnboundedSender<Message>) -> Result<Duration, Trouble> {
    // A message to GitHub must not fail for a keychain that has not answered yet: the outbox waits, and nobody else does.
    drop(super::host::people(sender).await?.workspace.connect().await);
    let people = super::host::people(sender).await?;
    for incident in people.telling.follow_open().await? {
        drop(sender.send(Message::Told(Some(incident.id))));
    }
    let silent: Vec<Alert> = people.telling.silent().await?.into_iter().map(kept_silent).collect();
    if !silent.is_empty() {
        drop(sender.send(Message::CallFor(silent)));
    }
    let gone = people.telling.send_queued().await?;
    let asked: Vec<Alert> = gone.iter().filter_map(question).collect();
    if !asked.is_empty() {
        drop(sender.send(Message::CallFor(asked)));
    }
    for id in gone.into_iter().map(|gone| gone.incident).collect::<std::collections::BTreeSet<_>>() {
        drop(sender.send(Message::Told(Some(id))));
    }
    let wake = people.telling.wake_at().await?;
    let left = wake.and_then(|wake| SystemClock.now().duration_until(wake).try_into().ok());
    Ok(match (wake, left) {
        (None, _) => ROUND,
        // It is due already, and waits behind another one.
        (Some(_), None) => BREATH,
        (Some(_), Some(left)) => ROUND.min(left).max(BREATH),
    })
}

/// A message that does not go on by itself: somebody looks, and says.
fn question(gone: &Gone) -> Option<Alert> {
    let title = match gone.phase {
        SendPhase::Unknown => format!("Could not tell whether the update arrived at {}", gone.channel),
        SendPhase::Refused => format!("{} did not take the update", gone.channel),
        SendPhase::Stale => format!("The update for {} is too late to go by itself", gone.channel),
        SendPhase::Review | SendPhase::Queued | SendPhase::Sending | SendPhase::Delivered | SendPhase::Dropped => {
            return None;
        }
    };
    Some(Alert {
        title,
        body: format!("{} {}", gone.sentence, gone.hint),
        urgent: true,
        about: About::Incident(gone.incident.clone()),
    })
}

/// It was set to tell by itself, and something is lacking.
fn kept_silent(silent: Silent) -> Alert {
    Alert {
        title: format!("{} was not told by itself", silent.channel),
        body: format!("{} Open the room to complete and send it.", silent.trouble.message),
        urgent: true,
        about: About::Incident(silent.incident),
    }
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
        about: About::Incident(incident.id.clone()),
    }
}
