//! Signing in by code: GitHub's pages for it, and the rehearsal's own switches.
//!
//! `GET|POST /_rehearsal/sign-in` (a `SignInSwitches` as JSON) · `GET|POST /_rehearsal/token` (a `TokenSwitches`)

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    call::{Call, ok, parse},
    refusal::Refusal,
};
use crate::{
    github::GitHub,
    sign_in::{Asked, SignInSwitches, TokenSwitches},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

type Form = BTreeMap<String, String>;

pub(super) fn routes() -> Router<GitHub> {
    Router::new()
        .route("/login/device/code", post(code))
        .route("/login/oauth/access_token", post(token))
        .route("/login/device", get(page))
        .route("/_rehearsal/sign-in", get(switches).post(switch))
        .route("/_rehearsal/token", get(token_switches).post(switch_token))
}

async fn code(call: Call, headers: HeaderMap, body: Bytes) -> Response {
    let form = read(&body);
    if form.get("client_id").is_none_or(String::is_empty) {
        let wrong = answer(&headers, &json!({ "error": "Not Found" }));
        return (StatusCode::NOT_FOUND, wrong).into_response();
    }
    let now = call.github.now();
    let begun = call.github.sign_ins(|sign_ins| {
        let switches = sign_ins.switches.clone();
        switches.enabled.then(|| (sign_ins.begin(now), switches))
    });
    match begun {
        None => answer(&headers, &json!({ "error": "device_flow_disabled" })),
        Some((begun, switches)) => answer(
            &headers,
            &json!({
                "device_code": begun.device,
                "user_code": begun.user,
                "verification_uri": format!("{}/login/device", call.links.web),
                "expires_in": switches.expires_in,
                "interval": switches.interval,
            }),
        ),
    }
}

async fn token(call: Call, headers: HeaderMap, body: Bytes) -> Response {
    let form = read(&body);
    if form.get("grant_type").map(String::as_str) != Some(GRANT) {
        return answer(&headers, &json!({ "error": "unsupported_grant_type" }));
    }
    let device = form.get("device_code").map_or("", String::as_str);
    let now = call.github.now();
    let asked = call.github.sign_ins(|sign_ins| {
        let asked = sign_ins.ask(device, now);
        if asked == Asked::Token {
            // A new authorization makes the token good again.
            sign_ins.token.revoked = false;
        }
        asked
    });
    answer(
        &headers,
        &match asked {
            Asked::Token => {
                json!({ "access_token": call.github.token(), "token_type": "bearer", "scope": "read:org,repo,workflow" })
            }
            Asked::Error(error) => json!({ "error": error, "error_description": error.replace('_', " ") }),
            Asked::SlowDown(interval) => json!({ "error": "slow_down", "interval": interval }),
        },
    )
}

async fn page() -> Html<&'static str> {
    Html(
        "<!doctype html><title>Device activation</title><p>Here a person types the code. In the rehearsal a switch does.",
    )
}

async fn switches(State(github): State<GitHub>) -> Response {
    ok(github.sign_ins(|sign_ins| sign_ins.switches.clone()))
}

async fn switch(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let switches: SignInSwitches = parse(&body)?;
    github.set_sign_in(switches.clone());
    Ok(ok(switches))
}

async fn token_switches(State(github): State<GitHub>) -> Response {
    ok(github.sign_ins(|sign_ins| sign_ins.token.clone()))
}

async fn switch_token(State(github): State<GitHub>, body: Bytes) -> Result<Response, Refusal> {
    let switches: TokenSwitches = parse(&body)?;
    github.set_token(switches.clone());
    Ok(ok(switches))
}

fn read(body: &Bytes) -> Form {
    let uri = format!("/?{}", String::from_utf8_lossy(body)).parse::<Uri>().unwrap_or_default();
    Query::<Form>::try_from_uri(&uri).map(|query| query.0).unwrap_or_default()
}

/// JSON for who asks for it, a form for everybody else, as GitHub has it.
fn answer(headers: &HeaderMap, value: &Value) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("json") {
        return ok(value);
    }
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", word(value).replace(':', "%3A").replace('/', "%2F")))
        .collect();
    ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], pairs.join("&")).into_response()
}
