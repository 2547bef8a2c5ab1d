//! Commits and what lies between two of them.

use axum::extract::Path;

use super::{
    call::{Call, ok},
    refusal::{Answer, Refusal},
    shape,
};

/// Commits that a comparison lists at most; the count of all stands beside them.
const MOST_COMPARED: usize = 250;

pub(super) async fn object(call: Call, Path(id): Path<String>) -> Answer {
    let commit = call.github.bare().commit(&id)?.ok_or_else(Refusal::not_found)?;
    Ok(ok(shape::git::git_commit(&call.links, &commit)))
}

pub(super) async fn one(call: Call, Path(revision): Path<String>) -> Answer {
    let commit = call.github.bare().commit(&revision)?;
    let commit = commit.ok_or_else(|| Refusal::unprocessable(format!("No commit found for SHA: {revision}")))?;
    Ok(ok(shape::git::commit(&call.links, &commit)))
}

pub(super) async fn list(call: Call) -> Answer {
    let commits = call.github.bare().history(call.query("sha").unwrap_or("main"))?.ok_or_else(Refusal::not_found)?;
    Ok(call.page().array(&commits, |commit| shape::git::commit(&call.links, commit)))
}

pub(super) async fn compare(call: Call, Path(range): Path<String>) -> Answer {
    let (base, head) = range.split_once("...").ok_or_else(Refusal::not_found)?;
    let facts = call.github.bare().compare(base, head)?.ok_or_else(Refusal::not_found)?;
    let newest = facts.commits.len().saturating_sub(MOST_COMPARED);
    let listed = facts.commits.iter().skip(newest).map(|commit| shape::git::commit(&call.links, commit)).collect();
    Ok(ok(shape::git::comparison(&call.links, &range, &facts, listed)))
}
