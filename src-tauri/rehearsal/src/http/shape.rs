//! GitHub's words for our facts: every required field of its schemas, and the optional ones that clients use.

pub(super) mod git;
pub(super) mod issue;
pub(super) mod pull_request;
pub(super) mod release;
pub(super) mod repository;
pub(super) mod run;
pub(super) mod user;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

/// GitHub's times have whole seconds.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An opaque name for the GraphQL side.
pub(crate) fn node(kind: &str, id: impl std::fmt::Display) -> String {
    STANDARD.encode(format!("{kind}:{id}"))
}
