//! A text that was made from a version a while ago, and gets a name now.

use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::postmortem::merge::merge;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::{Documents, insert, newest, signed, unwritable};

/// A version as somebody read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// `None` where there was none.
    pub number: Option<u64>,
    pub text: String,
}

impl Documents {
    /// Keeps `text`, which was made from what was `seen`, under this name. Whoever saved since then is not overwritten: what
    /// they saved is brought together with it, and stands as the newest version.
    ///
    /// # Errors
    /// [`Code::DocumentsUnwritable`](lastgood_core::error::Code::DocumentsUnwritable).
    pub fn name(&self, document: &str, seen: &Seen, text: &str, at: Timestamp, named: &str) -> Result<(), Trouble> {
        name(&mut self.lock(), document, seen, text, at, named).map_err(|error| unwritable(&error))
    }
}

fn name(
    connection: &mut Connection,
    document: &str,
    seen: &Seen,
    text: &str,
    at: Timestamp,
    named: &str,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there = newest(&transaction, document)?;
    if text == seen.text && has_name(&transaction, document, seen.number, named)? {
        return transaction.commit();
    }
    let newer = there.filter(|(number, _)| Some(*number) != seen.number);
    let before = newer.as_ref().map(|(number, _)| *number).or(seen.number);
    let number = insert(&transaction, document, before, text, at, Some(named))?;
    if let Some((_, typed)) = newer {
        let both = merge(&seen.text, &typed, text).document.text();
        insert(&transaction, document, Some(number), &both, at, Some("brought together"))?;
    }
    transaction.commit()
}

/// Gives the version that name where it has none; false where it is thinned away or has another one.
fn has_name(connection: &Connection, document: &str, number: Option<u64>, named: &str) -> rusqlite::Result<bool> {
    let Some(number) = number else { return Ok(false) };
    let set = "UPDATE version SET named = ?3 WHERE document = ?1 AND number = ?2 AND named IS NULL";
    connection.execute(set, params![document, signed(number), named])?;
    let sql = "SELECT 1 FROM version WHERE document = ?1 AND number = ?2 AND named = ?3";
    let found = connection.query_row(sql, params![document, signed(number), named], |_| Ok(())).optional()?;
    Ok(found.is_some())
}
