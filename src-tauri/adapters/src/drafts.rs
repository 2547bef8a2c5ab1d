//! What somebody is typing: saved at every change, in the journal's file, and gone with the fact
//! that approves it. No fact yet.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, IncidentId};
use lastgood_core::incident::Stage;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// How long a write waits for another process's.
const BUSY: Duration = Duration::from_secs(10);

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS draft (
        incident TEXT NOT NULL,
        channel TEXT NOT NULL,
        template TEXT NOT NULL,
        body TEXT NOT NULL,
        given TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        stage TEXT,
        typed INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (incident, channel)
    ) STRICT;
";

/// What a table of an earlier version lacks.
const ADDED: [(&str, &str); 2] = [("stage", "stage TEXT"), ("typed", "typed INTEGER NOT NULL DEFAULT 1")];

/// The words for one channel, not approved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub incident: IncidentId,
    pub channel: ChannelName,
    /// Where its words came from.
    pub template: String,
    /// A template's text, edited.
    pub body: String,
    /// Values that a person filled in, by name.
    pub given: BTreeMap<String, String>,
    /// The stage that a person chose for it; `None` for the one that its words speak of.
    pub stage: Option<Stage>,
    /// A person wrote it. Else it only says that there is something to tell, in the words that fit when somebody looks.
    pub typed: bool,
    pub saved_at: Timestamp,
}

#[derive(Clone)]
pub struct Drafts {
    connection: Arc<Mutex<Connection>>,
}

impl Drafts {
    /// Opens the table in the journal's file, which must be there.
    pub fn open(journal: &Path) -> Result<Self, Trouble> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(journal)?;
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(TABLE)?;
            for (name, column) in ADDED {
                let there = "SELECT count(*) FROM pragma_table_info('draft') WHERE name = ?1";
                if connection.query_row(there, [name], |row| row.get::<_, u32>(0))? == 0 {
                    connection.execute_batch(&format!("ALTER TABLE draft ADD COLUMN {column}"))?;
                }
            }
            Ok(connection)
        };
        let connection = open().map_err(|error| unusable(&error))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// One statement: what was saved before is there whole, or this is.
    pub fn save(&self, draft: &Draft) -> Result<(), Trouble> {
        let given = serde_json::to_string(&draft.given).unwrap_or_default();
        let stage = draft.stage.map(Stage::as_str);
        let sql = "INSERT INTO draft (incident, channel, template, body, given, saved_at, stage, typed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (incident, channel) DO UPDATE SET
                   template = excluded.template, body = excluded.body, given = excluded.given,
                   saved_at = excluded.saved_at, stage = excluded.stage, typed = excluded.typed";
        let values = params![
            draft.incident.as_str(),
            draft.channel.as_str(),
            draft.template,
            draft.body,
            given,
            draft.saved_at.to_string(),
            stage,
            draft.typed,
        ];
        self.lock().execute(sql, values).map(|_| ()).map_err(|error| unusable(&error))
    }

    pub fn find(&self, incident: &IncidentId, channel: &ChannelName) -> Result<Option<Draft>, Trouble> {
        let sql = "SELECT * FROM draft WHERE incident = ?1 AND channel = ?2";
        let found = self.lock().query_row(sql, [incident.as_str(), channel.as_str()], draft).optional();
        found.map_err(|error| unusable(&error))
    }

    /// All of an incident, by channel.
    pub fn of(&self, incident: &IncidentId) -> Result<Vec<Draft>, Trouble> {
        let connection = self.lock();
        let read = || -> rusqlite::Result<Vec<Draft>> {
            let mut statement = connection.prepare("SELECT * FROM draft WHERE incident = ?1 ORDER BY channel")?;
            statement.query_map([incident.as_str()], draft)?.collect()
        };
        read().map_err(|error| unusable(&error))
    }

    /// Those that nobody typed: what they were about is over.
    pub fn forget_untouched(&self, incident: &IncidentId) -> Result<(), Trouble> {
        let gone = self.lock().execute("DELETE FROM draft WHERE incident = ?1 AND typed = 0", [incident.as_str()]);
        gone.map(|_| ()).map_err(|error| unusable(&error))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let given: String = row.get("given")?;
    let saved_at: String = row.get("saved_at")?;
    let stage: Option<String> = row.get("stage")?;
    Ok(Draft {
        incident: IncidentId::new(row.get::<_, String>("incident")?),
        channel: ChannelName::new(row.get::<_, String>("channel")?),
        template: row.get("template")?,
        body: row.get("body")?,
        given: serde_json::from_str(&given).unwrap_or_default(),
        stage: stage.and_then(|name| Stage::ALL.into_iter().find(|stage| stage.as_str() == name)),
        typed: row.get("typed")?,
        saved_at: saved_at.parse().unwrap_or_default(),
    })
}

fn unusable(error: &rusqlite::Error) -> Trouble {
    let message = format!("Drafts cannot be kept: {error}.");
    Trouble::new(
        Code::JournalUnwritable,
        message,
        "Copy what you wrote, and check the data folder and the room on the disk.",
    )
}
