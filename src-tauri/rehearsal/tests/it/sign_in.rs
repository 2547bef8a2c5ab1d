//! Signing in by code, as GitHub answers it.

use jiff::SignedDuration;
use lastgood_rehearsal::{Decision, Description, SignInSwitches, TokenSwitches};
use reqwest::{Method, Response, header};
use serde_json::{Value, json};

use crate::kit::{Kit, client, read};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[tokio::test]
async fn a_code_becomes_a_token_once_the_person_approves_and_only_once() {
    let kit = Kit::start().await;
    kit.github().set_sign_in(SignInSwitches { interval: 0, ..SignInSwitches::default() });
    let begun = post(&kit, "/login/device/code", "client_id=app&scope=repo").await;
    assert_eq!((begun["interval"].clone(), begun["expires_in"].clone()), (json!(0), json!(900)));
    assert!(begun["verification_uri"].as_str().unwrap().ends_with("/login/device"));
    assert_eq!(ask(&kit, &begun).await["error"], "authorization_pending");
    let approve = SignInSwitches { interval: 0, decision: Decision::Approve, ..SignInSwitches::default() };
    kit.github().set_sign_in(approve);
    let token = ask(&kit, &begun).await["access_token"].clone();
    assert_eq!(token, json!(kit.description().token));
    assert_eq!(ask(&kit, &begun).await["error"], "expired_token");
}

#[tokio::test]
async fn another_persons_token_is_that_persons_and_the_first_one_stays() {
    let kit = Kit::start().await;
    let Description { api, .. } = kit.description();
    let asked = |token: &'static str| client().get(format!("{api}/user")).bearer_auth(token).send();
    assert_eq!(asked("another").await.unwrap().status(), 401);
    kit.github().let_in("another", "on-call");
    assert_eq!(read(asked("another").await.unwrap()).await.1["login"], "on-call");
    let query = json!({ "query": "query { viewer { login } }" });
    let viewer = client().post(format!("{api}/graphql")).bearer_auth("another").json(&query).send().await.unwrap();
    assert_eq!(read(viewer).await.1["data"]["viewer"]["login"], "on-call");
    let order = json!({ "ref": "main", "inputs": { "version_tag": "v2.4.0" } });
    let dispatches = format!("{api}/repos/acme/connectias/actions/workflows/deploy.yml/dispatches");
    let sent = client().post(dispatches).bearer_auth("another").json(&order).send().await.unwrap();
    assert!(sent.status().is_success(), "{sent:?}");
    let runs = kit.get("/actions/runs?per_page=1").await;
    assert_eq!(runs["workflow_runs"][0]["actor"]["login"], "on-call");
    let own = kit.request(Method::GET, "/user").send().await.unwrap();
    assert_eq!(read(own).await.1["login"], "platform-lead");
}

#[tokio::test]
async fn who_asks_too_soon_is_slowed_down_by_five_seconds_each_time() {
    let kit = Kit::start().await;
    let begun = post(&kit, "/login/device/code", "client_id=app").await;
    let told = ask(&kit, &begun).await;
    assert_eq!((told["error"].clone(), told["interval"].clone()), (json!("slow_down"), json!(10)));
    kit.github().advance(SignedDuration::from_secs(11)).unwrap();
    assert_eq!(ask(&kit, &begun).await["error"], "authorization_pending");
    kit.github().advance(SignedDuration::from_secs(900)).unwrap();
    assert_eq!(ask(&kit, &begun).await["error"], "expired_token");
}

#[tokio::test]
async fn refusals_have_githubs_words() {
    let kit = Kit::start().await;
    kit.github().set_sign_in(SignInSwitches { interval: 0, decision: Decision::Deny, ..SignInSwitches::default() });
    let begun = post(&kit, "/login/device/code", "client_id=app").await;
    assert_eq!(ask(&kit, &begun).await["error"], "access_denied");
    assert_eq!(ask(&kit, &json!({ "device_code": "another" })).await["error"], "incorrect_device_code");
    kit.github().set_sign_in(SignInSwitches { enabled: false, ..SignInSwitches::default() });
    assert_eq!(post(&kit, "/login/device/code", "client_id=app").await["error"], "device_flow_disabled");
    assert_eq!(post(&kit, "/login/device/code", "client_id=").await["error"], "Not Found");
}

#[tokio::test]
async fn a_token_tells_its_scopes_and_its_end_and_can_be_revoked() {
    let kit = Kit::start().await;
    let scopes = Some(vec!["repo".to_owned()]);
    let expires = Some("2026-12-01T07:00:00Z".parse().unwrap());
    kit.github().set_token(TokenSwitches { scopes, expires, revoked: false });
    let answer = user(&kit).await;
    assert_eq!(answer.headers()["x-oauth-scopes"], "repo");
    assert_eq!(answer.headers()["github-authentication-token-expiration"], "2026-12-01 07:00:00 UTC");
    kit.github().set_token(TokenSwitches { revoked: true, ..TokenSwitches::default() });
    assert_eq!(user(&kit).await.status(), 401);
    kit.github().set_token(TokenSwitches::default());
    assert_eq!(user(&kit).await.status(), 200);
}

async fn user(kit: &Kit) -> Response {
    kit.request(Method::GET, "/user").send().await.unwrap()
}

async fn ask(kit: &Kit, begun: &Value) -> Value {
    let device = begun["device_code"].as_str().unwrap();
    post(kit, "/login/oauth/access_token", &format!("client_id=app&device_code={device}&grant_type={GRANT}")).await
}

async fn post(kit: &Kit, path: &str, form: &str) -> Value {
    let request = client()
        .post(format!("{}{path}", kit.description().api))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.to_owned());
    read(request.send().await.unwrap()).await.1
}
