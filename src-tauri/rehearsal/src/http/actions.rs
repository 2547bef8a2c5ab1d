//! Workflow runs.

use std::{cmp::Ordering, collections::BTreeMap};

use axum::{
    Json,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use git2::Repository;
use serde_json::{Value, json};

use super::{
    call::{Call, number, ok},
    refusal::{Answer, Refusal},
    shape::{run::run, time},
    workflows,
};
use crate::{
    git::{self, CommitFacts},
    state::view::{AttemptView, RunView},
};

pub(super) async fn list(call: Call) -> Answer {
    listed(&call, None)
}

pub(super) async fn of_workflow(call: Call, Path(name): Path<String>) -> Answer {
    // A file that is gone keeps its runs.
    let file = workflows::find(&call, &name).or_else(|refusal| {
        let has_runs = call.github.read(|state, _| state.runs.iter().any(|run| run.workflow == name));
        if has_runs { Ok(name) } else { Err(refusal) }
    })?;
    listed(&call, Some(&file))
}

pub(super) async fn one(call: Call, Path(id): Path<String>) -> Answer {
    show(&call, number(&id)?, |view| view.last())
}

pub(super) async fn attempt(call: Call, Path((id, attempt)): Path<(String, String)>) -> Answer {
    let attempt = number(&attempt)?;
    show(&call, number(&id)?, |view| view.attempts.iter().find(|one| one.number as u64 == attempt))
}

/// The sample keeps its builds in releases; its runs leave nothing behind.
pub(super) async fn artifacts(call: Call, Path(id): Path<String>) -> Answer {
    must_exist(&call, number(&id)?)?;
    Ok(call.page().counted("artifacts", &[] as &[Value], Value::clone))
}

pub(super) async fn cancel(call: Call, Path(id): Path<String>) -> Result<Response, Refusal> {
    call.must_write()?;
    let id = number(&id)?;
    must_exist(&call, id)?;
    if call.github.change(|state, now| state.cancel(id, now))? {
        Ok((StatusCode::ACCEPTED, Json(json!({}))).into_response())
    } else {
        Err(Refusal::new(StatusCode::CONFLICT, "Cannot cancel a workflow run that is completed."))
    }
}

pub(super) async fn rerun(call: Call, Path(id): Path<String>) -> Result<Response, Refusal> {
    call.must_write()?;
    let id = number(&id)?;
    must_exist(&call, id)?;
    if call.github.change(|state, now| state.rerun(id, now))? {
        Ok((StatusCode::CREATED, Json(json!({}))).into_response())
    } else {
        Err(Refusal::new(StatusCode::FORBIDDEN, "This workflow is already running"))
    }
}

fn must_exist(call: &Call, id: u64) -> Result<(), Refusal> {
    let exists = call.github.read(|state, _| state.runs.iter().any(|run| run.id == id));
    exists.then_some(()).ok_or_else(Refusal::not_found)
}

fn listed(call: &Call, file: Option<&str>) -> Answer {
    Ok(call.read(|state, view| {
        let wanted = view.runs.iter().filter(|run| file.is_none_or(|file| run.run.workflow == file) && fits(call, run));
        let wanted: Vec<_> = wanted.filter_map(|view| Some((view, view.last()?))).collect();
        let mut commits = Commits::of(call);
        call.page().counted("workflow_runs", &wanted, |(view, attempt)| {
            run(&call.links, state, view, attempt, commits.get(&view.run.head_sha))
        })
    }))
}

fn show<'c>(
    call: &'c Call,
    id: u64,
    pick: impl for<'v, 's> FnOnce(&'v RunView<'s>) -> Option<&'v AttemptView<'s>> + 'c,
) -> Answer {
    let shape = call.read(|state, view| {
        let view = view.run(id)?;
        let head = call.github.bare().commit(&view.run.head_sha).ok().flatten();
        Some(run(&call.links, state, view, pick(view)?, head.as_ref()))
    });
    Ok(ok(shape.ok_or_else(Refusal::not_found)?))
}

/// Head commits, each read once, from a repository that is opened once.
struct Commits {
    repository: Option<Repository>,
    read: BTreeMap<String, Option<CommitFacts>>,
}

impl Commits {
    fn of(call: &Call) -> Self {
        Self { repository: call.github.bare().open().ok(), read: BTreeMap::new() }
    }

    fn get(&mut self, id: &str) -> Option<&CommitFacts> {
        let read = || git::commit_in(self.repository.as_ref()?, id).ok().flatten();
        self.read.entry(id.to_owned()).or_insert_with(read).as_ref()
    }
}

fn fits(call: &Call, view: &RunView<'_>) -> bool {
    let Some(last) = view.last() else { return false };
    let conclusion = last.end.map(|end| end.conclusion.word());
    let status = call.query("status").is_none_or(|wanted| wanted == last.status || Some(wanted) == conclusion);
    let actor = view.attempts.first().is_some_and(|first| call.allows("actor", &first.attempt.actor));
    let created = view.attempts.first().map(|first| time(first.attempt.created_at)).unwrap_or_default();
    status
        && actor
        && call.allows("event", &view.run.event)
        && call.allows("branch", &view.run.head_branch)
        && call.allows("head_sha", &view.run.head_sha)
        && call.query("created").is_none_or(|range| within(range, &created))
}

/// GitHub's search syntax for dates: `>=T`, `>T`, `<=T`, `<T`, `A..B`, `T`; a date without a time is the whole day.
fn within(range: &str, created: &str) -> bool {
    let day = |bound: &str| bound.len() == "2026-01-01".len();
    let from = |bound: &str| bound.trim_end_matches("+00:00").trim_end_matches('Z').to_owned();
    let own = from(created);
    let cut = |bound: &str| if day(bound) { own.get(..bound.len()).unwrap_or(&own).to_owned() } else { own.clone() };
    if let Some((first, last)) = range.split_once("..") {
        return (first == "*" || cut(first) >= from(first)) && (last == "*" || cut(last) <= from(last));
    }
    let against = |bound: &str| cut(bound).cmp(&from(bound));
    let signs: [(&str, &[Ordering]); 5] = [
        (">=", &[Ordering::Greater, Ordering::Equal]),
        ("<=", &[Ordering::Less, Ordering::Equal]),
        (">", &[Ordering::Greater]),
        ("<", &[Ordering::Less]),
        ("", &[Ordering::Equal]),
    ];
    let found = signs.iter().find_map(|(sign, allowed)| Some((range.strip_prefix(sign)?, allowed)));
    found.is_some_and(|(bound, allowed)| allowed.contains(&against(bound)))
}
