//! The smaller ports: journal, live service, desktop, time, the person at the keyboard.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Trouble;
use crate::ids::{IncidentId, RollbackId};
use crate::journal::{Fact, NewFact, Story};
use crate::rollback::Rollback;
use crate::rollback::choosing::Offer;
use crate::rollback::event::Choice;

/// The append-only record. `append` returns only when the fact is durable.
#[async_trait]
pub trait Journal: Send + Sync {
    async fn append(&self, fact: NewFact) -> Result<Fact, Trouble>;

    /// The same for facts that belong together, in their order. A journal that can makes them durable at once: all of
    /// them, or none.
    async fn append_all(&self, facts: Vec<NewFact>) -> Result<Vec<Fact>, Trouble> {
        let mut written = Vec::with_capacity(facts.len());
        for fact in facts {
            written.push(self.append(fact).await?);
        }
        Ok(written)
    }

    /// The facts of one rollback, oldest first.
    async fn of_rollback(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble>;

    /// The facts of a repository, oldest first.
    async fn of_repository(&self, repository: &str) -> Result<Story, Trouble>;
}

/// Asks the live service. One question, one answer, a deadline inside.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Which version answers at this address, within so many seconds. Without them, the probe's own deadline counts.
    async fn version(&self, url: &str, timeout_seconds: Option<u32>) -> Seen<String>;

    /// Whether the service answers as it should.
    async fn health(&self, wanted: &Wanted) -> Seen<u16>;
}

/// An address, and what it answers when all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub url: String,
    /// Any of these; none named: any 2xx.
    #[serde(default)]
    pub status: Vec<u16>,
    /// A regular expression that the body must match.
    #[serde(default)]
    pub body: Option<String>,
    /// Seconds that an answer may take. Without it, the probe's own deadline.
    #[serde(default)]
    pub timeout_seconds: Option<u32>,
    /// It is followed wherever it leads, as files are kept elsewhere. A service answers at its own place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anywhere: bool,
}

impl Wanted {
    /// Any 2xx.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }
}

/// What a probe saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<T> {
    /// It answered.
    Answer(T),
    /// It answered, and it was a no.
    No(String),
    /// It could not be asked.
    Nothing(String),
}

/// Calls a person away from other work.
#[async_trait]
pub trait Desktop: Send + Sync {
    async fn alert(&self, alert: &Alert);
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub title: String,
    pub body: String,
    pub urgent: bool,
    pub about: About,
}

/// What an alert is about, and so where its button leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What is live, and what waits.
    #[default]
    Timeline,
    Rollback(RollbackId),
    /// The incident's room.
    Incident(IncidentId),
    /// The way back up behind this rollback; without one, behind the newest.
    WayUp(Option<RollbackId>),
    /// Sign-in among them.
    Settings,
}

pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Measures durations; does not jump when the clock is set. Counted from any fixed point.
    fn elapsed(&self) -> Duration;
}

/// The person watching this rollback.
#[async_trait]
pub trait Person: Send + Sync {
    /// Lets the time pass, and returns early when they ask for something.
    async fn asked_within(&self, time: Duration) -> Option<Request>;

    /// Waits until they ask for something, where these are what they can decide; `None` when nobody is there to ask.
    async fn asked(&self, hint: &str, offers: &[Offer]) -> Option<Request>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Undo,
    StopAfterThisStep,
    GiveReason(String),
    Choose(Choice),
}

/// Sees each fact the moment it is durable.
pub trait Watcher: Send + Sync {
    fn saw(&self, fact: &Fact, rollback: &Rollback);
}
