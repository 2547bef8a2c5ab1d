//! Several connections and several processes on one file.

use std::path::Path;

use lastgood_core::journal;
use lastgood_core::ports::Journal;

use super::{fact, open};
use crate::again;

const FACTS: usize = 40;

#[tokio::test]
async fn two_connections_appending_at_once_keep_one_whole_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (open(folder.path(), "writer-a"), open(folder.path(), "writer-b"));
    for _ in 0..FACTS {
        let (one, other) = tokio::join!(first.append(fact("rb-1", "one")), second.append(fact("rb-2", "two")));
        assert_ne!(one.unwrap().sequence, other.unwrap().sequence);
    }
    let records = first.records().unwrap();
    assert_eq!(records.len(), 2 * FACTS);
    journal::verify(&records).unwrap();
}

#[tokio::test]
async fn processes_that_open_and_append_at_once_keep_one_whole_chain() {
    const NAME: &str = "journal::together::processes_that_open_and_append_at_once_keep_one_whole_chain";
    if let Some(folder) = again::told() {
        let journal = open(Path::new(&folder), &format!("writer-{}", std::process::id()));
        for _ in 0..FACTS {
            again::say(journal.append(fact("rb-1", "one")).await.unwrap().sequence);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let processes: Vec<_> = (0..3).map(|_| again::start(NAME, folder.path(), |command| command)).collect();
    let mut acknowledged: Vec<u64> =
        processes.into_iter().flat_map(|process| process.end().0).map(|word| word.parse().unwrap()).collect();
    acknowledged.sort_unstable();
    assert_eq!(acknowledged, (1..=3 * FACTS as u64).collect::<Vec<_>>());
    let records = open(folder.path(), "writer-a").records().unwrap();
    assert_eq!(records.len(), acknowledged.len());
    journal::verify(&records).unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    const NAME: &str = "journal::together::what_was_acknowledged_survives_a_kill";
    if let Some(folder) = again::told() {
        let journal = open(Path::new(&folder), "writer-a");
        loop {
            again::say(journal.append(fact("rb-1", "one")).await.unwrap().sequence);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=5 {
        let mut process = again::start(NAME, folder.path(), |command| command);
        let heard: Vec<u64> = (0..round * 3).map(|_| process.word().unwrap().parse().unwrap()).collect();
        process.kill();
        let records = open(folder.path(), "writer-a").records().unwrap();
        assert!(records.len() as u64 >= *heard.last().unwrap(), "round {round}");
        journal::verify(&records).unwrap();
    }
}
