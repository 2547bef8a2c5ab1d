//! Pull requests over REST.

use lastgood_rehearsal::PullRequestError;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::kit::{Kit, read};

fn order(head: &str) -> Value {
    json!({ "title": "Notes", "head": head, "base": "main", "body": "What happened" })
}

#[tokio::test]
async fn the_same_head_has_one_open_pull_request() {
    let kit = Kit::start().await;
    kit.branch("notes", "main");
    let (status, opened) = kit.post("/pulls", order("notes")).await;
    assert_eq!((status, &opened["state"], &opened["changed_files"]), (StatusCode::CREATED, &json!("open"), &json!(1)));
    let (status, again) = kit.post("/pulls", order("acme:notes")).await;
    let words = &again["errors"][0]["message"];
    assert_eq!((status.as_u16(), words), (422, &json!("A pull request already exists for acme:notes.")));
    assert_eq!(kit.post("/pulls", order("nowhere")).await.1["errors"][0]["field"], "head");
    let (_, none) = kit.post("/pulls", order("main")).await;
    assert_eq!(none["errors"][0]["message"], "No commits between main and main");
}

#[tokio::test]
async fn a_list_is_filtered_by_head_and_by_state() {
    let kit = Kit::start().await;
    for name in ["one", "two"] {
        kit.branch(name, "main");
        kit.post("/pulls", order(name)).await;
    }
    kit.github().close_pull_request(413).unwrap();
    let numbers =
        |list: Value| list.as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(kit.get("/pulls").await), [414]);
    assert_eq!(numbers(kit.get("/pulls?state=all").await), [414, 413]);
    assert_eq!(numbers(kit.get("/pulls?state=closed").await), [413]);
    assert_eq!(numbers(kit.get("/pulls?state=all&head=acme:one").await), [413]);
    assert_eq!(numbers(kit.get("/pulls?head=acme:one").await), [0_u64; 0]);
    assert_eq!(numbers(kit.get("/pulls?head=one").await), [414], "without its owner a head is not looked at");
}

#[tokio::test]
async fn a_merged_one_says_so_and_its_base_has_the_change() {
    let kit = Kit::start().await;
    kit.branch("notes", "v2.4.0");
    kit.post("/pulls", order("notes")).await;
    assert_eq!(kit.get("/pulls/413/files").await[0]["filename"], "NOTES.md");
    let answer = kit.send(Method::PUT, "/pulls/413/merge", json!({})).await;
    let (status, merged) = read(answer).await;
    assert_eq!((status, &merged["merged"]), (StatusCode::OK, &json!(true)));
    let shown = kit.get("/pulls/413").await;
    assert_eq!(
        (&shown["state"], &shown["merged"], &shown["merge_commit_sha"]),
        (&json!("closed"), &json!(true), &merged["sha"])
    );
    assert_eq!(kit.get("/git/ref/heads/main").await["object"]["sha"], merged["sha"]);
    kit.get("/contents/NOTES.md").await;
    kit.get("/contents/README.md").await;
    let twice = kit.github().merge_pull_request(413);
    assert!(matches!(twice, Err(PullRequestError::NotMergeable)), "{twice:?}");
    assert_eq!(kit.get("/pulls/413/files").await[0]["filename"], "NOTES.md", "also when it is merged");
}

#[tokio::test]
async fn what_both_sides_changed_is_not_merged() {
    let kit = Kit::start().await;
    for name in ["one", "two"] {
        kit.branch(name, "main");
        kit.post("/pulls", order(name)).await;
    }
    kit.github().merge_pull_request(413).unwrap();
    let refused = kit.send(Method::PUT, "/pulls/414/merge", json!({})).await;
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
}
