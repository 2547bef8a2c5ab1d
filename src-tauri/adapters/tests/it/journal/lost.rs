//! What was written and is not there any more: said, and never taken for what never was.

use std::fs;
use std::path::Path;

use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::WriterId;
use lastgood_core::ports::Journal;
use rusqlite::Connection;

use super::{FILE, REPOSITORY, fact, open};

type Harm = fn(&Path);

#[tokio::test]
async fn a_journal_that_is_gone_or_empty_is_said_once_facts_were_written_to_it() {
    let harms: [(&str, Harm); 3] = [
        ("gone", |file| fs::remove_file(file).unwrap()),
        ("cut to nothing", |file| fs::write(file, "").unwrap()),
        ("made anew", |file| {
            fs::remove_file(file).unwrap();
            let header = "PRAGMA journal_mode = WAL; PRAGMA user_version = 0";
            Connection::open(file).unwrap().execute_batch(header).unwrap();
        }),
    ];
    for (what, harm) in harms {
        for by_an_older_version in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            drop(open(folder.path(), "writer-a"));
            harm(&folder.path().join(FILE));
            let journal = open(folder.path(), "writer-a");
            assert!(journal.records().unwrap().is_empty(), "{what}: nothing was lost yet");
            journal.append(fact("rb-1", "one")).await.unwrap();
            drop(journal);
            if by_an_older_version {
                fs::remove_file(folder.path().join("journal.begun")).unwrap();
                drop(open(folder.path(), "writer-a"));
            }
            harm(&folder.path().join(FILE));
            let trouble = SqliteJournal::open(&folder.path().join(FILE), &WriterId::new("writer-a")).err().unwrap();
            assert_eq!(trouble.code, Code::JournalBroken, "{what}");
            assert!(trouble.message.contains("facts were written to it before"), "{what}: {}", trouble.message);
        }
    }
}

#[tokio::test]
async fn a_fact_that_is_not_there_any_more_stops_whoever_reads_of_its_repository_or_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    let mut other = fact("rb-2", "two");
    other.subject.repository = "github.com/acme/other".to_owned();
    for fact in [fact("rb-1", "one"), other, fact("rb-1", "three")] {
        journal.append(fact).await.unwrap();
    }
    Connection::open(folder.path().join(FILE)).unwrap().execute("DELETE FROM fact WHERE sequence = 2", []).unwrap();
    let journal = open(folder.path(), "writer-a");
    does_not_hold(&journal.of_repository(REPOSITORY).await.unwrap_err());
    does_not_hold(&journal.of_rollback(&"rb-1".into()).await.unwrap_err());
    does_not_hold(&journal.of_repository("github.com/acme/other").await.unwrap_err());
}

#[tokio::test]
async fn a_fact_that_is_filed_under_another_repository_stops_whoever_reads() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path(), "writer-a");
    journal.append(fact("rb-1", "one")).await.unwrap();
    let harm = "UPDATE fact SET repository = 'github.com/acme/other'";
    Connection::open(folder.path().join(FILE)).unwrap().execute(harm, []).unwrap();
    let trouble = journal.of_repository(REPOSITORY).await.unwrap_err();
    assert!(trouble.message.contains("filed under another thing"), "{}", trouble.message);
}

/// An index leaves out what it lost without a word.
#[tokio::test]
async fn what_an_index_lost_is_found_all_the_same_and_the_chain_goes_on() {
    for index in ["fact_of_rollback", "fact_of_repository"] {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(folder.path(), "writer-a");
        let mut written = Vec::new();
        for reason in ["one", "two", "three"] {
            written.push(journal.append(fact("rb-1", reason)).await.unwrap());
        }
        drop(journal);
        loses_all(&folder.path().join(FILE), index);
        let journal = open(folder.path(), "writer-a");
        assert!(!journal.damage().unwrap().is_empty(), "{index}: it lost them");
        assert_eq!(journal.of_rollback(&"rb-1".into()).await.unwrap(), written, "{index}");
        assert_eq!(*journal.of_repository(REPOSITORY).await.unwrap(), written, "{index}");
        written.push(journal.append(fact("rb-1", "four")).await.unwrap());
        assert_eq!(*journal.of_repository(REPOSITORY).await.unwrap(), written, "{index}");
    }
}

/// The index is built of no row, and then said to be of all.
fn loses_all(file: &Path, index: &str) {
    let change = |from: &str, to: &str| {
        let sql = format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') WHERE name = '{index}'"
        );
        Connection::open(file).unwrap().execute_batch(&sql).unwrap();
    };
    change(")", ") WHERE sequence < 0");
    Connection::open(file).unwrap().execute_batch(&format!("REINDEX {index}")).unwrap();
    change(") WHERE sequence < 0", ")");
}

fn does_not_hold(trouble: &Trouble) {
    assert_eq!(trouble.code, Code::JournalBroken);
    assert!(trouble.message.contains("does not hold at fact 3 of writer-a"), "{}", trouble.message);
    assert!(trouble.hint.contains("journal verify"), "{}", trouble.hint);
}
