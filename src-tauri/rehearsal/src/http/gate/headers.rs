//! The last touch of an answer: GitHub's headers, and 304 for what the client has already.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Asked, Points};
use crate::{github::GitHub, http::call::DEFAULT_VERSION, rates::Rate, sign_in::TokenSwitches};

pub(super) const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A GET that the client has already costs nothing; so do refused tokens and the rate limit itself.
pub(super) async fn finish(github: &GitHub, asked: &Asked, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_ANSWER).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tagged = [Method::GET, Method::HEAD].contains(&asked.method) && parts.status == StatusCode::OK && !asked.free;
    let mut body = body;
    if tagged {
        let tag = entity_tag(&body);
        if is_same(asked.if_none_match.as_ref(), &tag) {
            parts.status = StatusCode::NOT_MODIFIED;
            parts.headers.remove(header::CONTENT_TYPE);
            body = Bytes::new();
        }
        put(&mut parts.headers, "etag", &tag);
        put(&mut parts.headers, "cache-control", "private, max-age=60, s-maxage=60");
        put(&mut parts.headers, "vary", "Accept, Authorization, Cookie, X-GitHub-OTP");
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let unpaid = asked.free || [StatusCode::NOT_MODIFIED, StatusCode::UNAUTHORIZED].contains(&parts.status);
    let price = parts.extensions.get::<Points>().map_or(1, |points| points.0);
    let rate = github.spend(asked.resource, if unpaid { 0 } else { price });
    common(&mut parts.headers, asked, &rate, &body);
    about_token(&mut parts.headers, &github.sign_ins(|sign_ins| sign_ins.token.clone()));
    let now = github.now().checked_add(asked.skew).unwrap_or(Timestamp::MAX);
    put(&mut parts.headers, "date", &now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    Response::from_parts(parts, Body::from(body))
}

/// Scopes of a classic token, and when it expires (GitHub's "Managing your personal access tokens").
fn about_token(headers: &mut HeaderMap, token: &TokenSwitches) {
    if let Some(scopes) = &token.scopes {
        put(headers, "x-oauth-scopes", &scopes.join(", "));
    }
    if let Some(expires) = token.expires {
        put(headers, "github-authentication-token-expiration", &expires.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    }
}

fn common(headers: &mut HeaderMap, asked: &Asked, rate: &Rate, body: &Bytes) {
    let digest = Sha256::new().chain_update(format!("{}{}", rate.used, rate.reset)).chain_update(body).finalize();
    let id: String = digest.iter().take(10).map(|byte| format!("{byte:02X}")).collect();
    put(headers, "server", "github.com");
    put(headers, "x-github-media-type", "github.v3; format=json");
    put(headers, "x-github-request-id", &id);
    put(headers, "x-accepted-oauth-scopes", "");
    put(headers, "x-ratelimit-limit", &rate.limit.to_string());
    put(headers, "x-ratelimit-remaining", &rate.remaining().to_string());
    put(headers, "x-ratelimit-used", &rate.used.to_string());
    put(headers, "x-ratelimit-reset", &(rate.reset.as_second() + asked.skew.as_secs()).to_string());
    put(headers, "x-ratelimit-resource", asked.resource.word());
    let version = asked.version.clone().unwrap_or(HeaderValue::from_static(DEFAULT_VERSION));
    headers.insert("x-github-api-version-selected", version);
    let json = HeaderValue::from_static("application/json");
    if headers.get(header::CONTENT_TYPE) == Some(&json) {
        put(headers, "content-type", "application/json; charset=utf-8");
    }
}

/// A fault may have set a header of its own already; that one stays.
fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    let Ok(value) = HeaderValue::from_str(value) else { return };
    if name == "content-type" {
        headers.insert(header::CONTENT_TYPE, value);
    } else {
        headers.entry(HeaderName::from_static(name)).or_insert(value);
    }
}

fn entity_tag(body: &Bytes) -> String {
    let digest = Sha256::digest(body);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hex}\"")
}

/// `If-None-Match` may list several tags; weak and strong ones compare alike (RFC 9110, 13.1.2).
fn is_same(known: Option<&HeaderValue>, tag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = known.and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.trim() == "*" || known.split(',').any(|one| strong(one) == strong(tag))
}
