//! One bit of the journal turns while a rollback is under way, in the file or in what SQLite had not yet moved there: what
//! decides says so, or comes to the right end; nothing is dispatched twice, and nothing is claimed that is not so.
//!
//! Few bits here; `LASTGOOD_TORTURE_ROUNDS` asks for more, from the seed that is printed.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::journal::forget;
use crate::kit::{Done, Running, Stage, finish};
use crate::status::environment;
use crate::torture::{number, scattered};

/// Bits of each file where nobody asks for more.
const BITS: u64 = 8;

/// Rollbacks at a time; each mostly waits.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_bit_that_turns_in_the_journals_file_leads_to_no_second_dispatch_and_no_false_word() {
    each("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bit_that_turns_beside_the_journals_file_leads_to_no_second_dispatch_and_no_false_word() {
    each("-wal").await;
}

#[expect(clippy::print_stdout, reason = "the seed makes a failure come again")]
async fn each(end: &'static str) {
    let seed = number("LASTGOOD_TORTURE_SEED").unwrap_or(1);
    let rounds = number("LASTGOOD_TORTURE_ROUNDS").unwrap_or(BITS);
    println!("bits of journal.sqlite{end} from seed {seed}, {rounds} rounds");
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for seed in seed..seed + rounds {
        let turns = Arc::clone(&turns);
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let stage = Stage::start().await;
            tokio::task::spawn_blocking(move || one(&stage, end, seed)).await.unwrap();
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

fn one(stage: &Stage, end: &str, seed: u64) {
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("run_found"));
    running.kill();
    let journal = stage.data().join("journal.sqlite");
    if end.is_empty() {
        let whole = rusqlite::Connection::open(&journal).unwrap();
        whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        drop(whole);
        forget(&journal);
    } else {
        fs::remove_file(stage.data().join("journal.sqlite-shm")).unwrap();
    }
    let what = format!("seed {seed}: {}", turn_a_bit(stage.data().join(format!("journal.sqlite{end}")), seed));

    let status = stage.run(&["status", "--json"]);
    if status.code == Some(0) {
        let production = environment(&status.last(), "production").clone();
        assert_eq!(production["live"]["tag"], stage.live().as_str(), "{what}: {production}");
    } else {
        is_said(&status, &what);
    }
    let again = finish(&mut stage.rollback(&[]));
    assert_eq!((stage.dispatches(), stage.started()), (1, 1), "{what}: {again:?}");
    match again.lines().pop().map(|last| last["outcome"].clone()) {
        Some(Value::String(outcome)) if outcome == "succeeded" => {
            assert_eq!((again.code, stage.live().as_str()), (Some(0), "v2.4.0"), "{what}: {again:?}");
            assert_eq!(again.last()["to"], "v2.4.0", "{what}: {again:?}");
        }
        // Whoever lost the end of the journal finds the run on GitHub, or its own hold in the way.
        Some(Value::String(_)) => {
            assert!(again.code == Some(1) && is_sentence(&again.last()["sentence"]), "{what}: {again:?}")
        }
        _ => is_said(&again, &what),
    }
}

/// The journal's own trouble, with what to do.
fn is_said(done: &Done, what: &str) {
    let (code, trouble) = (done.code, done.trouble());
    assert!(code == Some(1) && trouble.starts_with("journal_"), "{what}: {done:?}");
}

fn is_sentence(words: &Value) -> bool {
    words.as_str().is_some_and(|words| !words.is_empty())
}

/// Which one it was.
fn turn_a_bit(file: PathBuf, seed: u64) -> String {
    let mut bytes = fs::read(&file).unwrap();
    assert!(!bytes.is_empty(), "{}", file.display());
    let bit = usize::try_from(scattered(seed) % (bytes.len() as u64 * 8)).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(&file, &bytes).unwrap();
    format!("bit {bit} of {} bytes", bytes.len())
}
