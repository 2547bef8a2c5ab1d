//! `workflow.ready`.

use super::Asking;
use super::found::Found;

/// On the default branch, active, dispatchable, with the version input and nothing required that is not given.
pub(super) async fn ready(asking: &Asking<'_>) -> Found {
    let plan = asking.plan;
    let workflows = match asking.workflows.clone().await {
        Ok(workflows) => workflows,
        Err(trouble) => return Found::errored(&trouble),
    };
    let file = &plan.deploy.workflow;
    let Some(workflow) = workflows.iter().find(|workflow| workflow.file == *file) else {
        return Found::failed(format!("{file} is not on {}, or cannot be dispatched.", plan.deploy.branch));
    };
    if workflow.state != "active" {
        return Found::failed(format!("{file} is switched off on GitHub ({}).", workflow.state));
    }
    let given = plan.inputs("");
    if let Some(unknown) = given.keys().find(|name| !workflow.inputs.iter().any(|input| input.name == **name)) {
        return Found::failed(format!("{file} has no input named {unknown}."));
    }
    if let Some(lacking) = workflow.inputs.iter().find(|input| input.required && !given.contains_key(&input.name)) {
        return Found::failed(format!("{file} asks for {}, and no value is configured.", lacking.name));
    }
    let inputs = workflow.inputs.iter().map(|input| format!("input {}", input.name)).collect();
    Found::passed(format!("{file} is active and takes {}", plan.deploy.version_input)).with(inputs)
}
