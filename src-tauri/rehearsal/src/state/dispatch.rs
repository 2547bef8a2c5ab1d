//! Starting runs: the rules by which GitHub accepts a dispatch, and the facts that it then writes down.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    State,
    pace::Pace,
    plan::Plan,
    run::{Attempt, Run, Version},
    workflow::Workflow,
};

/// Inputs that GitHub takes at most (github.com; GHES up to 3.19 takes 10).
pub const MOST_INPUTS: usize = 25;

/// GitHub's reasons to refuse a dispatch, in its own words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// The workflow was disabled by hand.
    #[error("Cannot trigger a 'workflow_dispatch' on a disabled workflow")]
    Disabled,
    /// The file at that ref has no such trigger.
    #[error("Workflow does not have 'workflow_dispatch' trigger")]
    NoTrigger,
    /// More than [`MOST_INPUTS`].
    #[error("you may only define up to {MOST_INPUTS} `inputs` for a `workflow_dispatch` event")]
    TooManyInputs,
    /// Inputs that the workflow does not know.
    #[error("Unexpected inputs provided: {0:?}")]
    Unexpected(Vec<String>),
    /// An input without a value.
    #[error("Required input '{0}' not provided")]
    Missing(String),
    /// A choice that is none.
    #[error("Provided value '{value}' for input '{name}' not in the list of allowed values")]
    NotAllowed {
        /// The input.
        name: String,
        /// What was given.
        value: String,
    },
}

/// A run to be written down.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// File name of the workflow.
    pub workflow: String,
    /// Name of the workflow.
    pub workflow_name: String,
    /// `workflow_dispatch` or `push`.
    pub event: String,
    /// Branch or tag.
    pub head_branch: String,
    /// Commit of it.
    pub head_sha: String,
    /// Title.
    pub title: String,
    /// Inputs, defaults included.
    pub inputs: BTreeMap<String, String>,
    /// What it deploys.
    pub version: Option<Version>,
    /// Login of who asks.
    pub actor: String,
    /// What it does.
    pub plan: Plan,
    /// A pace of its own.
    pub pace: Option<Pace>,
}

/// Checks the inputs of a dispatch and fills in the defaults.
pub fn accept(workflow: &Workflow, given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, DispatchError> {
    let known = workflow.inputs.as_ref().ok_or(DispatchError::NoTrigger)?;
    if given.len() > MOST_INPUTS {
        return Err(DispatchError::TooManyInputs);
    }
    let unexpected: Vec<String> = given.keys().filter(|name| !known.contains_key(*name)).cloned().collect();
    if !unexpected.is_empty() {
        return Err(DispatchError::Unexpected(unexpected));
    }
    let mut inputs = BTreeMap::new();
    for (name, input) in known {
        let value = given.get(name).or(input.default.as_ref()).cloned().unwrap_or_default();
        if input.required && value.is_empty() {
            return Err(DispatchError::Missing(name.clone()));
        }
        if !input.options.is_empty() && !value.is_empty() && !input.options.contains(&value) {
            return Err(DispatchError::NotAllowed { name: name.clone(), value });
        }
        inputs.insert(name.clone(), value);
    }
    Ok(inputs)
}

impl State {
    /// Writes a run down and returns its number.
    pub fn start_run(&mut self, new: NewRun, now: Timestamp) -> u64 {
        let id = self.ids.one();
        let number = self.runs.iter().filter(|run| run.workflow == new.workflow).count() as u64 + 1;
        let attempt = self.new_attempt(new.actor, new.plan, new.pace, now);
        self.runs.push(Run {
            id,
            number,
            workflow: new.workflow,
            workflow_name: new.workflow_name,
            event: new.event,
            head_branch: new.head_branch,
            head_sha: new.head_sha,
            title: new.title,
            inputs: new.inputs,
            version: new.version,
            attempts: vec![attempt],
        });
        id
    }

    /// Starts a run again, if its last attempt has ended; says whether it did.
    pub fn rerun(&mut self, id: u64, now: Timestamp) -> bool {
        let ended = self.at(now).run(id).and_then(|run| run.last()).is_some_and(|last| last.end.is_some());
        let viewer = self.viewer.clone();
        let plan = self.runs.iter().find(|run| run.id == id).and_then(|run| run.attempts.last()).map(|last| &last.plan);
        let Some(plan) = plan.filter(|_| ended).cloned() else { return false };
        let attempt = self.new_attempt(viewer, plan, None, now);
        self.runs.iter_mut().filter(|run| run.id == id).for_each(|run| run.attempts.push(attempt.clone()));
        true
    }

    /// Cancels a run, if it has not ended; says whether it did.
    pub fn cancel(&mut self, id: u64, now: Timestamp) -> bool {
        let going = self.at(now).run(id).and_then(|run| run.last()).is_some_and(|last| last.end.is_none());
        let attempt = self.runs.iter_mut().find(|run| run.id == id).and_then(|run| run.attempts.last_mut());
        let Some(attempt) = attempt.filter(|_| going) else { return false };
        attempt.cancelled_at = Some(now);
        true
    }

    fn new_attempt(&mut self, actor: String, plan: Plan, pace: Option<Pace>, now: Timestamp) -> Attempt {
        let first_id = self.ids.block(Attempt::IDS);
        Attempt { first_id, actor, created_at: now, plan, pace, cancelled_at: None, reviews: Vec::new() }
    }
}
