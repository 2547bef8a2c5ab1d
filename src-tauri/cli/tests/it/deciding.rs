//! Where a person decides: only about what they have seen.

use lastgood_rehearsal::{Fault, FaultKind};
use serde_json::json;

use crate::kit::{Running, Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_without_evidence_waits_for_a_decision_and_is_sent_again_when_told() {
    let stage = waiting().await;
    // Asked again, it waits again.
    let done = finish(&mut stage.rollback(&[]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("inconclusive")));
    assert_eq!(stage.dispatches(), 1);

    let done = finish(&mut stage.rollback(&["--choose", "send-again"]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{done:?}");
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (2, 1, "v2.4.0"));
    assert_eq!(stage.rollback_tags().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_is_none_there_is_usage_and_changes_nothing() {
    let stage = waiting().await;
    let before = stage.records().len();
    let done = finish(&mut stage.rollback(&["--choose", "it-worked"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(2), "usage"));
    assert!(done.err.contains("look-again | send-again | give-up"), "{}", done.err);
    assert_eq!(stage.records().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_target_does_not_take_up_an_unfinished_rollback() {
    let stage = waiting().await;
    let done = finish(&mut stage.rollback(&["--to", "v2.3.1"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "already_running"));
    assert!(done.err.contains("--choose give-up"), "{}", done.err);
    let done = finish(&mut stage.rollback(&["--choose", "give-up"]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("aborted")));
    assert_eq!((stage.dispatches(), stage.started()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_a_rollback_that_was_cut_off_dispatches_nothing() {
    let stage = Stage::start().await;
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("hold_taken"));
    running.kill();
    let done = finish(&mut stage.rollback(&["--choose", "give-up"]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("aborted")), "{done:?}");
    assert_eq!((stage.dispatches(), stage.live().as_str()), (0, "v2.4.1"));
    assert_eq!(stage.facts("rollback_ended"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_nothing_is_usage() {
    let stage = Stage::start().await;
    let done = finish(&mut stage.rollback(&["--choose", "send-again"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(2), "usage"));
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("hold_taken"));
    running.kill();
    let done = finish(&mut stage.rollback(&["--choose", "send-again"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(2), "usage"), "it waits for nobody yet");
    assert_eq!(stage.dispatches(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_decide_needs_no_reason_and_each_choice_is_told_with_what_it_leads_to() {
    let stage = waiting().await;
    let undecided = stage.run(&["rollback", "production", "--yes"]);
    assert_eq!(undecided.code, Some(1), "{undecided:?}");
    for line in [
        "\n  look-again  Asks once more and sends nothing.\n",
        "\n  send-again  Starts the deploy once more. Only if no run of this rollback is on the Actions page.\n",
        "\n  give-up     Ends the rollback here. What was done stays done, and the hold stays.\n",
    ] {
        assert!(undecided.out.contains(line), "{}", undecided.out);
    }
    let status = stage.run(&["status"]).out;
    let next = "decide: lastgood rollback production --choose look-again | send-again | give-up\n";
    assert!(status.contains(next), "{status}");
    let given_up = stage.run(&["rollback", "production", "--choose", "give-up", "--json"]);
    assert_eq!((given_up.code, &given_up.last()["outcome"]), (Some(1), &json!("aborted")), "{given_up:?}");
}

/// A rollback whose dispatch GitHub took and of which no run ever came.
async fn waiting() -> Stage {
    let stage = Stage::start().await;
    stage.arm(Fault::once("/dispatches", FaultKind::NoRun));
    let done = finish(&mut stage.rollback(&[]));
    let last = done.last();
    assert_eq!((done.code, &last["outcome"]), (Some(1), &json!("inconclusive")), "{done:?}");
    assert!(last["hint"].as_str().unwrap().contains("--choose look-again | send-again | give-up"), "{last}");
    assert_eq!((stage.dispatches(), stage.started()), (1, 0));
    stage
}
