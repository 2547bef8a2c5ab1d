//! Questions asked before a rollback (checks) and after it (proofs), and their answers.

use serde::{Deserialize, Serialize};

/// One question's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub question: Question,
    pub verdict: Verdict,
    pub policy: Policy,
    /// One sentence.
    pub sentence: String,
    /// What was seen, line by line.
    pub evidence: Vec<String>,
    pub milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    #[serde(rename = "target.exists")]
    TargetExists,
    #[serde(rename = "target.ran")]
    TargetRan,
    #[serde(rename = "target.quarantine")]
    TargetQuarantine,
    #[serde(rename = "workflow.ready")]
    WorkflowReady,
    #[serde(rename = "live.version")]
    LiveVersion,
    #[serde(rename = "live.health")]
    LiveHealth,
}

/// Never a bare false: "it said no" and "it could not tell" are different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Failed,
    Inconclusive,
    Errored,
}

/// What an answer other than `passed` does to the rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    Block,
    Warn,
    Info,
}

impl Question {
    pub fn code(self) -> &'static str {
        match self {
            Self::TargetExists => "target.exists",
            Self::TargetRan => "target.ran",
            Self::TargetQuarantine => "target.quarantine",
            Self::WorkflowReady => "workflow.ready",
            Self::LiveVersion => "live.version",
            Self::LiveHealth => "live.health",
        }
    }

    /// A few words for a chip.
    pub fn title(self) -> &'static str {
        match self {
            Self::TargetExists => "Same tag here and on the remote",
            Self::TargetRan => "Ran here before",
            Self::TargetQuarantine => "Not quarantined",
            Self::WorkflowReady => "Workflow ready",
            Self::LiveVersion => "Live version",
            Self::LiveHealth => "Health",
        }
    }
}

impl Answer {
    /// A question that may not be answered with anything but "passed".
    pub fn blocks(&self) -> bool {
        self.policy == Policy::Block && self.verdict != Verdict::Passed
    }

    pub fn warns(&self) -> bool {
        self.policy == Policy::Warn && self.verdict != Verdict::Passed
    }
}
