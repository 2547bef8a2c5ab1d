//! An incident: a disturbance with a severity, a stage, people, and updates to those who must know.
//!
//! [`Incident`] is a fold of the journal's facts and nothing else; [`next`] is the only place where it changes. Several may
//! be open at once. What is on its way to a channel is [`outbox`]; when the next update is due is [`cadence`].

pub mod cadence;
pub mod event;
pub mod moment;
pub mod next;
pub mod opening;
pub mod outbox;
pub mod pace;
pub mod values;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelName, EnvironmentName, IncidentId, RollbackId, UpdateId};
use outbox::{Delivery, SendPhase};

/// Where one incident stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub id: IncidentId,
    pub title: String,
    pub severity: Severity,
    pub stage: Stage,
    /// Each stage with the time it was set, the first at the opening.
    pub stages: Vec<(Timestamp, Stage)>,
    pub commander: Option<String>,
    /// Who does what, by the role's name.
    pub roles: BTreeMap<String, String>,
    pub impact: Option<String>,
    pub cause: Option<String>,
    /// What is affected, as people call it.
    pub surfaces: Vec<String>,
    pub environment: Option<EnvironmentName>,
    /// The newest rollback that opened or answers it.
    pub rollback: Option<RollbackId>,
    /// Those that answered it before that one.
    pub rollbacks_before: Vec<RollbackId>,
    pub opened_at: Timestamp,
    pub opened_by: String,
    pub found_at: Timestamp,
    pub impact_started_at: Option<Timestamp>,
    pub impact_ended_at: Option<Timestamp>,
    /// Oldest first.
    pub updates: Vec<Update>,
    /// When each audience hears more; nobody does after the end.
    pub due: BTreeMap<Audience, Timestamp>,
    /// How long each audience was told to wait last: what comes back is promised so again.
    pub rhythm: BTreeMap<Audience, SignedDuration>,
    /// What each channel was told is affected, and not yet that it is well again.
    pub shown: BTreeMap<ChannelName, BTreeSet<String>>,
    /// Alerts that were shown, so that none comes twice.
    pub reminded: BTreeSet<(Audience, Timestamp, cadence::Urgency)>,
}

/// One act of telling: the same moment, in the words of each channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: UpdateId,
    pub at: Timestamp,
    pub by: String,
    pub stage: Stage,
    /// What a second person said of it.
    pub review: Option<Review>,
    pub deliveries: Vec<Delivery>,
}

/// What somebody other than the author said of an update before it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub by: String,
    pub at: Timestamp,
    pub verdict: event::Verdict,
    pub note: String,
    /// Approved when the words did not hold any more: nothing left by that.
    pub late: bool,
}

/// 1 is the worst, 4 the mildest; what each means is the team's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Severity(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Team,
    Leads,
    Customers,
}

/// What a channel said when it took a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What the channel calls the message, or the thread that it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Where it can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// One sentence: delivered, or merely accepted.
    pub sentence: String,
}

impl Receipt {
    /// Of a message that a person found: what the channel calls it, and what they said of it.
    pub fn found(handle: &str, said: &str) -> Option<Self> {
        let (handle, said) = (handle.trim(), said.trim());
        let url = Some(said.to_owned()).filter(|said| said.starts_with("https://"));
        let sentence = "A person looked, and it is there.".to_owned();
        (!handle.is_empty()).then(|| Self { handle: Some(handle.to_owned()), url, sentence })
    }
}

impl Severity {
    pub const ALL: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];
    /// Production does not work for some.
    pub const DEFAULT: Self = Self(2);

    pub fn new(number: u8) -> Option<Self> {
        (1..=4).contains(&number).then_some(Self(number))
    }

    pub fn number(self) -> u8 {
        self.0
    }

    /// Where the team says nothing else.
    pub fn meaning(self) -> &'static str {
        match self.0 {
            1 => "nobody can work",
            2 => "something important does not work, or not for everyone",
            3 => "a nuisance with a way around it",
            _ => "hardly anybody notices",
        }
    }
}

impl TryFrom<u8> for Severity {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::new(number).ok_or_else(|| format!("a severity is a number from 1 to 4, not {number}"))
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> Self {
        severity.0
    }
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
        }
    }
}

impl Audience {
    pub const ALL: [Self; 3] = [Self::Team, Self::Leads, Self::Customers];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Leads => "leads",
            Self::Customers => "customers",
        }
    }
}

impl Incident {
    pub fn is_open(&self) -> bool {
        self.stage != Stage::Resolved
    }

    /// Nobody was told of it, and nobody but its rollback has to do with it.
    pub fn rollback_alone(&self) -> bool {
        let id = self.rollback.as_ref().map(opening::id_of);
        self.updates.is_empty() && id.as_ref() == Some(&self.id)
    }

    pub fn update(&self, id: &UpdateId) -> Option<&Update> {
        self.updates.iter().find(|update| update.id == *id)
    }

    pub fn delivery(&self, update: &UpdateId, channel: &ChannelName) -> Option<&Delivery> {
        self.update(update)?.deliveries.iter().find(|delivery| delivery.channel == *channel)
    }

    /// Everything that goes, or went, to this channel, oldest first.
    pub fn to_channel<'a>(&'a self, channel: &'a ChannelName) -> impl Iterator<Item = &'a Delivery> {
        self.updates.iter().flat_map(|update| &update.deliveries).filter(move |found| found.channel == *channel)
    }

    /// Nobody knows whether the first message arrived that a thread hangs on: another one would begin a second thread.
    pub fn is_held(&self, channel: &ChannelName) -> bool {
        self.handle(channel).is_none() && self.to_channel(channel).any(|delivery| delivery.phase == SendPhase::Unknown)
    }

    /// What this channel was told is affected, and is no more.
    pub fn recovered(&self, channel: &ChannelName) -> Vec<String> {
        let is_hit = |surface: &String| self.surfaces.iter().any(|hit| is_same_surface(hit, surface));
        self.shown.get(channel).into_iter().flatten().filter(|surface| !is_hit(surface)).cloned().collect()
    }

    /// What the channel called the first message of this incident that it took.
    pub fn handle<'a>(&'a self, channel: &'a ChannelName) -> Option<&'a str> {
        self.to_channel(channel).find_map(|delivery| delivery.receipt.as_ref()?.handle.as_deref())
    }
}

/// `API` and `api` are one.
pub fn is_same_surface(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
