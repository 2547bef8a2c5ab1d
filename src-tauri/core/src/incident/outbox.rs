//! One message on its way to one channel: at most once, and never late without a question.
//!
//! ```text
//! review ─► queued ─► sending ─► delivered        (read too late: stale)
//!             │  ▲       ├─────► refused ──┐
//!             │  └───────┤ not sent        ├─► a person: it arrived, send again, drop
//!             ▼          └─────► unknown ──┤
//!           stale ─────────────────────────┘
//! ```

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::event::{Event, Outgoing, SendChoice, SendEnding, SendOutcome, Verdict};
use super::moment::Moment;
use super::{Audience, Receipt, Stage};
use crate::error::Code;
use crate::ids::{ChannelName, RollbackId};
use crate::message::Message;

/// After a first try that came to nothing; each further one doubles it.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// The network may be back at any time: nobody waits longer for the next try.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Of what did not leave in time.
const READ_AGAIN: &str = "Read it again: send it, or drop it.";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub channel: ChannelName,
    pub audience: Audience,
    pub template: String,
    /// What it tells; `None` where an earlier version wrote it.
    pub moment: Option<Moment>,
    /// The stage that its words are about, where it is not the update's.
    pub stage: Option<Stage>,
    /// The rollback that it was written about; `None` where there was none, or an earlier version wrote it.
    pub rollback: Option<RollbackId>,
    pub message: Message,
    pub phase: SendPhase,
    pub queued_at: Timestamp,
    pub expires_at: Timestamp,
    /// The service asked to wait until then.
    pub not_before: Option<Timestamp>,
    /// It was tried for nothing: it goes again then, sooner only where a person says so.
    pub retry_at: Option<Timestamp>,
    pub attempts: u32,
    pub begun_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub sentence: String,
    pub hint: String,
    pub code: Option<Code>,
    pub receipt: Option<Receipt>,
    /// Who has it already, where others do not yet: nobody gets it twice.
    pub reached: Vec<String>,
    /// What went out in the newest attempt, redacted.
    pub sent: Option<String>,
    /// What the newest attempt says is affected.
    pub shows: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendPhase {
    /// A second person reads it first.
    Review,
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
    pub const ALL: [Self; 8] = [
        Self::Review,
        Self::Queued,
        Self::Sending,
        Self::Delivered,
        Self::Refused,
        Self::Unknown,
        Self::Stale,
        Self::Dropped,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
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
            Self::Queued | Self::Review => &[SendChoice::Drop],
            Self::Sending | Self::Delivered | Self::Dropped => &[],
        }
    }
}

impl Delivery {
    /// Whether it tells, or told, this: some may have what was dropped for the others.
    pub(super) fn tells(&self, moment: Moment) -> bool {
        (self.phase != SendPhase::Dropped || !self.reached.is_empty()) && self.is_of(moment)
    }

    /// Whether it was written to tell this, wherever it stands; an earlier version kept no moment, and the template's name
    /// says it.
    pub(super) fn is_of(&self, moment: Moment) -> bool {
        let named = |moment| {
            (moment == Moment::RollingBack && self.template.ends_with("rolling-back"))
                || (moment == Moment::RolledBack && self.template.ends_with("-rolled-back"))
        };
        self.moment.map_or_else(|| named(moment), |own| own == moment)
    }
}

pub(super) fn queue(outgoing: &Outgoing, phase: SendPhase, at: Timestamp, expires_at: Timestamp) -> Delivery {
    Delivery {
        channel: outgoing.channel.clone(),
        audience: outgoing.audience,
        template: outgoing.template.clone(),
        moment: outgoing.moment,
        stage: outgoing.stage,
        rollback: outgoing.rollback.clone(),
        message: outgoing.message.clone(),
        phase,
        queued_at: at,
        expires_at,
        not_before: None,
        retry_at: None,
        attempts: 0,
        begun_at: None,
        ended_at: None,
        sentence: String::new(),
        hint: String::new(),
        code: None,
        receipt: None,
        reached: Vec::new(),
        sent: None,
        shows: BTreeSet::new(),
    }
}

/// Where the delivery stands after this event; `None` where that cannot happen to it.
pub fn next(delivery: &Delivery, at: Timestamp, event: &Event) -> Option<Delivery> {
    let mut after = delivery.clone();
    let fits = match event {
        Event::IncidentSendBegun { sent, .. } => begin(&mut after, at, sent),
        Event::IncidentSendEnded { ending, .. } => end(&mut after, at, ending),
        Event::IncidentSendStale { .. } => go_stale(&mut after, at),
        Event::IncidentSendDecided { choice, expires_at, receipt, .. } => {
            decide(&mut after, at, *choice, *expires_at, receipt.as_ref())
        }
        Event::IncidentReviewGiven { verdict: Verdict::Approved, late: true, .. } => read_late(&mut after, at),
        Event::IncidentReviewGiven { verdict: Verdict::Approved, expires_at, .. } => {
            read_in_time(&mut after, at, *expires_at)
        }
        Event::IncidentReviewGiven { verdict: Verdict::Declined, by, note, .. } => decline(&mut after, at, by, note),
        Event::IncidentOpened(_)
        | Event::IncidentNoted { .. }
        | Event::IncidentEdited { .. }
        | Event::IncidentStageSet { .. }
        | Event::IncidentUpdateApproved(_)
        | Event::IncidentReviewAsked(_)
        | Event::IncidentNothingNew { .. }
        | Event::IncidentReminded { .. } => false,
    };
    fits.then_some(after)
}

/// What is to be done with the delivery now.
pub fn effect(delivery: &Delivery, now: Timestamp) -> SendEffect {
    match delivery.phase {
        SendPhase::Queued if now >= delivery.expires_at => SendEffect::GoStale,
        SendPhase::Queued => match delivery.not_before.max(delivery.retry_at) {
            Some(time) if now < time => SendEffect::WaitUntil(time.min(delivery.expires_at)),
            Some(_) | None => SendEffect::Send,
        },
        SendPhase::Sending => SendEffect::LookUp,
        SendPhase::Review | SendPhase::Refused | SendPhase::Unknown | SendPhase::Stale => SendEffect::AskPerson,
        SendPhase::Delivered | SendPhase::Dropped => SendEffect::Nothing,
    }
}

/// A person, or an earlier version, may try before our own pause is over; never before the service's.
fn begin(delivery: &mut Delivery, at: Timestamp, sent: &str) -> bool {
    let ready = delivery.phase == SendPhase::Queued && at < delivery.expires_at;
    if !ready || delivery.not_before.is_some_and(|time| at < time) {
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
    // A service that names a time that is over has not said that it wants to be asked all the time.
    let waits = ending.outcome == SendOutcome::NotSent;
    delivery.retry_at = waits.then(|| at.checked_add(pause(delivery.attempts)).unwrap_or(at));
    ending.sentence.clone_into(&mut delivery.sentence);
    ending.hint.clone_into(&mut delivery.hint);
    delivery.code = ending.code;
    delivery.reached.extend(ending.reached.iter().cloned());
    // What some of them have is there, whatever becomes of the rest.
    delivery.receipt = ending.receipt.clone().or_else(|| delivery.receipt.take());
    true
}

fn pause(attempts: u32) -> SignedDuration {
    PAUSE.checked_mul(1 << attempts.saturating_sub(1).min(8)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

fn read_in_time(delivery: &mut Delivery, at: Timestamp, expires_at: Timestamp) -> bool {
    if delivery.phase != SendPhase::Review || expires_at <= at {
        return false;
    }
    delivery.phase = SendPhase::Queued;
    delivery.queued_at = at;
    delivery.expires_at = expires_at;
    true
}

/// Whether it was too late is what the fact says, not the clock: what left once has left.
fn read_late(delivery: &mut Delivery, at: Timestamp) -> bool {
    if delivery.phase != SendPhase::Review {
        return false;
    }
    delivery.phase = SendPhase::Stale;
    delivery.ended_at = Some(at);
    "It was read too late; what it says may be old.".clone_into(&mut delivery.sentence);
    READ_AGAIN.clone_into(&mut delivery.hint);
    true
}

fn decline(delivery: &mut Delivery, at: Timestamp, by: &str, note: &str) -> bool {
    if delivery.phase != SendPhase::Review {
        return false;
    }
    delivery.phase = SendPhase::Dropped;
    delivery.sentence = if note.is_empty() { format!("{by} declined.") } else { format!("{by} declined: {note}") };
    delivery.ended_at = Some(at);
    true
}

fn go_stale(delivery: &mut Delivery, at: Timestamp) -> bool {
    if effect(delivery, at) != SendEffect::GoStale {
        return false;
    }
    delivery.phase = SendPhase::Stale;
    delivery.ended_at = Some(at);
    let late = if delivery.reached.is_empty() {
        "It could not leave in time; what it says may be old."
    } else {
        "Some have it; it did not reach the others in time, and what it says may be old."
    };
    late.clone_into(&mut delivery.sentence);
    READ_AGAIN.clone_into(&mut delivery.hint);
    true
}

fn decide(
    delivery: &mut Delivery,
    at: Timestamp,
    choice: SendChoice,
    expires_at: Timestamp,
    receipt: Option<&Receipt>,
) -> bool {
    if !delivery.phase.choices().contains(&choice) {
        return false;
    }
    delivery.hint.clear();
    match choice {
        SendChoice::ItArrived => {
            delivery.phase = SendPhase::Delivered;
            "A person looked, and it had arrived.".clone_into(&mut delivery.sentence);
            delivery.code = None;
            delivery.receipt = receipt.cloned();
        }
        SendChoice::SendAgain if expires_at > at => {
            delivery.phase = SendPhase::Queued;
            delivery.queued_at = at;
            delivery.expires_at = expires_at;
            delivery.not_before = None;
            delivery.retry_at = None;
            // Whatever kept it before: this is asked anew.
            delivery.code = None;
        }
        SendChoice::SendAgain => return false,
        SendChoice::Drop => delivery.phase = SendPhase::Dropped,
    }
    delivery.ended_at = Some(at);
    true
}
