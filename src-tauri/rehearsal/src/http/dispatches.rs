//! Dispatching a workflow.

use std::collections::BTreeMap;

use axum::{Extension, body::Bytes, extract::Path, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    call::{Call, TELLS_RUNS, ok, parse},
    gate::RunFaults,
    refusal::{Answer, Refusal},
    workflows::{self, FOLDER},
};
use crate::{
    fault::FaultKind,
    git::CommitFacts,
    state::{
        State,
        dispatch::{DispatchError, NewRun, accept},
        plan::Plan,
        run::Version,
        workflow::Workflow,
    },
};

/// Inputs that name what is deployed, in order of preference.
const VERSION_INPUTS: [&str; 4] = ["version_tag", "version", "tag", "ref"];

#[derive(Deserialize)]
struct Request {
    r#ref: String,
    #[serde(default)]
    inputs: BTreeMap<String, Value>,
    return_run_details: Option<bool>,
}

pub(super) async fn create(
    call: Call,
    Path(name): Path<String>,
    Extension(RunFaults(faults)): Extension<RunFaults>,
    body: Bytes,
) -> Answer {
    call.must_write()?;
    let request: Request = parse(&body)?;
    let tells = tells_run(&call, &request, &faults)?;
    let file = workflows::find(&call, &name)?;
    let new = new_run(&call, &file, request, &faults)?;
    if faults.contains(&FaultKind::NoRun) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let id = call.github.change(|state, now| state.start_run(new, now))?;
    if !tells {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(ok(json!({
        "workflow_run_id": id,
        "run_url": call.links.repo(&format!("/actions/runs/{id}")),
        "html_url": call.links.page(&format!("/actions/runs/{id}")),
    })))
}

/// Whether the answer names the run; a GHES does not, and may refuse to be asked.
fn tells_run(call: &Call, request: &Request, faults: &[FaultKind]) -> Result<bool, Refusal> {
    let asked = request.return_run_details == Some(true);
    let ghes = faults
        .iter()
        .find_map(|fault| if let FaultKind::NoRunDetails { refuse } = fault { Some(*refuse) } else { None });
    match ghes {
        Some(true) if request.return_run_details.is_some() => {
            Err(Refusal::unprocessable("Invalid request.\n\n\"return_run_details\" is not a permitted key."))
        }
        Some(_) => Ok(false),
        None => Ok(asked || call.version.as_str() >= TELLS_RUNS),
    }
}

fn new_run(call: &Call, file: &str, request: Request, faults: &[FaultKind]) -> Result<NewRun, Refusal> {
    let no_ref = || Refusal::unprocessable(format!("No ref found for: {}", request.r#ref));
    let (head_branch, head) = head(call, &request.r#ref)?.ok_or_else(no_ref)?;
    let refused = |error: DispatchError| Refusal::unprocessable(error.to_string());
    let disabled = call.github.read(|state, _| state.disabled_workflows.contains(&format!("{FOLDER}/{file}")));
    if disabled {
        return Err(refused(DispatchError::Disabled));
    }
    let workflow = workflows::read(call, &head.id, file)?.ok_or_else(|| refused(DispatchError::NoTrigger))?;
    let workflow = workflow.map_err(|error| Refusal::unprocessable(error.to_string()))?;
    let inputs = accept(&workflow, words(request.inputs)).map_err(refused)?;
    let (version, missing) = version(call, &inputs)?;
    let plan = call.github.read(|state, _| plan(state, &workflow, &inputs, missing.as_deref(), faults));
    Ok(NewRun {
        workflow: file.to_owned(),
        workflow_name: workflow.name.clone(),
        event: "workflow_dispatch".to_owned(),
        head_branch,
        head_sha: head.id,
        title: workflow.title(&inputs),
        inputs,
        version,
        actor: call.github.read(|state, _| state.viewer.clone()),
        plan,
        pace: None,
    })
}

/// A branch or a tag; GitHub does not dispatch from a bare commit.
fn head(call: &Call, name: &str) -> Result<Option<(String, CommitFacts)>, Refusal> {
    let short = name.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/");
    for full in [format!("refs/heads/{short}"), format!("refs/tags/{short}")] {
        if let Some(commit) = call.github.bare().commit(&full)? {
            return Ok(Some((short.to_owned(), commit)));
        }
    }
    Ok(None)
}

/// What the run deploys, or the name of what does not exist.
fn version(call: &Call, inputs: &BTreeMap<String, String>) -> Result<(Option<Version>, Option<String>), Refusal> {
    let named = VERSION_INPUTS.iter().find_map(|name| inputs.get(*name)).filter(|value| !value.is_empty());
    let Some(tag) = named else { return Ok((None, None)) };
    Ok(match call.github.bare().commit(tag)? {
        Some(commit) => (Some(Version { tag: tag.clone(), commit: commit.id }), None),
        None => (None, Some(tag.clone())),
    })
}

fn plan(
    state: &State,
    workflow: &Workflow,
    inputs: &BTreeMap<String, String>,
    missing: Option<&str>,
    faults: &[FaultKind],
) -> Plan {
    let gated = |name: &str| state.environment(name).is_some_and(|environment| !environment.reviewers.is_empty());
    let mut plan = workflow.plan(inputs, gated);
    if let Some(tag) = missing {
        plan.fail_at("checkout", &format!("A branch or tag with the name '{tag}' could not be found"));
    }
    for fault in faults {
        if let FaultKind::SlowRun { factor } = fault {
            plan.stretch(*factor);
        }
        if let FaultKind::FailStep { step } = fault {
            plan.fail_at(step, "Process completed with exit code 1.");
        }
        if *fault == FaultKind::WaitForApproval {
            plan.wait_for_approval();
        }
    }
    plan
}

/// Inputs are words to a workflow, whatever they were in JSON.
fn words(inputs: BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let word = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    inputs.into_iter().map(|(name, value)| (name, word(value))).collect()
}
