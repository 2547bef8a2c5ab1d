//! What the jobs of a run wrote, freed of secrets and of codes for terminals.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RunId;
use lastgood_core::log::{self, JobLog};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::RunSnapshot;

use super::Workspace;
use crate::redact::redact;

/// A person reads the end of a log; the rest is on the run's page.
const LINES: usize = 5_000;

impl Workspace {
    /// The run as it is now, with its jobs.
    pub async fn run(&self, run: RunId) -> Result<RunSnapshot, Trouble> {
        self.connect().await?.run(run).await
    }

    /// The log of a job that has ended.
    pub async fn job_log(&self, job: u64) -> Result<JobLog, Trouble> {
        let text = self.connect().await?.job_log(job).await.map_err(none_yet)?;
        let known: Vec<_> = self.token().into_iter().collect();
        // Codes first: one in the middle of a secret would hide it.
        Ok(log::read(&redact(&log::strip(&text), &known), LINES))
    }
}

fn none_yet(trouble: Trouble) -> Trouble {
    if trouble.code != Code::NotOnGithub {
        return trouble;
    }
    let message = "GitHub has no log of this job.";
    Trouble::new(
        Code::NotOnGithub,
        message,
        "It comes some seconds after the job has ended, and goes after some months.",
    )
}
