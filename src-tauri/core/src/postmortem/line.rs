//! One line of the timeline: what happened when, who says so, and what proves it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{EvidenceHash, RunId, WriterId};
use crate::rollback::check::Verdict;
use crate::rollback::check::samples::Samples;

/// Stays the same however often the timeline is made anew: a fact's writer and number, a deployment's number, or what a
/// person's line was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(String);

impl LineId {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn of_fact(writer: &WriterId, sequence: u64) -> Self {
        Self(format!("{writer}:{sequence}"))
    }

    pub fn of_deployment(id: u64) -> Self {
        Self(format!("deployment:{id}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Somebody or something noticed that it does not work.
    Detection,
    /// Something that could have told, or that changed.
    Signal,
    /// People were called.
    Alert,
    /// A person settled what to do.
    Decision,
    /// Something was done.
    Action,
    /// It works again, as far as the deed itself can tell.
    Repair,
    /// The live service was asked.
    Proof,
    /// Words to people.
    Message,
    /// Nothing is known of this time.
    Gap,
}

/// Whether a short timeline needs the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    Main,
    Detail,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: LineId,
    pub at: Timestamp,
    pub kind: LineKind,
    pub weight: Weight,
    /// One sentence, without a final full stop.
    pub text: String,
    pub who: Option<String>,
    pub source: Source,
    pub evidence: Vec<Evidence>,
    /// Set where the live service was asked, after a rollback or by a look at it.
    pub answer: Option<Answered>,
    pub comment: Option<String>,
    pub hidden: bool,
    /// Its writer's clock had been set back before it: later than the line above it may be true all the same.
    pub clock_went_back: bool,
}

/// What was asked, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub question: &'static str,
    pub verdict: Verdict,
}

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Journal {
        writer: WriterId,
        sequence: u64,
    },
    GitHub,
    Person {
        by: String,
        pasted_from: Option<String>,
    },
    /// Nobody: it follows from the lines around it.
    Derived,
}

/// What opens when somebody asks how this is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The fact's hash in its chain.
    Fact {
        hash: String,
    },
    /// What a check or a probe saw, line by line.
    Output(Vec<String>),
    /// What a probe saw, look by look.
    Looks(Samples),
    /// The words that left to a channel, line by line.
    Sent(Vec<String>),
    /// What a command wrote, whole, in the evidence store.
    Stored(EvidenceHash),
    Run {
        id: RunId,
        url: Option<String>,
    },
    Deployment(u64),
    Link(String),
}

impl LineKind {
    pub const ALL: [Self; 9] = [
        Self::Detection,
        Self::Signal,
        Self::Alert,
        Self::Decision,
        Self::Action,
        Self::Repair,
        Self::Proof,
        Self::Message,
        Self::Gap,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Detection => "Detection",
            Self::Signal => "Signal",
            Self::Alert => "Alert",
            Self::Decision => "Decision",
            Self::Action => "Action",
            Self::Repair => "Repair",
            Self::Proof => "Proof",
            Self::Message => "Message",
            Self::Gap => "Gap",
        }
    }
}

impl Source {
    /// For a column: short, and the same in every export.
    pub fn words(&self) -> String {
        match self {
            Self::Journal { writer, sequence } => format!("journal {writer} #{sequence}"),
            Self::GitHub => "GitHub".to_owned(),
            Self::Person { by, pasted_from: None } => format!("added by {by}"),
            Self::Person { by, pasted_from: Some(from) } => format!("pasted from {from} by {by}"),
            Self::Derived => String::new(),
        }
    }
}
