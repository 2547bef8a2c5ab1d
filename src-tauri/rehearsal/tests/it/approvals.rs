//! Runs that wait for a person.

use lastgood_rehearsal::{Fault, FaultKind};
use reqwest::StatusCode;
use serde_json::json;

use crate::kit::{DEPLOY, Kit};

async fn waiting_deploy(kit: &Kit, reviewers: &[&str]) -> u64 {
    let reviewers = reviewers.iter().map(|login| (*login).to_owned()).collect();
    kit.github().change(|state, _| state.environments[0].reviewers = reviewers).unwrap();
    let id = kit.deploy("v2.4.0").await;
    kit.pass(DEPLOY);
    assert_eq!(kit.run(id).await["status"], "waiting");
    id
}

#[tokio::test]
async fn an_approved_deploy_goes_on() {
    let kit = Kit::start().await;
    let id = waiting_deploy(&kit, &["platform-lead", "on-call"]).await;
    let path = format!("/actions/runs/{id}/pending_deployments");
    let pending = kit.get(&path).await;
    assert_eq!(pending[0]["environment"]["name"], "production");
    assert_eq!(pending[0]["current_user_can_approve"], true);
    assert_eq!(pending[0]["reviewers"][1]["reviewer"]["login"], "on-call");

    let yes = json!({ "environment_ids": [pending[0]["environment"]["id"]], "state": "approved", "comment": "go" });
    let (status, deployments) = kit.post(&path, yes).await;
    assert_eq!((status, &deployments[0]["ref"]), (StatusCode::OK, &json!("main")));
    assert_eq!(kit.get(&path).await, json!([]));
    kit.pass(DEPLOY);
    assert_eq!(kit.run(id).await["conclusion"], "success");
    let approvals = kit.get(&format!("/actions/runs/{id}/approvals")).await;
    assert_eq!((&approvals[0]["state"], &approvals[0]["comment"]), (&json!("approved"), &json!("go")));
}

#[tokio::test]
async fn a_rejected_deploy_fails_and_changes_nothing() {
    let kit = Kit::start().await;
    let id = waiting_deploy(&kit, &["platform-lead"]).await;
    let path = format!("/actions/runs/{id}/pending_deployments");
    let environment = kit.get(&path).await[0]["environment"]["id"].clone();
    let no = json!({ "environment_ids": [environment], "state": "rejected", "comment": "not now" });
    assert_eq!(kit.post(&path, no).await.0, StatusCode::OK);
    assert_eq!(kit.run(id).await["conclusion"], "failure");
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.1");
}

#[tokio::test]
async fn somebody_who_is_not_asked_cannot_approve() {
    let kit = Kit::start().await;
    let id = waiting_deploy(&kit, &["on-call"]).await;
    let path = format!("/actions/runs/{id}/pending_deployments");
    let pending = kit.get(&path).await;
    assert_eq!(pending[0]["current_user_can_approve"], false);
    let yes = json!({ "environment_ids": [pending[0]["environment"]["id"]], "state": "approved", "comment": "" });
    assert_eq!(kit.post(&path, yes).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_fault_can_make_one_run_wait() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("", FaultKind::WaitForApproval));
    let first = kit.deploy("v2.4.0").await;
    kit.pass(DEPLOY);
    assert_eq!(kit.run(first).await["status"], "waiting");
    assert_eq!(
        kit.get(&format!("/actions/runs/{first}/pending_deployments")).await[0]["current_user_can_approve"],
        true
    );
}
