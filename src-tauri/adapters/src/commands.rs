//! A team's commands: trusted or not run, in a folder of their own, their output kept as evidence.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::{BoxFuture, Either, select};
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EvidenceHash;
use lastgood_core::ports::Clock;
use lastgood_core::ports::shell::{CommandEnd, CommandOrder, CommandPlace, Distrust, Ran, Said, Shell};
use serde::{Deserialize, Serialize};

use crate::clock::SystemClock;
use crate::evidence::Evidence;
use crate::git::GitRepository;
use crate::redact::redact;
use crate::secret::Secret;
use crate::shell::{self, How};
use crate::sqlite::SqliteJournal;
use crate::trust::Trust;

/// So many of a command's last lines go into its answer.
const TAIL: usize = 20;

/// A failure may have been the network's; it is soon asked again.
const FAILURE_COUNTS: Duration = Duration::from_secs(300);

/// The shell of one repository.
pub struct Commands {
    repository: Arc<GitRepository>,
    journal: SqliteJournal,
    trust: Trust,
    evidence: Evidence,
    secret: Box<dyn Fn() -> Option<Secret> + Send + Sync>,
    /// The same command on the same commit is run once, however many ask for it at a time.
    running: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// How a command ended on a commit, remembered.
#[derive(Serialize, Deserialize)]
struct Outcome {
    exit: i32,
    tail: Vec<String>,
    output: EvidenceHash,
    began: Timestamp,
    milliseconds: u64,
}

impl Commands {
    /// `secret` is taken out of whatever a command writes.
    pub fn new(
        repository: Arc<GitRepository>,
        journal: &SqliteJournal,
        trust: Trust,
        evidence: Evidence,
        secret: impl Fn() -> Option<Secret> + Send + Sync + 'static,
    ) -> Self {
        let (journal, running) = (journal.clone(), Mutex::default());
        Self { repository, journal, trust, evidence, secret: Box::new(secret), running }
    }

    async fn run_trusted(&self, order: &CommandOrder, mut stop: BoxFuture<'_, ()>) -> Result<CommandEnd, Trouble> {
        let Some(name) = name(order) else { return self.begin(order, stop).await };
        let turn =
            Arc::clone(self.running.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default());
        let begun = SystemClock.now();
        let _turn = match select(Box::pin(turn.lock()), &mut stop).await {
            Either::Left((turn, _)) => turn,
            Either::Right(((), _)) => return Ok(CommandEnd::Stopped(not_begun(begun))),
        };
        if let Some(ran) = order.recall_for.and_then(|limit| self.recall(&name, limit)) {
            return Ok(CommandEnd::Exited(ran));
        }
        let end = self.begin(order, stop).await?;
        if let CommandEnd::Exited(ran) = &end {
            self.remember(&name, ran)?;
        }
        Ok(end)
    }

    async fn begin(&self, order: &CommandOrder, mut stop: BoxFuture<'_, ()>) -> Result<CommandEnd, Trouble> {
        if let Some(program) = shell::missing(&order.argv) {
            return Ok(CommandEnd::Missing(program));
        }
        match &order.place {
            CommandPlace::Worktree(commit) => {
                let begun = SystemClock.now();
                let worktree = match select(Box::pin(self.repository.check_out(commit)), &mut stop).await {
                    Either::Left((worktree, _)) => worktree?,
                    Either::Right(((), _)) => return Ok(CommandEnd::Stopped(not_begun(begun))),
                };
                self.run_in(order, worktree.path(), stop).await
            }
            CommandPlace::Empty => {
                let folder = tempfile::Builder::new().prefix("lastgood-").tempdir().map_err(|error| unready(&error))?;
                self.run_in(order, folder.path(), stop).await
            }
        }
    }

    async fn run_in(
        &self,
        order: &CommandOrder,
        folder: &Path,
        stop: BoxFuture<'_, ()>,
    ) -> Result<CommandEnd, Trouble> {
        let (began, start) = (SystemClock.now(), Instant::now());
        let finished = match shell::run(&order.argv, folder, &order.variables, order.deadline, stop).await {
            Ok(finished) => finished,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(CommandEnd::Missing(order.argv.first().cloned().unwrap_or_default()));
            }
            Err(error) => return Err(unready(&error)),
        };
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let secrets: Vec<Secret> = (self.secret)().into_iter().collect();
        let text = redact(&finished.output, &secrets);
        let transcript = format!("$ {}\n{text}", redact(&order.shown(), &secrets));
        let output = Some(self.evidence.keep(&transcript)?);
        let ran = Ran { exit: finished.exit, tail: tail(&text), output, began, milliseconds, recalled: false };
        Ok(match finished.how {
            How::ByItself => CommandEnd::Exited(ran),
            How::TimedOut => CommandEnd::TimedOut(ran),
            How::Stopped => CommandEnd::Stopped(ran),
        })
    }

    fn recall(&self, name: &str, limit: Duration) -> Option<Ran> {
        let outcome: Outcome = serde_json::from_str(&self.journal.recall(name).ok()??).ok()?;
        let limit = if outcome.exit == 0 { limit } else { limit.min(FAILURE_COUNTS) };
        let age = SystemClock.now().duration_since(outcome.began);
        let fresh = !age.is_negative() && age.unsigned_abs() <= limit;
        let Outcome { exit, tail, output, began, milliseconds } = outcome;
        fresh.then_some(Ran { exit: Some(exit), tail, output: Some(output), began, milliseconds, recalled: true })
    }

    /// What could not tell is asked again.
    fn remember(&self, name: &str, ran: &Ran) -> Result<(), Trouble> {
        if !matches!(ran.said(), Said::Yes | Said::No) {
            return Ok(());
        }
        let (Some(exit), Some(output)) = (ran.exit, ran.output.clone()) else { return Ok(()) };
        let outcome =
            Outcome { exit, tail: ran.tail.clone(), output, began: ran.began, milliseconds: ran.milliseconds };
        self.journal.remember(name, &serde_json::to_string(&outcome).unwrap_or_default())
    }
}

#[async_trait]
impl Shell for Commands {
    async fn run_until(&self, order: &CommandOrder, stop: BoxFuture<'_, ()>) -> CommandEnd {
        match self.trust.against(order) {
            Ok(Some(distrust)) => return CommandEnd::NotTrusted(distrust),
            Ok(None) => {}
            Err(trouble) => return CommandEnd::Broken(trouble),
        }
        self.run_trusted(order, stop).await.unwrap_or_else(CommandEnd::Broken)
    }

    async fn distrust(&self, order: &CommandOrder) -> Result<Option<Distrust>, Trouble> {
        self.trust.against(order)
    }
}

/// Under which an outcome is remembered; `None` where it is not. What a command was told counts: another environment is
/// another answer.
fn name(order: &CommandOrder) -> Option<String> {
    match (&order.place, order.recall_for) {
        (CommandPlace::Worktree(commit), Some(_)) => {
            let told = serde_json::to_string(&order.variables).unwrap_or_default();
            Some(format!("ran\u{1f}{commit}\u{1f}{}\u{1f}{told}", order.fingerprint()))
        }
        (CommandPlace::Worktree(_) | CommandPlace::Empty, _) => None,
    }
}

/// It was stopped before anything ran.
fn not_begun(began: Timestamp) -> Ran {
    Ran { exit: None, tail: Vec::new(), output: None, began, milliseconds: 0, recalled: false }
}

/// The last lines, each no longer than a person reads.
fn tail(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(TAIL));
    last.map(|line| line.chars().take(300).collect()).collect()
}

fn unready(error: &std::io::Error) -> Trouble {
    Trouble::new(
        Code::Internal,
        format!("The command could not be begun: {error}."),
        "Check the room on the disk and the permissions of the folder for temporary files.",
    )
}
