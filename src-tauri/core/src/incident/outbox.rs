//! One message on its way to one channel: at most once, and never late without a question.
//!
//! ```text
//! queued ─► sending ─► delivered
//!   │  ▲       ├─────► refused ──┐
//!   │  └───────┤ not sent        ├─► a person: it arrived, send again, drop
//!   ▼          └─────► unknown ──┤
//! stale ─────────────────────────┘
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{Event, Outgoing, SendChoice, SendEnding, SendOutcome};
use super::{Audience, Receipt};
use crate::error::Code;
use crate::ids::ChannelName;
use crate::message::Message;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub channel: ChannelName,
    pub audience: Audience,
    pub template: String,
    pub message: Message,
    pub phase: SendPhase,
    pub queued_at: Timestamp,
    pub expires_at: Timestamp,
    /// The service asked to wait until then.
    pub not_before: Option<Timestamp>,
    pub attempts: u32,
    pub begun_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub sentence: String,
    pub hint: String,
    pub code: Option<Code>,
    pub receipt: Option<Receipt>,
    /// What went out in the newest attempt, redacted.
    pub sent: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendPhase {
    Queued,
    Sending,
    Delivered,
    /// The service said no.
    Refused,
    /// No evidence either way: a person decides, and nothing is repeated.
    Unknown,
    /// It could not leave in time: a person decides.
    Stale,
    /// A person took it back.
    Dropped,
}

/// What is to be done with it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendEffect {
    /// Write the intent, then send.
    Send,
    WaitUntil(Timestamp),
    /// It is too late to send it without asking.
    GoStale,
    /// Intent was written, the outcome was not: look at the destination, send nothing.
    LookUp,
    AskPerson,
    Nothing,
}

impl SendPhase {
    pub const ALL: [Self; 7] =
        [Self::Queued, Self::Sending, Self::Delivered, Self::Refused, Self::Unknown, Self::Stale, Self::Dropped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::Dropped => "dropped",
        }
    }

    /// What a person can decide about it.
    pub fn choices(self) -> &'static [SendChoice] {
        match self {
            Self::Unknown => &[SendChoice::ItArrived, SendChoice::SendAgain, SendChoice::Drop],
            Self::Refused | Self::Stale => &[SendChoice::SendAgain, SendChoice::Drop],
            Self::Queued => &[SendChoice::Drop],
            Self::Sending | Self::Delivered | Self::Dropped => &[],
        }
    }
}

pub(super) fn queue(outgoing: &Outgoing, at: Timestamp, expires_at: Timestamp) -> Delivery {
    Delivery {
        channel: outgoing.channel.clone(),
        audience: outgoing.audience,
        template: outgoing.template.clone(),
        message: outgoing.message.clone(),
        phase: SendPhase::Queued,
        queued_at: at,
        expires_at,
        not_before: None,
        attempts: 0,
        begun_at: None,
        ended_at: None,
        sentence: String::new(),
        hint: String::new(),
        code: None,
        receipt: None,
        sent: None,
    }
}

/// Where the delivery stands after this event; `None` where that cannot happen to it.
pub fn next(delivery: &Delivery, at: Timestamp, event: &Event) -> Option<Delivery> {
    let mut after = delivery.clone();
    let fits = match event {
        Event::IncidentSendBegun { sent, .. } => begin(&mut after, at, sent),
        Event::IncidentSendEnded { ending, .. } => end(&mut after, at, ending),
        Event::IncidentSendStale { .. } => go_stale(&mut after, at),
        Event::IncidentSendDecided { choice, expires_at, .. } => decide(&mut after, at, *choice, *expires_at),
        Event::IncidentOpened(_)
        | Event::IncidentNoted { .. }
        | Event::IncidentEdited { .. }
        | Event::IncidentStageSet { .. }
        | Event::IncidentUpdateApproved(_)
        | Event::IncidentNothingNew { .. }
        | Event::IncidentReminded { .. } => false,
    };
    fits.then_some(after)
}

/// What is to be done with the delivery now.
pub fn effect(delivery: &Delivery, now: Timestamp) -> SendEffect {
    match delivery.phase {
        SendPhase::Queued if now >= delivery.expires_at => SendEffect::GoStale,
        SendPhase::Queued => match delivery.not_before {
            Some(time) if now < time => SendEffect::WaitUntil(time.min(delivery.expires_at)),
            Some(_) | None => SendEffect::Send,
        },
        SendPhase::Sending => SendEffect::LookUp,
        SendPhase::Refused | SendPhase::Unknown | SendPhase::Stale => SendEffect::AskPerson,
        SendPhase::Delivered | SendPhase::Dropped => SendEffect::Nothing,
    }
}

fn begin(delivery: &mut Delivery, at: Timestamp, sent: &str) -> bool {
    if effect(delivery, at) != SendEffect::Send {
        return false;
    }
    delivery.phase = SendPhase::Sending;
    delivery.attempts += 1;
    delivery.begun_at = Some(at);
    delivery.ended_at = None;
    delivery.sent = Some(sent.to_owned());
    true
}

fn end(delivery: &mut Delivery, at: Timestamp, ending: &SendEnding) -> bool {
    if delivery.phase != SendPhase::Sending || (ending.outcome == SendOutcome::Delivered) != ending.code.is_none() {
        return false;
    }
    delivery.phase = match ending.outcome {
        SendOutcome::Delivered => SendPhase::Delivered,
        SendOutcome::Refused => SendPhase::Refused,
        SendOutcome::NotSent => SendPhase::Queued,
        SendOutcome::Unknown => SendPhase::Unknown,
    };
    delivery.ended_at = Some(at);
    delivery.not_before = ending.again_at;
    ending.sentence.clone_into(&mut delivery.sentence);
    ending.hint.clone_into(&mut delivery.hint);
    delivery.code = ending.code;
    delivery.receipt = ending.receipt.clone();
    true
}

fn go_stale(delivery: &mut Delivery, at: Timestamp) -> bool {
    if effect(delivery, at) != SendEffect::GoStale {
        return false;
    }
    delivery.phase = SendPhase::Stale;
    delivery.ended_at = Some(at);
    "It could not leave in time; what it says may be old.".clone_into(&mut delivery.sentence);
    "Read it again: send it, or drop it.".clone_into(&mut delivery.hint);
    true
}

fn decide(delivery: &mut Delivery, at: Timestamp, choice: SendChoice, expires_at: Timestamp) -> bool {
    if !delivery.phase.choices().contains(&choice) {
        return false;
    }
    delivery.hint.clear();
    match choice {
        SendChoice::ItArrived => {
            delivery.phase = SendPhase::Delivered;
            "A person looked, and it had arrived.".clone_into(&mut delivery.sentence);
            delivery.code = None;
        }
        SendChoice::SendAgain if expires_at > at => {
            delivery.phase = SendPhase::Queued;
            delivery.queued_at = at;
            delivery.expires_at = expires_at;
            delivery.not_before = None;
        }
        SendChoice::SendAgain => return false,
        SendChoice::Drop => delivery.phase = SendPhase::Dropped,
    }
    delivery.ended_at = Some(at);
    true
}
