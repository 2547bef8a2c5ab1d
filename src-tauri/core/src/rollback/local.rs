//! A deploy from this machine: the environment's own command in the place of the workflow, for when GitHub is away.
//!
//! It is never chosen by itself. A person asks for it, and it needs trust as every command of a repository does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{EvidenceHash, ObjectId};
use crate::ports::shell::{self, CommandOrder, CommandPlace, Ran};
use crate::rollback::plan::Plan;
use crate::settings::EnvironmentSettings;

/// Seconds that a deploy may take where the settings say nothing.
const SECONDS: u32 = 600;

/// How the environment is deployed to without GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalDeploy {
    /// The program, then its arguments.
    pub argv: Vec<String>,
    pub timeout_seconds: u32,
}

/// The command of a rollback that deploys from here, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalRun {
    /// `None`: it runs, or whoever ran it ended before it.
    pub ended: Option<LocalEnd>,
}

/// How the command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalEnd {
    pub how: LocalOutcome,
    /// The last lines that it wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<String>,
    /// All that it wrote, in the evidence store; absent where it was stopped before it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<EvidenceHash>,
    pub milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalOutcome {
    /// By itself, with this code.
    Exited(i32),
    /// Something else ended it.
    Signalled,
    /// Its time was over, and it was ended.
    TimedOut,
    /// A person stopped it, and it was ended.
    Stopped,
}

impl LocalDeploy {
    /// `None` where the environment names no command.
    pub fn of(settings: &EnvironmentSettings) -> Option<Self> {
        let argv = settings.deploy_command.clone().filter(|argv| !argv.is_empty())?;
        Some(Self { argv, timeout_seconds: settings.deploy_timeout_seconds.unwrap_or(SECONDS) })
    }

    /// On one line, for a person to read.
    pub fn shown(&self) -> String {
        shell::shown(&self.argv)
    }

    /// The same words in the same kind of place, for those who look at it: trust is bound to nothing else.
    pub fn order_to_look_at(&self) -> CommandOrder {
        CommandOrder {
            argv: self.argv.clone(),
            place: CommandPlace::Worktree(ObjectId::new("HEAD")),
            variables: Vec::new(),
            deadline: Duration::from_secs(self.timeout_seconds.into()),
            recall_for: None,
        }
    }

    /// What is run: among the files of the target, and never answered by an earlier run.
    pub fn order(&self, plan: &Plan) -> CommandOrder {
        let variables = [
            ("LASTGOOD_ENVIRONMENT", plan.environment.to_string()),
            ("LASTGOOD_URL", plan.proofs.url.clone().unwrap_or_default()),
            ("LASTGOOD_TAG", plan.to.to_string()),
            ("LASTGOOD_COMMIT", plan.commit.to_string()),
        ];
        CommandOrder {
            place: CommandPlace::Worktree(plan.commit.clone()),
            variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ..self.order_to_look_at()
        }
    }
}

impl LocalEnd {
    pub(crate) fn exited(ran: Ran) -> Self {
        Self::after(ran.exit.map_or(LocalOutcome::Signalled, LocalOutcome::Exited), ran)
    }

    pub(crate) fn timed_out(ran: Ran) -> Self {
        Self::after(LocalOutcome::TimedOut, ran)
    }

    pub(crate) fn stopped(ran: Ran) -> Self {
        Self::after(LocalOutcome::Stopped, ran)
    }

    fn after(how: LocalOutcome, ran: Ran) -> Self {
        Self { how, tail: ran.tail, output: ran.output, milliseconds: ran.milliseconds }
    }

    /// Such as `exit 0 after 12.4 s`.
    pub fn words(&self) -> String {
        let seconds = Duration::from_millis(self.milliseconds).as_secs_f64();
        let how = match self.how {
            LocalOutcome::Exited(code) => format!("exit {code}"),
            LocalOutcome::Signalled => "ended by a signal".to_owned(),
            LocalOutcome::TimedOut => "ended when its time was over".to_owned(),
            LocalOutcome::Stopped => "stopped".to_owned(),
        };
        format!("{how} after {seconds:.1} s")
    }
}
