//! Git through the API, beside real git by path.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::kit::Kit;

#[tokio::test]
async fn an_annotated_tag_is_made_once() {
    let kit = Kit::start().await;
    let commit = kit.get("/commits/v2.4.0").await["sha"].clone();
    let tag = json!({ "tag": "rollback-1", "message": "Rollback to v2.4.0", "object": commit, "type": "commit" });
    let (status, tag) = kit.post("/git/tags", tag).await;
    assert_eq!(status, StatusCode::CREATED, "{tag}");
    assert_eq!(kit.try_get("/git/ref/tags/rollback-1").await.unwrap().status(), StatusCode::NOT_FOUND, "no ref yet");

    let new = json!({ "ref": "refs/tags/rollback-1", "sha": tag["sha"] });
    assert_eq!(kit.post("/git/refs", new.clone()).await.0, StatusCode::CREATED);
    let (status, again) = kit.post("/git/refs", new).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again["message"], "Reference already exists");
    assert_eq!(kit.get("/git/ref/tags/rollback-1").await["object"]["type"], "tag");
    assert_eq!(kit.get("/commits/rollback-1").await["sha"], commit);
}

#[tokio::test]
async fn what_git_writes_by_path_is_seen_at_once() {
    let kit = Kit::start().await;
    let remote = git2::Repository::open_bare(&kit.description().remote).unwrap();
    let head = remote.head().unwrap().target().unwrap();
    remote.reference("refs/lastgood/hold/production", head, false, "test").unwrap();
    let refs = kit.get("/git/matching-refs/lastgood/").await;
    assert_eq!(refs[0]["ref"], "refs/lastgood/hold/production");
    let gone = kit.send(Method::DELETE, "/git/refs/lastgood/hold/production", json!({})).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(kit.get("/git/matching-refs/lastgood/").await, json!([]));
}

#[tokio::test]
async fn an_edit_of_a_release_makes_it_the_latest_unless_told_not_to() {
    let kit = Kit::start().await;
    let old = kit.get("/releases/tags/v2.3.0").await["id"].clone();
    let path = format!("/releases/{old}");
    kit.send(Method::PATCH, &path, json!({ "body": "Bad.", "make_latest": "false" })).await;
    assert_eq!(kit.get("/releases/latest").await["tag_name"], "v2.4.1");
    kit.send(Method::PATCH, &path, json!({ "body": "Bad." })).await;
    assert_eq!(kit.get("/releases/latest").await["tag_name"], "v2.3.0");
}

#[tokio::test]
async fn a_deployment_by_the_api_has_the_statuses_that_it_is_given() {
    let kit = Kit::start().await;
    let (status, made) = kit.post("/deployments", json!({ "ref": "v2.4.0", "environment": "staging" })).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/deployments/{}/statuses", made["id"]);
    let success = json!({ "state": "success", "environment_url": "http://127.0.0.1:1" });
    assert_eq!(kit.post(&path, success).await.0, StatusCode::CREATED);
    assert_eq!(kit.get(&path).await[0]["environment_url"], "http://127.0.0.1:1");
    assert_eq!(kit.post(&path, json!({ "state": "splendid" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kit.get("/deployments?environment=staging").await[0]["id"], made["id"]);
}
