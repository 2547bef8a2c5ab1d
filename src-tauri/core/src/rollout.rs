//! A gradual rollout: one release goes from stage to stage. Each is deployed and proved by a drive of the engine that also
//! rolls back, then watched for its soak time, and left through a gate.
//!
//! [`Rollout`] is a fold of the journal's facts and nothing else; [`next`] is the only place where it changes.

pub mod event;
pub mod mending;
pub mod next;
pub mod plan;
pub mod soak;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{RollbackId, RolloutId, TagName};
use crate::rollback;
use crate::rollout::event::Look;
use crate::rollout::plan::{Gate, RolloutPlan, StagePlan};

pub use words::{ended, stands};

/// Where one rollout stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    pub id: RolloutId,
    pub plan: RolloutPlan,
    pub stages: Vec<Stage>,
    /// Releases whose quarantine this rollout lifted.
    pub lifted: Vec<TagName>,
    /// What became of the words on the bad release's page.
    pub marked: Option<String>,
    pub back: Option<Back>,
    pub stop: Option<Stop>,
    pub end: Option<End>,
}

/// One environment on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub plan: StagePlan,
    pub phase: Phase,
    /// One drive for each attempt, the newest last.
    pub drives: Vec<RollbackId>,
    pub began: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// What was said last.
    pub sentence: String,
    pub hint: String,
    pub soak: Option<Soak>,
    /// Who opened the gate; `None` also where it opened by itself.
    pub opened_by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Pending,
    /// Its drive goes on.
    Deploying,
    /// Its drive did not work; nothing was dispatched.
    Refused,
    /// Its drive did not work, and something else may be live now.
    Failed,
    /// Deployed and proved, not yet watched.
    Deployed,
    Soaking,
    /// It stayed well for its soak time.
    Green,
    /// Its soak time is over, and nothing could tell whether it stayed well.
    Unproved,
    /// It did not stay well.
    Red,
    /// The gate is open, the hold still stands.
    Open,
    Passed,
}

/// How a stage is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soak {
    pub began: Timestamp,
    pub seconds: u32,
    /// Why it had to begin anew.
    pub anew: Option<String>,
    /// Each that differs from the one before.
    pub looks: Vec<(Timestamp, Look)>,
}

/// On the way back from a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    pub stage: usize,
    pub by: String,
    pub reason: String,
    pub rollback: Option<RollbackId>,
    pub outcome: Option<rollback::Outcome>,
    pub sentence: String,
    pub hint: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub by: String,
    pub reason: String,
}

/// How a rollout ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    /// A person stopped it; what was deployed stays.
    Stopped,
    /// The last stage's environment is as it was before.
    RolledBack,
    /// Going back from a stage did not work.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub at: Timestamp,
    pub outcome: Outcome,
    pub sentence: String,
    pub hint: String,
}

/// What a person can want of a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Open the gate.
    Go,
    /// Do once more what did not work: the deploy, or the watching.
    Again,
    /// Let the stage's environment be as it was.
    RollBack,
    /// End it here; what was deployed stays.
    Stop,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Stopped => "stopped",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
        }
    }
}

impl Rollout {
    /// The first stage that has not passed, with its place; `None` when all have.
    pub fn current(&self) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.phase != Phase::Passed)
    }

    /// What a person can want now.
    pub fn choices(&self) -> &'static [Choice] {
        use Choice::{Again, Go, RollBack, Stop};
        if self.end.is_some() || self.back.is_some() || self.stop.is_some() {
            return &[];
        }
        let Some((_, stage)) = self.current() else { return &[] };
        match stage.phase {
            Phase::Pending | Phase::Deploying => &[Stop],
            Phase::Refused => &[Again, Stop],
            Phase::Failed | Phase::Red => &[RollBack, Again, Stop],
            Phase::Deployed | Phase::Soaking => &[RollBack, Stop],
            Phase::Green if stage.plan.gate == Gate::Automatic => &[],
            Phase::Green | Phase::Unproved => &[Go, Again, RollBack, Stop],
            Phase::Open | Phase::Passed => &[],
        }
    }

    /// Nothing goes on before a person says how.
    pub fn needs_person(&self) -> bool {
        let waits = |stage: &Stage| match stage.phase {
            Phase::Refused | Phase::Failed | Phase::Red | Phase::Unproved => true,
            Phase::Green => stage.plan.gate == Gate::Person,
            Phase::Pending | Phase::Deploying | Phase::Deployed | Phase::Soaking | Phase::Open | Phase::Passed => false,
        };
        !self.choices().is_empty() && self.current().is_some_and(|(_, stage)| waits(stage))
    }
}
