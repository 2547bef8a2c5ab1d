//! An unfinished rollback is taken up only with what it is on the screen, and with somebody's word.

use serde_json::{Value, json};

use crate::kit::{Running, Stage, finish};

const AGAIN: [&str; 4] = ["rollback", "production", "--reason", "checkout fails"];

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_it_takes_up_and_nothing_goes_on_without_a_word() {
    let stage = cut_off_at("hold_taken").await;
    let before = stage.records().len();
    let done = stage.run(&AGAIN);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.out.contains("\n  Rollback of production from v2.4.1 to v2.4.0\n"), "{}", done.out);
    assert!(done.out.contains(" by @platform-lead: checkout fails\n"), "{}", done.out);
    assert!(done.err.contains("--yes"), "{}", done.err);
    assert_eq!((stage.records().len(), stage.dispatches()), (before, 0));

    let done = stage.run(&[&AGAIN[..], &["--yes"]].concat());
    assert_eq!((done.code, stage.dispatches()), (Some(0), 1), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_is_given_now_counts_while_nothing_left_this_machine() {
    let stage = cut_off_at("hold_taken").await;
    let done = stage.run(&["rollback", "production", "--reason", "orders are lost", "--yes", "--json"]);
    assert_eq!((done.code, &done.last()["reason"]), (Some(0), &json!("orders are lost")), "{done:?}");
    assert_eq!(stage.facts("reason_given"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_comes_too_late_is_said_to_be_unused() {
    let stage = cut_off_at("tag_made").await;
    let done = stage.run(&["rollback", "production", "--reason", "orders are lost", "--yes"]);
    assert!(done.out.contains("the one given now is not used"), "{}", done.out);
    assert_eq!((done.code, stage.facts("reason_given")), (Some(0), 0), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_left_for_days_is_decided_about_and_not_sent_by_itself() {
    let stage = cut_off_at("hold_taken").await;
    is_from_three_days_ago(&stage);
    let done = finish(&mut stage.rollback(&[]));
    let last = done.last();
    assert_eq!((done.code, &last["outcome"], stage.dispatches()), (Some(1), &json!("inconclusive"), 0), "{done:?}");
    let sentence = "Rollback to v2.4.0 stood still: it was begun 3 d ago, and nothing was sent yet.";
    assert_eq!(last["sentence"], sentence);
    assert!(last["hint"].as_str().unwrap().ends_with("Then decide with --choose look-again | give-up."), "{last}");

    let done = finish(&mut stage.rollback(&["--choose", "look-again"]));
    assert_eq!((done.code, stage.dispatches(), stage.live().as_str()), (Some(0), 1, "v2.4.0"), "{done:?}");
}

async fn cut_off_at(kind: &str) -> Stage {
    let stage = Stage::start().await;
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads(kind));
    running.kill();
    assert_eq!(stage.dispatches(), 0, "it was cut off before anything was sent");
    stage
}

/// The same facts with other times, in a chain of their own.
fn is_from_three_days_ago(stage: &Stage) {
    use lastgood_core::ids::WriterId;
    use lastgood_core::journal::{Head, NewFact, chain};
    let records = stage.records();
    let path = stage.data().join("journal.sqlite");
    let journal = rusqlite::Connection::open(path).unwrap();
    let mut head: Option<Head> = None;
    for record in records {
        let fact = record.read().unwrap();
        let ago = |time: jiff::Timestamp| time - jiff::SignedDuration::from_hours(72);
        let mut event = serde_json::to_value(&fact.event).unwrap();
        for name in ["started", "undo_until"] {
            if let Some(Value::String(time)) = event["payload"].get(name).cloned()
                && let Ok(time) = time.parse()
            {
                event["payload"][name] = json!(ago(time).to_string());
            }
        }
        let event = serde_json::from_value(event).unwrap();
        let older = NewFact { at: ago(fact.at), subject: fact.subject, event };
        let again = chain(&WriterId::new(record.writer.as_str()), head.as_ref(), &older).unwrap();
        journal
            .execute(
                "UPDATE fact SET at = ?1, event = ?2, previous = ?3, hash = ?4 WHERE sequence = ?5",
                rusqlite::params![
                    again.at,
                    again.event,
                    again.previous,
                    again.hash,
                    i64::try_from(again.sequence).unwrap()
                ],
            )
            .unwrap();
        head = Some(Head { sequence: again.sequence, hash: again.hash });
    }
}
