//! The journal: facts, one after the other, never changed.
//!
//! Each installation writes its own chain. A fact's hash covers everything it says and the hash of the fact before it, so
//! that a changed, missing or reordered fact shows.

mod event;

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use event::Event;

use crate::ids::{EnvironmentName, IncidentId, RollbackId, WriterId};

/// Version of the stored payloads. Older ones stay readable.
pub const FORMAT: u32 = 1;

/// What the first fact of a chain names as its predecessor.
pub const NO_PREVIOUS: &str = "";

/// Something that happened, as it is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    pub at: Timestamp,
    pub subject: Subject,
    pub event: Event,
}

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The repository's address: its GitHub slug, or its folder where it has none.
    pub repository: String,
    pub environment: Option<EnvironmentName>,
    pub rollback: Option<RollbackId>,
    /// Absent in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
}

impl Subject {
    /// What concerns the whole repository.
    pub fn repository(repository: impl Into<String>) -> Self {
        Self { repository: repository.into(), environment: None, rollback: None, incident: None }
    }

    #[must_use]
    pub fn environment(self, environment: EnvironmentName) -> Self {
        Self { environment: Some(environment), ..self }
    }

    #[must_use]
    pub fn rollback(self, rollback: RollbackId) -> Self {
        Self { rollback: Some(rollback), ..self }
    }

    #[must_use]
    pub fn incident(self, incident: IncidentId) -> Self {
        Self { incident: Some(incident), ..self }
    }
}

/// Something that happened, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub writer: WriterId,
    /// Counts from 1 within one writer's chain.
    pub sequence: u64,
    pub at: Timestamp,
    pub subject: Subject,
    #[serde(flatten)]
    pub event: Event,
    pub hash: String,
}

/// Facts in the order in which they happened ([`merged`]), shared by all who read them.
pub type Story = Arc<Vec<Fact>>;

/// A fact as it is stored. Its texts are hashed as they stand, so that a later version, which would write them
/// differently, still verifies what an earlier one wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub writer: WriterId,
    pub sequence: u64,
    pub format: u32,
    /// RFC 3339, UTC.
    pub at: String,
    /// [`Subject`] as JSON.
    pub subject: String,
    /// [`Event`] as JSON.
    pub event: String,
    pub previous: String,
    /// SHA-256, hexadecimal.
    pub hash: String,
}

const CHANGED: &str = "its content is not what was written";

/// Where a chain stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub sequence: u64,
    pub hash: String,
}

/// The first place where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fact {sequence} of {writer} does not fit: {reason}")]
pub struct BrokenChain {
    pub writer: WriterId,
    pub sequence: u64,
    pub reason: &'static str,
}

/// A record that this version cannot read.
#[derive(Debug, thiserror::Error)]
#[error("fact {sequence} of {writer} cannot be read: {reason}")]
pub struct Unreadable {
    pub writer: WriterId,
    pub sequence: u64,
    pub reason: String,
}

/// Puts a new fact behind the head of its writer's chain.
///
/// # Errors
/// Only where a value has no JSON form, which no event has.
pub fn chain(writer: &WriterId, head: Option<&Head>, fact: &NewFact) -> Result<Record, serde_json::Error> {
    let mut record = Record {
        writer: writer.clone(),
        sequence: head.map_or(1, |head| head.sequence + 1),
        format: FORMAT,
        at: fact.at.to_string(),
        subject: serde_json::to_string(&fact.subject)?,
        event: serde_json::to_string(&fact.event)?,
        previous: head.map_or_else(|| NO_PREVIOUS.to_owned(), |head| head.hash.clone()),
        hash: String::new(),
    };
    record.hash = hash(&record);
    Ok(record)
}

impl Record {
    /// What it is about, without reading the rest.
    ///
    /// # Errors
    /// Where its subject cannot be read.
    pub fn repository(&self) -> Result<String, Unreadable> {
        let subject: Result<Subject, _> = serde_json::from_str(&self.subject);
        subject.map(|subject| subject.repository).map_err(|error| {
            let reason = error.to_string();
            Unreadable { writer: self.writer.clone(), sequence: self.sequence, reason }
        })
    }

    fn breaks(&self, reason: &'static str) -> BrokenChain {
        BrokenChain { writer: self.writer.clone(), sequence: self.sequence, reason }
    }

    /// # Errors
    /// Where the record was written by a newer version, or changed by hand.
    pub fn read(&self) -> Result<Fact, Unreadable> {
        let unreadable = |reason: String| Unreadable { writer: self.writer.clone(), sequence: self.sequence, reason };
        if self.format > FORMAT {
            return Err(unreadable(format!("a newer version of Lastgood wrote it (format {})", self.format)));
        }
        // A disk that turned one bit may have left a fact that reads well and says another thing.
        if self.hash != hash(self) {
            return Err(unreadable(CHANGED.to_owned()));
        }
        Ok(Fact {
            writer: self.writer.clone(),
            sequence: self.sequence,
            at: self.at.parse().map_err(|error: jiff::Error| unreadable(error.to_string()))?,
            subject: serde_json::from_str(&self.subject).map_err(|error| unreadable(error.to_string()))?,
            event: serde_json::from_str(&self.event).map_err(|error| unreadable(error.to_string()))?,
            hash: self.hash.clone(),
        })
    }
}

/// Checks one writer's records, given in their order.
pub fn verify(records: &[Record]) -> Result<(), BrokenChain> {
    let mut head = None;
    for record in records {
        head = Some(follow(head.as_ref(), record)?);
        if record.hash != hash(record) {
            return Err(record.breaks(CHANGED));
        }
    }
    Ok(())
}

/// The head of its writer's chain behind this record. Whether its content is what was written is not asked.
///
/// # Errors
/// Where it does not follow what was the head before: something between them was lost, added or moved.
pub fn follow(head: Option<&Head>, record: &Record) -> Result<Head, BrokenChain> {
    let (number, previous) = head.map_or((0, NO_PREVIOUS), |head| (head.sequence, head.hash.as_str()));
    if record.sequence != number + 1 {
        return Err(record.breaks("its number does not follow the one before"));
    }
    if record.previous != previous {
        return Err(record.breaks("it names another predecessor"));
    }
    Ok(Head { sequence: record.sequence, hash: record.hash.clone() })
}

/// Several writers' facts as one story: each writer's in the order in which they were written, whatever their clock did
/// meanwhile, and between writers by time. A clock that was set back counts as standing still.
pub fn merged(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_by(|one, other| (&one.writer, one.sequence).cmp(&(&other.writer, other.sequence)));
    let mut story: Vec<(Timestamp, Fact)> = Vec::with_capacity(facts.len());
    for fact in facts {
        let before = story.last().filter(|(_, before)| before.writer == fact.writer).map(|(at, _)| *at);
        story.push((before.map_or(fact.at, |before| before.max(fact.at)), fact));
    }
    // Stable: of one moment, a writer's order stays.
    story.sort_by_key(|(at, _)| *at);
    story.into_iter().map(|(_, fact)| fact).collect()
}

/// Over length-prefixed fields, so that no two different records have one text.
fn hash(record: &Record) -> String {
    let mut digest = Sha256::new();
    for field in [
        record.format.to_string().as_str(),
        record.writer.as_str(),
        record.sequence.to_string().as_str(),
        record.at.as_str(),
        record.subject.as_str(),
        record.event.as_str(),
        record.previous.as_str(),
    ] {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
