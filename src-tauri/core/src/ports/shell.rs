//! Commands that a team named, or that fit its kind of project.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::Trouble;
use crate::ids::{EvidenceHash, ObjectId};

/// Runs commands, each as an array of words and never through a shell.
#[async_trait]
pub trait Shell: Send + Sync {
    /// Runs one command to its end or its deadline, or until `stop` comes. Dropping the call ends the command and all that it
    /// started.
    async fn run_until(&self, order: &CommandOrder, stop: BoxFuture<'_, ()>) -> CommandEnd;

    /// Why this may not run; `None` where it may.
    async fn distrust(&self, order: &CommandOrder) -> Result<Option<Distrust>, Trouble>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOrder {
    /// The program, then its arguments.
    pub argv: Vec<String>,
    pub place: CommandPlace,
    /// Added to the environment.
    pub variables: Vec<(String, String)>,
    pub deadline: Duration,
    /// An earlier pass on the same commit counts as well, while it is not older than this.
    pub recall_for: Option<Duration>,
}

/// Where a command runs. Either folder is made for it and gone afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandPlace {
    /// Among the files of this commit.
    Worktree(ObjectId),
    /// In an empty folder: it asks the live service alone.
    Empty,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandEnd {
    Exited(Ran),
    /// The deadline passed; it was ended.
    TimedOut(Ran),
    /// A person stopped it; it was ended.
    Stopped(Ran),
    /// No person trusts the repository, or this command in it.
    NotTrusted(Distrust),
    /// This program is not on this machine.
    Missing(String),
    /// It could not be begun.
    Broken(Trouble),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    Repository,
    Command,
}

/// A command that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// `None` where a signal ended it.
    pub exit: Option<i32>,
    /// The last lines that it wrote.
    pub tail: Vec<String>,
    /// All that it wrote, in the evidence store.
    pub output: Option<EvidenceHash>,
    pub began: Timestamp,
    pub milliseconds: u64,
    /// It ran earlier, on the same commit.
    pub recalled: bool,
}

/// What an exit code says. Those beside 0 and a plain no are the shells' own, and the one that sysexits.h has for
/// "try again later".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// 0.
    Yes,
    No,
    /// 75, `EX_TEMPFAIL`: by its own word it could not tell.
    CouldNotTell,
    /// 126: what it was to run may not be executed.
    NotExecutable,
    /// 127: what it was to run was not found.
    NotFound,
    /// A signal ended it.
    Nothing,
}

impl Ran {
    pub fn said(&self) -> Said {
        match self.exit {
            Some(0) => Said::Yes,
            Some(75) => Said::CouldNotTell,
            Some(126) => Said::NotExecutable,
            Some(127) => Said::NotFound,
            Some(_) => Said::No,
            None => Said::Nothing,
        }
    }
}

impl CommandOrder {
    /// What trust is bound to: the words and the kind of place, so that a changed command is asked for again.
    pub fn fingerprint(&self) -> String {
        let place = match self.place {
            CommandPlace::Worktree(_) => "worktree",
            CommandPlace::Empty => "empty",
        };
        let mut digest = Sha256::new();
        for word in std::iter::once(place).chain(self.argv.iter().map(String::as_str)) {
            digest.update((word.len() as u64).to_be_bytes());
            digest.update(word.as_bytes());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The command on one line, for a person to read; words with anything unusual in them are quoted.
    pub fn shown(&self) -> String {
        shown(&self.argv)
    }
}

/// A command on one line, for a person to read.
pub fn shown(argv: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | '@' | ',' | '+');
    let word = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) { word.clone() } else { format!("{word:?}") }
    };
    argv.iter().map(word).collect::<Vec<_>>().join(" ")
}
