//! Workflows: the files below `.github/workflows` of the default branch.

use axum::extract::Path;
use serde_json::{Value, json};

use super::{
    call::{Call, ok},
    page::encode,
    refusal::{Answer, Refusal},
    shape::{node, run::workflow_id, time},
};
use crate::{
    git::Content,
    state::workflow::{Workflow, WorkflowError},
};

/// Where GitHub looks for workflows.
pub(super) const FOLDER: &str = ".github/workflows";

pub(super) async fn list(call: Call) -> Answer {
    let mut shapes = Vec::new();
    for file in files(&call)? {
        shapes.push(shape(&call, &file)?);
    }
    Ok(call.page().counted("workflows", &shapes, Value::clone))
}

pub(super) async fn one(call: Call, Path(name): Path<String>) -> Answer {
    let file = find(&call, &name)?;
    Ok(ok(shape(&call, &file)?))
}

/// The file name of the workflow that a path names by number or file name.
pub(super) fn find(call: &Call, name: &str) -> Result<String, Refusal> {
    let fits = |file: &String| *file == name || workflow_id(file).to_string() == name;
    files(call)?.into_iter().find(fits).ok_or_else(Refusal::not_found)
}

/// The workflow as it is at a revision; `None` if it is not there.
pub(super) fn read(
    call: &Call,
    revision: &str,
    file: &str,
) -> Result<Option<Result<Workflow, WorkflowError>>, Refusal> {
    let path = format!("{FOLDER}/{file}");
    let text = call.github.bare().text(revision, &path)?;
    Ok(text.map(|text| Workflow::parse(&path, &text)))
}

fn files(call: &Call) -> Result<Vec<String>, Refusal> {
    let content = call.github.bare().content("main", FOLDER)?;
    let Some(Content::Folder(entries)) = content else { return Ok(Vec::new()) };
    let is_workflow = |name: &String| name.ends_with(".yml") || name.ends_with(".yaml");
    Ok(entries.into_iter().map(|entry| entry.name).filter(is_workflow).collect())
}

fn shape(call: &Call, file: &str) -> Result<Value, Refusal> {
    let path = format!("{FOLDER}/{file}");
    let name = match read(call, "main", file)? {
        Some(Ok(workflow)) => workflow.name,
        Some(Err(_)) | None => path.clone(),
    };
    let id = workflow_id(file);
    let (disabled, at) =
        call.github.read(|state, _| (state.disabled_workflows.contains(&path), time(state.created_at)));
    Ok(json!({
        "id": id,
        "node_id": node("Workflow", id),
        "name": name,
        "path": path,
        "state": if disabled { "disabled_manually" } else { "active" },
        "created_at": at,
        "updated_at": at,
        "url": call.links.repo(&format!("/actions/workflows/{id}")),
        "html_url": call.links.page(&format!("/blob/main/{path}")),
        "badge_url": call.links.page(&format!("/workflows/{}/badge.svg", encode(&name))),
    }))
}
