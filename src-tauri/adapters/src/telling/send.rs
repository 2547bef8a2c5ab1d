//! The outbox at work: intent, act, outcome. What was begun and has no outcome is looked up, and never sent again without a
//! person.

use std::collections::BTreeSet;
use std::fs::TryLockError;
use std::sync::Mutex;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, IncidentId, UpdateId};
use lastgood_core::incident::event::{Event, SendEnding, SendOutcome};
use lastgood_core::incident::outbox::{Delivery, SendEffect, SendPhase, effect};
use lastgood_core::incident::pace::{Turns, is_paced};
use lastgood_core::incident::{Incident, Receipt, Stage, Update};
use lastgood_core::message::render::{Letter, render};
use lastgood_core::ports::channel::Sent;
use lastgood_core::ports::{Channel, Clock};
use lastgood_core::redact::redact;
use lastgood_core::settings::telling::ChannelKind;
use sha2::{Digest, Sha256};

use super::Telling;
use super::round::{Round, is_partly};
use crate::clock::SystemClock;
use crate::secret::Secret;

/// Of each token, by its fingerprint; they outlive a `Telling` that is made anew.
static TURNS: Mutex<Turns> = Mutex::new(Turns::new());

/// Of what was sent, so much is kept as evidence.
const EVIDENCE: usize = 32_000;

/// Why a message waits, and what a person does about it.
pub const HELD: (&str, &str) = (
    "It waits: nobody knows yet whether the first message arrived, and it belongs to that.",
    "Look there whether the first one arrived, and say so; then this one goes to the same place.",
);

/// What became of one message in this round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub incident: IncidentId,
    pub update: UpdateId,
    pub channel: ChannelName,
    pub phase: SendPhase,
    pub sentence: String,
    pub hint: String,
    pub code: Option<Code>,
}

/// One message that waits, with where it belongs.
pub(super) struct Item {
    pub(super) incident: Incident,
    pub(super) update: UpdateId,
    stage: Stage,
    pub(super) delivery: Delivery,
}

/// Whether a pause of our own counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Haste {
    Usual,
    /// A person asks for it now.
    Now,
}

impl Haste {
    fn effect(self, delivery: &Delivery, now: Timestamp) -> SendEffect {
        match self {
            Self::Usual => effect(delivery, now),
            Self::Now => effect(&Delivery { retry_at: None, ..delivery.clone() }, now),
        }
    }
}

impl Item {
    pub(super) fn find(incident: &Incident, update: &UpdateId, channel: &ChannelName) -> Option<Self> {
        let delivery = incident.delivery(update, channel)?.clone();
        let stage = delivery.stage.unwrap_or(incident.update(update)?.stage);
        Some(Self { incident: incident.clone(), update: update.clone(), stage, delivery })
    }
}

impl Telling {
    /// Sends everything that may leave now, in order; one round. What could not leave stays queued, and everything behind
    /// it on the same channel with it. Another process that is sending goes on; this one does nothing then.
    pub async fn send_queued(&self) -> Result<Vec<Gone>, Trouble> {
        self.round(Haste::Usual).await
    }

    /// The same for a person who asks for it: what could not leave before is tried at once.
    pub async fn send_now(&self) -> Result<Vec<Gone>, Trouble> {
        self.round(Haste::Now).await
    }

    async fn round(&self, haste: Haste) -> Result<Vec<Gone>, Trouble> {
        let file = self.lock_file("outbox")?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Vec::new()),
            Err(TryLockError::Error(error)) => return Err(super::unusable(&error)),
        }
        let mut gone = Vec::new();
        let mut round = Round::default();
        // Who does not unlock the keychain for one message does not for the next one either.
        let mut asks = true;
        while let Some(item) = self.next_item(&round, haste, SystemClock.now()).await? {
            // Whoever did not unlock the keychain a moment ago is not asked again and again: a message that waits for it is
            // tried without a question, and only an unanswered question ends the asking.
            let asked = asks && (haste == Haste::Now || item.delivery.code != Some(Code::KeychainLocked));
            let after = match haste.effect(&item.delivery, SystemClock.now()) {
                SendEffect::GoStale => self.go_stale(&item).await?,
                SendEffect::LookUp => self.look_up(&item, &mut round, asked).await?,
                SendEffect::Send => self.send(&item, &mut round, asked).await?,
                SendEffect::WaitUntil(_) | SendEffect::AskPerson | SendEffect::Nothing => None,
            };
            let queued = after.as_ref().is_none_or(|after| after.phase == SendPhase::Queued);
            asks &= !(asked && after.as_ref().is_some_and(is_locked_out));
            if queued {
                round.leave(&item, after.as_ref());
            }
            gone.extend(after.map(|after| report(&item, &after)));
        }
        Ok(gone)
    }

    /// When something that waits may go, or must be asked about.
    pub async fn wake_at(&self) -> Result<Option<Timestamp>, Trouble> {
        let incidents = self.incidents().await?;
        let ready = |incident: &Incident, delivery: &Delivery| match delivery.not_before.max(delivery.retry_at) {
            _ if self.is_held(incident, delivery) => delivery.expires_at,
            time => time.unwrap_or(delivery.queued_at).min(delivery.expires_at),
        };
        Ok(queued(&incidents).map(|(incident, _, delivery)| ready(incident, delivery)).min())
    }

    /// What waits behind a first message of which nobody knows whether it arrived: a person says, or it becomes too late.
    pub async fn held(&self) -> Result<Vec<Gone>, Trouble> {
        let incidents = self.incidents().await?;
        let held = queued(&incidents).filter(|(incident, _, delivery)| self.is_held(incident, delivery));
        let told = held.filter_map(|(incident, update, delivery)| {
            let item = Item::find(incident, &update.id, &delivery.channel)?;
            let (sentence, hint) = (HELD.0.to_owned(), HELD.1.to_owned());
            Some(Gone { sentence, hint, ..report(&item, delivery) })
        });
        Ok(told.collect())
    }

    /// The channel keeps what belongs together in a thread, and nobody knows whether there is one.
    pub fn is_held(&self, incident: &Incident, delivery: &Delivery) -> bool {
        let settings = self.settings.channels.get(delivery.channel.as_str());
        delivery.phase == SendPhase::Queued
            && settings.is_some_and(|settings| settings.kind.threads())
            && incident.is_held(&delivery.channel)
    }

    /// The oldest message that this round has something to do with.
    async fn next_item(&self, round: &Round, haste: Haste, now: Timestamp) -> Result<Option<Item>, Trouble> {
        let incidents = self.incidents().await?;
        let mut found: Option<Item> = None;
        for incident in &incidents {
            // What goes to one channel leaves in the order of the updates, whichever was sent again.
            let mut ahead: BTreeSet<&ChannelName> = BTreeSet::new();
            for update in &incident.updates {
                for delivery in &update.deliveries {
                    let acts = match haste.effect(delivery, now) {
                        SendEffect::LookUp | SendEffect::GoStale => true,
                        // One mailbox that is busy keeps nobody from what is written after it.
                        SendEffect::Send if is_partly(delivery) => !round.has_left(update, delivery),
                        SendEffect::WaitUntil(_) if is_partly(delivery) => false,
                        SendEffect::Send | SendEffect::WaitUntil(_) => {
                            let leads = ahead.insert(&delivery.channel);
                            leads && !round.waits(&delivery.channel) && !self.is_held(incident, delivery)
                        }
                        SendEffect::AskPerson | SendEffect::Nothing => false,
                    };
                    if acts && found.as_ref().is_none_or(|found| delivery.queued_at < found.delivery.queued_at) {
                        found = Item::find(incident, &update.id, &delivery.channel);
                    }
                }
            }
        }
        Ok(found)
    }

    async fn send(&self, item: &Item, round: &mut Round, asks: bool) -> Result<Option<Delivery>, Trouble> {
        let name = &item.delivery.channel;
        let letter = self.letter_of(item).await?;
        let secret = self.secret_of_round(round, name, asks).await;
        let kind = self.settings.channels.get(name.as_str()).map(|settings| settings.kind);
        let paced = match (kind, &secret) {
            (Some(kind), Ok(secret)) => keep_pace(name, kind, secret.as_ref()).await,
            (Some(_) | None, _) => None,
        };
        // Whatever is missing here shows before anything is on its way.
        let channel = secret.and_then(|secret| self.channel_with(name, secret));
        let sent = kind.map_or_else(String::new, |kind| evidence(kind, &letter));
        let begun = Event::IncidentSendBegun { update: item.update.clone(), channel: name.clone(), sent };
        self.write(&item.incident.id, begun).await?;
        let outcome = match &channel {
            Ok(channel) => send_surely(channel.as_ref(), &letter).await,
            // It goes by itself once somebody unlocked it.
            Err(trouble) if trouble.code == Code::KeychainLocked => {
                Sent::NotSent { trouble: trouble.clone(), again_in: None }
            }
            Err(trouble) => Sent::Refused(trouble.clone()),
        };
        if let Some(token) = paced {
            turns().ended(&token, Instant::now());
        }
        self.end(item, ending(outcome, SystemClock.now())).await
    }

    async fn look_up(&self, item: &Item, round: &mut Round, asks: bool) -> Result<Option<Delivery>, Trouble> {
        let letter = self.letter_of(item).await?;
        let name = &item.delivery.channel;
        let secret = self.secret_of_round(round, name, asks).await;
        let channel = secret.and_then(|secret| self.channel_with(name, secret));
        let receipt = match channel {
            Ok(channel) => channel.look_up(&letter).await,
            Err(_) => None,
        };
        let outcome = match receipt {
            Some(receipt) => Sent::Delivered(receipt),
            None => Sent::Unknown(Trouble::new(
                Code::SendUnknown,
                "Lastgood was ended while it was being sent.",
                "Look there whether it arrived; then say so, or send it again.",
            )),
        };
        self.end(item, ending(outcome, SystemClock.now())).await
    }

    async fn go_stale(&self, item: &Item) -> Result<Option<Delivery>, Trouble> {
        let (update, channel) = (item.update.clone(), item.delivery.channel.clone());
        let after = self.write(&item.incident.id, Event::IncidentSendStale { update, channel }).await?;
        Ok(after.delivery(&item.update, &item.delivery.channel).cloned())
    }

    async fn end(&self, item: &Item, ending: SendEnding) -> Result<Option<Delivery>, Trouble> {
        let (update, channel) = (item.update.clone(), item.delivery.channel.clone());
        let after = self.write(&item.incident.id, Event::IncidentSendEnded { update, channel, ending }).await?;
        Ok(after.delivery(&item.update, &item.delivery.channel).cloned())
    }

    pub(super) async fn letter_of(&self, item: &Item) -> Result<Letter, Trouble> {
        let rollback = self.rollback_of(&item.incident).await?;
        let (channel, message) = (&item.delivery.channel, item.delivery.message.clone());
        let letter = self.letter(&item.incident, rollback.as_ref(), channel, &item.update, item.stage, message);
        let ends = item.stage == Stage::Resolved;
        let behind = if ends { self.behind(&item.incident, channel).await? } else { None };
        Ok(Letter { reached: item.delivery.reached.clone(), behind, ..letter })
    }
}

/// Where the answer was lost, the service is asked at once whether it has the letter.
async fn send_surely(channel: &dyn Channel, letter: &Letter) -> Sent {
    match channel.send(letter).await {
        Sent::Unknown(trouble) => channel.look_up(letter).await.map_or(Sent::Unknown(trouble), Sent::Delivered),
        known @ (Sent::Delivered(_) | Sent::Refused(_) | Sent::NotSent { .. } | Sent::Partly { .. }) => known,
    }
}

/// Waits until the service takes the next one; by what it counts, where it counts.
async fn keep_pace(name: &ChannelName, kind: ChannelKind, secret: Option<&Secret>) -> Option<String> {
    if !is_paced(kind) {
        return None;
    }
    // Services count by token: two channels with one token, and one that is made anew, share their turns.
    let token = secret.map_or_else(|| name.to_string(), |secret| fingerprint(secret.reveal()));
    let turn = turns().take(&token, Instant::now());
    tokio::time::sleep_until(turn.into()).await;
    Some(token)
}

fn turns() -> std::sync::MutexGuard<'static, Turns> {
    TURNS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Every message that waits to leave, with where it belongs.
fn queued(incidents: &[Incident]) -> impl Iterator<Item = (&Incident, &Update, &Delivery)> {
    let updates = incidents.iter().flat_map(|incident| incident.updates.iter().map(move |update| (incident, update)));
    let all = updates
        .flat_map(|(incident, update)| update.deliveries.iter().map(move |delivery| (incident, update, delivery)));
    all.filter(|(_, _, delivery)| delivery.phase == SendPhase::Queued)
}

fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What goes out, as far as it says anything to people; the service's own secrets are not in it yet.
fn evidence(kind: ChannelKind, letter: &Letter) -> String {
    let text = redact(&render(kind.format(), letter).body.text());
    text.chars().take(EVIDENCE).collect()
}

fn ending(sent: Sent, now: Timestamp) -> SendEnding {
    let mut reached = Vec::new();
    let (outcome, trouble, again_in, receipt) = match sent {
        Sent::Delivered(receipt) => return delivered(receipt),
        Sent::Refused(trouble) => (SendOutcome::Refused, trouble, None, None),
        Sent::NotSent { trouble, again_in } => (SendOutcome::NotSent, trouble, again_in, None),
        Sent::Partly { receipt, reached: these, trouble } => {
            reached = these;
            (SendOutcome::NotSent, trouble, None, Some(*receipt))
        }
        Sent::Unknown(trouble) => (SendOutcome::Unknown, trouble, None, None),
    };
    let again_at = again_in.and_then(|wait| now.checked_add(SignedDuration::try_from(wait).ok()?).ok());
    let Trouble { code, message, hint } = trouble;
    SendEnding { outcome, sentence: message, hint, code: Some(code), receipt, again_at, reached }
}

fn delivered(receipt: Receipt) -> SendEnding {
    SendEnding {
        outcome: SendOutcome::Delivered,
        sentence: receipt.sentence.clone(),
        hint: String::new(),
        code: None,
        receipt: Some(receipt),
        again_at: None,
        reached: Vec::new(),
    }
}

/// It waits for a keychain that its owner did not unlock.
fn is_locked_out(delivery: &Delivery) -> bool {
    delivery.phase == SendPhase::Queued && delivery.code == Some(Code::KeychainLocked)
}

fn report(item: &Item, after: &Delivery) -> Gone {
    Gone {
        incident: item.incident.id.clone(),
        update: item.update.clone(),
        channel: item.delivery.channel.clone(),
        phase: after.phase,
        sentence: after.sentence.clone(),
        hint: after.hint.clone(),
        code: after.code,
    }
}
