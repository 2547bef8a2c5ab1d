//! Issues, as tickets.

use axum::{body::Bytes, extract::Path};
use serde::Deserialize;

use super::{
    call::{Call, created, number, ok, parse},
    refusal::{Answer, Refusal},
    shape,
};
use crate::state::{
    Access,
    issue::{Comment, Issue},
};

pub(super) async fn list(call: Call) -> Answer {
    let wanted = call.query("state").unwrap_or("open");
    let mut issues = call.github.read(|state, _| state.issues.clone());
    issues.retain(|issue| wanted == "all" || issue.state() == wanted);
    issues.reverse();
    Ok(call.page().array(&issues, |issue| shape::issue::issue(&call.links, issue)))
}

pub(super) async fn one(call: Call, Path(wanted): Path<String>) -> Answer {
    Ok(ok(shape::issue::issue(&call.links, &find(&call, &wanted)?)))
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
            updated_at: None,
            closed_at: None,
            state_reason: None,
            comments: Vec::new(),
        };
        state.issues.push(issue.clone());
        issue
    })?;
    Ok(created(shape::issue::issue(&call.links, &issue)))
}

#[derive(Deserialize)]
struct Edit {
    title: Option<String>,
    body: Option<String>,
    state: Option<Openness>,
    state_reason: Option<String>,
    labels: Option<Vec<String>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Openness {
    Open,
    Closed,
}

/// Its author may change it as well as those who may write.
pub(super) async fn update(call: Call, Path(wanted): Path<String>, body: Bytes) -> Answer {
    let edit: Edit = parse(&body)?;
    let found = find(&call, &wanted)?;
    if call.github.read(|state, _| state.viewer != found.author) {
        call.must_write()?;
    }
    call.github.change(|state, now| {
        let Some(issue) = state.issues.iter_mut().find(|issue| issue.number == found.number) else { return };
        apply(issue, edit, now);
    })?;
    one(call, Path(wanted)).await
}

fn apply(issue: &mut Issue, edit: Edit, now: jiff::Timestamp) {
    issue.title = edit.title.unwrap_or_else(|| issue.title.clone());
    issue.body = edit.body.or_else(|| issue.body.take());
    issue.labels = edit.labels.unwrap_or_else(|| issue.labels.clone());
    issue.updated_at = Some(now);
    match edit.state {
        Some(Openness::Closed) if issue.closed_at.is_none() => {
            issue.closed_at = Some(now);
            issue.state_reason = edit.state_reason.or_else(|| Some("completed".to_owned()));
        }
        Some(Openness::Open) if issue.closed_at.is_some() => {
            issue.closed_at = None;
            issue.state_reason = Some("reopened".to_owned());
        }
        _ => {}
    }
}

pub(super) async fn comments(call: Call, Path(wanted): Path<String>) -> Answer {
    let issue = find(&call, &wanted)?;
    Ok(call.page().array(&issue.comments, |comment| shape::issue::comment(&call.links, &issue, comment)))
}

#[derive(Deserialize)]
struct NewComment {
    body: String,
}

pub(super) async fn comment(call: Call, Path(wanted): Path<String>, body: Bytes) -> Answer {
    let new: NewComment = parse(&body)?;
    if new.body.trim().is_empty() {
        return Err(Refusal::invalid("IssueComment", "body", "missing_field"));
    }
    let issue = find(&call, &wanted)?;
    let made = call.github.change(|state, now| {
        let made = Comment { id: state.ids.one(), body: new.body, author: state.viewer.clone(), created_at: now };
        if let Some(issue) = state.issues.iter_mut().find(|one| one.number == issue.number) {
            issue.updated_at = Some(now);
            issue.comments.push(made.clone());
        }
        made
    })?;
    Ok(created(shape::issue::comment(&call.links, &issue, &made)))
}

fn find(call: &Call, wanted: &str) -> Result<Issue, Refusal> {
    let wanted = number(wanted)?;
    let found = call.github.read(|state, _| state.issues.iter().find(|issue| issue.number == wanted).cloned());
    found.ok_or_else(Refusal::not_found)
}
