//! Reading a workflow file for what a dispatch may give it. The file is data: nothing of it runs here.

use lastgood_core::ports::forge::WorkflowInput;
use serde_yaml_ng::Value;

/// The inputs of `on: workflow_dispatch`; `None` where the workflow has no such trigger, or the file is no YAML.
///
/// Source: GitHub's "Workflow syntax", `on` and `on.workflow_dispatch.inputs`.
pub(super) fn dispatch_inputs(text: &str) -> Option<Vec<WorkflowInput>> {
    let file: Value = serde_yaml_ng::from_str(text).ok()?;
    let triggers = triggers(&file)?;
    match triggers {
        Value::String(name) => (name == "workflow_dispatch").then(Vec::new),
        Value::Sequence(names) => names.iter().any(|name| name.as_str() == Some("workflow_dispatch")).then(Vec::new),
        Value::Mapping(map) => map.get("workflow_dispatch").map(inputs),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => None,
    }
}

/// What makes a run's title; empty where GitHub chooses it.
pub(super) fn run_name(text: &str) -> String {
    let file: Option<Value> = serde_yaml_ng::from_str(text).ok();
    let name = file.as_ref().and_then(|file| file.get("run-name")?.as_str());
    name.map(str::to_owned).unwrap_or_default()
}

/// YAML 1.1 reads a bare `on` as the boolean true.
fn triggers(file: &Value) -> Option<&Value> {
    let map = file.as_mapping()?;
    map.get("on").or_else(|| map.get(Value::Bool(true)))
}

fn inputs(trigger: &Value) -> Vec<WorkflowInput> {
    let Some(inputs) = trigger.get("inputs").and_then(Value::as_mapping) else { return Vec::new() };
    inputs
        .iter()
        .filter_map(|(name, input)| {
            // An empty default leaves a required input without a value.
            let has_default = input.get("default").and_then(text).is_some_and(|value| !value.is_empty());
            let required = input.get("required").and_then(Value::as_bool).unwrap_or(false) && !has_default;
            let options = input.get("options").and_then(Value::as_sequence).into_iter().flatten();
            Some(WorkflowInput { name: text(name)?, required, options: options.filter_map(text).collect() })
        })
        .collect()
}

/// Inputs are text to GitHub, whatever YAML takes them for.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => None,
    }
}
