//! What one hold or quarantine says on the remote, and how it is written there.
//!
//! A commit with nothing in it carries the text. A person reads its first lines in any git; a script in a deploy
//! workflow reads `Expires-seconds` and `Rollback`; Lastgood reads the last line, which is JSON and says all of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, RollbackId, TagName};

/// Version of the JSON. A newer one stands, and cannot be read.
const FORMAT: u32 = 1;

const LINE: &str = "Lastgood: ";

/// A hold on the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRecord {
    pub environment: EnvironmentName,
    pub owner: String,
    pub reason: String,
    pub since: Timestamp,
    /// From then on it does not block.
    pub expires: Timestamp,
    /// The rollback that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackId>,
    /// The hold that it replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Box<HoldRecord>>,
}

/// A quarantine on the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRecord {
    pub tag: TagName,
    pub owner: String,
    pub reason: String,
    pub since: Timestamp,
    /// From then on it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    pub scope: Scope,
}

/// Where a quarantined release must not be a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Everywhere,
    Environments(Vec<EnvironmentName>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    Hold(HoldRecord),
    Quarantine(QuarantineRecord),
}

/// Why a mark says nothing that this version understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it has no line that begins with {LINE:?}")]
    NoRecord,
    #[error("a newer version of Lastgood wrote it (format {0})")]
    Newer(u32),
    #[error("{0}")]
    Malformed(String),
    #[error("it says another thing than its name")]
    AnotherKind,
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    #[serde(flatten)]
    record: &'a Record,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl HoldRecord {
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires <= now
    }

    /// So many hours after `since`.
    pub fn expiry(since: Timestamp, hours: u32) -> Timestamp {
        since.checked_add(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MAX)
    }

    /// Who, until when, why: the rest of "production is held by …".
    pub fn words(&self) -> String {
        let until = self.expires.strftime("%Y-%m-%d %H:%M UTC");
        format!("{} until {until}: {}", self.owner, self.reason)
    }
}

impl QuarantineRecord {
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl Scope {
    pub fn covers(&self, environment: &EnvironmentName) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Environments(names) => names.contains(environment),
        }
    }

    /// Where it counts besides; `None` where it counts nowhere then. No scope is everywhere but one.
    pub fn without(&self, environment: &EnvironmentName) -> Option<Self> {
        match self {
            Self::Everywhere => None,
            Self::Environments(names) => {
                let others: Vec<_> = names.iter().filter(|name| *name != environment).cloned().collect();
                (!others.is_empty()).then_some(Self::Environments(others))
            }
        }
    }

    /// Where either counts.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Environments(mut names), Self::Environments(others)) => {
                names.extend(others.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
                Self::Environments(names)
            }
            (Self::Everywhere, _) | (_, Self::Everywhere) => Self::Everywhere,
        }
    }
}

impl Record {
    /// The text as it lies on the remote.
    ///
    /// # Errors
    /// Only where a value has no JSON form, which none here has.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let json = serde_json::to_string(&Written { format: FORMAT, record: self })?;
        let expiry = |expires: Option<Timestamp>| match expires {
            Some(expires) => format!("Expires: {expires}\nExpires-seconds: {}\n", expires.as_second()),
            None => "Expires: never\nExpires-seconds: never\n".to_owned(),
        };
        let (subject, owner, reason, since, expires) = match self {
            Self::Hold(hold) => {
                let subject = format!("Hold {}", hold.environment);
                (subject, &hold.owner, &hold.reason, hold.since, expiry(Some(hold.expires)))
            }
            Self::Quarantine(bad) => {
                (format!("Quarantine {}", bad.tag), &bad.owner, &bad.reason, bad.since, expiry(bad.expires))
            }
        };
        let rollback = match self {
            Self::Hold(HoldRecord { rollback: Some(id), .. }) => format!("Rollback: {}\n", one_line(id.as_str())),
            Self::Hold(_) | Self::Quarantine(_) => String::new(),
        };
        let (subject, owner, reason) = (one_line(&subject), one_line(owner), one_line(reason));
        let head = format!("{subject}\n\nOwner: {owner}\nReason: {reason}\nSince: {since}");
        Ok(format!("{head}\n{expires}{rollback}{LINE}{json}\n"))
    }

    /// # Errors
    /// What another program or a newer version wrote.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let json = text.lines().rev().find_map(|line| line.strip_prefix(LINE)).ok_or(Unreadable::NoRecord)?;
        let malformed = |error: serde_json::Error| Unreadable::Malformed(error.to_string());
        let Format { format } = serde_json::from_str(json).map_err(malformed)?;
        if format > FORMAT {
            return Err(Unreadable::Newer(format));
        }
        serde_json::from_str(json).map_err(malformed)
    }
}

/// What would end a line, or the text itself, is a space.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
