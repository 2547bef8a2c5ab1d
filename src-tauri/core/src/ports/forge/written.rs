//! What becomes of a request that writes, and of one that has to wait.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Trouble};

/// What became of a request that writes. It left at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Written<T> {
    /// GitHub did it.
    Done(T),
    /// GitHub said no, and nothing was changed.
    Refused(Trouble),
    /// The request never left this machine.
    NotSent(Trouble),
    /// It left, and no answer tells what became of it.
    Unknown(Trouble),
}

impl<T> Written<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Written<U> {
        match self {
            Self::Done(value) => Written::Done(change(value)),
            Self::Refused(trouble) => Written::Refused(trouble),
            Self::NotSent(trouble) => Written::NotSent(trouble),
            Self::Unknown(trouble) => Written::Unknown(trouble),
        }
    }
}

/// GitHub wants no calls before this time. Nothing is sent until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub until: Timestamp,
    pub why: Limit,
}

/// Source: GitHub's "Rate limits for the REST API".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// So many calls an hour.
    Primary,
    /// Too many at once, or too fast.
    Secondary,
}

impl Waiting {
    pub fn sentence(&self) -> String {
        let limit = match self.why {
            Limit::Primary => "The calls of this hour are used up",
            Limit::Secondary => "GitHub asks for fewer calls",
        };
        format!("{limit}; nothing is asked before {} UTC.", self.until.strftime("%H:%M:%S"))
    }

    /// The same as a trouble, for a request that was not sent because of it.
    pub fn trouble(&self, now: Timestamp) -> Trouble {
        let seconds = self.until.duration_since(now).as_secs().max(1);
        Trouble::new(Code::RateLimited, self.sentence(), format!("Wait {seconds} s; it goes on by itself."))
    }
}
