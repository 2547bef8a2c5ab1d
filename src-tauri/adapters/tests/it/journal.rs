//! The journal's file: chained, shared by processes, and honest when it cannot be written.

#[cfg(unix)]
mod full;
mod lost;
mod together;

use std::path::Path;

use jiff::Timestamp;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::error::Code;
use lastgood_core::ids::WriterId;
use lastgood_core::journal::{self, NewFact, Record, Subject};
use lastgood_core::ports::Journal;
use lastgood_core::rollback::event::Event;
use rusqlite::Connection;

#[tokio::test]
async fn facts_are_chained_and_the_chain_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    for sequence in 1..=5 {
        let fact = journal.append(fact("rb-1", "checkout fails")).await.unwrap();
        assert_eq!((fact.sequence, fact.writer.as_str()), (sequence, "writer-a"));
        assert_eq!(fact.event.rollback(), Some(&fact_event("checkout fails")));
    }
    let records = journal.records().unwrap();
    journal::verify(&records).unwrap();
    assert_eq!(records.len(), 5);
    let facts = journal.of_repository(REPOSITORY).await.unwrap();
    assert_eq!(facts.iter().map(|fact| &fact.hash).collect::<Vec<_>>(), hashes(&records));
}

#[tokio::test]
async fn facts_are_found_by_rollback_repository_and_environment() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    let first = journal.append(fact("rb-1", "one")).await.unwrap();
    let mut elsewhere = fact("rb-2", "two");
    elsewhere.subject.environment = Some("staging".into());
    let second = journal.append(elsewhere).await.unwrap();
    let mut other = fact("rb-3", "three");
    other.subject.repository = "github.com/acme/other".to_owned();
    journal.append(other).await.unwrap();

    assert_eq!(journal.of_rollback(&"rb-1".into()).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(journal.of_rollback(&"rb-9".into()).await.unwrap(), []);
    assert_eq!(*journal.of_repository(REPOSITORY).await.unwrap(), [first, second]);
}

#[tokio::test]
async fn reading_goes_on_where_it_ended_and_begins_anew_where_another_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let (reading, writing) = (open(folder.path(), "writer-a"), open(folder.path(), "writer-a"));
    let mut written = Vec::new();
    for reason in ["one", "two", "three"] {
        written.push(writing.append(fact("rb-1", reason)).await.unwrap());
        assert_eq!(*reading.of_repository(REPOSITORY).await.unwrap(), written);
    }
    // As a copy from before would look, with another newest fact.
    Connection::open(folder.path().join(FILE)).unwrap().execute("DELETE FROM fact WHERE sequence = 3", []).unwrap();
    written.pop();
    written.push(writing.append(fact("rb-1", "another")).await.unwrap());
    assert_eq!(*reading.of_repository(REPOSITORY).await.unwrap(), written);
}

#[tokio::test]
async fn what_another_writer_s_journal_brings_takes_its_place_in_the_story_that_was_read() {
    let (folder, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (ours, other) = (open(folder.path(), "writer-b"), open(theirs.path(), "writer-a"));
    let at = |seconds: i64| Timestamp::from_second(1_772_445_600 + seconds).unwrap();
    for second in [0, 20, 10, 40] {
        ours.append(NewFact { at: at(second), ..fact("rb-1", "ours") }).await.unwrap();
    }
    let before = ours.of_repository(REPOSITORY).await.unwrap();
    for second in [5, 20, 60] {
        other.append(NewFact { at: at(second), ..fact("rb-2", "theirs") }).await.unwrap();
    }
    let file = Connection::open(folder.path().join(FILE)).unwrap();
    file.execute("ATTACH ?1 AS theirs", [theirs.path().join(FILE).to_str().unwrap()]).unwrap();
    file.execute("INSERT INTO fact SELECT * FROM theirs.fact", []).unwrap();
    ours.append(NewFact { at: at(50), ..fact("rb-1", "ours") }).await.unwrap();

    let story = ours.of_repository(REPOSITORY).await.unwrap();
    let order: Vec<_> = story.iter().map(|fact| (fact.writer.as_str(), fact.sequence)).collect();
    let (a, b) = ("writer-a", "writer-b");
    assert_eq!(order, [(b, 1), (a, 1), (a, 2), (b, 2), (b, 3), (b, 4), (b, 5), (a, 3)]);
    assert_eq!(*story, *open(folder.path(), "writer-b").of_repository(REPOSITORY).await.unwrap(), "read anew");
    assert_eq!(before.len(), 4, "who holds the story as it was keeps it");
}

#[tokio::test]
async fn a_reopened_journal_keeps_its_writer_s_name_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), "writer-a").append(fact("rb-1", "one")).await.unwrap();
    let journal = open(folder.path(), "writer-b");
    assert_eq!(journal.writer().as_str(), "writer-a");
    assert_eq!(journal.append(fact("rb-1", "two")).await.unwrap().sequence, 2);
    journal::verify(&journal.records().unwrap()).unwrap();
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_change_the_order_of_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    let mut written = Vec::new();
    for at in ["2026-03-02T10:00:01Z", "2026-03-02T10:00:01.5Z", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.25Z"] {
        let fact = NewFact { at: at.parse().unwrap(), ..fact("rb-1", at) };
        written.push(journal.append(fact).await.unwrap());
    }
    assert_eq!(*journal.of_repository(REPOSITORY).await.unwrap(), written);
}

#[tokio::test]
async fn a_changed_a_missing_and_a_moved_fact_are_found() {
    for (change, at) in [
        ("UPDATE fact SET event = replace(event, 'two', 'tvo') WHERE sequence = 2", 2),
        ("UPDATE fact SET at = '2026-01-01T00:00:00Z' WHERE sequence = 3", 3),
        ("UPDATE fact SET subject = replace(subject, 'rb-1', 'rb-9') WHERE sequence = 1", 1),
        ("DELETE FROM fact WHERE sequence = 2", 3),
        ("DELETE FROM fact WHERE sequence = 1", 2),
        ("UPDATE fact SET hash = upper(hash) WHERE sequence = 2", 2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(folder.path(), "writer-a");
        for word in ["one", "two", "three"] {
            journal.append(fact("rb-1", word)).await.unwrap();
        }
        Connection::open(folder.path().join(FILE)).unwrap().execute(change, []).unwrap();
        let broken = journal::verify(&journal.records().unwrap()).unwrap_err();
        assert_eq!(broken.sequence, at, "{change}: {broken}");
    }
}

#[tokio::test]
async fn a_fact_that_this_version_cannot_read_is_said_and_not_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    journal.append(fact("rb-1", "one")).await.unwrap();
    let change = r#"UPDATE fact SET event = '{"kind":"teleported","payload":{}}'"#;
    Connection::open(folder.path().join(FILE)).unwrap().execute(change, []).unwrap();
    let trouble = journal.of_rollback(&"rb-1".into()).await.unwrap_err();
    assert_eq!(trouble.code, Code::JournalBroken);
    assert!(trouble.message.contains("fact 1 of writer-a"), "{}", trouble.message);
}

#[tokio::test]
async fn the_version_changes_when_another_writes_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (open(folder.path(), "writer-a"), open(folder.path(), "writer-b"));
    let before = ours.version().unwrap();
    assert_eq!(ours.version().unwrap(), before);
    ours.append(fact("rb-1", "mine")).await.unwrap();
    assert_eq!(ours.version().unwrap(), before, "one's own writing is no news");
    theirs.append(fact("rb-1", "theirs")).await.unwrap();
    assert_ne!(ours.version().unwrap(), before);
}

#[test]
fn small_things_are_remembered_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    assert_eq!(journal.recall("folder").unwrap(), None);
    for value in ["one", "two"] {
        journal.remember("folder", value).unwrap();
    }
    assert_eq!(open(folder.path(), "writer-a").recall("folder").unwrap().as_deref(), Some("two"));
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), "writer-a"));
    let path = folder.path().join(FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let trouble = SqliteJournal::open(&path, &WriterId::new("writer-a")).err().unwrap();
    assert_eq!(trouble.code, Code::JournalBroken);
    assert!(trouble.hint.contains("newest version"), "{}", trouble.hint);
}

#[test]
fn a_file_that_is_no_journal_is_broken_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let text = "not a database, but long enough to look like one ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let trouble = SqliteJournal::open(&path, &WriterId::new("writer-a")).err().unwrap();
    assert_eq!(trouble.code, Code::JournalBroken);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_journal_below_a_file_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let trouble = SqliteJournal::open(&file.join(FILE), &WriterId::new("writer-a")).err().unwrap();
    assert_eq!(trouble.code, Code::JournalUnwritable);
}

const FILE: &str = "journal.sqlite";
const REPOSITORY: &str = "github.com/acme/connectias";

fn open(folder: &Path, writer: &str) -> SqliteJournal {
    SqliteJournal::open(&folder.join(FILE), &WriterId::new(writer)).unwrap()
}

fn fact(rollback: &str, reason: &str) -> NewFact {
    let subject = Subject::repository(REPOSITORY).environment("production".into()).rollback(rollback.into());
    NewFact { at: Timestamp::now(), subject, event: fact_event(reason).into() }
}

fn fact_event(reason: &str) -> Event {
    Event::ReasonGiven { reason: reason.to_owned() }
}

fn hashes(records: &[Record]) -> Vec<&String> {
    records.iter().map(|record| &record.hash).collect()
}
