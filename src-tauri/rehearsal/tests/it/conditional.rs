//! Tokens, rate limits and conditional requests.

use reqwest::{Method, StatusCode, header};

use crate::kit::{Kit, client, read};

#[tokio::test]
async fn a_304_costs_no_call() {
    let kit = Kit::start().await;
    let first = kit.try_get("/releases").await.unwrap();
    let tag = first.headers()[header::ETAG].clone();
    let remaining = first.headers()["x-ratelimit-remaining"].clone();

    let again = kit.request(Method::GET, "/repos/acme/connectias/releases").header(header::IF_NONE_MATCH, tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["x-ratelimit-remaining"], remaining);
    assert_eq!(again.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_run_that_moves_on_has_another_etag() {
    let kit = Kit::start().await;
    let path = format!("/actions/runs/{}", kit.deploy("v2.4.0").await);
    let tag = async || kit.try_get(&path).await.unwrap().headers()[header::ETAG].clone();
    let queued = tag().await;
    assert_eq!(queued, tag().await);
    kit.pass(jiff::SignedDuration::from_secs(5));
    assert_ne!(queued, tag().await);
}

#[tokio::test]
async fn no_token_and_a_wrong_token_are_bad_credentials() {
    let kit = Kit::start().await;
    let url = format!("{}/user", kit.description().api);
    for request in [client().get(&url), client().get(&url).bearer_auth("wrong")] {
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(body["message"], "Bad credentials");
    }
}

#[tokio::test]
async fn a_used_up_limit_refuses_until_it_resets() {
    let kit = Kit::start().await;
    kit.github().set_remaining_calls(1);
    assert_eq!(kit.try_get("/releases").await.unwrap().status(), StatusCode::OK);
    let refused = kit.try_get("/releases").await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    kit.pass(jiff::SignedDuration::from_hours(1));
    assert_eq!(kit.try_get("/releases").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn the_authorization_is_not_recorded() {
    let kit = Kit::start().await;
    kit.get("/releases?per_page=1").await;
    let requests = kit.github().requests();
    assert_eq!(requests[0].path_and_query, "/repos/acme/connectias/releases?per_page=1");
    assert_eq!(requests[0].status, Some(200));
    assert!(!format!("{requests:?}").contains(&kit.description().token));
}
