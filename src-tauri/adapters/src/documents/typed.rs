//! What somebody types, saved on top of the version that they saw.

use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::postmortem::merge::{Merge, merge};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Documents, insert, newest, signed, unwritable};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    pub number: u64,
    /// The version that holds what was typed alone: whoever typed on meanwhile goes on from it.
    pub own: u64,
    /// Set where somebody else saved after that version: both texts together.
    pub merged: Option<Merge>,
}

impl Documents {
    /// Saves `text`, which was typed on top of the version `base`. Looking and saving are one transaction: whoever saved in
    /// between, here or in another process, is brought together with it, and nothing of either is lost.
    ///
    /// # Errors
    /// [`Code::DocumentsUnwritable`](lastgood_core::error::Code::DocumentsUnwritable).
    pub fn type_on(&self, document: &str, base: Option<u64>, text: &str, at: Timestamp) -> Result<Typed, Trouble> {
        type_on(&mut self.lock(), document, base, text, at).map_err(|error| unwritable(&error))
    }

    /// Keeps what can be undone in this version; of an older one it says nothing any more.
    pub fn keep_undo(&self, document: &str, number: u64, state: &str) -> Result<(), Trouble> {
        let sql = "INSERT OR REPLACE INTO undo (document, number, state) VALUES (?1, ?2, ?3)";
        let kept = self.lock().execute(sql, params![document, signed(number), state]);
        kept.map(drop).map_err(|error| unwritable(&error))
    }

    /// What can be undone, where it was kept of this version.
    pub fn undo(&self, document: &str, number: u64) -> Result<Option<String>, Trouble> {
        let sql = "SELECT state FROM undo WHERE document = ?1 AND number = ?2";
        let kept = self.lock().query_row(sql, params![document, signed(number)], |row| row.get(0)).optional();
        kept.map_err(|error| unwritable(&error))
    }
}

fn type_on(
    connection: &mut Connection,
    document: &str,
    base: Option<u64>,
    text: &str,
    at: Timestamp,
) -> rusqlite::Result<Typed> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there = newest(&transaction, document)?;
    let number = there.as_ref().map(|(number, _)| *number);
    if number == base {
        if let Some((number, _)) = there.filter(|(_, known)| known == text) {
            return Ok(Typed { number, own: number, merged: None });
        }
        let number = insert(&transaction, document, number, text, at, None)?;
        transaction.commit()?;
        return Ok(Typed { number, own: number, merged: None });
    }
    let theirs = there.map(|(_, text)| text).unwrap_or_default();
    let before = base.map(|base| version(&transaction, document, base)).transpose()?.flatten();
    let merged = merge(&before.unwrap_or_default(), text, &theirs);
    if let Some(number) = number.filter(|_| !merged.conflicts.is_empty()) {
        // What of theirs does not stand now is found there, so it must not be thinned away.
        let sql = "UPDATE version SET named = ?3 WHERE document = ?1 AND number = ?2 AND named IS NULL";
        transaction.execute(sql, params![document, signed(number), "before it was brought together"])?;
    }
    let own = insert(&transaction, document, number, text, at, None)?;
    let named = (!merged.conflicts.is_empty()).then_some("brought together");
    let number = insert(&transaction, document, Some(own), &merged.document.text(), at, named)?;
    transaction.commit()?;
    Ok(Typed { number, own, merged: Some(merged) })
}

/// `None` where it was thinned away: what differs is a conflict then. Another one in its place would take what was deleted
/// since for what somebody added.
fn version(transaction: &Transaction<'_>, document: &str, number: u64) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT text FROM version WHERE document = ?1 AND number = ?2";
    transaction.query_row(sql, params![document, signed(number)], |row| row.get(0)).optional()
}
