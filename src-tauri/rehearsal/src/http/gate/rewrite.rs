//! Answers that are true but for a word: one that no client knows, or null wherever GitHub's description allows it.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, header::LINK},
    response::Response,
};
use jiff::SignedDuration;
use serde_json::Value;

use super::{headers::LARGEST_ANSWER, skew};

/// Which fields of an object may be null, told by a field that only this kind of object has.
const NULLABLE: [(&str, &[&str]); 9] = [
    ("run_number", &["name", "head_branch", "head_commit"]),
    ("check_run_url", &["html_url", "workflow_name", "head_branch", "runner_id", "runner_name", "runner_group_name"]),
    ("tag_name", &["name", "body", "published_at"]),
    ("statuses_url", &["creator", "description", "performed_via_github_app"]),
    ("deployment_url", &["creator", "performed_via_github_app"]),
    // GraphQL names no kind unless it is asked to; these are told by what an overview asks of them.
    ("tagName", &["name", "description", "descriptionHTML", "publishedAt", "author", "tag", "tagCommit", "databaseId"]),
    ("commitOid", &["ref", "task", "description", "state"]),
    ("environmentUrl", &["environmentUrl", "logUrl", "description"]),
    ("logUrl", &["environmentUrl", "logUrl", "description"]),
];

/// As from a server that does not count its lists.
pub(super) fn without_last_page(mut answer: Response) -> Response {
    let links = answer.headers().get(LINK).and_then(|links| links.to_str().ok()).unwrap_or_default();
    let kept: Vec<&str> = links.split(", ").filter(|link| !link.ends_with("rel=\"last\"")).collect();
    if let Some(kept) = HeaderValue::try_from(kept.join(", ")).ok().filter(|kept| !kept.is_empty()) {
        answer.headers_mut().insert(LINK, kept);
    }
    answer
}

/// Puts `word` in place of every status of runs and jobs, and of every state of deployments.
pub(super) async fn with_status_word(answer: Response, word: &str) -> Response {
    rewritten(answer, |value| {
        let upper = word.to_uppercase();
        let is_graphql = value.get("data").is_some();
        each_object(value, &mut |object| {
            let is_run = object.contains_key("run_number") || object.contains_key("check_run_url");
            if is_run && object.contains_key("status") {
                object.insert("status".to_owned(), word.into());
            }
            if object.contains_key("state") && (is_graphql || object.contains_key("deployment_url")) {
                object.insert("state".to_owned(), if is_graphql { upper.as_str() } else { word }.into());
            }
        });
    })
    .await
}

/// Puts null in place of everything that may be null.
pub(super) async fn with_nulls(answer: Response) -> Response {
    rewritten(answer, |value| {
        each_object(value, &mut |object| {
            let kinds = NULLABLE.iter().filter(|(mark, _)| object.contains_key(*mark));
            let fields: Vec<&str> = kinds.flat_map(|(_, fields)| *fields).copied().collect();
            for field in fields {
                object.entry(field).and_modify(|value| *value = Value::Null);
            }
        });
    })
    .await
}

/// Moves every time in the answer.
pub(super) async fn with_times_off(answer: Response, by: SignedDuration) -> Response {
    if by.is_zero() {
        return answer;
    }
    rewritten(answer, |value| each_text(value, &mut |text| skew::moved(text, by))).await
}

async fn rewritten(answer: Response, rewrite: impl FnOnce(&mut Value)) -> Response {
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
    match serde_json::from_slice::<Value>(&body) {
        Ok(mut value) => {
            rewrite(&mut value);
            Response::from_parts(parts, Body::from(value.to_string()))
        }
        Err(_) => Response::from_parts(parts, Body::from(body)),
    }
}

fn each_object(value: &mut Value, act: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    if let Value::Object(fields) = value {
        act(fields);
        fields.values_mut().for_each(|field| each_object(field, act));
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(|item| each_object(item, act));
    }
}

/// Puts other texts where there are any.
fn each_text(value: &mut Value, other: &mut impl FnMut(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = other(text) {
                *text = other;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, other)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, other)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
