//! Concurrency groups, cancelling, running again.

use reqwest::StatusCode;
use serde_json::json;

use crate::kit::{DEPLOY, Kit};

#[tokio::test]
async fn of_three_deploys_the_second_is_replaced_by_the_third() {
    let kit = Kit::start().await;
    let (first, second, third) = (kit.deploy("v2.4.0").await, kit.deploy("v2.3.1").await, kit.deploy("v2.2.3").await);
    let evicted = kit.run(second).await;
    assert_eq!((&evicted["status"], &evicted["conclusion"]), (&json!("completed"), &json!("cancelled")));
    assert_eq!(kit.get(&format!("/actions/runs/{second}/jobs")).await["total_count"], 0, "it never began");
    assert_eq!(kit.run(third).await["status"], "pending");

    kit.pass(DEPLOY);
    assert_eq!(kit.run(first).await["conclusion"], "success");
    assert_eq!(kit.run(third).await["status"], "in_progress");
    kit.pass(DEPLOY);
    assert_eq!(kit.run(third).await["conclusion"], "success");
    assert_eq!(kit.service("/version").await.1["version"], "v2.2.3");
}

#[tokio::test]
async fn environments_have_queues_of_their_own() {
    let kit = Kit::start().await;
    kit.deploy("v2.4.0").await;
    let body = json!({ "ref": "main", "inputs": { "version_tag": "v2.3.1", "environment": "staging" } });
    kit.post("/actions/workflows/deploy.yml/dispatches", body).await;
    kit.pass(DEPLOY);
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.0");
    assert_eq!(kit.service("/staging/version").await.1["version"], "v2.3.1");
}

#[tokio::test]
async fn a_cancelled_deploy_changes_nothing_and_frees_the_queue() {
    let kit = Kit::start().await;
    let (first, second) = (kit.deploy("v2.4.0").await, kit.deploy("v2.3.1").await);
    kit.pass(jiff::SignedDuration::from_secs(5));
    let cancel = format!("/actions/runs/{first}/cancel");
    assert_eq!(kit.post(&cancel, json!({})).await.0, StatusCode::ACCEPTED);
    assert_eq!(kit.run(first).await["conclusion"], "cancelled");
    assert_eq!(kit.post(&cancel, json!({})).await.0, StatusCode::CONFLICT);
    kit.pass(DEPLOY);
    assert_eq!(kit.run(second).await["conclusion"], "success");
    assert_eq!(kit.service("/version").await.1["version"], "v2.3.1");
}

#[tokio::test]
async fn a_run_can_run_again_as_its_second_attempt() {
    let kit = Kit::start().await;
    let id = kit.deploy("v2.4.0").await;
    let rerun = format!("/actions/runs/{id}/rerun");
    assert_eq!(kit.post(&rerun, json!({})).await.0, StatusCode::FORBIDDEN, "it still runs");
    kit.pass(DEPLOY);
    assert_eq!(kit.post(&rerun, json!({})).await.0, StatusCode::CREATED);
    let run = kit.run(id).await;
    assert_eq!((&run["run_attempt"], &run["status"]), (&json!(2), &json!("queued")));
    assert_eq!(kit.get(&format!("/actions/runs/{id}/attempts/1")).await["conclusion"], "success");
    assert_eq!(kit.get(&format!("/actions/runs/{id}/attempts/1/jobs")).await["total_count"], 3);
}
