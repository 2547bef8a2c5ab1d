//! A text that was made from a version a while ago, and gets a name now.

use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::postmortem::merge::{Conflict, before, merge};
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
    /// they saved is brought together with it, and stands as the newest version. Parts that both changed are answered: there
    /// what they saved stands, and the version of this name says what it said before, so that they stay conflicts.
    ///
    /// # Errors
    /// [`Code::DocumentsUnwritable`](lastgood_core::error::Code::DocumentsUnwritable).
    pub fn name(
        &self,
        document: &str,
        seen: &Seen,
        text: &str,
        at: Timestamp,
        named: &str,
    ) -> Result<Vec<Conflict>, Trouble> {
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
) -> rusqlite::Result<Vec<Conflict>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there = newest(&transaction, document)?;
    if text == seen.text && has_name(&transaction, document, seen.number, named)? {
        transaction.commit()?;
        return Ok(Vec::new());
    }
    let newer = there.filter(|(number, _)| Some(*number) != seen.number);
    let Some((last, typed)) = newer else {
        insert(&transaction, document, seen.number, text, at, Some(named))?;
        transaction.commit()?;
        return Ok(Vec::new());
    };
    let merged = merge(&seen.text, &typed, text);
    let mut last = Some(last);
    if !merged.conflicts.is_empty() {
        last = Some(insert(&transaction, document, last, text, at, Some("as it was pushed"))?);
    }
    let number = insert(&transaction, document, last, &before(text, &merged.conflicts), at, Some(named))?;
    insert(&transaction, document, Some(number), &merged.document.text(), at, Some("brought together"))?;
    transaction.commit()?;
    Ok(merged.conflicts)
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
