//! `lastgood forward`: to the release that a rollback left.

use serde_json::json;

use crate::kit::{Stage, finish, git};
use crate::status::environment;

#[tokio::test(flavor = "multi_thread")]
async fn forward_goes_to_what_was_left_lifts_its_quarantine_and_blames_nobody() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let refused = stage.run(&["rollback", "production", "--to", "v2.4.1", "--reason", "mended", "--yes", "--json"]);
    assert!(refused.last()["sentence"].as_str().unwrap().contains("is quarantined"), "{refused:?}");

    stage.server().change(|state, _| state.sicknesses.clear()).unwrap();
    let done = stage.run(&["forward", "production", "--reason", "It was the cache", "--yes", "--json"]);
    assert_eq!((&done.last()["to"], &done.last()["outcome"]), (&json!("v2.4.1"), &json!("succeeded")), "{done:?}");
    assert!(stage.live() == "v2.4.1", "{done:?}");
    let status = stage.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["quarantined"], json!([]));
    assert_eq!(stage.facts("quarantine_lifted"), 1);
    let tag = done.last()["tag"].as_str().unwrap().to_owned();
    let text = git(
        &stage.description().remote,
        &["for-each-ref", "--format=%(contents:subject)", &format!("refs/tags/{tag}")],
    );
    assert_eq!(text, "Roll forward to v2.4.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_prove_itself_stays_quarantined() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let done = stage.run(&["forward", "production", "--reason", "It was the cache", "--yes", "--json"]);
    assert_eq!((&done.last()["to"], &done.last()["outcome"]), (&json!("v2.4.1"), &json!("failed")), "{done:?}");
    let status = stage.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["quarantined"], json!(["v2.4.1"]));
    assert_eq!(stage.facts("quarantine_lifted"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_was_rolled_back_there_is_nothing_to_go_forward_to() {
    let stage = Stage::start().await;
    let done = stage.run(&["forward", "production", "--reason", "r", "--yes", "--json"]);
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "no_target"));
    assert_eq!((stage.dispatches(), stage.rollback_tags().len()), (0, 0));
}
