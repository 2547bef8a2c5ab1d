//! Switchable faults: what may go wrong between a client and GitHub, and within a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fault that waits for a request that it fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Only requests with this method; any, if not given.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path and query hold this text; any, if empty.
    #[serde(default)]
    pub path: String,
    /// How many requests it meets before it is gone; `None` (JSON `null`) for ever, 1 if not given.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Another answer than the true one.
    Status {
        /// HTTP status.
        code: u16,
        /// Body; GitHub's usual error, if not given.
        #[serde(default)]
        body: Option<Value>,
        /// Headers on top of the usual ones, as in `retry-after`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Whether the request has had its effect all the same.
        #[serde(default)]
        when: When,
    },
    /// The connection ends.
    Cut {
        /// When it does.
        moment: Moment,
    },
    /// The answer is late; the effect is not.
    Delay {
        /// By how much.
        milliseconds: u64,
    },
    /// A proxy or an outage answers with a page of HTML.
    Html {
        /// HTTP status.
        code: u16,
        /// Whether the request has had its effect all the same.
        #[serde(default)]
        when: When,
    },
    /// Every `status` of runs and jobs and every `state` of deployments in the answer is this word, which no client
    /// knows.
    UnknownStatus {
        /// The word.
        word: String,
    },
    /// Whatever GitHub's description lets be null in runs, jobs, releases and deployments is null in the answer.
    Nulls,
    /// A list names its next page and not its last one.
    NoLastPage,
    /// GitHub's clock is off by so much: each time that it tells, in bodies and in headers, and each that it is asked for.
    Skew {
        /// How far it is ahead; below 0, how far behind.
        seconds: i64,
    },
    /// A GHES without run details: a dispatch that asks for them is answered by 422 (`refuse`) or plain 204.
    NoRunDetails {
        /// Refuse instead of ignoring the key.
        #[serde(default)]
        refuse: bool,
    },
    /// The dispatched run takes so many times as long.
    SlowRun {
        /// The factor.
        factor: f64,
    },
    /// The dispatched run fails at the first step whose name holds this text.
    FailStep {
        /// The text, in any case.
        step: String,
    },
    /// The dispatched run waits for an approval before it deploys.
    WaitForApproval,
    /// The dispatch is accepted, but no run ever comes of it.
    NoRun,
}

/// Before or after the request's effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request changes nothing.
    #[default]
    BeforeEffect,
    /// The request has done its work; only its answer is lost.
    AfterEffect,
}

/// When a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The request was read and did nothing.
    BeforeEffect,
    /// The request has done its work; no byte of the answer leaves.
    BeforeAnswer,
    /// The request has done its work; half of the answer leaves.
    DuringAnswer,
    /// The whole answer leaves, then the connection ends, without notice in the answer.
    AfterAnswer,
}

impl Fault {
    /// A fault for one request whose path and query hold `path`.
    pub fn once(path: &str, kind: FaultKind) -> Self {
        Self { method: None, path: path.to_owned(), times: once(), kind }
    }

    /// The same fault, only for requests of this method.
    pub fn on(self, method: &str) -> Self {
        Self { method: Some(method.to_owned()), ..self }
    }

    /// The same fault, for so many requests.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// The same fault, until it is cleared.
    pub fn for_ever(self) -> Self {
        Self { times: None, ..self }
    }

    fn fits(&self, method: &str, path_and_query: &str) -> bool {
        self.method.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(method))
            && path_and_query.contains(&self.path)
            && (!self.kind.is_about_runs() || (method == "POST" && path_and_query.ends_with("/dispatches")))
    }
}

impl FaultKind {
    /// Whether it is about what a dispatch does, not about its answer.
    fn is_about_runs(&self) -> bool {
        match self {
            Self::NoRunDetails { .. } | Self::SlowRun { .. } | Self::FailStep { .. } => true,
            Self::WaitForApproval | Self::NoRun => true,
            Self::Status { .. } | Self::Cut { .. } | Self::Delay { .. } => false,
            Self::Html { .. } | Self::UnknownStatus { .. } | Self::Nulls | Self::NoLastPage | Self::Skew { .. } => {
                false
            }
        }
    }
}

/// Takes the faults that a request meets, and counts them down.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &str, path_and_query: &str) -> Vec<FaultKind> {
    let mut met = Vec::new();
    for fault in faults.iter_mut().filter(|fault| fault.fits(method, path_and_query)) {
        if fault.times != Some(0) {
            met.push(fault.kind.clone());
            fault.times = fault.times.map(|times| times - 1);
        }
    }
    faults.retain(|fault| fault.times != Some(0));
    met
}

#[expect(clippy::unnecessary_wraps, reason = "serde asks for a function that makes the field's own type")]
fn once() -> Option<u32> {
    Some(1)
}
