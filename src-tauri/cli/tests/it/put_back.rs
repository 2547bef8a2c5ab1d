//! A data folder is put back to an earlier moment, or loses the end of what SQLite had not yet moved into the journal's file.

use std::fs;

use serde_json::json;

use crate::kit::{Running, Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_from_before_the_dispatch_leads_to_one_dispatch() {
    for kind in ["dispatch_sent", "tag_made", "hold_taken"] {
        let stage = Stage::start().await;
        assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
        let from =
            stage.records().iter().position(|record| record.event.contains(&format!("\"kind\":\"{kind}\""))).unwrap()
                + 1;
        let journal = rusqlite::Connection::open(stage.data().join("journal.sqlite")).unwrap();
        assert!(journal.execute("DELETE FROM fact WHERE sequence >= ?1", [i64::try_from(from).unwrap()]).unwrap() > 5);
        drop(journal);
        let again = finish(&mut stage.rollback(&[]));
        assert_eq!((again.code, &again.last()["outcome"]), (Some(0), &json!("succeeded")), "{kind}: {again:?}");
        assert_eq!((stage.dispatches(), stage.started()), (1, 1), "{kind}: {again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_lost_its_end_never_leads_to_a_second_dispatch() {
    for eighths in [2, 4, 5, 6, 7] {
        let stage = Stage::start().await;
        let mut running = Running::start(&mut stage.rollback(&[]));
        assert!(running.reads("run_found"));
        running.kill();
        let beside = |end: &str| stage.data().join(format!("journal.sqlite{end}"));
        let whole = fs::read(beside("-wal")).unwrap();
        assert!(!whole.is_empty(), "the end of it is not in the file yet");
        fs::write(beside("-wal"), &whole[..whole.len() * eighths / 8]).unwrap();
        fs::remove_file(beside("-shm")).unwrap();
        let again = finish(&mut stage.rollback(&[]));
        assert_eq!(stage.dispatches(), 1, "{eighths} eighths are left: {again:?}");
        assert!(again.last()["outcome"].is_string() || again.last()["error"].is_object(), "{again:?}");
    }
}
