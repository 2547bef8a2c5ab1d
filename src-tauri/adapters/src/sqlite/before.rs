//! Facts that were read before. The file only ever grows, so what stands in it is parsed once, and told by sharing it.

use std::collections::HashMap;
use std::sync::Arc;

use lastgood_core::error::Trouble;
use lastgood_core::journal::{Fact, Story, merged};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{facts, record, unreadable};

/// What was read of each repository.
#[derive(Default)]
pub(super) struct Before(HashMap<String, Read>);

#[derive(Default)]
struct Read {
    /// The newest of its rows, and that row's hash.
    newest: Option<(i64, String)>,
    story: Story,
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
        const SQL: &str = "SELECT rowid, * FROM fact WHERE repository = ?1 AND rowid > ?2 ORDER BY rowid";
        let from = self.newest.as_ref().map_or(0, |(row, _)| *row);
        let place = |row: &Row<'_>| Ok((row.get::<_, i64>("rowid")?, record(row)?));
        let mut statement = connection.prepare_cached(SQL).map_err(|error| unreadable(&error))?;
        let rows = statement.query_map(params![repository, from], place).map_err(|error| unreadable(&error))?;
        let (numbers, records): (Vec<_>, Vec<_>) =
            rows.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(&error))?.into_iter().unzip();
        self.tell(facts(&records)?);
        if let Some(newest) = numbers.last().zip(records.last()) {
            self.newest = Some((*newest.0, newest.1.hash.clone()));
        }
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
