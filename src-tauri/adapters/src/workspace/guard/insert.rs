//! Putting the step into a workflow file: as text, so that the team's comments and layout stay, and then held against
//! what YAML makes of both, so that nothing else changed.

use lastgood_core::planning::usual_version_input;
use lastgood_core::ports::forge::titles;
use serde_yaml_ng::{Mapping, Value};

use super::step::{NAME, step};

mod title;

/// What became of a workflow file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// The whole file, with the step.
    Text(String),
    /// It has the step already.
    There,
    /// Why the step cannot be put there by a program; a sentence for a person.
    Refused(String),
}

/// The input by which Lastgood's own deploys are known, where the workflow has none of these.
const KEYS: [&str; 3] = ["rollback_id", "lastgood_id", "correlation_id"];

/// Puts the step first in each job that deploys: one that names an environment; where none does, one that waits for no
/// other. `version` is the input that takes the version, where the settings name one; else the usual one.
pub fn insert(text: &str, version: Option<&str>) -> Inserted {
    match try_insert(text, version) {
        Ok(inserted) => inserted,
        Err(why) => Inserted::Refused(why),
    }
}

fn try_insert(text: &str, version: Option<&str>) -> Result<Inserted, String> {
    let before: Value =
        serde_yaml_ng::from_str(text).map_err(|_| "The file is no YAML that is understood.".to_owned())?;
    let jobs = before.get("jobs").and_then(Value::as_mapping).ok_or("The file has no jobs.")?;
    if jobs.values().flat_map(steps).any(|step| step.get("name").and_then(Value::as_str) == Some(NAME)) {
        return Ok(Inserted::There);
    }
    let inputs = inputs(&before).ok_or("The workflow has no inputs of `workflow_dispatch`.")?;
    let title = before.get("run-name").and_then(Value::as_str).unwrap_or_default();
    let mut keys = KEYS.into_iter().filter(|key| inputs.contains_key(*key));
    let there = keys.clone().find(|key| titles(title, key)).or_else(|| keys.next());
    let key = there.unwrap_or(KEYS[0]);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut after = before.clone();
    for (name, job) in deploying(jobs) {
        readable(&before, job)?;
        let environment = environment(&before, job, inputs)?;
        let step = step(&environment, key);
        put_step(&mut lines, name, &step)?;
        expect_step(&mut after, name, &step)?;
    }
    if there.is_none() {
        put_input(&mut lines)?;
        expect_input(&mut after);
    }
    title::put(&mut lines, &mut after, version_input(version, inputs), key)?;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let whole = lines.join(end) + if text.ends_with('\n') { end } else { "" };
    let read = serde_yaml_ng::from_str::<Value>(&whole).ok();
    if after == before || read.as_ref() != Some(&after) {
        return Err("The file is laid out in a way that is not understood.".to_owned());
    }
    Ok(Inserted::Text(whole))
}

fn deploying(jobs: &Mapping) -> Vec<(&str, &Value)> {
    let all = || jobs.iter().filter_map(|(name, job)| Some((name.as_str()?, job)));
    let named: Vec<_> = all().filter(|(_, job)| job.get("environment").is_some()).collect();
    if named.is_empty() { all().filter(|(_, job)| job.get("needs").is_none()).collect() } else { named }
}

/// As the job says it; `${{ … }}` stays what it is. An input is empty in a run that nobody dispatched, and the step would
/// stop that.
fn environment(file: &Value, job: &Value, inputs: &Mapping) -> Result<String, String> {
    let environment = said_environment(job, inputs)?;
    let falls_back = environment.contains("||");
    if environment.contains("inputs") && !falls_back && !is_only_dispatched(file) {
        return Err(
            "The workflow also runs on other events, which give it no input `environment`: the step would stop \
                    those. Put it by hand where it knows the environment."
                .to_owned(),
        );
    }
    Ok(environment)
}

fn said_environment(job: &Value, inputs: &Mapping) -> Result<String, String> {
    let named = job.get("environment");
    let named = named.and_then(|named| named.get("name").or(Some(named))).and_then(Value::as_str);
    match named {
        Some(name) => {
            Ok(if name.starts_with("${{") { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) })
        }
        None if inputs.contains_key("environment") => Ok("${{ inputs.environment }}".to_owned()),
        None => Err("The file does not say which environment its jobs deploy to.".to_owned()),
    }
}

/// The step reads a ref of the repository with the job's own token.
fn readable(file: &Value, job: &Value) -> Result<(), String> {
    let Some(permissions) = job.get("permissions").or_else(|| file.get("permissions")) else { return Ok(()) };
    let all = matches!(permissions.as_str(), Some("read-all" | "write-all"));
    let contents = permissions.get("contents").and_then(Value::as_str);
    if all || matches!(contents, Some("read" | "write")) {
        return Ok(());
    }
    Err("The job may not read the repository: it needs `permissions: contents: read`.".to_owned())
}

fn steps(job: &Value) -> impl Iterator<Item = &Value> {
    job.get("steps").and_then(Value::as_sequence).into_iter().flatten()
}

/// YAML 1.1 reads a bare `on` as the boolean true.
fn triggers(file: &Value) -> Option<&Value> {
    file.get("on").or_else(|| file.as_mapping()?.get(Value::Bool(true)))
}

fn is_only_dispatched(file: &Value) -> bool {
    triggers(file).and_then(Value::as_mapping).is_some_and(|triggers| triggers.len() == 1)
}

fn inputs(file: &Value) -> Option<&Mapping> {
    triggers(file)?.get("workflow_dispatch")?.get("inputs")?.as_mapping()
}

/// What the settings name counts where the workflow has it.
fn version_input<'a>(named: Option<&'a str>, inputs: &Mapping) -> Option<&'a str> {
    let has = |name: &str| inputs.contains_key(name);
    named.filter(|name| has(name)).or_else(|| usual_version_input(has))
}

/// Below `jobs`, the job's `steps`, the place of its first step.
fn put_step(lines: &mut Vec<String>, job: &str, step: &[String]) -> Result<(), String> {
    let lost = || format!("The steps of the job {job} are not found.");
    let jobs = below(lines, 0, None, "jobs").ok_or_else(lost)?;
    let own = below(lines, jobs + 1, Some(indent(lines, jobs)), job).ok_or_else(lost)?;
    let steps = below(lines, own + 1, Some(indent(lines, own)), "steps").ok_or_else(lost)?;
    let first = lines.iter().skip(steps + 1).find(|line| line.trim_start().starts_with("- ")).ok_or_else(lost)?;
    put(lines, steps + 1, first.len() - first.trim_start().len(), step);
    Ok(())
}

fn put_input(lines: &mut Vec<String>) -> Result<(), String> {
    let lost = || "The inputs of `workflow_dispatch` are not found.".to_owned();
    let trigger = lines.iter().position(|line| is_key(line, "workflow_dispatch")).ok_or_else(lost)?;
    let inputs = below(lines, trigger + 1, Some(indent(lines, trigger)), "inputs").ok_or_else(lost)?;
    let first = lines.iter().skip(inputs + 1).find(|line| is_said(line)).ok_or_else(lost)?;
    let key = [format!("{}:", KEYS[0]), "  required: false".to_owned(), "  type: string".to_owned()];
    put(lines, inputs + 1, first.len() - first.trim_start().len(), &key);
    Ok(())
}

fn put(lines: &mut Vec<String>, at: usize, indent: usize, new: &[String]) {
    let pad = " ".repeat(indent);
    let new = new.iter().map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") });
    lines.splice(at..at, new);
}

/// The line of this key, deeper than `parent`, before the parent's block ends.
fn below(lines: &[String], from: usize, parent: Option<usize>, key: &str) -> Option<usize> {
    let mut block = lines.iter().enumerate().skip(from).filter(|(_, line)| is_said(line));
    let block = block.by_ref().take_while(|(at, _)| parent.is_none_or(|parent| indent(lines, *at) > parent));
    let mut depth = None;
    for (at, line) in block {
        let own = *depth.get_or_insert(indent(lines, at));
        if indent(lines, at) == own && is_key(line, key) {
            return Some(at);
        }
    }
    None
}

/// A key with a block of its own below it.
fn is_key(line: &str, key: &str) -> bool {
    let said = line.split(" #").next().unwrap_or(line).trim();
    said.strip_suffix(':').is_some_and(|name| name.trim_matches(['"', '\'']) == key)
}

fn is_said(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

fn indent(lines: &[String], at: usize) -> usize {
    lines.get(at).map_or(0, |line| line.len() - line.trim_start().len())
}

fn expect_step(file: &mut Value, job: &str, step: &[String]) -> Result<(), String> {
    let new: Vec<Value> =
        serde_yaml_ng::from_str(&(step.join("\n") + "\n")).map_err(|_| "The step is no YAML.".to_owned())?;
    let steps = file.get_mut("jobs").and_then(|jobs| jobs.get_mut(job)?.get_mut("steps")?.as_sequence_mut());
    let steps = steps.ok_or_else(|| format!("The job {job} has no steps of its own."))?;
    steps.splice(0..0, new);
    Ok(())
}

fn expect_input(file: &mut Value) {
    let trigger = if file.get("on").is_some() { Value::from("on") } else { Value::Bool(true) };
    let inputs = file
        .as_mapping_mut()
        .and_then(|file| file.get_mut(&trigger)?.get_mut("workflow_dispatch")?.get_mut("inputs")?.as_mapping_mut());
    if let Some(inputs) = inputs {
        let key = [("required", Value::Bool(false)), ("type", Value::from("string"))];
        let key: Mapping = key.into_iter().map(|(name, value)| (Value::from(name), value)).collect();
        inputs.insert(Value::from(KEYS[0]), Value::Mapping(key));
    }
}
