//! Texts that people write, with their versions, in one SQLite file beside the journal.
//!
//! A version is durable when `save` returns: WAL with `synchronous=FULL`, one transaction each. What was typed is saved
//! again and again, so old versions are thinned in the same transaction; those with a name stay.

mod named;
mod typed;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::postmortem::history::{Kept, superfluous};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params};

pub use named::Seen;
pub use typed::Typed;

/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// The file's version.
const VERSION: u32 = 2;

/// The text stands last, so that listing versions reads none of it.
const TABLES: &str = "
    CREATE TABLE version (
        document TEXT NOT NULL,
        number INTEGER NOT NULL,
        at INTEGER NOT NULL,
        named TEXT,
        size INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (document, number)
    ) STRICT;
";

/// Since version 2: what can be undone in the newest version of a document.
const UNDO: &str = "
    CREATE TABLE undo (
        document TEXT PRIMARY KEY,
        number INTEGER NOT NULL,
        state TEXT NOT NULL
    ) STRICT;
";

/// The store of one installation.
#[derive(Clone)]
pub struct Documents {
    connection: Arc<Mutex<Connection>>,
}

/// One version, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: u64,
    pub at: Timestamp,
    /// What was done with it; `None` where it was merely typed.
    pub named: Option<String>,
    /// In bytes.
    pub size: u64,
}

impl Documents {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`Code::DocumentsUnwritable`] with the reason; also where a newer version of Lastgood wrote the file.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let connection = open(path).map_err(|error| unwritable(&error))?.ok_or_else(newer)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Adds a version; one with the text that is there already is none, unless it gets a name.
    pub fn save(&self, document: &str, text: &str, at: Timestamp, named: Option<&str>) -> Result<u64, Trouble> {
        save(&mut self.lock(), document, text, at, named).map_err(|error| unwritable(&error))
    }

    /// The newest version's number and text, of one moment.
    pub fn newest(&self, document: &str) -> Result<Option<(u64, String)>, Trouble> {
        newest(&self.lock(), document).map_err(|error| unwritable(&error))
    }

    /// The newest version's text.
    pub fn text(&self, document: &str) -> Result<Option<String>, Trouble> {
        let sql = "SELECT text FROM version WHERE document = ?1 ORDER BY number DESC LIMIT 1";
        self.lock().query_row(sql, [document], |row| row.get(0)).optional().map_err(|error| unwritable(&error))
    }

    pub fn text_of(&self, document: &str, number: u64) -> Result<Option<String>, Trouble> {
        let sql = "SELECT text FROM version WHERE document = ?1 AND number = ?2";
        self.lock()
            .query_row(sql, params![document, signed(number)], |row| row.get(0))
            .optional()
            .map_err(|error| unwritable(&error))
    }

    /// Oldest first.
    pub fn versions(&self, document: &str) -> Result<Vec<Version>, Trouble> {
        versions(&self.lock(), document).map_err(|error| unwritable(&error))
    }

    /// The newest version with this name, and its text: what a copy elsewhere came from.
    pub fn newest_named(&self, document: &str, name: &str) -> Result<Option<String>, Trouble> {
        let sql = "SELECT text FROM version WHERE document = ?1 AND named = ?2 ORDER BY number DESC LIMIT 1";
        self.lock().query_row(sql, [document, name], |row| row.get(0)).optional().map_err(|error| unwritable(&error))
    }

    /// The texts of all versions with this name, newest first.
    pub fn named(&self, document: &str, name: &str) -> Result<Vec<String>, Trouble> {
        let sql = "SELECT text FROM version WHERE document = ?1 AND named = ?2 ORDER BY number DESC";
        let connection = self.lock();
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = connection.prepare(sql)?;
            statement.query_map([document, name], |row| row.get(0))?.collect()
        };
        read().map_err(|error| unwritable(&error))
    }

    /// Goes back to an earlier version by adding it anew, so that nothing is lost by it.
    ///
    /// # Errors
    /// [`Code::DocumentUnknown`] where there is no such version.
    pub fn go_back(&self, document: &str, number: u64, at: Timestamp) -> Result<u64, Trouble> {
        let text = self.text_of(document, number)?.ok_or_else(|| {
            let message = format!("There is no version {number} of {document}.");
            Trouble::new(Code::DocumentUnknown, message, "Choose one of the listed versions.")
        })?;
        self.save(document, &text, at, Some(&format!("back to version {number}")))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic while holding the lock leaves no half-written transaction: SQLite rolls it back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` where a newer version wrote the file.
fn open(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    crate::sqlite::patiently(|| connection.pragma_update(None, "journal_mode", "WAL"))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > VERSION {
        return Ok(None);
    }
    if version == 0 {
        transaction.execute_batch(TABLES)?;
    }
    if version < VERSION {
        transaction.execute_batch(UNDO)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(Some(connection))
}

fn save(
    connection: &mut Connection,
    document: &str,
    text: &str,
    at: Timestamp,
    named: Option<&str>,
) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there = newest(&transaction, document)?;
    if let (Some((number, known)), None) = (&there, named)
        && known == text
    {
        return Ok(*number);
    }
    let number = insert(&transaction, document, there.map(|(number, _)| number), text, at, named)?;
    transaction.commit()?;
    Ok(number)
}

fn newest(connection: &Connection, document: &str) -> rusqlite::Result<Option<(u64, String)>> {
    let sql = "SELECT number, text FROM version WHERE document = ?1 ORDER BY number DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?));
    connection.query_row(sql, [document], read).optional()
}

/// Behind the version `newest`.
fn insert(
    transaction: &Transaction<'_>,
    document: &str,
    newest: Option<u64>,
    text: &str,
    at: Timestamp,
    named: Option<&str>,
) -> rusqlite::Result<u64> {
    let number = newest.unwrap_or(0) + 1;
    let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
    transaction.execute(
        "INSERT INTO version (document, number, at, named, size, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![document, signed(number), at.as_millisecond(), named, size, text],
    )?;
    thin(transaction, document, at)?;
    Ok(number)
}

fn thin(transaction: &Transaction<'_>, document: &str, now: Timestamp) -> rusqlite::Result<()> {
    let kept: Vec<Kept> = versions(transaction, document)?
        .into_iter()
        .map(|version| Kept { number: version.number, at: version.at, named: version.named.is_some() })
        .collect();
    for number in superfluous(&kept, now) {
        transaction
            .execute("DELETE FROM version WHERE document = ?1 AND number = ?2", params![document, signed(number)])?;
    }
    Ok(())
}

fn versions(connection: &Connection, document: &str) -> rusqlite::Result<Vec<Version>> {
    let sql = "SELECT number, at, named, size FROM version WHERE document = ?1 ORDER BY number";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([document], version)?.collect()
}

fn version(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        at: Timestamp::from_millisecond(row.get(1)?).unwrap_or(Timestamp::UNIX_EPOCH),
        named: row.get(2)?,
        size: row.get::<_, i64>(3)?.unsigned_abs(),
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unwritable(error: &rusqlite::Error) -> Trouble {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "Make room on the disk; what you typed is still in the window.",
        Some(_) | None => "Check the data folder's permissions; copy your text somewhere before you close the window.",
    };
    Trouble::new(Code::DocumentsUnwritable, format!("The documents cannot be written or read: {error}."), hint)
}

fn newer() -> Trouble {
    let message = "The documents were written by a newer version of Lastgood.";
    Trouble::new(Code::DocumentsUnwritable, message, "Use the newest version of Lastgood with this data folder.")
}
