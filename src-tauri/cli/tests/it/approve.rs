//! `lastgood approve` and `lastgood cancel`: a rollback that waits is decided from a second terminal.

use lastgood_rehearsal::state::State;
use serde_json::json;

use crate::kit::{Running, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_waits_goes_on_when_it_is_approved_from_a_second_terminal() {
    let (stage, running) = waiting().await;
    let done = stage.run(&["approve", "production", "--comment", "checkout fails", "--json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.last()["order"], "approve");
    let ended = running.finish();
    assert_eq!((ended.code, &ended.last()["outcome"]), (Some(0), &json!("succeeded")), "{ended:?}");
    assert_eq!((stage.dispatches(), posts(&stage, "/pending_deployments"), stage.live().as_str()), (1, 1, "v2.4.0"));
    assert_eq!((stage.facts("run_ordered"), stage.facts("run_order_ended")), (1, 1));
    let nothing = stage.run(&["approve", "production", "--json"]);
    assert_eq!((nothing.code, nothing.trouble().as_str()), (Some(1), "nothing_waits"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_deploy_ends_the_rollback_as_failed() {
    let (stage, running) = waiting().await;
    assert_eq!(stage.run(&["approve", "production", "--reject", "--comment", "not today"]).code, Some(0));
    let ended = running.finish();
    assert_eq!((ended.code, &ended.last()["outcome"]), (Some(1), &json!("failed")), "{ended:?}");
    assert_eq!((posts(&stage, "/pending_deployments"), stage.live().as_str()), (1, "v2.4.1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_is_cancelled_only_when_that_is_confirmed() {
    let (stage, running) = waiting().await;
    let unasked = stage.run(&["cancel", "production", "--json"]);
    assert_eq!((unasked.code, unasked.trouble().as_str(), posts(&stage, "/cancel")), (Some(2), "usage", 0));
    let done = stage.run(&["cancel", "production", "--yes"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let ended = running.finish();
    assert_eq!((ended.code, &ended.last()["outcome"]), (Some(1), &json!("failed")), "{ended:?}");
    assert_eq!(posts(&stage, "/cancel"), 1);
}

/// A rollback whose run waits for the person who is signed in.
async fn waiting() -> (Stage, Running) {
    let stage = Stage::start().await;
    let reviewers = |state: &mut State| state.environments[0].reviewers = vec!["platform-lead".to_owned()];
    stage.server().change(|state, _| reviewers(state)).unwrap();
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("run_seen"));
    (stage, running)
}

fn posts(stage: &Stage, ending: &str) -> usize {
    let requests = stage.server().requests();
    requests.iter().filter(|one| one.method == "POST" && one.path_and_query.ends_with(ending)).count()
}
