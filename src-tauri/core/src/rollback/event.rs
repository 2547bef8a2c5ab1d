//! What can happen in a rollback, as the journal keeps it. Small, and closed: [`super::next`] knows each one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Code;
use crate::hold::record::HoldRecord;
use crate::ids::{ObjectId, RunId, TagName};
use crate::ports::forge::RunSnapshot;
use crate::rollback::check::Answer;
use crate::rollback::local::LocalEnd;
use crate::rollback::plan::Plan;
use crate::rollback::{Outcome, StepName};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Event {
    /// A person asked for it. The plan pins every object id.
    RollbackStarted(Box<Plan>),
    /// The reason, given or changed while the countdown ran.
    ReasonGiven {
        reason: String,
    },
    /// Intent: this step is about to act, under this idempotency key.
    StepStarted {
        step: StepName,
        key: String,
    },
    /// A check or a proof was answered.
    Answered(Box<Answer>),
    /// The environment is held for this rollback.
    HoldTaken {
        owner: String,
        reason: String,
        /// From then on it does not block. Absent in what earlier versions wrote: until it is lifted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
        /// Its object on the remote; absent where it is kept on this machine alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shared: Option<ObjectId>,
        /// The hold that it replaced: an expired one, an own one, or somebody else's that was broken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<HoldRecord>>,
    },
    /// Nobody holds the environment any more.
    HoldLifted {
        by: String,
        reason: String,
    },
    /// The rollback tag exists here with this object.
    TagMade {
        tag: TagName,
        object: ObjectId,
    },
    /// The newest run of the workflow before anything was sent, 0 where there was none: ours is newer. Written only
    /// where nothing else tells them apart.
    NewestRun {
        run: RunId,
    },
    /// GitHub takes no calls until then; the step waits.
    Waiting {
        step: StepName,
        until: Timestamp,
        sentence: String,
    },
    /// The last moment before the request goes out. Without this fact behind the intent, nothing was sent.
    DispatchSent,
    /// The last moment before the environment's own command is started here. Without this fact behind the intent, nothing
    /// was run.
    LocalBegan {
        /// The command on one line.
        command: String,
        /// What trust is bound to.
        fingerprint: String,
    },
    /// How it ended. Without this fact behind its beginning nobody knows, and it is not run again by itself.
    LocalEnded(Box<LocalEnd>),
    /// The rollback tag is on this machine, and the remote did not confirm that it has it: it is away, and the deploy does
    /// not need it.
    TagKept {
        tag: TagName,
        sentence: String,
    },
    /// This run is ours.
    RunFound {
        run: RunId,
        how: Evidence,
    },
    /// The run looks different from last time.
    RunSeen(Box<RunSnapshot>),
    /// GitHub cannot be asked about the run just now; written once for each outage, and again where a limit begins in it,
    /// lasts longer, or is over.
    RunOutOfSight {
        sentence: String,
    },
    /// A release must not be a target any more.
    Quarantined {
        tag: TagName,
        /// Who did it. Absent in what earlier versions wrote.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owner: String,
        reason: String,
        /// From then on it counts no more; absent: until it is lifted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
        /// Its object on the remote; absent where it is kept on this machine alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shared: Option<ObjectId>,
    },
    /// The release on GitHub says that it was rolled back from.
    ReleaseMarked {
        tag: TagName,
    },
    /// A release may be a target again.
    QuarantineLifted {
        tag: TagName,
        by: String,
        reason: String,
    },
    /// Outcome of a step.
    StepEnded(Ending),
    /// A person decided what evidence could not.
    PersonChose {
        step: StepName,
        choice: Choice,
    },
    UndoAsked,
    StopAsked,
    /// Intent: a person is about to tell GitHub this about a run. It stands beside the steps and changes none of them.
    RunOrdered {
        run: RunId,
        order: RunOrder,
        by: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        comment: String,
    },
    /// What became of it.
    RunOrderEnded {
        run: RunId,
        order: RunOrder,
        outcome: OrderOutcome,
        sentence: String,
    },
    RollbackEnded {
        outcome: Outcome,
        sentence: String,
        hint: String,
    },
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub step: StepName,
    pub outcome: StepOutcome,
    /// One sentence.
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub hint: String,
    /// Set where the step did not succeed.
    pub code: Option<Code>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Succeeded,
    /// It said no.
    Failed,
    /// It broke.
    Errored,
    /// A person stopped it.
    Aborted,
    /// There is no evidence: a person decides.
    Inconclusive,
}

/// What a person tells GitHub about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOrder {
    Approve,
    Reject,
    Cancel,
}

/// What became of what a person told GitHub about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderOutcome {
    Done,
    /// GitHub said no.
    Refused,
    /// It never left this machine.
    NotSent,
    /// It left, and nothing tells what became of it.
    Unknown,
}

/// What ties a run to this rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// GitHub's answer to the dispatch named it.
    Answer,
    /// Its title carries the rollback's key.
    Key,
    /// It is the only run of this workflow that this account dispatched and that is newer than all before the request.
    TimeAndActor,
    /// A person said so.
    Person,
}

/// What a person can decide about an inconclusive step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Ask the destination again.
    LookAgain,
    /// It did not arrive: do it once more.
    SendAgain,
    /// It is as it should be; go on.
    ItWorked,
    /// End the rollback here.
    GiveUp,
}
