//! What a person allows a repository to run on this machine: nothing, until they say so.
//!
//! Two things are granted, both on this installation alone: the repository, and each command of it by its fingerprint. A
//! changed command has another fingerprint and is asked for again. Both count in the folder in which they were granted: what
//! a repository is called is told by its own settings, and anybody can write those into another folder. Grants that name no
//! folder are those of earlier versions, and count nowhere.

use std::path::Path;

use lastgood_core::error::Trouble;
use lastgood_core::ports::shell::{CommandOrder, Distrust};
use lastgood_core::rollback::check::Question;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::sqlite::SqliteJournal;

/// One repository's grants.
#[derive(Clone)]
pub struct Trust {
    journal: SqliteJournal,
    /// Below this name lie its grants.
    place: String,
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
    /// `repository` as the journal names it, in the folder that all of its work trees share.
    pub fn of(journal: &SqliteJournal, repository: &str, folder: &Path) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let folder: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        // A repository's name may hold anything; what follows it begins behind a character that no name has.
        Self { journal: journal.clone(), place: format!("trust\u{1f}{repository}\u{1f}in\u{1f}{folder}") }
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

    fn repository_name(&self) -> String {
        format!("{}\u{1f}repository", self.place)
    }

    fn name(&self, fingerprint: &str) -> String {
        format!("{}\u{1f}command\u{1f}{fingerprint}", self.place)
    }
}
