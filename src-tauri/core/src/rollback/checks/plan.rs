//! What is asked of one rollback, settled with its plan, so that it is the same after a restart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::TagName;
use crate::ports::world::Wanted;
use crate::rollback::check::{Policy, Question};
use crate::settings::checks::{CheckSettings, Commands, PolicyWord};
use crate::settings::{EnvironmentSettings, Glob, address};

/// Seconds that a command may take where the settings say nothing: a cold build of a large service.
const COMMAND_SECONDS: u32 = 600;

/// Seconds that a rollback waits for a command that could only warn.
const PATIENCE_SECONDS: u32 = 20;

/// The questions and what each needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckPlan {
    /// Not asked.
    pub off: BTreeSet<Question>,
    /// Where they are not the usual ones.
    pub policies: BTreeMap<Question, Policy>,
    /// Patterns of paths; none: the usual places.
    pub migrations: Option<Vec<String>>,
    pub config: Option<Vec<String>>,
    /// A file of the repository that names who may sign.
    pub allowed_signers: Option<String>,
    pub artifact: Artifact,
    /// Of `dependency.check`, `security.scan` and the proofs. Without an entry, what fits the target's files is run.
    pub commands: BTreeMap<Question, CommandSet>,
    pub patience_seconds: Option<u32>,
}

/// What a deploy of the target needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artifact {
    /// Patterns of names.
    pub assets: Vec<String>,
    pub url: Option<String>,
}

/// Commands of one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSet {
    pub commands: Vec<Vec<String>>,
    pub timeout_seconds: u32,
    pub worktree: bool,
}

impl CommandSet {
    /// In a worktree, with the usual deadline.
    pub fn of(commands: Vec<Vec<String>>) -> Self {
        Self { commands, timeout_seconds: COMMAND_SECONDS, worktree: true }
    }
}

impl CheckPlan {
    /// `target` and `base`, the address of the environment, are filled in where the settings leave room for them.
    pub fn new(settings: &EnvironmentSettings, target: &TagName, base: Option<&str>) -> Self {
        let checks = &settings.checks;
        let mut plan = Self {
            migrations: checks.risk.migrations.files.as_deref().map(patterns),
            config: checks.risk.config.files.as_deref().map(patterns),
            allowed_signers: checks.target.signature.allowed_signers.clone(),
            artifact: artifact(checks, target, base),
            patience_seconds: checks.patience_seconds,
            ..Self::default()
        };
        for (question, word) in words(checks, settings) {
            plan.set(question, word);
        }
        for (question, commands) in commands(checks, settings) {
            if let Some(list) = &commands.commands {
                let timeout_seconds = commands.timeout_seconds.unwrap_or(COMMAND_SECONDS);
                let worktree = commands.worktree.unwrap_or(true);
                plan.commands.insert(question, CommandSet { commands: list.clone(), timeout_seconds, worktree });
            }
        }
        plan
    }

    /// Whether the question is asked at all.
    pub fn asks(&self, question: Question) -> bool {
        let has_something = match question {
            Question::TargetArtifact => !self.artifact.assets.is_empty() || self.artifact.url.is_some(),
            Question::ProofFunctionality | Question::ProofPerformance | Question::ProofSecurity => {
                self.commands.contains_key(&question)
            }
            Question::TargetExists
            | Question::WorkflowReady
            | Question::DeployCommand
            | Question::TargetQuarantine
            | Question::AccessReady
            | Question::TargetRan
            | Question::TargetSignature
            | Question::EnvironmentIdle
            | Question::RiskMigrations
            | Question::RiskConfig
            | Question::RiskWorkflow
            | Question::DependencyCheck
            | Question::SecurityScan
            | Question::RiskDependencies
            | Question::RiskChanges
            | Question::LiveVersion
            | Question::LiveHealth => true,
        };
        has_something && !self.off.contains(&question)
    }

    pub fn policy(&self, question: Question) -> Policy {
        self.policies.get(&question).copied().unwrap_or_else(|| question.usual_policy())
    }

    /// How long a rollback waits for a command that could only warn.
    pub fn patience(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.patience_seconds.unwrap_or(PATIENCE_SECONDS).into())
    }

    fn set(&mut self, question: Question, word: PolicyWord) {
        let policy = match word {
            PolicyWord::Block => Policy::Block,
            PolicyWord::Warn => Policy::Warn,
            PolicyWord::Info => Policy::Info,
            PolicyWord::Off => {
                self.off.insert(question);
                return;
            }
        };
        self.policies.insert(question, policy);
    }
}

fn words(checks: &CheckSettings, settings: &EnvironmentSettings) -> Vec<(Question, PolicyWord)> {
    let all = [
        (Question::TargetExists, checks.target.exists.policy),
        (Question::TargetSignature, checks.target.signature.policy),
        (Question::TargetRan, checks.target.ran.policy),
        (Question::TargetQuarantine, checks.target.quarantine.policy),
        (Question::TargetArtifact, checks.target.artifact.policy),
        (Question::WorkflowReady, checks.workflow.ready.policy),
        (Question::AccessReady, checks.access.ready.policy),
        (Question::EnvironmentIdle, checks.environment.idle.policy),
        (Question::RiskMigrations, checks.risk.migrations.policy),
        (Question::RiskConfig, checks.risk.config.policy),
        (Question::RiskDependencies, checks.risk.dependencies.policy),
        (Question::RiskWorkflow, checks.risk.workflow.policy),
        (Question::RiskChanges, checks.risk.changes.policy),
    ];
    let commanded = commands(checks, settings).map(|(question, commands)| (question, commands.policy));
    all.into_iter().chain(commanded).filter_map(|(question, word)| Some((question, word?))).collect()
}

fn commands<'a>(checks: &'a CheckSettings, settings: &'a EnvironmentSettings) -> [(Question, &'a Commands); 5] {
    [
        (Question::DependencyCheck, &checks.dependency.check),
        (Question::SecurityScan, &checks.security.scan),
        (Question::ProofFunctionality, &settings.proofs.functionality),
        (Question::ProofPerformance, &settings.proofs.performance),
        (Question::ProofSecurity, &settings.proofs.security),
    ]
}

fn patterns(globs: &[Glob]) -> Vec<String> {
    globs.iter().map(|glob| glob.as_str().to_owned()).collect()
}

fn artifact(checks: &CheckSettings, target: &TagName, base: Option<&str>) -> Artifact {
    let rule = &checks.target.artifact;
    let assets = rule.assets.iter().flatten().map(|glob| filled(glob.as_str(), target, crate::risk::literal));
    let url = rule.url.as_deref().and_then(|url| address(&filled(url, target, escaped), base));
    Artifact { assets: assets.collect(), url }
}

/// The tag is data: `as_data` makes it stand for itself.
fn filled(text: &str, target: &TagName, as_data: impl Fn(&str) -> String) -> String {
    let tag = target.as_str();
    text.replace("{tag}", &as_data(tag)).replace("{version}", &as_data(tag.trim_start_matches(['v', 'V'])))
}

/// One part of an address (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What health is asked, made whole.
pub fn wanted(settings: &EnvironmentSettings, base: Option<&str>) -> Option<Wanted> {
    let probes = &settings.probes;
    Some(Wanted {
        url: address(probes.health.as_deref()?, base)?,
        status: probes.status.clone(),
        body: probes.body.as_ref().map(|pattern| pattern.as_str().to_owned()),
        timeout_seconds: probes.timeout_seconds,
        anywhere: false,
    })
}
