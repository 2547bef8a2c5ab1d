//! One call of the API: the handle, the addresses that its answer may name, its query and its body.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{page::Page, refusal::Refusal};
use crate::{
    github::GitHub,
    sample::{OWNER, REPO},
    state::{Access, State, view::View},
};

/// What every handler gets.
pub(super) struct Call {
    pub(super) github: GitHub,
    pub(super) links: Links,
    query: BTreeMap<String, String>,
    /// `X-GitHub-Api-Version`.
    pub(super) version: String,
}

/// Who calls, where that is not the person behind the first token.
#[derive(Debug, Clone)]
pub(super) struct Another(pub(super) String);

/// Addresses as this client reaches them: by 127.0.0.1, by `/api/v3`, or by a proxy under GitHub's own names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// Of the API.
    pub(crate) api: String,
    /// Of the pages for people.
    pub(crate) web: String,
    /// Of the sample service.
    pub(crate) service: String,
    /// Of this very call, without its query.
    pub(super) own: String,
}

impl Links {
    /// Of something in the repository, in the API.
    pub(crate) fn repo(&self, path: &str) -> String {
        format!("{}/repos/{OWNER}/{REPO}{path}", self.api)
    }

    /// Of something in the repository, for people.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{OWNER}/{REPO}{path}", self.web)
    }
}

/// The version of the API in which a dispatch always tells its run.
pub(super) const TELLS_RUNS: &str = "2026-03-10";
/// The version for clients that name none.
pub(super) const DEFAULT_VERSION: &str = "2022-11-28";

impl FromRequestParts<GitHub> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, github: &GitHub) -> Result<Self, Infallible> {
        let links = parts.extensions.get::<Links>().cloned().unwrap_or_default();
        let query = Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri).map(|query| query.0);
        let version = parts.headers.get("x-github-api-version").and_then(|value| value.to_str().ok());
        let another = parts.extensions.get::<Another>();
        Ok(Self {
            github: another.map_or_else(|| github.clone(), |another| github.seen_by(&another.0)),
            links,
            query: query.unwrap_or_default(),
            version: version.unwrap_or(DEFAULT_VERSION).to_owned(),
        })
    }
}

impl Call {
    pub(super) fn read<T>(&self, look: impl FnOnce(&State, &View<'_>) -> T) -> T {
        self.github.read(|state, now| look(state, &state.at(now)))
    }

    /// A word of the query; an empty one is none.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the query leaves `name` open or names this value.
    pub(super) fn allows(&self, name: &str, value: &str) -> bool {
        self.query(name).is_none_or(|wanted| wanted == value)
    }

    pub(super) fn page(&self) -> Page<'_> {
        Page::new(&self.links.own, &self.query)
    }

    /// Refuses a token that may only read.
    pub(super) fn must_write(&self) -> Result<(), Refusal> {
        match self.github.read(|state, _| state.access) {
            Access::Write => Ok(()),
            Access::Read => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by personal access token"))
            }
        }
    }
}

/// A JSON answer with status 200.
pub(super) fn ok(body: impl Serialize) -> Response {
    Json(body).into_response()
}

/// A JSON answer with status 201.
pub(super) fn created(body: impl Serialize) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// Reads a body of JSON; no body means an empty object.
pub(super) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let value: serde_json::Value =
        serde_json::from_slice(body).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "Problems parsing JSON"))?;
    T::deserialize(value).map_err(|error| Refusal::unprocessable(format!("Invalid request.\n\n{error}")))
}

pub(super) fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}
