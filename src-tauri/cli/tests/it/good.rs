//! A person's word on a release, and what an incident says against one.

use serde_json::{Value, json};

use crate::kit::Stage;
use crate::status::environment;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_called_good_with_a_reason_and_that_is_taken_back() {
    let stage = Stage::start().await;
    let why = ["good", "v2.3.1", "--environment", "production", "--reason", "It served the sale", "--json"];
    let done = stage.run(&why);
    assert_eq!((done.code, &done.last()["marked_good"]), (Some(0), &json!(true)), "{done:?}");
    let status = stage.run(&["status", "--json"]).last();
    let production = environment(&status, "production");
    let mark = &production["marked_good"][0];
    assert_eq!((&mark["tag"], &mark["by"]), (&json!("v2.3.1"), &json!("@platform-lead")));
    assert_eq!(candidate(production, "v2.3.1")["reason"], "marked good by @platform-lead: It served the sale");
    assert_eq!(environment(&status, "staging")["marked_good"], json!([]));

    let undo = ["good", "v2.3.1", "--environment", "production", "--undo", "--json"];
    assert_eq!(stage.run(&undo).last()["taken_back"], true);
    assert_eq!(stage.run(&undo).last()["taken_back"], false);
    assert_eq!((stage.facts("live_marked_good"), stage.facts("live_mark_taken_back")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_release_or_no_environment_is_not_called_good() {
    let stage = Stage::start().await;
    let unknown = stage.run(&["good", "v9.9.9", "--json"]);
    assert_eq!((unknown.code, unknown.trouble().as_str()), (Some(1), "tag_missing"));
    let nowhere = stage.run(&["good", "v2.4.0", "--environment", "moon", "--json"]);
    assert_eq!((nowhere.code, nowhere.trouble().as_str()), (Some(1), "environment_unknown"));
    assert_eq!(stage.facts("live_marked_good"), 0);
}

fn candidate<'a>(environment: &'a Value, tag: &str) -> &'a Value {
    environment["candidates"].as_array().unwrap().iter().find(|found| found["tag"] == tag).unwrap()
}
