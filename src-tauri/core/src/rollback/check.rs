//! Questions asked before a rollback (checks) and after it (proofs), and their answers.

pub mod samples;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::EvidenceHash;
use crate::rollback::StepName;
use crate::rollback::check::samples::Samples;
use crate::rollback::event::StepOutcome;

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
    /// When it was asked; what an earlier run of the same command said is as old as that run. Facts of the first
    /// version do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// What commands wrote, whole, in the evidence store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<EvidenceHash>,
    /// What a probe saw, look by look. Absent in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "Samples::is_empty")]
    pub samples: Samples,
}

macro_rules! questions {
    ($($name:ident, $code:literal, $title:literal, $step:ident, $policy:ident;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Question {
            $(#[serde(rename = $code)] $name,)*
        }

        impl Question {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// A few words for a chip.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The step that asks it.
            pub fn step(self) -> StepName {
                match self { $(Self::$name => StepName::$step,)* }
            }

            /// What an answer does where the settings say nothing.
            pub fn usual_policy(self) -> Policy {
                match self { $(Self::$name => Policy::$policy,)* }
            }
        }
    };
}

// In the order in which they are shown.
questions! {
    TargetExists, "target.exists", "Same tag here and on the remote", Check, Block;
    WorkflowReady, "workflow.ready", "Workflow ready", Check, Block;
    DeployCommand, "deploy.command", "Deploy command may run", Check, Block;
    TargetQuarantine, "target.quarantine", "Not quarantined", Check, Block;
    AccessReady, "access.ready", "May push and dispatch", Check, Block;
    TargetArtifact, "target.artifact", "Artifacts still there", Check, Block;
    TargetRan, "target.ran", "Ran here before", Check, Warn;
    TargetSignature, "target.signature", "Signature", Check, Warn;
    EnvironmentIdle, "environment.idle", "Nothing else deploys", Check, Warn;
    RiskMigrations, "risk.migrations", "Database migrations", Check, Warn;
    RiskConfig, "risk.config", "Configuration", Check, Warn;
    RiskWorkflow, "risk.workflow", "Deploy workflow unchanged", Check, Warn;
    DependencyCheck, "dependency.check", "Dependencies resolve", Check, Warn;
    SecurityScan, "security.scan", "Security scan", Check, Warn;
    RiskDependencies, "risk.dependencies", "Dependency versions", Check, Info;
    RiskChanges, "risk.changes", "Changes that leave", Check, Info;
    LiveVersion, "live.version", "Live version", Prove, Block;
    LiveHealth, "live.health", "Health", Prove, Block;
    ProofFunctionality, "proof.functionality", "Functionality", Prove, Block;
    ProofPerformance, "proof.performance", "Performance", Prove, Block;
    ProofSecurity, "proof.security", "Security", Prove, Block;
}

impl Question {
    /// Those that commands answer.
    pub const COMMANDED: [Self; 5] = [
        Self::DependencyCheck,
        Self::SecurityScan,
        Self::ProofFunctionality,
        Self::ProofPerformance,
        Self::ProofSecurity,
    ];
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

impl Answer {
    /// A question that may not be answered with anything but "passed".
    pub fn blocks(&self) -> bool {
        self.policy == Policy::Block && self.verdict != Verdict::Passed
    }

    pub fn warns(&self) -> bool {
        self.policy == Policy::Warn && self.verdict != Verdict::Passed
    }
}

/// What blocks, in one sentence: a clear no counts more than what could not be asked.
pub fn blocking(answers: &[Answer]) -> Option<&Answer> {
    let blocks = |answer: &&Answer| answer.blocks();
    let no = answers.iter().filter(blocks).find(|answer| answer.verdict == Verdict::Failed);
    no.or_else(|| answers.iter().find(blocks))
}

/// How the step ends that asked these.
pub fn outcome(answers: &[Answer]) -> StepOutcome {
    match blocking(answers).map(|answer| answer.verdict) {
        None => StepOutcome::Succeeded,
        Some(Verdict::Errored | Verdict::Inconclusive) => StepOutcome::Errored,
        Some(Verdict::Failed | Verdict::Passed) => StepOutcome::Failed,
    }
}
