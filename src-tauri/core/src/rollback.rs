//! A rollback: seven steps, each journaled before it acts and after.
//!
//! [`Rollback`] is a fold of the journal's facts and nothing else; [`next`] is the only place where it changes, and
//! [`engine`] the only one that acts.

pub mod behind;
pub mod check;
pub mod checks;
pub mod choosing;
pub mod engine;
pub mod event;
pub mod local;
pub mod next;
pub mod plan;
mod steps;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Code;
use crate::hold::record::HoldRecord;
use crate::ids::{ObjectId, RollbackId, RunId, TagName};
use crate::ports::forge::RunSnapshot;
use crate::release::notes::with_section;
use crate::rollback::check::{Answer, Question};
use crate::rollback::event::Evidence;
use crate::rollback::local::LocalRun;
use crate::rollback::plan::Plan;

/// Where one rollback stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    pub id: RollbackId,
    pub plan: Plan,
    /// The plan's, until a person gives another.
    pub reason: String,
    /// In the order of [`StepName::ALL`].
    pub steps: [Step; 7],
    /// The environment is held for this rollback.
    pub held: bool,
    /// The hold's object on the remote; `None` where it is kept on this machine alone.
    pub shared: Option<ObjectId>,
    /// From then on the hold does not block; `None` where it stands until somebody lifts it, or none is taken.
    pub held_until: Option<Timestamp>,
    /// The hold that this one replaced.
    pub over: Option<Box<HoldRecord>>,
    /// What was live must not be a target any more.
    pub quarantined: bool,
    /// The target's own quarantine is lifted, because it proved itself.
    pub freed: bool,
    /// The rollback tag's object, once it exists here.
    pub tag: Option<ObjectId>,
    /// Why the remote did not confirm the rollback tag, where the rollback went on without it.
    pub tag_kept: Option<String>,
    /// A run may have been started, or the command here. A definite no to the dispatch takes it back.
    pub sent: bool,
    /// A request of an earlier attempt left and may have arrived, whatever a person said of it.
    pub requested: bool,
    /// A run was seen that an earlier life of this rollback may have begun; nothing that comes later takes that back.
    pub suspected: bool,
    /// The command that deploys from here, once it was started.
    pub local: Option<LocalRun>,
    pub run: Option<RunId>,
    /// What ties that run to this rollback.
    pub run_by: Option<Evidence>,
    /// The newest run of the workflow before ours, where only that tells them apart.
    pub newest: Option<RunId>,
    pub seen: Option<RunSnapshot>,
    /// Why the run cannot be seen just now.
    pub out_of_sight: Option<String>,
    /// What the step that runs waits for.
    pub waiting: Option<Waits>,
    /// A person looked, and said that it works where the proofs could not tell.
    pub vouched: bool,
    /// The release that it rolled back from says so on GitHub.
    pub marked: bool,
    pub undo_asked: bool,
    pub stop_asked: bool,
    pub end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Hold,
    Check,
    Tag,
    Dispatch,
    Follow,
    Prove,
    Close,
}

/// One step as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub name: StepName,
    pub phase: StepPhase,
    /// Idempotency key of the newest attempt.
    pub key: String,
    pub attempts: u32,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub sentence: String,
    pub hint: String,
    pub code: Option<Code>,
    pub answers: Vec<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepPhase {
    Pending,
    Running,
    Succeeded,
    Failed,
    Errored,
    Aborted,
    /// No evidence either way: a person decides.
    Inconclusive,
}

/// A step that waits until GitHub takes calls again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    pub until: Timestamp,
    pub sentence: String,
}

/// How a rollback ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    Failed,
    Errored,
    Aborted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub at: Timestamp,
    pub outcome: Outcome,
    pub sentence: String,
    pub hint: String,
}

impl StepName {
    pub const ALL: [Self; 7] =
        [Self::Hold, Self::Check, Self::Tag, Self::Dispatch, Self::Follow, Self::Prove, Self::Close];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Check => "check",
            Self::Tag => "tag",
            Self::Dispatch => "dispatch",
            Self::Follow => "follow",
            Self::Prove => "prove",
            Self::Close => "close",
        }
    }
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Aborted => "aborted",
        }
    }
}

impl Rollback {
    pub fn step(&self, name: StepName) -> &Step {
        &self.steps[name as usize]
    }

    /// The first step that has not succeeded; `None` when all have.
    pub fn current(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.phase != StepPhase::Succeeded)
    }

    /// The notes of the release that was rolled back from, saying what mended it.
    pub fn mended_notes(&self, notes: &str, by: &TagName) -> String {
        let (name, section) = (steps::close::section_name(&self.plan), steps::close::mended(self, by));
        with_section(notes, &name, &section)
    }

    /// Of one that succeeded: something told that the target is live. Without a probe that is only what GitHub's record
    /// says; a person's word counts as well.
    pub fn is_proved(&self) -> bool {
        let unproved = |answer: &Answer| answer.question == Question::LiveVersion && answer.warns();
        self.vouched || !self.step(StepName::Prove).answers.iter().any(unproved)
    }

    /// How long its hold stands, in words.
    pub fn hold_lasts(&self) -> String {
        match self.held_until {
            Some(until) => format!("until {}, or until you lift it", until.strftime("%Y-%m-%d %H:%M UTC")),
            None => "until you lift it".to_owned(),
        }
    }

    /// The reason; where nobody gave one, what was done.
    pub fn why(&self) -> String {
        if self.reason.is_empty() { format!("Rollback to {}", self.plan.to) } else { self.reason.clone() }
    }

    /// It is deployed from this machine, without GitHub.
    pub fn is_local(&self) -> bool {
        self.plan.deploy.local.is_some()
    }

    /// A run may have been started, also where a person said of an earlier dispatch that it did not arrive, and where a
    /// run is there that an earlier life of this rollback may have begun.
    pub fn may_have_run(&self) -> bool {
        self.sent || self.suspected || self.step(StepName::Dispatch).attempts > 1
    }

    /// A person may still take it back at no cost: nothing left this machine.
    pub fn can_undo(&self) -> bool {
        self.end.is_none() && !self.undo_asked && self.step(StepName::Tag).phase == StepPhase::Pending
    }

    pub fn can_stop(&self) -> bool {
        self.end.is_none() && !self.stop_asked && !self.undo_asked
    }
}

impl Step {
    fn pending(name: StepName) -> Self {
        Self {
            name,
            phase: StepPhase::Pending,
            key: String::new(),
            attempts: 0,
            started: None,
            ended: None,
            sentence: String::new(),
            hint: String::new(),
            code: None,
            answers: Vec::new(),
        }
    }
}
