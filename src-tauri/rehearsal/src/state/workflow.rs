//! Workflow files, as far as this GitHub runs them: triggers, inputs, title, group, jobs and step names.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_yaml_ng::Value;

use super::plan::{Plan, PlannedJob, PlannedStep};

/// A parsed workflow file.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Its `name`, else its path.
    pub name: String,
    /// Inputs of `workflow_dispatch`; `None` without that trigger.
    pub inputs: Option<BTreeMap<String, Input>>,
    run_name: Option<String>,
    group: Option<String>,
    jobs: Vec<Job>,
}

/// One input of `workflow_dispatch`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Input {
    /// Whether it must be given.
    pub required: bool,
    /// Its value, if it is not given.
    #[serde(deserialize_with = "scalar")]
    pub default: Option<String>,
    /// `string`, `choice`, `boolean`, ...
    pub r#type: Option<String>,
    /// Values of a `choice`.
    pub options: Vec<String>,
}

#[derive(Debug, Clone)]
struct Job {
    name: String,
    environment: Option<String>,
    steps: Vec<(String, Vec<String>)>,
}

/// The file is no workflow.
#[derive(Debug, thiserror::Error)]
#[error("The workflow file cannot be read: {0}. Correct it on the default branch.")]
pub struct WorkflowError(#[from] serde_yaml_ng::Error);

impl Workflow {
    /// Reads a workflow file.
    pub fn parse(path: &str, text: &str) -> Result<Self, WorkflowError> {
        let file: Value = serde_yaml_ng::from_str(text)?;
        // A bare `on` is a boolean to YAML 1.1 readers, a word to others.
        let triggers = file.get("on").or_else(|| file.get(Value::Bool(true)));
        let jobs = file.get("jobs").and_then(Value::as_mapping).into_iter().flatten();
        Ok(Self {
            name: text_of(&file, "name").unwrap_or_else(|| path.to_owned()),
            inputs: triggers.and_then(dispatch_inputs).transpose()?,
            run_name: text_of(&file, "run-name"),
            group: file.get("concurrency").and_then(|value| named(value, "group")),
            jobs: jobs.filter_map(|(key, job)| Some(read_job(key.as_str()?, job))).collect(),
        })
    }

    /// The title of a run with these inputs.
    pub fn title(&self, inputs: &BTreeMap<String, String>) -> String {
        let title = self.run_name.as_deref().map(|template| fill(template, inputs));
        title
            .map(|title| title.trim().to_owned())
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| self.name.clone())
    }

    /// What a run with these inputs does. `is_gated` says which environments need an approval.
    pub fn plan(&self, inputs: &BTreeMap<String, String>, is_gated: impl Fn(&str) -> bool) -> Plan {
        let job = |job: &Job| {
            let environment = job.environment.as_deref().map(|name| fill(name, inputs));
            let own =
                job.steps.iter().map(|(name, log)| step(name, log.iter().map(|line| fill(line, inputs)).collect()));
            let opening = step("Set up job", vec!["Runner version 2.330.0".to_owned()]);
            let closing = step("Complete job", vec!["Cleaning up".to_owned()]);
            PlannedJob {
                name: fill(&job.name, inputs),
                gated: environment.as_deref().is_some_and(&is_gated),
                environment,
                steps: std::iter::once(opening).chain(own).chain(std::iter::once(closing)).collect(),
            }
        };
        Plan {
            group: self.group.as_deref().map(|group| fill(group, inputs)),
            jobs: self.jobs.iter().map(job).collect(),
        }
    }
}

/// Planned seconds by step name; together the sample deploy takes 20 s, time in the queue included.
fn seconds(step: &str) -> f64 {
    match step {
        "Download build" | "Switch traffic" => 3.0,
        "Upload build" | "Checkout" => 2.0,
        "Complete job" => 0.5,
        "Test" => 9.0,
        _ => 1.0,
    }
}

fn step(name: &str, log: Vec<String>) -> PlannedStep {
    PlannedStep { name: name.to_owned(), seconds: seconds(name), failure: None, log }
}

fn dispatch_inputs(triggers: &Value) -> Option<Result<BTreeMap<String, Input>, serde_yaml_ng::Error>> {
    let name = "workflow_dispatch";
    let listed = triggers.as_str() == Some(name)
        || triggers.as_sequence().is_some_and(|list| list.iter().any(|item| item.as_str() == Some(name)));
    if listed {
        return Some(Ok(BTreeMap::new()));
    }
    let inputs = triggers.as_mapping()?.get(name)?.get("inputs").cloned();
    Some(inputs.map_or_else(|| Ok(BTreeMap::new()), serde_yaml_ng::from_value))
}

fn read_job(key: &str, job: &Value) -> Job {
    let steps = job.get("steps").and_then(Value::as_sequence).into_iter().flatten();
    Job {
        name: text_of(job, "name").unwrap_or_else(|| key.to_owned()),
        environment: job.get("environment").and_then(|value| named(value, "name")),
        steps: steps.map(read_step).collect(),
    }
}

fn read_step(step: &Value) -> (String, Vec<String>) {
    let action = text_of(step, "run").or_else(|| text_of(step, "uses")).unwrap_or_default();
    let name = text_of(step, "name").unwrap_or_else(|| format!("Run {}", action.lines().next().unwrap_or_default()));
    (name, action.lines().map(|line| format!("Run {line}")).collect())
}

/// `key: word` and `key: { name: word }` mean the same in several places.
fn named(value: &Value, key: &str) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| text_of(value, key))
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Fills `${{ inputs.x }}`; other expressions come out empty.
fn fill(template: &str, inputs: &BTreeMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((expression, tail)) = after.split_once("}}") else { break };
        let name = expression.trim().strip_prefix("inputs.").unwrap_or_default();
        filled.push_str(before);
        filled.push_str(inputs.get(name).map_or("", String::as_str));
        rest = tail;
    }
    filled + rest
}

fn scalar<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => None,
    })
}
