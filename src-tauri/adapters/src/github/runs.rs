//! Runs: followed one by one, listed as evidence, approved, cancelled; and what their jobs wrote.

use futures_util::future::join_all;
use http::Method;
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, RunId};
use lastgood_core::ports::forge::{Decision, Listed, PendingApproval, RunRecord, RunSnapshot, RunSummary, Written};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reading::Page;
use super::transport::encode;
use super::wire::{Job, Jobs, Reviewer, Run, Runs, User};
use super::{Github, writing};

/// Of the newest five hundred runs of a workflow the older ones tell nothing of what was last good.
const HISTORY_PAGES: u32 = 5;

/// GitHub gives no more than a thousand runs for one word.
const OPEN_PAGES: u32 = 10;

/// A run may have 256 jobs in a matrix, and more than one matrix.
const JOB_PAGES: u32 = 10;

/// A person reads the end of a log.
const LOG_KEPT: usize = 1024 * 1024;

/// GitHub's words for a run that has not ended.
const OPEN: [&str; 5] = ["waiting", "in_progress", "queued", "pending", "requested"];

impl Page for Runs {
    type Item = Run;

    fn items(self) -> Vec<Run> {
        self.workflow_runs
    }
}

impl Page for Jobs {
    type Item = Job;

    fn items(self) -> Vec<Job> {
        self.jobs
    }
}

/// What somebody decided about a run that waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub environments: Vec<EnvironmentName>,
    /// GitHub's word: `approved` or `rejected`.
    pub verdict: String,
    /// Login of who did.
    pub by: String,
    pub comment: String,
}

#[derive(Deserialize)]
struct Reviewed {
    environments: Vec<PendingEnvironment>,
    state: String,
    user: Option<User>,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Pending {
    environment: PendingEnvironment,
    wait_timer: Option<u32>,
    current_user_can_approve: Option<bool>,
    reviewers: Option<Vec<Reviewer>>,
}

#[derive(Deserialize)]
struct PendingEnvironment {
    id: u64,
    name: String,
}

impl Github {
    pub(super) async fn runs_dispatched(
        &self,
        workflow: &str,
        branch: &str,
        actor: &str,
    ) -> Result<Vec<RunSummary>, Trouble> {
        let route = self.path(&format!(
            "/actions/workflows/{}/runs?event=workflow_dispatch&branch={}&actor={}&per_page=100",
            encode(workflow),
            encode(branch),
            encode(actor),
        ));
        let found = self.reader.ask::<Runs>(&route).await?.value;
        Ok(found.workflow_runs.into_iter().map(Run::summary).collect())
    }

    pub(super) async fn one_run(&self, id: RunId) -> Result<RunSnapshot, Trouble> {
        let (run, jobs) = (self.path(&format!("/actions/runs/{id}")), self.jobs_of(id));
        let run = self.reader.ask::<Run>(&run).await?.value;
        let jobs = self.reader.all::<Jobs>(&jobs, JOB_PAGES).await?;
        Ok(run.with(jobs))
    }

    fn jobs_of(&self, id: RunId) -> String {
        self.path(&format!("/actions/runs/{id}/jobs?filter=latest&per_page=100"))
    }

    pub(super) async fn runs_that_succeeded(&self, workflow: &str) -> Result<Listed<RunRecord>, Trouble> {
        let workflow = encode(workflow);
        let route = self.path(&format!("/actions/workflows/{workflow}/runs?status=success&per_page=100"));
        let Listed { items, cut } = self.reader.listed::<Runs>(&route, HISTORY_PAGES).await?;
        Ok(Listed { items: items.into_iter().map(Run::record).collect(), cut })
    }

    /// The newest page, whoever or whatever began them.
    pub(super) async fn runs_of(&self, workflow: &str) -> Result<Vec<RunRecord>, Trouble> {
        let route = self.path(&format!("/actions/workflows/{}/runs?per_page=30", encode(workflow)));
        let runs = self.reader.ask::<Runs>(&route).await?.value;
        Ok(runs.workflow_runs.into_iter().map(Run::record).collect())
    }

    /// One question for each word: GitHub takes one word at a time, and unchanged answers cost nothing.
    pub(super) async fn runs_with(&self, words: &[&str]) -> Result<Vec<RunRecord>, Trouble> {
        let ask = |word: &str| {
            let route = self.path(&format!("/actions/runs?status={word}&per_page=100"));
            async move { self.reader.all::<Runs>(&route, OPEN_PAGES).await }
        };
        let mut found = Vec::new();
        for answer in join_all(words.iter().map(|word| ask(word))).await {
            found.extend(answer?.into_iter().map(Run::record));
        }
        found.sort_by_key(|run: &RunRecord| std::cmp::Reverse((run.created, run.id)));
        found.dedup_by_key(|run| run.id);
        Ok(found)
    }

    pub(super) async fn every_open_run(&self) -> Result<Vec<RunRecord>, Trouble> {
        self.runs_with(&OPEN).await
    }

    /// The newest ones of all workflows, up to so many.
    pub async fn recent_runs(&self, most: u32) -> Result<Vec<RunRecord>, Trouble> {
        let route = self.path("/actions/runs?per_page=100");
        // Who wants their titles finds them here.
        let mut heard = self.heard.lock().await;
        let runs = self.reader.all::<Runs>(&route, most.div_ceil(100)).await?;
        let mut runs: Vec<RunRecord> = runs.into_iter().map(Run::record).collect();
        heard.note(&runs);
        runs.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(runs)
    }

    /// Runs that wait for an approval, newest first.
    pub async fn waiting_runs(&self) -> Result<Vec<RunRecord>, Trouble> {
        self.runs_with(&["waiting"]).await
    }

    /// The log lies elsewhere, at an address that is good for a minute; the token does not go there.
    pub(super) async fn log_of(&self, job: u64) -> Result<String, Trouble> {
        let answer = self.reader.transport.get(&self.path(&format!("/actions/jobs/{job}/logs")), None).await?;
        if !answer.is_success() {
            return Err(answer.trouble());
        }
        Ok(end_of(answer.body, LOG_KEPT))
    }

    pub(super) async fn approvals_of(&self, run: RunId) -> Result<Vec<PendingApproval>, Trouble> {
        let route = self.path(&format!("/actions/runs/{run}/pending_deployments"));
        let pending = self.reader.ask::<Vec<Pending>>(&route).await?.value;
        Ok(pending.into_iter().map(Pending::read).collect())
    }

    /// What was decided about a run so far, in all its attempts.
    pub async fn reviews(&self, run: RunId) -> Result<Vec<Review>, Trouble> {
        let found = self.reader.ask::<Vec<Reviewed>>(&self.path(&format!("/actions/runs/{run}/approvals"))).await?;
        Ok(found.value.into_iter().map(Reviewed::read).collect())
    }

    pub(super) async fn send_decision(&self, run: RunId, decision: &Decision) -> Written<()> {
        let route = self.path(&format!("/actions/runs/{run}/pending_deployments"));
        let body = json!({
            "environment_ids": decision.environment_ids,
            "state": if decision.approve { "approved" } else { "rejected" },
            "comment": decision.comment,
        });
        writing::outcome(self.reader.transport.write(&Method::POST, &route, &body).await)
    }

    pub(super) async fn send_cancel(&self, run: RunId) -> Written<()> {
        let route = self.path(&format!("/actions/runs/{run}/cancel"));
        writing::outcome(self.reader.transport.write(&Method::POST, &route, &Value::Null).await)
    }
}

impl Reviewed {
    fn read(self) -> Review {
        Review {
            environments: self.environments.into_iter().map(|one| EnvironmentName::new(one.name)).collect(),
            verdict: self.state,
            by: self.user.map(|user| user.login).unwrap_or_default(),
            comment: self.comment.unwrap_or_default(),
        }
    }
}

impl Pending {
    fn read(self) -> PendingApproval {
        PendingApproval {
            environment_id: self.environment.id,
            environment: EnvironmentName::new(self.environment.name),
            reviewers: self.reviewers.into_iter().flatten().filter_map(Reviewer::name).collect(),
            can_approve: self.current_user_can_approve.unwrap_or_default(),
            wait_minutes: self.wait_timer.unwrap_or_default(),
        }
    }
}

fn end_of(text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let from = (text.len() - most..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let end = &text[from..];
    end.split_once('\n').map_or(end, |(_, whole_lines)| whole_lines).to_owned()
}
