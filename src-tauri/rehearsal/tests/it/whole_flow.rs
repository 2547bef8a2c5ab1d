//! From the dispatch to the live version.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::kit::{DEPLOY, Kit};

#[tokio::test]
async fn a_deploy_goes_from_queued_to_success_and_changes_what_is_live() {
    let kit = Kit::start().await;
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.1");
    assert_eq!(kit.service("/healthz").await.0, StatusCode::SERVICE_UNAVAILABLE);

    let id = kit.deploy("v2.4.0").await;
    assert_eq!(kit.run(id).await["status"], "queued");

    kit.pass(jiff::SignedDuration::from_secs(9));
    let run = kit.run(id).await;
    assert_eq!(run["status"], "in_progress", "{run}");
    let deployments = kit.get("/deployments?environment=production").await;
    assert_eq!(
        (&deployments[0]["ref"], &deployments[0]["sha"]),
        (&json!("main"), &run["head_sha"]),
        "as GitHub has it"
    );
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.1", "traffic is not switched yet");

    kit.pass(DEPLOY);
    let run = kit.run(id).await;
    assert_eq!((&run["status"], &run["conclusion"]), (&json!("completed"), &json!("success")));
    assert_eq!(run["display_title"], "Deploy v2.4.0 to production");
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.0");
    assert_eq!(kit.service("/healthz").await, (StatusCode::OK, json!({ "status": "ok" })));
    let newest = deployments[0]["id"].as_u64().unwrap();
    let statuses = kit.get(&format!("/deployments/{newest}/statuses")).await;
    assert_eq!(states(&statuses), ["success", "in_progress"]);
    assert_eq!(statuses[0]["environment_url"], kit.description().service);
    let before = deployments[1]["id"].as_u64().unwrap();
    assert_eq!(states(&kit.get(&format!("/deployments/{before}/statuses")).await)[0], "inactive");
}

fn states(statuses: &Value) -> Vec<&str> {
    statuses.as_array().unwrap().iter().map(|status| status["state"].as_str().unwrap()).collect()
}
