//! What GitHub accepts as a dispatch, and what becomes of it.

use lastgood_rehearsal::state::Access;
use reqwest::StatusCode;
use serde_json::json;

use crate::kit::{DEPLOY, Kit};

#[tokio::test]
async fn without_asking_for_the_run_a_dispatch_is_answered_by_204() {
    let kit = Kit::start().await;
    let before = kit.github().now();
    assert_eq!(kit.dispatch("v2.4.0", json!({})).await.0, StatusCode::NO_CONTENT);
    let since = before.strftime("%Y-%m-%dT%H:%M:%SZ");
    let runs = kit.get(&format!("/actions/runs?event=workflow_dispatch&branch=main&created=>={since}")).await;
    assert_eq!(runs["total_count"], 1, "{since}");
    assert_eq!(runs["workflow_runs"][0]["display_title"], "Deploy v2.4.0 to production");
}

#[tokio::test]
async fn what_is_wrong_with_a_dispatch_is_said() {
    let kit = Kit::start().await;
    let inputs = |inputs| json!({ "ref": "main", "inputs": inputs });
    let cases = [
        (json!({ "inputs": {} }), "missing field `ref`"),
        (json!({ "ref": "nowhere" }), "No ref found for: nowhere"),
        (inputs(json!({})), "Required input 'version_tag' not provided"),
        (inputs(json!({ "version_tag": "v2.4.0", "colour": "red" })), "Unexpected inputs provided: [\"colour\"]"),
        (inputs(json!({ "version_tag": "v2.4.0", "environment": "moon" })), "Provided value 'moon'"),
    ];
    for (body, sentence) in cases {
        let (status, answer) = kit.post("/actions/workflows/deploy.yml/dispatches", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(sentence), "{answer}");
    }
    let body = json!({ "ref": "main" });
    assert_eq!(kit.post("/actions/workflows/none.yml/dispatches", body.clone()).await.0, StatusCode::NOT_FOUND);
    let (status, answer) = kit.post("/actions/workflows/ci.yml/dispatches", body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(kit.get("/actions/runs?event=workflow_dispatch").await["total_count"], 13, "nothing was started");
}

#[tokio::test]
async fn a_version_that_does_not_exist_fails_at_the_checkout_and_deploys_nothing() {
    let kit = Kit::start().await;
    let before = kit.get("/deployments").await[0]["id"].clone();
    let id = kit.deploy("v9.9.9").await;
    kit.pass(DEPLOY);
    let run = kit.run(id).await;
    assert_eq!(run["conclusion"], "failure");
    let jobs = kit.get(&format!("/actions/runs/{id}/jobs")).await;
    let job = &jobs["jobs"][0];
    assert_eq!(job["steps"][1]["name"], "Checkout");
    assert_eq!(job["steps"][1]["conclusion"], "failure");
    assert_eq!(job["steps"][2]["conclusion"], "skipped");
    assert_eq!(jobs["jobs"][1]["conclusion"], "skipped");
    assert_eq!(kit.get("/deployments").await[0]["id"], before, "nothing was deployed");

    let log = kit.try_get(&format!("/actions/jobs/{}/logs", job["id"])).await.unwrap();
    assert_eq!(log.status(), StatusCode::FOUND);
    let place = log.headers()["location"].to_str().unwrap();
    let text = crate::kit::client().get(place).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("##[error]A branch or tag with the name 'v9.9.9' could not be found"), "{text}");
}

#[tokio::test]
async fn the_log_of_a_job_comes_when_the_job_has_ended() {
    let kit = Kit::start().await;
    let id = kit.deploy("v2.4.0").await;
    kit.pass(jiff::SignedDuration::from_secs(3));
    let jobs = kit.get(&format!("/actions/runs/{id}/jobs")).await;
    assert_eq!(jobs["jobs"][0]["steps"][1]["status"], "in_progress", "steps are live: {jobs}");
    let path = format!("/actions/jobs/{}/logs", jobs["jobs"][0]["id"]);
    assert_eq!(kit.try_get(&path).await.unwrap().status(), StatusCode::NOT_FOUND);
    kit.pass(DEPLOY);
    assert_eq!(kit.try_get(&path).await.unwrap().status(), StatusCode::FOUND);
}

#[tokio::test]
async fn a_token_that_may_only_read_cannot_dispatch() {
    let kit = Kit::start().await;
    kit.github().change(|state, _| state.access = Access::Read).unwrap();
    assert_eq!(kit.dispatch("v2.4.0", json!({})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(kit.get("").await["permissions"]["push"], false);
}

#[tokio::test]
async fn a_deploy_at_full_speed_ends_at_once() {
    let kit = Kit::start().await;
    kit.github().set_speed(f64::INFINITY).unwrap();
    let id = kit.deploy("v2.3.1").await;
    assert_eq!(kit.run(id).await["conclusion"], "success");
    assert_eq!(kit.service("/version").await.1["version"], "v2.3.1");
}
