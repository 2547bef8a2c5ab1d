//! Deployments and their statuses.

use axum::{body::Bytes, extract::Path};
use serde::Deserialize;
use serde_json::Value;

use super::{
    call::{Call, created, number, ok, parse},
    refusal::{Answer, Refusal},
    shape,
};
use crate::state::deployment::{Deployment, Link, Status};

/// Longest description that GitHub takes.
const LONGEST: usize = 140;
const STATES: [&str; 7] = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

pub(super) async fn list(call: Call) -> Answer {
    let deployments = call.read(|_, view| view.deployments.clone());
    let wanted: Vec<&Deployment> = deployments
        .iter()
        .filter(|one| call.allows("environment", &one.environment) && call.allows("ref", &one.git_ref))
        .filter(|one| call.allows("sha", &one.sha) && call.allows("task", &one.task))
        .collect();
    Ok(call.page().array(&wanted, |deployment| shape::release::deployment(&call.links, deployment)))
}

pub(super) async fn one(call: Call, Path(id): Path<String>) -> Answer {
    Ok(ok(shape::release::deployment(&call.links, &find(&call, &id)?)))
}

pub(super) async fn statuses(call: Call, Path(id): Path<String>) -> Answer {
    let deployment = find(&call, &id)?;
    let newest_first: Vec<&Status> = deployment.statuses.iter().rev().collect();
    Ok(call.page().array(&newest_first, |status| shape::release::status(&call.links, &deployment, status)))
}

pub(super) async fn status(call: Call, Path((id, status)): Path<(String, String)>) -> Answer {
    let (deployment, status) = (find(&call, &id)?, number(&status)?);
    let status = deployment.statuses.iter().find(|one| one.id == status).ok_or_else(Refusal::not_found)?;
    Ok(ok(shape::release::status(&call.links, &deployment, status)))
}

fn find(call: &Call, id: &str) -> Result<Deployment, Refusal> {
    let id = number(id)?;
    let found = call.read(|_, view| view.deployments.iter().find(|deployment| deployment.id == id).cloned());
    found.ok_or_else(Refusal::not_found)
}

#[derive(Deserialize)]
struct New {
    r#ref: String,
    #[serde(default = "deploy")]
    task: String,
    #[serde(default = "production")]
    environment: String,
    description: Option<String>,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    transient_environment: bool,
    production_environment: Option<bool>,
}

pub(super) async fn create(call: Call, body: Bytes) -> Answer {
    call.must_write()?;
    let new: New = parse(&body)?;
    let commit = call.github.bare().commit(&new.r#ref)?;
    let commit = commit.ok_or_else(|| Refusal::unprocessable(format!("No ref found for: {}", new.r#ref)))?;
    short(new.description.as_deref())?;
    let deployment = call.github.change(|state, now| {
        let deployment = Deployment {
            id: state.ids.one(),
            git_ref: new.r#ref,
            sha: commit.id,
            task: new.task,
            creator: state.viewer.clone(),
            payload: if new.payload.is_null() { Value::Object(serde_json::Map::new()) } else { new.payload },
            description: new.description,
            transient: new.transient_environment,
            production: new.production_environment.unwrap_or(new.environment == "production"),
            environment: new.environment,
            created_at: now,
            statuses: Vec::new(),
        };
        state.deployments.push(deployment.clone());
        deployment
    })?;
    Ok(created(shape::release::deployment(&call.links, &deployment)))
}

#[derive(Deserialize)]
struct NewStatus {
    state: String,
    #[serde(default)]
    description: String,
    target_url: Option<String>,
    log_url: Option<String>,
    environment_url: Option<String>,
    auto_inactive: Option<bool>,
}

pub(super) async fn create_status(call: Call, Path(id): Path<String>, body: Bytes) -> Answer {
    call.must_write()?;
    let new: NewStatus = parse(&body)?;
    short(Some(&new.description))?;
    if !STATES.contains(&new.state.as_str()) {
        return Err(Refusal::invalid("DeploymentStatus", "state", "custom"));
    }
    let id = find(&call, &id)?.id;
    let link = |url: Option<String>| url.filter(|url| !url.is_empty()).map_or(Link::None, Link::Given);
    let made = call.github.change(|state, now| {
        let status = Status {
            id: state.ids.one(),
            state: new.state,
            creator: state.viewer.clone(),
            description: new.description,
            at: now,
            log: link(new.log_url.or(new.target_url)),
            place: link(new.environment_url),
        };
        let retires = status.state == "success" && new.auto_inactive.unwrap_or(true);
        if retires {
            let next = state.ids.one();
            retire_others(&mut state.deployments, id, &status, next);
        }
        let deployment = state.deployments.iter_mut().find(|deployment| deployment.id == id)?;
        deployment.statuses.push(status.clone());
        Some((deployment.clone(), status))
    })?;
    // The deployment of a run belongs to the run.
    let (deployment, status) =
        made.ok_or_else(|| Refusal::unprocessable("Its run sets the statuses of this deployment"))?;
    Ok(created(shape::release::status(&call.links, &deployment, &status)))
}

/// GitHub retires earlier deployments to the same environment, but never transient or production ones.
fn retire_others(deployments: &mut [Deployment], id: u64, success: &Status, mut next: u64) {
    let environment = deployments.iter().find(|one| one.id == id).map(|one| one.environment.clone());
    let others = deployments.iter_mut().filter(|one| one.id < id && !one.transient && !one.production);
    for other in others.filter(|one| Some(&one.environment) == environment.as_ref()) {
        let status = Status { id: next, state: "inactive".to_owned(), description: String::new(), ..success.clone() };
        other.statuses.push(status);
        next += 1;
    }
}

fn short(description: Option<&str>) -> Result<(), Refusal> {
    let fits = description.is_none_or(|text| text.chars().count() <= LONGEST);
    if fits { Ok(()) } else { Err(Refusal::invalid("Deployment", "description", "custom")) }
}

fn deploy() -> String {
    "deploy".to_owned()
}

fn production() -> String {
    "production".to_owned()
}
