//! Facts that were read before. The file only ever grows, so what stands in it is parsed once, and told by sharing it.
//!
//! Rows are read in the order of the file and through no index: a damaged index leaves facts out without a word. Each row
//! must follow the one before it in its writer's chain, those of other repositories too, so that a lost one shows.

use std::collections::HashMap;
use std::sync::Arc;

use lastgood_core::error::Trouble;
use lastgood_core::ids::WriterId;
use lastgood_core::journal::{self, Fact, Head, Record, Story, merged};
use rusqlite::{Connection, OptionalExtension, Row};

use super::troubles::{broken, misfiled, torn, unreadable};
use super::{facts, record};

/// What was read of each repository.
#[derive(Default)]
pub(super) struct Before(HashMap<String, Read>);

#[derive(Default)]
struct Read {
    /// The newest row of the file, and that row's hash.
    newest: Option<(i64, String)>,
    /// The chain of each writer, as far as it was read.
    heads: HashMap<WriterId, Head>,
    story: Story,
}

/// One row of the file.
struct Line {
    number: i64,
    /// What it is filed under.
    repository: String,
    record: Record,
}

impl Before {
    /// Every fact of the repository as one story, once those that are new were read.
    pub(super) fn with_new(&mut self, connection: &Connection, repository: &str) -> Result<Story, Trouble> {
        let read = self.0.entry(repository.to_owned()).or_default();
        if !read.stands_in(connection).map_err(|error| unreadable(&error))? {
            *read = Read::default();
        }
        read.go_on(connection, repository)?;
        Ok(Arc::clone(&read.story))
    }
}

impl Read {
    /// Whether the newest row is still the one that was read: somebody may have put a copy in the file's place.
    fn stands_in(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let Some((row, hash)) = &self.newest else { return Ok(true) };
        let mut statement = connection.prepare_cached("SELECT hash FROM fact WHERE rowid = ?1")?;
        let found: Option<String> = statement.query_row([row], |found| found.get(0)).optional()?;
        Ok(found.as_ref() == Some(hash))
    }

    fn go_on(&mut self, connection: &Connection, repository: &str) -> Result<(), Trouble> {
        let from = self.newest.as_ref().map_or(0, |(row, _)| *row);
        let lines = lines(connection, from).map_err(|error| unreadable(&error))?;
        let Some(newest) = lines.last().map(|line| (line.number, line.record.hash.clone())) else { return Ok(()) };
        let (mut heads, mut ours) = (self.heads.clone(), Vec::new());
        for line in lines {
            let Line { repository: filed, record, .. } = line;
            let head = journal::follow(heads.get(&record.writer), &record).map_err(|place| torn(&place))?;
            heads.insert(record.writer.clone(), head);
            match record.repository() {
                Ok(about) if about == repository && filed == repository => ours.push(record),
                Ok(about) if about == repository || filed == repository => return Err(misfiled(&record)),
                Err(error) if filed == repository => return Err(broken(&error)),
                // What is wrong with another repository's facts keeps nobody from this one's.
                Ok(_) | Err(_) => {}
            }
        }
        self.tell(facts(&ours)?);
        (self.newest, self.heads) = (Some(newest), heads);
        Ok(())
    }

    /// Whoever still holds the story as it was keeps it.
    fn tell(&mut self, new: Vec<Fact>) {
        if new.is_empty() {
            return;
        }
        let story = Arc::make_mut(&mut self.story);
        if follows(story, &new) {
            story.extend(new);
        } else {
            *story = merged(std::mem::take(story).into_iter().chain(new).collect());
        }
    }
}

/// Whether these stand behind the whole story as they are: the writer of its last fact goes on. Of one moment, nobody else
/// comes between.
fn follows(story: &[Fact], new: &[Fact]) -> bool {
    let all = story.last().into_iter().chain(new);
    all.clone().zip(all.skip(1)).all(|(one, next)| one.writer == next.writer && one.sequence < next.sequence)
}

fn lines(connection: &Connection, from: i64) -> rusqlite::Result<Vec<Line>> {
    const SQL: &str = "SELECT rowid, * FROM fact NOT INDEXED WHERE rowid > ?1 ORDER BY rowid";
    let line = |row: &Row<'_>| {
        Ok(Line { number: row.get("rowid")?, repository: row.get("repository")?, record: record(row)? })
    };
    let mut statement = connection.prepare_cached(SQL)?;
    statement.query_map([from], line)?.collect()
}
