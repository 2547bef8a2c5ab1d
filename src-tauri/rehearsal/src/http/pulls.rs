//! Pull requests.

use axum::{body::Bytes, extract::Path, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::{Call, created, number, ok, parse},
    refusal::{Answer, Refusal},
    shape::pull_request as shape,
};
use crate::{
    pull_requests::{self, PullRequestError, Wanted},
    state::pull_request::PullRequest,
};

pub(super) async fn list(call: Call) -> Answer {
    let state = call.github.state();
    let mut found: Vec<&PullRequest> = state.pull_requests.iter().filter(|one| fits(&call, one)).collect();
    let rises =
        call.query("direction").map_or(call.query("sort").is_some_and(|sort| sort != "created"), |way| way == "asc");
    if !rises {
        found.reverse();
    }
    let mut shapes = Vec::new();
    for one in found {
        let head = pull_requests::head_commit(call.github.bare(), one)?;
        shapes.push(shape::listed(&call.links, &state, one, &head));
    }
    Ok(call.page().array(&shapes, Value::clone))
}

/// GitHub looks at a head only where it is named with its owner.
fn fits(call: &Call, one: &PullRequest) -> bool {
    let state = match call.query("state").unwrap_or("open") {
        "open" => one.is_open(),
        "closed" => !one.is_open(),
        _ => true,
    };
    let head = call.query("head").filter(|head| head.contains(':'));
    let owner = call.github.read(|state, _| state.owner.clone());
    state && call.allows("base", &one.base) && head.is_none_or(|head| head == format!("{owner}:{}", one.head))
}

pub(super) async fn one(call: Call, Path(wanted): Path<String>) -> Answer {
    Ok(ok(show(&call, &find(&call, &wanted)?)?))
}

pub(super) async fn files(call: Call, Path(wanted): Path<String>) -> Answer {
    let found = find(&call, &wanted)?;
    let compared = pull_requests::compared(call.github.bare(), &found)?;
    let files = compared.map(|compared| shape::files(&call.links, &compared)).unwrap_or_default();
    Ok(call.page().array(&files, Value::clone))
}

#[derive(Deserialize)]
struct New {
    title: Option<String>,
    head: String,
    base: String,
    body: Option<String>,
    #[serde(default)]
    draft: bool,
}

pub(super) async fn create(call: Call, body: Bytes) -> Answer {
    let New { title, head, base, body, draft } = parse(&body)?;
    let title = title.filter(|title| !title.trim().is_empty());
    let title = title.ok_or_else(|| Refusal::invalid("PullRequest", "title", "missing_field"))?;
    let wanted = Wanted { title, body: body.unwrap_or_default(), head, base, draft };
    let made = pull_requests::open(&call.github, wanted)?;
    Ok(created(show(&call, &made)?))
}

#[derive(Deserialize)]
struct Edit {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
}

pub(super) async fn update(call: Call, Path(wanted): Path<String>, body: Bytes) -> Answer {
    call.must_write()?;
    let edit: Edit = parse(&body)?;
    let found = find(&call, &wanted)?;
    call.github.change(|state, _| {
        let Some(one) = state.pull_requests.iter_mut().find(|one| one.number == found.number) else { return };
        one.title = edit.title.unwrap_or_else(|| one.title.clone());
        one.body = edit.body.unwrap_or_else(|| one.body.clone());
    })?;
    if edit.state.as_deref() == Some("closed") {
        pull_requests::close(&call.github, found.number)?;
    }
    Ok(ok(show(&call, &find(&call, &wanted)?)?))
}

pub(super) async fn merge(call: Call, Path(wanted): Path<String>) -> Answer {
    call.must_write()?;
    let commit = pull_requests::merge(&call.github, number(&wanted)?)?;
    Ok(ok(json!({ "sha": commit, "merged": true, "message": "Pull Request successfully merged" })))
}

fn find(call: &Call, wanted: &str) -> Result<PullRequest, Refusal> {
    let wanted = number(wanted)?;
    let found = call.github.read(|state, _| state.pull_requests.iter().find(|one| one.number == wanted).cloned());
    found.ok_or_else(Refusal::not_found)
}

fn show(call: &Call, one: &PullRequest) -> Result<Value, Refusal> {
    let head = pull_requests::head_commit(call.github.bare(), one)?;
    let compared = pull_requests::compared(call.github.bare(), one)?;
    Ok(call.github.read(|state, _| shape::alone(&call.links, state, one, &head, compared.as_ref())))
}

impl From<PullRequestError> for Refusal {
    fn from(error: PullRequestError) -> Self {
        match error {
            PullRequestError::Forbidden => Self::new(StatusCode::FORBIDDEN, error.to_string()),
            PullRequestError::Unknown => Self::not_found(),
            PullRequestError::NoBranch { field } => Self::invalid("PullRequest", field, "invalid"),
            PullRequestError::NoCommits { .. } | PullRequestError::Exists { .. } => {
                Self::custom("PullRequest", &error.to_string())
            }
            PullRequestError::NotMergeable => Self::new(StatusCode::METHOD_NOT_ALLOWED, error.to_string()),
            PullRequestError::Git(error) => error.into(),
            PullRequestError::Save(error) => error.into(),
        }
    }
}
