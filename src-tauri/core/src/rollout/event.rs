//! What can happen in a rollout, as the journal keeps it. Each kind begins with `rollout_`, which no other family's does.
//!
//! What happens inside a stage is a rollback's own story: these facts name it by its id.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::plan::RolloutPlan;
use crate::ids::{RollbackId, RolloutId, TagName};
use crate::rollback;
use crate::rollback::check::Verdict;

/// What each kind begins with.
pub const PREFIX: &str = "rollout_";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub rollout: RolloutId,
    #[serde(flatten)]
    pub deed: Deed,
}

/// Stages count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Deed {
    /// A person asked for it. The plan pins the release and its stages.
    RolloutStarted(Box<RolloutPlan>),
    /// This release may be a target again.
    RolloutQuarantineLifted {
        tag: TagName,
    },
    /// Intent: this stage is deployed and proved under this id.
    RolloutStageBegun {
        stage: usize,
        rollback: RollbackId,
    },
    /// Outcome of that.
    RolloutStageEnded(Ending),
    /// From now on the stage is watched for so many seconds.
    RolloutSoakBegun {
        stage: usize,
        seconds: u32,
        /// Why what was watched before does not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        anew: Option<String>,
    },
    /// The first look, and each that differs from the one before.
    RolloutSoakSeen(Look),
    RolloutSoakEnded {
        stage: usize,
        verdict: Verdict,
        sentence: String,
    },
    /// What follows this stage may begin.
    RolloutGateOpened {
        stage: usize,
        /// Absent: by itself, because the proofs stayed green.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Nobody is kept from deploying there any more; or the sentence says why the hold still stands.
    RolloutHoldLifted {
        stage: usize,
        sentence: String,
        /// Empty where it is lifted.
        hint: String,
    },
    /// What did not work is done once more.
    RolloutTriedAgain {
        stage: usize,
        by: String,
    },
    /// A person wants the stage's environment to be as it was.
    RolloutBackChosen {
        stage: usize,
        by: String,
        reason: String,
    },
    /// Intent: an ordinary rollback under this id.
    RolloutBackBegun {
        stage: usize,
        rollback: RollbackId,
    },
    /// Outcome of that.
    RolloutBackEnded(Ending),
    /// The page of the bad release says what mended it; or the sentence says why it does not.
    RolloutReleaseMarked {
        tag: TagName,
        sentence: String,
    },
    RolloutStopAsked {
        by: String,
        reason: String,
    },
    RolloutEnded {
        outcome: Outcome,
        sentence: String,
        hint: String,
    },
}

/// How a stage's drive ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub stage: usize,
    pub outcome: rollback::Outcome,
    /// A run may have been started, so that something else may be live now.
    pub may_have_run: bool,
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub hint: String,
}

/// What was seen while a stage was watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub stage: usize,
    pub verdict: Verdict,
    pub sentence: String,
    pub evidence: Vec<String>,
}
