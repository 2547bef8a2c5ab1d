//! octokit, GitHub's own library, asks the rehearsal.

use lastgood_clients::{Served, node};
use serde_json::{Value, json};

#[tokio::test]
async fn octokit_finds_the_same_facts_page_by_page_and_starts_a_deploy() {
    let served = Served::at_speed(1.0).await;
    let before = served.github().state();
    let deployments = before.at(served.github().now()).deployments;
    let found: Value = serde_json::from_str(&node(&served, "octokit.mjs", &[]).await.unwrap()).unwrap();

    let tags: Vec<&str> = before.releases.iter().rev().map(|one| one.tag.as_str()).collect();
    assert_eq!((&found["releases"], &found["graphql"]), (&json!(tags), &json!(tags)));
    assert_eq!(
        (&found["login"], &found["branch"], &found["latest"]),
        (&json!("platform-lead"), &json!("main"), &json!("v2.4.1"))
    );
    assert_eq!(found["environments"], json!(["production", "staging"]));
    assert_eq!(found["workflows"], json!([".github/workflows/ci.yml", ".github/workflows/deploy.yml"]));
    assert_eq!(found["deployments"], json!(deployments.iter().map(|one| one.id).collect::<Vec<_>>()));
    assert_eq!(found["statuses"], json!(["success", "in_progress"]));
    let runs: Vec<u64> = before.runs.iter().rev().map(|run| run.id).collect();
    assert_eq!(found["runs"], json!(runs));
    assert_eq!(found["jobs"], json!(["Fetch build", "Deploy", "Smoke test"]));
    assert_eq!(found["refused"], 404);
    let remote = git2::Repository::open_bare(&served.description().remote).unwrap();
    for tag in found["tags"].as_array().unwrap() {
        let name = format!("refs/tags/{}", tag[0].as_str().unwrap());
        let commit = remote.find_reference(&name).unwrap().peel_to_commit().unwrap();
        assert_eq!(tag[1], commit.id().to_string());
    }

    let started = served.github().state().runs.last().unwrap().clone();
    let told = json!({ "id": started.id, "title": "Deploy v2.4.0 to production", "event": "workflow_dispatch" });
    assert_eq!((found["started"].clone(), before.runs.len() + 1), (told, served.github().state().runs.len()));
}
