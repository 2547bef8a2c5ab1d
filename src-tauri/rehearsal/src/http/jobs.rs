//! Jobs and their logs.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    call::{Call, number, ok},
    refusal::{Answer, Refusal},
    shape::run::job,
};
use crate::state::view::JobView;

pub(super) async fn of_run(call: Call, Path(id): Path<String>) -> Answer {
    let all = call.query("filter") == Some("all");
    listed(&call, &id, |attempt, last| all || attempt == last)
}

pub(super) async fn of_attempt(call: Call, Path((id, attempt)): Path<(String, String)>) -> Answer {
    let wanted = number(&attempt)?;
    listed(&call, &id, |attempt, _| attempt as u64 == wanted)
}

fn listed(call: &Call, id: &str, wanted: impl Fn(usize, usize) -> bool) -> Answer {
    let id = number(id)?;
    let shapes = call.read(|_, view| {
        let run = view.run(id)?;
        let attempts = run.attempts.iter().filter(|attempt| wanted(attempt.number, run.attempts.len()));
        let jobs = attempts.flat_map(|attempt| attempt.jobs.iter().map(move |one| job(&call.links, run, attempt, one)));
        Some(jobs.collect::<Vec<_>>())
    });
    Ok(call.page().counted("jobs", &shapes.ok_or_else(Refusal::not_found)?, Value::clone))
}

pub(super) async fn one(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let shape = call.read(|_, view| view.job(id).map(|(run, attempt, one)| job(&call.links, run, attempt, one)));
    Ok(ok(shape.ok_or_else(Refusal::not_found)?))
}

/// What a job says beside its log: why it failed.
pub(super) async fn annotations(call: Call, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let shapes = call.read(|_, view| {
        let (_, _, job) = view.job(id)?;
        let failed = job.steps.iter().filter(|step| step.end.is_some());
        Some(failed.filter_map(|step| step.step.failure.as_deref()).map(annotation).collect::<Vec<_>>())
    });
    Ok(call.page().array(&shapes.ok_or_else(Refusal::not_found)?, Value::clone))
}

fn annotation(message: &str) -> Value {
    json!({
        "path": ".github",
        "start_line": 1,
        "end_line": 1,
        "start_column": null,
        "end_column": null,
        "annotation_level": "failure",
        "title": "",
        "message": message,
        "raw_details": "",
        "blob_href": "",
    })
}

/// GitHub has the log of a job when the job has ended, and gives it from another place.
pub(super) async fn log(call: Call, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id = number(&id)?;
    let ended = call.read(|_, view| view.job(id).is_some_and(|(_, _, one)| one.end.is_some()));
    if !ended {
        return Err(Refusal::not_found());
    }
    let place = format!("{}/_logs/{id}", call.links.api.trim_end_matches("/api/v3"));
    Ok((StatusCode::FOUND, [(header::LOCATION, place)]).into_response())
}

/// The place that [`log`] points to; it asks for no token, as GitHub's does not.
pub(super) async fn log_text(call: Call, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id = number(&id)?;
    let text = call.read(|_, view| view.job(id).filter(|(_, _, one)| one.end.is_some()).map(|(_, _, one)| text(one)));
    let text = text.ok_or_else(Refusal::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

fn text(job: &JobView<'_>) -> String {
    let mut log = String::new();
    for step in &job.steps {
        let (Some(started), Some(end)) = (step.started_at, step.end) else { continue };
        if end.conclusion == crate::state::timeline::Conclusion::Skipped {
            continue;
        }
        let begun = started.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z");
        log += &format!("{begun} ##[group]{}\n", step.step.name);
        step.step.log.iter().for_each(|line| log += &format!("{begun} {line}\n"));
        log += &format!("{begun} ##[endgroup]\n");
        if let Some(reason) = &step.step.failure {
            log += &format!("{} ##[error]{reason}\n", end.at.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z"));
        }
    }
    log
}
