//! Issues, as tickets.

use axum::{body::Bytes, extract::Path};
use serde::Deserialize;

use super::{
    call::{Call, created, number, ok, parse},
    refusal::{Answer, Refusal},
    shape,
};
use crate::state::{Access, Issue};

pub(super) async fn list(call: Call) -> Answer {
    let mut issues = call.github.read(|state, _| state.issues.clone());
    issues.reverse();
    Ok(call.page().array(&issues, |issue| shape::release::issue(&call.links, issue)))
}

pub(super) async fn one(call: Call, Path(wanted): Path<String>) -> Answer {
    let wanted = number(&wanted)?;
    let issue = call.github.read(|state, _| state.issues.iter().find(|issue| issue.number == wanted).cloned());
    Ok(ok(shape::release::issue(&call.links, &issue.ok_or_else(Refusal::not_found)?)))
}

#[derive(Deserialize)]
struct New {
    title: String,
    body: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    assignees: Vec<String>,
}

/// Without the right to push, labels and assignees are dropped and nobody is told, as on GitHub.
pub(super) async fn create(call: Call, body: Bytes) -> Answer {
    let new: New = parse(&body)?;
    if new.title.trim().is_empty() {
        return Err(Refusal::invalid("Issue", "title", "missing_field"));
    }
    let issue = call.github.change(|state, now| {
        let may_write = state.access == Access::Write;
        let assignees = new.assignees.into_iter().filter(|login| may_write && state.people.contains(login)).collect();
        let issue = Issue {
            id: state.ids.one(),
            number: state.next_number(),
            title: new.title,
            body: new.body,
            labels: if may_write { new.labels } else { Vec::new() },
            assignees,
            author: state.viewer.clone(),
            created_at: now,
        };
        state.issues.push(issue.clone());
        issue
    })?;
    Ok(created(shape::release::issue(&call.links, &issue)))
}
