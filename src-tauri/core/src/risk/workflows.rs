//! Workflow files, read for what they call and for what a pushed tag starts. They are data: nothing of them runs here.
//!
//! Source: GitHub's "Workflow syntax for GitHub Actions" and "Events that trigger workflows".

mod filter;

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

/// Where GitHub looks for them.
pub const FOLDER: &str = ".github/workflows";

/// Folders of actions by custom; whatever lies there may be part of a deploy.
const ACTIONS: &str = ".github/actions";

/// GitHub follows no more than so many workflows that call each other.
const DEPTH: usize = 10;

/// Files of [`FOLDER`] by their path.
pub type Files = BTreeMap<String, String>;

/// The files that a run is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Paths of workflows, the one that is started among them.
    pub workflows: BTreeSet<String>,
    /// Folders of the repository's own actions.
    pub actions: BTreeSet<String>,
}

/// Why a pushed tag starts a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Such as `` its `on: push` takes every tag ``.
    pub why: String,
    /// It asks for tags in so many words.
    pub means_tags: bool,
}

impl Parts {
    /// What is reached from this workflow, through the workflows of the same repository that it calls.
    pub fn of(path: &str, files: &Files) -> Self {
        let mut parts = Self::default();
        parts.workflows.insert(path.to_owned());
        let mut open = vec![path.to_owned()];
        for _ in 0..DEPTH {
            for path in std::mem::take(&mut open) {
                let Some(file) = files.get(&path).and_then(|text| read(text)) else { continue };
                for called in uses(&file) {
                    if !called.starts_with(FOLDER) {
                        parts.actions.insert(called);
                    } else if parts.workflows.insert(called.clone()) {
                        open.push(called);
                    }
                }
            }
        }
        parts
    }

    /// The same and what the other reaches.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.workflows.extend(other.workflows);
        self.actions.extend(other.actions);
        self
    }

    pub fn has(&self, path: &str) -> bool {
        let within = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        // An action may use others of these.
        let beside = !self.actions.is_empty() && within(ACTIONS);
        self.workflows.contains(path) || beside || self.actions.iter().any(|folder| within(folder))
    }
}

/// `None` where pushing a new tag of this name starts nothing of this workflow.
pub fn started_by(text: &str, tag: &str) -> Option<Start> {
    let file = read(text)?;
    let triggers = triggers(&file)?;
    let every = |word: &str, means_tags| Start { why: format!("its `on: {word}` takes every tag"), means_tags };
    match triggers {
        Value::String(name) => bare(name, every),
        Value::Sequence(names) => names.iter().filter_map(Value::as_str).find_map(|name| bare(name, every)),
        Value::Mapping(map) => {
            let pushed = map.get("push").and_then(|push| pushed(push, tag));
            pushed.or_else(|| map.get("create").map(|_| every("create", true)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => None,
    }
}

/// Whether one of its jobs goes into an environment, also in a workflow of the same repository that it calls.
pub fn enters_an_environment(path: &str, files: &Files) -> bool {
    let parts = Parts::of(path, files);
    let mut all = parts.workflows.iter().filter_map(|path| read(files.get(path)?));
    all.any(|file| jobs(&file).any(|job| job.get("environment").is_some()))
}

fn bare(name: &str, every: impl Fn(&str, bool) -> Start) -> Option<Start> {
    match name {
        "push" => Some(every("push", false)),
        "create" => Some(every("create", true)),
        _ => None,
    }
}

/// Filters of paths do not count for tags; filters of branches alone leave all tags out.
fn pushed(push: &Value, tag: &str) -> Option<Start> {
    let patterns = |key: &str| push.get(key).map(listed);
    if let Some(tags) = patterns("tags") {
        let pattern = filter::taking(&tags, tag)?;
        return Some(Start { why: format!("its `on.push.tags` takes {pattern}"), means_tags: true });
    }
    if let Some(ignored) = patterns("tags-ignore") {
        let why = "its `on.push.tags-ignore` does not leave it out".to_owned();
        return filter::taking(&ignored, tag).is_none().then_some(Start { why, means_tags: true });
    }
    let of_branches = push.get("branches").is_some() || push.get("branches-ignore").is_some();
    (!of_branches).then(|| Start { why: "its `on: push` takes every tag".to_owned(), means_tags: false })
}

fn read(text: &str) -> Option<Value> {
    serde_yaml_ng::from_str(text).ok()
}

/// YAML 1.1 reads a bare `on` as the boolean true.
fn triggers(file: &Value) -> Option<&Value> {
    let map = file.as_mapping()?;
    map.get("on").or_else(|| map.get(Value::Bool(true)))
}

fn jobs(file: &Value) -> impl Iterator<Item = &Value> {
    file.get("jobs").and_then(Value::as_mapping).into_iter().flatten().map(|(_, job)| job)
}

/// What jobs and steps take from the same repository, by path.
fn uses(file: &Value) -> Vec<String> {
    let steps = |job: &'_ Value| job.get("steps").and_then(Value::as_sequence).cloned().unwrap_or_default();
    let own = |part: &Value| {
        let path = part.get("uses")?.as_str()?.strip_prefix("./")?.trim_end_matches('/');
        (!path.is_empty()).then(|| path.to_owned())
    };
    let each = |job: &Value| own(job).into_iter().chain(steps(job).iter().filter_map(own)).collect::<Vec<_>>();
    jobs(file).flat_map(each).collect()
}

/// One pattern, or a list of them.
fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::String(pattern) => vec![pattern.clone()],
        Value::Sequence(patterns) => patterns.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Mapping(_) | Value::Tagged(_) => Vec::new(),
    }
}
