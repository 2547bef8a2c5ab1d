//! What GitHub answered before, in `cache.sqlite`. It may be lost or deleted at any time.
//!
//! An answer is kept with its ETag: GitHub says 304 for what has not changed, and such an answer costs no call (GitHub's
//! "Best practices for using the REST API", conditional requests). The key is the address alone: whether a kept answer
//! may be shown is GitHub's decision, made anew each time with the token that asks.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Nobody waits long for a cache.
const BUSY: Duration = Duration::from_secs(2);

/// Answers that were not used for so long are forgotten.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// Bytes that all answers may take together.
const KEPT_BYTES: i64 = 256 * 1024 * 1024;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS answer (
        address TEXT NOT NULL PRIMARY KEY,
        tag TEXT NOT NULL,
        pages INTEGER NOT NULL,
        used INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
";

/// Answers by address. Without a file it remembers nothing.
#[derive(Clone, Default)]
pub struct Memory {
    connection: Option<Arc<Mutex<Connection>>>,
}

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) tag: String,
    /// The number of the last page, as the answer told; 0 where it is the only one.
    pub(super) pages: u32,
    pub(super) body: String,
}

impl Memory {
    /// Opens the file. One that is broken or of another form is made anew; where that does not work either, nothing is
    /// remembered, and everything is asked as if for the first time.
    pub fn open(path: &Path) -> Self {
        let opened = open(path).or_else(|error| {
            tracing::info!("the cache is made anew: {error}");
            // A second attempt tells whether it could be removed.
            drop(std::fs::remove_file(path));
            open(path)
        });
        match opened {
            Ok(connection) => Self { connection: Some(Arc::new(Mutex::new(connection))) },
            Err(error) => {
                tracing::warn!("GitHub's answers are not kept: {error}");
                Self::default()
            }
        }
    }

    pub(super) async fn recall(&self, address: &str) -> Option<Kept> {
        let address = address.to_owned();
        self.within(move |connection| recall(connection, &address)).await.flatten()
    }

    pub(super) async fn keep(&self, address: &str, kept: Kept) {
        let address = address.to_owned();
        self.within(move |connection| keep(connection, &address, &kept)).await;
    }

    /// What was worked out of answers, under a name that is no address.
    pub(crate) async fn recall_value<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(&self.recall(name).await?.body).ok()
    }

    pub(crate) async fn keep_value<T: Serialize>(&self, name: &str, value: &T) {
        if let Ok(body) = serde_json::to_string(value) {
            self.keep(name, Kept { tag: String::new(), pages: 0, body }).await;
        }
    }

    /// A cache that fails is no trouble of anybody's.
    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Option<T> {
        let connection = self.connection.clone()?;
        let done =
            tokio::task::spawn_blocking(move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner)));
        match done.await.ok()? {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::debug!("the cache: {error}");
                None
            }
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A cache that a power cut takes is asked for again.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.execute_batch(TABLES)?;
    // Fails where the table has another form, which is then made anew.
    connection.prepare("SELECT address, tag, pages, used, body FROM answer")?;
    connection.execute("DELETE FROM answer WHERE used < ?1", [now() - KEPT_SECONDS])?;
    forget_most(&connection)?;
    Ok(connection)
}

/// Keeps the newest answers, up to [`KEPT_BYTES`].
fn forget_most(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM answer WHERE address IN (SELECT address FROM (
             SELECT address, sum(length(body)) OVER (ORDER BY used DESC, address) AS so_far FROM answer
         ) WHERE so_far > ?1)",
        [KEPT_BYTES],
    )?;
    Ok(())
}

fn recall(connection: &Connection, address: &str) -> rusqlite::Result<Option<Kept>> {
    let mut statement = connection.prepare_cached("SELECT tag, pages, body, used FROM answer WHERE address = ?1")?;
    let found = statement
        .query_row([address], |row| {
            Ok((Kept { tag: row.get(0)?, pages: row.get(1)?, body: row.get(2)? }, row.get::<_, i64>(3)?))
        })
        .optional()?;
    let Some((kept, used)) = found else { return Ok(None) };
    // Once a day is often enough to know what is still in use.
    if used < now() - 86_400 {
        connection.execute("UPDATE answer SET used = ?2 WHERE address = ?1", params![address, now()])?;
    }
    Ok(Some(kept))
}

fn keep(connection: &Connection, address: &str, kept: &Kept) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO answer (address, tag, pages, used, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    statement.execute(params![address, kept.tag, kept.pages, now(), kept.body])?;
    Ok(())
}

fn now() -> i64 {
    Timestamp::now().as_second()
}
