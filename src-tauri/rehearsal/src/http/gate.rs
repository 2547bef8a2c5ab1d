//! What every request passes: it is recorded, meets its faults, shows its token, is counted, and its answer gets
//! GitHub's headers and an ETag.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    call::{Another, Links},
    refusal::Refusal,
};
use crate::{
    fault::{FaultKind, Moment, When},
    github::GitHub,
    rates::{Rate, Resource},
    record::RecordedRequest,
    wire::Switch,
};

mod headers;
mod rewrite;
mod skew;

/// Bodies are small; GitHub's own limit for most is 1 MB.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// What an answer costs, where that is not one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Points(pub(super) u64);

/// Faults about the run that a dispatch starts, for its handler.
#[derive(Debug, Clone, Default)]
pub(super) struct RunFaults(pub(super) Vec<FaultKind>);

pub(super) async fn gate(
    State(github): State<GitHub>,
    ConnectInfo(line): ConnectInfo<Switch>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large").into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    if parts.uri.path().starts_with("/_rehearsal/") {
        return if is_known(&github, &parts.headers) {
            next.run(rebuilt(parts, body)).await
        } else {
            bad_credentials()
        };
    }
    let number = github.note(recorded(&parts, &path, &body));
    let faults = github.meet(parts.method.as_str(), &path);
    parts.extensions.insert(links(&github, &parts));
    parts.extensions.insert(RunFaults(faults.clone()));
    let skew = skew::of(&faults);
    let asked = Asked { skew, ..Asked::of(&parts) };
    parts.uri = skew::asked_by_the_true_clock(parts.uri, skew);

    let answer = match before_effect(&faults) {
        Some(answer) => answer,
        None => after_effect(admitted(&github, parts, body, next).await, &faults).await,
    };
    let answer = headers::finish(&github, &asked, answer).await;
    for fault in &faults {
        disturb(fault, &line).await;
    }
    if !faults.iter().any(is_lost) {
        github.note_status(number, answer.status().as_u16());
    }
    answer
}

/// What the answer's headers depend on.
struct Asked {
    method: Method,
    if_none_match: Option<HeaderValue>,
    version: Option<HeaderValue>,
    resource: Resource,
    free: bool,
    /// How far its clock is off.
    skew: SignedDuration,
}

impl Asked {
    fn of(parts: &Parts) -> Self {
        let path = parts.uri.path();
        let is_graphql = path.ends_with("/graphql");
        Self {
            method: parts.method.clone(),
            if_none_match: parts.headers.get(header::IF_NONE_MATCH).cloned(),
            version: parts.headers.get("x-github-api-version").cloned(),
            resource: if is_graphql { Resource::Graphql } else { Resource::Core },
            skew: SignedDuration::ZERO,
            free: path.ends_with("/rate_limit") || path.starts_with("/_logs/") || path.starts_with("/login/"),
        }
    }
}

async fn admitted(github: &GitHub, mut parts: Parts, body: Bytes, next: Next) -> Response {
    if parts.uri.path().starts_with("/_logs/") || parts.uri.path().starts_with("/login/") {
        return next.run(rebuilt(parts, body)).await;
    }
    match (another(github, &parts.headers), is_known(github, &parts.headers)) {
        (Some(another), _) => drop(parts.extensions.insert(another)),
        (None, true) if !github.sign_ins(|sign_ins| sign_ins.token.revoked) => {}
        (None, _) => return bad_credentials(),
    }
    let asked = Asked::of(&parts);
    let rate = github.spend(asked.resource, 0);
    if rate.remaining() == 0 && !asked.free {
        return exhausted(asked.resource, &rate);
    }
    next.run(rebuilt(parts, body)).await
}

/// GraphQL says it with status 200.
fn exhausted(resource: Resource, rate: &Rate) -> Response {
    let message = format!("API rate limit exceeded. It resets at {}.", rate.reset);
    match resource {
        Resource::Core => Refusal::new(StatusCode::FORBIDDEN, message).into_response(),
        Resource::Graphql => {
            axum::Json(json!({ "errors": [{ "type": "RATE_LIMITED", "message": message }] })).into_response()
        }
    }
}

fn bad_credentials() -> Response {
    Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials").into_response()
}

fn is_known(github: &GitHub, headers: &HeaderMap) -> bool {
    shown_token(headers).is_some_and(|token| token == github.token())
}

fn another(github: &GitHub, headers: &HeaderMap) -> Option<Another> {
    let token = shown_token(headers)?;
    github.sign_ins(|sign_ins| sign_ins.others.get(token).cloned()).map(Another)
}

fn shown_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    ["bearer", "token"].contains(&&*scheme.to_ascii_lowercase()).then_some(token.trim())
}

fn rebuilt(parts: Parts, body: Bytes) -> Request {
    Request::from_parts(parts, Body::from(body))
}

fn recorded(parts: &Parts, path: &str, body: &Bytes) -> RecordedRequest {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let shown = parts.headers.iter().filter(|(name, _)| **name != header::AUTHORIZATION);
    RecordedRequest {
        method: parts.method.to_string(),
        path_and_query: path.to_owned(),
        status: None,
        headers: shown.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}

/// Addresses as this client reaches us: the host that it names, with the prefix that it uses.
fn links(github: &GitHub, parts: &Parts) -> Links {
    let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = parts.uri.authority().map(|authority| authority.as_str()).or(named).unwrap_or("127.0.0.1");
    let prefix = if parts.uri.path().starts_with("/api/v3") { "/api/v3" } else { "" };
    Links {
        api: format!("http://{host}{prefix}"),
        web: format!("http://{}", host.strip_prefix("api.").unwrap_or(host)),
        service: github.service().to_owned(),
        own: format!("http://{host}{}", parts.uri.path()),
    }
}

fn before_effect(faults: &[FaultKind]) -> Option<Response> {
    let cut = faults.contains(&FaultKind::Cut { moment: Moment::BeforeEffect });
    let nothing = cut.then(|| StatusCode::BAD_GATEWAY.into_response());
    nothing.or_else(|| faults.iter().find_map(|fault| replaced(fault, When::BeforeEffect)))
}

async fn after_effect(answer: Response, faults: &[FaultKind]) -> Response {
    if let Some(other) = faults.iter().find_map(|fault| replaced(fault, When::AfterEffect)) {
        return other;
    }
    let word =
        faults.iter().find_map(|fault| if let FaultKind::UnknownStatus { word } = fault { Some(word) } else { None });
    let answer = match word {
        Some(word) => rewrite::with_status_word(answer, word).await,
        None => answer,
    };
    let answer = rewrite::with_times_off(answer, skew::of(faults)).await;
    let answer = if faults.contains(&FaultKind::NoLastPage) { rewrite::without_last_page(answer) } else { answer };
    if faults.contains(&FaultKind::Nulls) { rewrite::with_nulls(answer).await } else { answer }
}

/// The answer that a fault puts in place of the true one.
fn replaced(fault: &FaultKind, moment: When) -> Option<Response> {
    if let FaultKind::Status { code, body, headers, when } = fault
        && *when == moment
    {
        return Some(status_answer(*code, body.as_ref(), headers));
    }
    if let FaultKind::Html { code, when } = fault
        && *when == moment
    {
        let page = Html("<!doctype html><title>Unicorn!</title><p>We could not answer in time.");
        return Some((status_of(*code), page).into_response());
    }
    None
}

fn status_answer(code: u16, body: Option<&Value>, headers: &BTreeMap<String, String>) -> Response {
    let status = status_of(code);
    let mut answer = match body {
        Some(body) => (status, axum::Json(body)).into_response(),
        None => Refusal::new(status, status.canonical_reason().unwrap_or("Error")).into_response(),
    };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY)
}

async fn disturb(fault: &FaultKind, line: &Switch) {
    if let FaultKind::Delay { milliseconds } = fault {
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
    }
    if let FaultKind::Cut { moment } = fault {
        match moment {
            Moment::BeforeEffect | Moment::BeforeAnswer => line.cut_before(),
            Moment::DuringAnswer => line.cut_during(),
            Moment::AfterAnswer => line.cut_after(),
        }
    }
}

fn is_lost(fault: &FaultKind) -> bool {
    matches!(fault, FaultKind::Cut { moment: Moment::BeforeEffect | Moment::BeforeAnswer })
}
