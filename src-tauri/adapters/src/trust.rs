//! What a person allows a repository to run on this machine: nothing, until they say so.
//!
//! Two things are granted, both on this installation alone: the repository, and each command of it by its fingerprint. A
//! changed command has another fingerprint and is asked for again.

use lastgood_core::error::Trouble;
use lastgood_core::ports::shell::{CommandOrder, Distrust};
use lastgood_core::rollback::check::Question;
use serde::{Deserialize, Serialize};

use crate::sqlite::SqliteJournal;

/// One repository's grants.
#[derive(Clone)]
pub struct Trust {
    journal: SqliteJournal,
    repository: String,
}

/// A command that may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    pub fingerprint: String,
    /// As the person saw it when they allowed it.
    pub command: String,
    pub since: jiff::Timestamp,
    /// What it was allowed for, so that a changed command is shown beside the one before it. Early grants do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
}

impl Trust {
    /// `repository` as the journal names it.
    pub fn of(journal: &SqliteJournal, repository: &str) -> Self {
        Self { journal: journal.clone(), repository: repository.to_owned() }
    }

    /// Why this may not run; `None` where it may.
    pub fn against(&self, order: &CommandOrder) -> Result<Option<Distrust>, Trouble> {
        if !self.is_repository_trusted()? {
            return Ok(Some(Distrust::Repository));
        }
        let granted = self.journal.recall(&self.name(&order.fingerprint()))?.is_some();
        Ok((!granted).then_some(Distrust::Command))
    }

    pub fn is_repository_trusted(&self) -> Result<bool, Trouble> {
        Ok(self.journal.recall(&self.repository_name())?.is_some())
    }

    pub fn grant_repository(&self, now: jiff::Timestamp) -> Result<(), Trouble> {
        self.journal.remember(&self.repository_name(), &now.to_string())
    }

    /// Takes back the repository and every command of it.
    pub fn distrust(&self) -> Result<(), Trouble> {
        self.journal.forget(&self.repository_name())?;
        for granted in self.granted()? {
            self.revoke(&granted.fingerprint)?;
        }
        Ok(())
    }

    pub fn grant(&self, question: Question, order: &CommandOrder, now: jiff::Timestamp) -> Result<(), Trouble> {
        let (fingerprint, command) = (order.fingerprint(), order.shown());
        let granted = Granted { fingerprint, command, since: now, question: Some(question) };
        let text = serde_json::to_string(&granted).unwrap_or_default();
        self.journal.remember(&self.name(&granted.fingerprint), &text)
    }

    /// Whether it was granted.
    pub fn revoke(&self, fingerprint: &str) -> Result<bool, Trouble> {
        self.journal.forget(&self.name(fingerprint))
    }

    pub fn granted(&self) -> Result<Vec<Granted>, Trouble> {
        let all = self.journal.recall_all(&self.name(""))?;
        Ok(all.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect())
    }

    // A repository's name may hold anything; what follows it begins behind a character that no name has.
    fn repository_name(&self) -> String {
        format!("trust\u{1f}{}\u{1f}repository", self.repository)
    }

    fn name(&self, fingerprint: &str) -> String {
        format!("trust\u{1f}{}\u{1f}command\u{1f}{fingerprint}", self.repository)
    }
}
