//! The journal in one SQLite file.
//!
//! A fact is durable when `append` returns: WAL with `synchronous=FULL`, one transaction for each fact, or for those that
//! were given together. Several processes may
//! write at once; the chain's head is read inside the writing transaction.

mod before;
mod begun;
mod troubles;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, EnvironmentName, IncidentId, RollbackId, WriterId};
use lastgood_core::journal::{self, Fact, Head, NewFact, Record, Story};
use lastgood_core::ports::Journal;
use lastgood_core::rollback::event::Event;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use self::before::Before;
use self::begun::Begun;
use self::troubles::{broken, lost, newer, unopened, unreadable, unwritable};

/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// Each entry moves the file one version on, in one transaction.
const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE writer (id TEXT NOT NULL PRIMARY KEY) STRICT;
    CREATE TABLE fact (
        writer TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        format INTEGER NOT NULL,
        at TEXT NOT NULL,
        subject TEXT NOT NULL,
        event TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        -- Copies of what the subject says, to find facts by.
        repository TEXT NOT NULL,
        environment TEXT,
        rollback TEXT,
        PRIMARY KEY (writer, sequence)
    ) STRICT;
    CREATE INDEX fact_of_rollback ON fact (rollback);
    CREATE INDEX fact_of_repository ON fact (repository, environment);
    CREATE TABLE known (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
",
    "
    ALTER TABLE fact ADD COLUMN incident TEXT;
    CREATE INDEX fact_of_incident ON fact (incident);
",
];

/// A draft whose words were approved, or are not needed any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub incident: IncidentId,
    pub channel: ChannelName,
    /// It goes even where a person typed in it; else only where nobody did.
    pub typed: bool,
}

/// The journal, and beside it the small things this installation remembers.
#[derive(Clone)]
pub struct SqliteJournal {
    connection: Arc<Mutex<Connection>>,
    before: Arc<Mutex<Before>>,
    begun: Begun,
    writer: WriterId,
}

impl SqliteJournal {
    /// Opens the file, or makes it. `new_writer` names this installation if it has no name yet.
    ///
    /// # Errors
    /// [`Code::JournalUnwritable`] with the reason; [`Code::JournalBroken`] where the file is no journal, one of a newer
    /// version, or holds nothing any more.
    pub fn open(path: &Path, new_writer: &WriterId) -> Result<Self, Trouble> {
        let begun = Begun::beside(path);
        // Nothing that lies beside it is touched: SQLite drops what belongs to a file that is empty.
        if begun.is_known() && begun.is_nothing() {
            return Err(lost());
        }
        let opened = patiently(|| open(path, new_writer)).map_err(|error| unopened(&error))?;
        let (connection, writer) = opened.ok_or_else(newer)?;
        match (has_facts(&connection).map_err(|error| unreadable(&error))?, begun.is_known()) {
            (true, _) => begun.remember(),
            (false, true) => return Err(lost()),
            (false, false) => {}
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), before: Arc::default(), begun, writer })
    }

    pub fn writer(&self) -> &WriterId {
        &self.writer
    }

    /// Every record of every writer, chain by chain.
    pub fn records(&self) -> Result<Vec<Record>, Trouble> {
        self.select("SELECT * FROM fact ORDER BY writer, sequence", &[])
    }

    /// What SQLite itself finds wrong with the file; nothing where it is whole.
    pub fn damage(&self) -> Result<Vec<String>, Trouble> {
        let connection = self.lock();
        let mut statement = connection.prepare("PRAGMA integrity_check").map_err(|error| unreadable(&error))?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(|error| unreadable(&error))?;
        let mut found: Vec<String> = rows.collect::<Result<_, _>>().map_err(|error| unreadable(&error))?;
        found.retain(|words| words != "ok");
        Ok(found)
    }

    /// Facts that are filed under another thing than they are about, so that no search finds them.
    pub fn misfiled(&self) -> Result<Vec<(WriterId, u64)>, Trouble> {
        const SQL: &str = "SELECT writer, sequence FROM fact WHERE json_valid(subject) AND (
                               repository IS NOT subject ->> 'repository' OR environment IS NOT subject ->> 'environment'
                               OR rollback IS NOT subject ->> 'rollback' OR incident IS NOT subject ->> 'incident')
                           ORDER BY writer, sequence";
        let connection = self.lock();
        let mut statement = connection.prepare(SQL).map_err(|error| unreadable(&error))?;
        let place = |row: &Row<'_>| Ok((WriterId::new(row.get::<_, String>(0)?), row.get::<_, i64>(1)?.unsigned_abs()));
        let rows = statement.query_map([], place).map_err(|error| unreadable(&error))?;
        rows.collect::<Result<_, _>>().map_err(|error| unreadable(&error))
    }

    /// Changes whenever another process has written; compared, never interpreted.
    pub fn version(&self) -> Result<i64, Trouble> {
        let connection = self.lock();
        connection.query_row("PRAGMA data_version", [], |row| row.get(0)).map_err(|error| unreadable(&error))
    }

    /// Names the newest fact, whoever wrote it: while it is the same, nothing was written. Compared, never interpreted.
    pub async fn newest(&self) -> Result<Option<i64>, Trouble> {
        self.blocking(|journal| {
            let row = journal.lock().query_row("SELECT max(rowid) FROM fact", [], |row| row.get(0));
            row.map_err(|error| unreadable(&error))
        })
        .await
    }

    /// A fact that approves words, and with it the end of the drafts that they were typed in: both are there, or neither.
    /// The table of drafts is there ([`crate::drafts`]).
    pub async fn append_approved(&self, fact: NewFact, drafts: Vec<Settled>) -> Result<(), Trouble> {
        self.blocking(move |journal| journal.write(&[fact], &drafts).map(drop)).await
    }

    /// What was remembered under this name.
    pub fn recall(&self, name: &str) -> Result<Option<String>, Trouble> {
        self.lock()
            .query_row("SELECT value FROM known WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(|error| unreadable(&error))
    }

    /// Remembers something small under this name. It is no fact and may be lost without harm.
    pub fn remember(&self, name: &str, value: &str) -> Result<(), Trouble> {
        self.lock()
            .execute("INSERT OR REPLACE INTO known (name, value) VALUES (?1, ?2)", [name, value])
            .map(|_| ())
            .map_err(|error| unwritable(&error))
    }

    /// Everything remembered under names that begin so, by name.
    pub fn recall_all(&self, beginning: &str) -> Result<Vec<(String, String)>, Trouble> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT name, value FROM known WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name")
            .map_err(|error| unreadable(&error))?;
        let rows = statement.query_map([beginning], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(|error| unreadable(&error))
    }

    /// Whether there was something under this name.
    pub fn forget(&self, name: &str) -> Result<bool, Trouble> {
        let forgotten = self.lock().execute("DELETE FROM known WHERE name = ?1", [name]);
        forgotten.map(|rows| rows > 0).map_err(|error| unwritable(&error))
    }

    /// Whether this rollback was begun here and has not ended, as it is written in this moment.
    pub(crate) fn is_under_way(&self, id: &RollbackId) -> Result<bool, Trouble> {
        let facts = self.all_of(id)?;
        let events = || facts.iter().filter_map(|fact| fact.event.rollback());
        let has_begun = events().any(|event| matches!(event, Event::RollbackStarted(_)));
        Ok(has_begun && !events().any(|event| matches!(event, Event::RollbackEnded { .. })))
    }

    fn all_of(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble> {
        let Some(repository) = self.repository_of(id)? else { return Ok(Vec::new()) };
        let story = self.story(&repository)?;
        let mut facts: Vec<Fact> =
            story.iter().filter(|fact| fact.subject.rollback.as_ref() == Some(id)).cloned().collect();
        facts.sort_by(|one, other| (&one.writer, one.sequence).cmp(&(&other.writer, other.sequence)));
        Ok(facts)
    }

    fn story(&self, repository: &str) -> Result<Story, Trouble> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.with_new(&self.lock(), repository)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        // A panic while holding the lock leaves no half-written transaction: SQLite rolls it back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn select(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Record>, Trouble> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(sql).map_err(|error| unreadable(&error))?;
        let rows = statement.query_map(values, record).map_err(|error| unreadable(&error))?;
        rows.collect::<Result<_, _>>().map_err(|error| unreadable(&error))
    }

    /// Where the index finds nothing, every row is looked at: a damaged one would leave it out.
    fn repository_of(&self, rollback: &RollbackId) -> Result<Option<String>, Trouble> {
        let connection = self.lock();
        let found = |from: &str| {
            let sql = format!("SELECT repository FROM {from} WHERE rollback = ?1 LIMIT 1");
            connection.query_row(&sql, [rollback.as_str()], |row| row.get(0)).optional()
        };
        let found = found("fact").and_then(|repository| match repository {
            Some(repository) => Ok(Some(repository)),
            None => found("fact NOT INDEXED"),
        });
        found.map_err(|error| unreadable(&error))
    }

    /// In one transaction: all of them, or none.
    fn write(&self, facts: &[NewFact], drafts: &[Settled]) -> Result<Vec<Fact>, Trouble> {
        let mut connection = self.lock();
        let records = insert_all(&mut connection, &self.writer, facts, drafts).map_err(|error| unwritable(&error))?;
        if !records.is_empty() {
            self.begun.remember();
        }
        self::facts(&records)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let journal = self.clone();
        tokio::task::spawn_blocking(move || work(&journal))
            .await
            .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again."))?
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(&self, fact: NewFact) -> Result<Fact, Trouble> {
        let written = self.append_all(vec![fact]).await?;
        written.into_iter().next().ok_or_else(|| {
            Trouble::new(Code::Internal, "The journal returned no fact.", "Report this with the journal.")
        })
    }

    async fn append_all(&self, facts: Vec<NewFact>) -> Result<Vec<Fact>, Trouble> {
        self.blocking(move |journal| journal.write(&facts, &[])).await
    }

    async fn of_rollback(&self, id: &RollbackId) -> Result<Vec<Fact>, Trouble> {
        let id = id.clone();
        self.blocking(move |journal| journal.all_of(&id)).await
    }

    async fn of_repository(&self, repository: &str) -> Result<Story, Trouble> {
        let repository = repository.to_owned();
        self.blocking(move |journal| journal.story(&repository)).await
    }
}

/// Again while another process opens the same file: to change the journal's mode, SQLite does not wait by itself
/// (<https://www.sqlite.org/c3ref/busy_handler.html>, on deadlocks).
pub(crate) fn patiently<T>(work: impl Fn() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    const PAUSE: Duration = Duration::from_millis(20);
    let start = Instant::now();
    loop {
        match work() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY => {
                std::thread::sleep(PAUSE);
            }
            ended => return ended,
        }
    }
}

/// `None` where a newer version wrote the file.
fn open(path: &Path, new_writer: &WriterId) -> rusqlite::Result<Option<(Connection, WriterId)>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    if !migrate(&mut connection)? {
        return Ok(None);
    }
    connection
        .execute("INSERT INTO writer (id) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM writer)", [new_writer.as_str()])?;
    let writer: String = connection.query_row("SELECT id FROM writer", [], |row| row.get(0))?;
    Ok(Some((connection, WriterId::new(writer))))
}

/// Brings the file to this version; `false` where it is beyond it.
fn migrate(connection: &mut Connection) -> rusqlite::Result<bool> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let Some(migration) = MIGRATIONS.get(version as usize) else { return Ok(version as usize == MIGRATIONS.len()) };
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}

fn insert_all(
    connection: &mut Connection,
    writer: &WriterId,
    facts: &[NewFact],
    drafts: &[Settled],
) -> rusqlite::Result<Vec<Record>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut head = transaction
        // By the order of the file: an index that lost the newest fact would begin a second chain.
        .prepare_cached("SELECT sequence, hash FROM fact NOT INDEXED WHERE writer = ?1 ORDER BY rowid DESC LIMIT 1")?
        .query_row([writer.as_str()], |row| {
            Ok(Head { sequence: row.get::<_, i64>(0)?.unsigned_abs(), hash: row.get(1)? })
        })
        .optional()?;
    let mut records = Vec::with_capacity(facts.len());
    for fact in facts {
        let record = journal::chain(writer, head.as_ref(), fact)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        insert(&transaction, &record, fact)?;
        head = Some(Head { sequence: record.sequence, hash: record.hash.clone() });
        records.push(record);
    }
    for Settled { incident, channel, typed } in drafts {
        let sql = "DELETE FROM draft WHERE incident = ?1 AND channel = ?2 AND (typed = 0 OR ?3)";
        transaction.prepare_cached(sql)?.execute(params![incident.as_str(), channel.as_str(), typed])?;
    }
    transaction.commit()?;
    Ok(records)
}

fn insert(transaction: &Transaction<'_>, record: &Record, fact: &NewFact) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO fact (writer, sequence, format, at, subject, event, previous, hash, repository, environment, rollback,
                           incident)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    statement.execute(params![
        record.writer.as_str(),
        i64::try_from(record.sequence).unwrap_or(i64::MAX),
        record.format,
        record.at,
        record.subject,
        record.event,
        record.previous,
        record.hash,
        fact.subject.repository,
        fact.subject.environment.as_ref().map(EnvironmentName::as_str),
        fact.subject.rollback.as_ref().map(RollbackId::as_str),
        fact.subject.incident.as_ref().map(IncidentId::as_str),
    ])?;
    Ok(())
}

fn has_facts(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM fact NOT INDEXED)", [], |row| row.get(0))
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        writer: WriterId::new(row.get::<_, String>("writer")?),
        sequence: row.get::<_, i64>("sequence")?.unsigned_abs(),
        format: row.get("format")?,
        at: row.get("at")?,
        subject: row.get("subject")?,
        event: row.get("event")?,
        previous: row.get("previous")?,
        hash: row.get("hash")?,
    })
}

fn facts(records: &[Record]) -> Result<Vec<Fact>, Trouble> {
    records.iter().map(|record| record.read().map_err(|error| broken(&error))).collect()
}
