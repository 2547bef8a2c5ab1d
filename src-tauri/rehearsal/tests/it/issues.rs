//! Issues: opened, commented, closed, found again.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::kit::{Kit, read};

#[tokio::test]
async fn an_issue_is_commented_closed_and_opened_again() {
    let kit = Kit::start().await;
    let (_, issue) = kit.post("/issues", json!({ "title": "Slow", "labels": ["bug"] })).await;
    let path = format!("/issues/{}", issue["number"]);
    let (status, comment) = kit.post(&format!("{path}/comments"), json!({ "body": "Better." })).await;
    assert_eq!((status, &comment["body"]), (StatusCode::CREATED, &json!("Better.")));
    let change = |body| async { read(kit.send(Method::PATCH, &path, body).await).await.1 };
    let closed = change(json!({ "state": "closed", "state_reason": "completed" })).await;
    assert_eq!(
        (&closed["state"], &closed["comments"], closed["closed_at"].is_null()),
        (&json!("closed"), &json!(1), false)
    );
    assert_eq!(kit.get("/issues").await, json!([]), "a list without a word shows the open ones");
    assert_eq!(kit.get("/issues?state=all").await[0]["title"], "Slow");
    let open = change(json!({ "state": "open", "title": "Slow again", "body": "Since noon" })).await;
    assert_eq!(
        (&open["state"], &open["title"], &open["body"]),
        (&json!("open"), &json!("Slow again"), &json!("Since noon"))
    );
    assert_eq!(kit.get(&format!("{path}/comments")).await[0]["user"]["login"], "platform-lead");
}
