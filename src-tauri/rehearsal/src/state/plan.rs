//! What a run is going to do: its jobs and steps with their planned seconds.

use serde::{Deserialize, Serialize};

/// Planned seconds between a job's creation and a runner that takes it.
pub const QUEUE_SECONDS: f64 = 0.5;
/// The step after which an environment runs the new version.
pub const SWITCH_STEP: &str = "Switch traffic";

/// The work of one attempt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Concurrency group: one runs, one waits, a newer one replaces the one that waits.
    pub group: Option<String>,
    /// Jobs, one after the other.
    pub jobs: Vec<PlannedJob>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedJob {
    /// Its name, as GitHub shows it.
    pub name: String,
    /// The environment that it deploys to.
    pub environment: Option<String>,
    /// Whether somebody has to approve it first.
    pub gated: bool,
    /// Its steps, GitHub's own first and last ones included.
    pub steps: Vec<PlannedStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Its name, as GitHub shows it.
    pub name: String,
    /// How long it takes at speed 1.
    pub seconds: f64,
    /// Why it fails, if it does.
    pub failure: Option<String>,
    /// What it says.
    pub log: Vec<String>,
}

impl Plan {
    /// Lets the first step whose name holds that text (in any case) fail. Says whether there is one.
    pub fn fail_at(&mut self, step: &str, reason: &str) -> bool {
        let wanted = step.to_lowercase();
        let mut steps = self.jobs.iter_mut().flat_map(|job| &mut job.steps);
        let found = steps.find(|planned| planned.name.to_lowercase().contains(&wanted));
        found.map(|planned| planned.failure = Some(reason.to_owned())).is_some()
    }

    /// Makes every step take so many times as long.
    pub fn stretch(&mut self, factor: f64) {
        for step in self.jobs.iter_mut().flat_map(|job| &mut job.steps) {
            step.seconds *= factor;
        }
    }

    /// Lets the first job that deploys wait for an approval; without such a job, the first job.
    pub fn wait_for_approval(&mut self) {
        let index = self.jobs.iter().position(|job| job.environment.is_some()).unwrap_or(0);
        if let Some(job) = self.jobs.get_mut(index) {
            job.gated = true;
        }
    }

    /// The first environment that this plan deploys to.
    pub fn environment(&self) -> Option<&str> {
        self.jobs.iter().find_map(|job| job.environment.as_deref())
    }
}
