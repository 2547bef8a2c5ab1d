//! What can happen in an incident, as the journal keeps it. Each kind begins with `incident_`, which no other family's does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cadence::Urgency;
use super::moment::Moment;
use super::{Audience, Receipt, Severity, Stage};
use crate::error::Code;
use crate::ids::{ChannelName, EnvironmentName, RollbackId, UpdateId};
use crate::message::Message;

/// What each kind begins with.
pub const PREFIX: &str = "incident_";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Event {
    IncidentOpened(Box<Opening>),
    /// A person changed what is said of it; the fact before stays.
    IncidentEdited {
        by: String,
        edit: Edit,
    },
    /// A person says what they saw or did.
    IncidentNoted {
        by: String,
        text: String,
    },
    IncidentStageSet {
        by: String,
        stage: Stage,
    },
    /// A person approved these words for these channels; from now on they are queued.
    IncidentUpdateApproved(Box<Approval>),
    /// These words are for somebody else to read first; nothing is queued but what leaves at once.
    IncidentReviewAsked(Box<Approval>),
    /// Somebody other than the author read them.
    IncidentReviewGiven {
        update: UpdateId,
        by: String,
        verdict: Verdict,
        /// Why not, or what to mind.
        note: String,
        /// Approved, it expires then.
        expires_at: Timestamp,
        /// Approved, the audiences hear more by then.
        due: BTreeMap<Audience, Timestamp>,
        /// Approved when it was too late to leave without asking. No earlier version said so: what it approved left.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    /// Intent: the last moment before the request goes out. Without it nothing was sent.
    IncidentSendBegun {
        update: UpdateId,
        channel: ChannelName,
        /// What goes out, redacted, as evidence.
        sent: String,
    },
    /// Outcome of that attempt.
    IncidentSendEnded {
        update: UpdateId,
        channel: ChannelName,
        ending: SendEnding,
    },
    /// It could not leave in time, and does not leave late by itself.
    IncidentSendStale {
        update: UpdateId,
        channel: ChannelName,
    },
    /// A person decided about a message that is not on its way by itself any more.
    IncidentSendDecided {
        update: UpdateId,
        channel: ChannelName,
        by: String,
        choice: SendChoice,
        /// Sent again, it expires then.
        expires_at: Timestamp,
        /// Where it arrived: what the channel calls it, so that the next update goes to the same place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
    },
    /// There is nothing to say; the audience hears more by then.
    IncidentNothingNew {
        by: String,
        audience: Audience,
        due: Timestamp,
    },
    /// An alert about a due update was shown.
    IncidentReminded {
        audience: Audience,
        due: Timestamp,
        urgency: Urgency,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub title: String,
    pub severity: Severity,
    pub by: String,
    pub commander: Option<String>,
    pub impact: Option<String>,
    pub surfaces: Vec<String>,
    pub environment: Option<EnvironmentName>,
    /// The rollback that opened it, or that answers it.
    pub rollback: Option<RollbackId>,
    pub found_at: Timestamp,
    pub impact_started_at: Option<Timestamp>,
    /// When each audience hears something first.
    pub due: BTreeMap<Audience, Timestamp>,
}

/// One change of what is said of an incident. `None` takes a value back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "value", rename_all = "snake_case")]
pub enum Edit {
    Title(String),
    Severity(Severity),
    Commander(Option<String>),
    Role { role: String, who: Option<String> },
    Impact(Option<String>),
    Cause(Option<String>),
    Surfaces(Vec<String>),
    Environment(Option<EnvironmentName>),
    Rollback(Option<RollbackId>),
    FoundAt(Timestamp),
    ImpactStartedAt(Option<Timestamp>),
    ImpactEndedAt(Option<Timestamp>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub update: UpdateId,
    pub by: String,
    pub stage: Stage,
    pub messages: Vec<Outgoing>,
    /// Of an update that somebody else reads first: the channels whose words need no reading, and leave at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub at_once: BTreeSet<ChannelName>,
    /// What has not left by then is asked about.
    pub expires_at: Timestamp,
    /// When the audiences of this update hear more.
    pub due: BTreeMap<Audience, Timestamp>,
}

/// The words for one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub channel: ChannelName,
    pub audience: Audience,
    pub template: String,
    /// What it tells; no earlier version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Moment>,
    /// The stage that its words are about, where it is not the update's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The rollback that answered the incident when it was written; no earlier version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackId>,
    pub message: Message,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEnding {
    pub outcome: SendOutcome,
    /// One sentence.
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub hint: String,
    /// Set where it was not delivered.
    pub code: Option<Code>,
    pub receipt: Option<Receipt>,
    /// Not before then; the service asked for it.
    pub again_at: Option<Timestamp>,
    /// Who has it by this, where the others do not; no earlier version wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendOutcome {
    Delivered,
    /// It said no.
    Refused,
    /// Nothing left this machine, or nothing was taken: it goes again by itself.
    NotSent,
    /// There is no evidence: a person decides.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Approved,
    Declined,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendChoice {
    /// I looked: it is there.
    ItArrived,
    SendAgain,
    Drop,
}
