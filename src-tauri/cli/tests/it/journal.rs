//! `lastgood journal`: a changed, lost or reordered fact shows, and the record can be taken elsewhere.

use serde_json::{Value, json};

use crate::kit::{Stage, finish};

/// Bits that are flipped one at a time, spread over the file.
const BITS: u64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_journal_verifies_and_is_exported_line_by_line() {
    let stage = Stage::start().await;
    finish(&mut stage.rollback(&[]));
    let verified = stage.run(&["journal", "verify", "--json"]);
    assert_eq!((verified.code, &verified.last()["broken"]), (Some(0), &json!([])), "{verified:?}");
    let records = stage.records();
    assert_eq!(verified.last()["heads"][0]["hash"], records.last().unwrap().hash.as_str());

    let words = stage.run(&["journal", "verify"]).out;
    assert!(words.starts_with("✓ ") && words.ends_with("\nThe journal holds\n"), "{words}");

    let lines = stage.run(&["journal", "export"]).lines();
    assert_eq!(lines.len(), records.len());
    assert_eq!((&lines[0]["event"]["kind"], &lines[0]["sequence"]), (&json!("rollback_started"), &json!(1)));
    let hashes: Vec<&Value> = lines.iter().map(|line| &line["hash"]).collect();
    assert_eq!(hashes, records.iter().map(|record| json!(record.hash)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert!(stage.run(&["journal", "export", "--since", "2999-01-01"]).lines().is_empty());
    let later = stage.run(&["journal", "export", "--since", &records[5].at]).lines();
    assert!(!later.is_empty() && later.len() <= records.len() - 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_lost_or_reordered_fact_is_named_and_the_code_is_one() {
    for (harm, place, reason) in [
        ("UPDATE fact SET event = replace(event, 'checkout', 'Checkout') WHERE sequence = 1", 1, "its content is not"),
        ("UPDATE fact SET at = '2026-01-01T00:00:00Z' WHERE sequence = 4", 4, "its content is not"),
        ("DELETE FROM fact WHERE sequence = 3", 4, "its number does not follow"),
        ("UPDATE fact SET environment = 'staging' WHERE sequence = 5", 5, "it is filed under another thing"),
        ("UPDATE fact SET previous = hash WHERE sequence = 2", 2, "it names another predecessor"),
    ] {
        let stage = Stage::start().await;
        finish(&mut stage.rollback(&[]));
        let journal = rusqlite::Connection::open(stage.data().join("journal.sqlite")).unwrap();
        assert_eq!(journal.execute(harm, []).unwrap(), 1, "{harm}");
        drop(journal);
        let verified = stage.run(&["journal", "verify", "--json"]);
        assert_eq!(verified.code, Some(1), "{harm}: {verified:?}");
        let broken = verified.last()["broken"][0].clone();
        assert_eq!(broken["sequence"], place, "{harm}");
        assert!(broken["reason"].as_str().unwrap().starts_with(reason), "{harm}: {broken}");
        let words = stage.run(&["journal", "verify"]).out;
        assert!(words.starts_with(&format!("✕ fact {place} of writer-")), "{harm}: {words}");
        assert!(words.lines().last().unwrap().starts_with("The journal does not hold: keep the file"), "{words}");
    }
}

/// Nothing is told, and nothing is begun, of what nobody wrote.
#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_was_changed_is_believed_by_nobody() {
    for harm in [
        "UPDATE fact SET event = replace(event, 'checkout', 'Checkout') WHERE sequence = 1",
        "UPDATE fact SET at = '2026-01-01T00:00:00Z' WHERE sequence = 4",
        "UPDATE fact SET subject = replace(subject, 'rb-', 'rc-') WHERE sequence = 5",
    ] {
        let stage = Stage::start().await;
        finish(&mut stage.rollback(&[]));
        let journal = rusqlite::Connection::open(stage.data().join("journal.sqlite")).unwrap();
        assert_eq!(journal.execute(harm, []).unwrap(), 1, "{harm}");
        drop(journal);
        let before = stage.dispatches();
        let again = ["rollback", "production", "--to", "v2.3.1", "--reason", "Again", "--yes"];
        for words in [&["status"][..], &["check", "production"], &again] {
            let said = stage.run(words);
            assert_ne!(said.code, Some(0), "{harm}: {said:?}");
            assert!(said.err.contains("its content is not what was written"), "{harm}: {said:?}");
            assert!(said.err.contains("journal verify"), "{harm}: {said:?}");
        }
        assert_eq!(stage.dispatches(), before, "{harm}");
    }
}

/// Where a bit counts, it is noticed; where it does not, every fact is still there.
#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_never_goes_unnoticed_and_of_a_cut_file_it_is_said() {
    let stage = Stage::start().await;
    finish(&mut stage.rollback(&[]));
    let path = stage.data().join("journal.sqlite");
    let whole = stage.run(&["journal", "export"]).out;
    let journal = rusqlite::Connection::open(&path).unwrap();
    journal.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(journal);
    let bytes = std::fs::read(&path).unwrap();
    let bits = bytes.len() as u64 * 8;
    for number in 0..BITS {
        let bit = usize::try_from(number * 7_919_993 % bits).unwrap();
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, &flipped).unwrap();
        let verified = stage.run(&["journal", "verify", "--json"]);
        if verified.code == Some(0) {
            assert_eq!(stage.run(&["journal", "export"]).out, whole, "bit {bit}");
        } else {
            assert_eq!(verified.code, Some(1), "bit {bit}: {verified:?}");
        }
        forget(&path);
    }
    for part in [0, 1, 3] {
        std::fs::write(&path, &bytes[..bytes.len() * part / 4]).unwrap();
        for words in [&["journal", "export"][..], &["journal", "verify", "--json"], &["status"]] {
            let said = stage.run(words);
            assert_eq!(said.code, Some(1), "{part} quarters, {words:?}: {said:?}");
        }
        assert_eq!(stage.run(&["journal", "export"]).out, "", "{part} quarters");
        forget(&path);
    }
}

/// What SQLite keeps beside the file belongs to the file as it was.
pub(crate) fn forget(path: &std::path::Path) {
    for beside in ["-wal", "-shm"] {
        let beside = path.with_file_name(format!("journal.sqlite{beside}"));
        if beside.exists() {
            std::fs::remove_file(beside).unwrap();
        }
    }
}
