//! Two people at one machine: one drives, the other is told who.

use serde_json::json;

use crate::kit::{Running, Stage, finish, wait};

/// A deploy takes about two seconds.
const SPEED: f64 = 10.0;

#[tokio::test(flavor = "multi_thread")]
async fn while_one_drives_the_other_is_told_who_and_does_nothing() {
    let stage = Stage::at_speed(SPEED).await;
    let mut first = Running::start(&mut stage.rollback(&[]));
    assert!(first.reads("step_started"));
    let second = finish(&mut stage.rollback(&[]));
    assert_eq!((second.code, second.trouble().as_str()), (Some(1), "already_running"));
    assert!(second.err.contains("to v2.4.0, begun by @platform-lead, is being driven"), "{}", second.err);
    let status = stage.run(&["status", "--json"]).last();
    assert!(crate::status::environment(&status, "production")["unfinished"].as_str().unwrap().starts_with("rb-"));
    assert_eq!(first.finish().last()["outcome"], "succeeded");
    assert_eq!((stage.dispatches(), stage.rollback_tags().len(), stage.facts("hold_taken")), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_that_start_at_once_exactly_one_rolls_back() {
    one_of(3).await;
}

/// So many processes on one data folder, started at once.
pub(crate) async fn one_of(processes: u32) {
    let stage = Stage::at_speed(SPEED).await;
    let all: Vec<_> = (0..processes).map(|_| stage.rollback(&[]).spawn().unwrap()).collect();
    let done: Vec<_> = all.into_iter().map(wait).collect();
    let (won, lost): (Vec<_>, Vec<_>) = done.iter().partition(|done| done.code == Some(0));
    assert_eq!(won.len(), 1, "{done:?}");
    assert_eq!(won[0].last()["outcome"], "succeeded");
    for lost in lost {
        assert_eq!((lost.code, &lost.last()["error"]["code"]), (Some(1), &json!("already_running")));
    }
    assert_eq!((stage.dispatches(), stage.rollback_tags().len(), stage.facts("hold_taken")), (1, 1, 1));
    assert_eq!((stage.live().as_str(), stage.facts("rollback_started")), ("v2.4.0", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_rolled_back_beside_each_other() {
    let stage = Stage::at_speed(SPEED).await;
    let mut first = Running::start(&mut stage.rollback(&[]));
    assert!(first.reads("hold_taken"));
    let staging = ["rollback", "staging", "--to", "v2.3.1", "--reason", "r", "--yes", "--json"];
    let second = stage.run(&staging);
    assert_eq!(first.finish().last()["outcome"], "succeeded");
    assert_ne!(second.last()["error"]["code"], json!("already_running"), "{second:?}");
}
