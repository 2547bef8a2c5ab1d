//! GitHub, as far as rollbacks need it.

mod environment;
mod run;
mod written;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Trouble;
use crate::ids::{EnvironmentName, ObjectId, RunId, TagName};
use crate::ports::repository::{PushOutcome, TagOrder, TagTarget};

pub use environment::{Environment, Protection};
pub use run::{Decision, Maker, PendingApproval, RunRecord};
pub use written::{Limit, Waiting, Written};

/// The forge where deployments run. Reading may be repeated; what writes leaves once.
#[async_trait]
pub trait Forge: Send + Sync {
    /// Who the token belongs to.
    async fn account(&self) -> Result<String, Trouble>;

    async fn default_branch(&self) -> Result<String, Trouble>;

    async fn environments(&self) -> Result<Vec<Environment>, Trouble>;

    /// Newest first, as many as matter for what is live and what was last good in every environment.
    async fn deployments(&self) -> Result<Vec<Deployment>, Trouble>;

    /// The newest look at the deployments did not read the older ones.
    fn history_is_cut(&self) -> bool;

    /// Workflow files on the default branch that can be dispatched.
    async fn workflows(&self) -> Result<Vec<Workflow>, Trouble>;

    /// Sends one dispatch. Never repeated by anything below this call.
    async fn dispatch(&self, order: &DispatchOrder) -> DispatchAnswer;

    /// The newest runs of this workflow that were dispatched by this account, newest first. By no time: two machines
    /// differ in theirs.
    async fn dispatched_runs(&self, workflow: &str, branch: &str) -> Result<Vec<RunSummary>, Trouble>;

    /// The newest runs of this workflow, whoever or whatever began them, newest first.
    async fn newest_runs(&self, workflow: &str) -> Result<Vec<RunRecord>, Trouble>;

    /// One run with its jobs and steps.
    async fn run(&self, id: RunId) -> Result<RunSnapshot, Trouble>;

    /// Runs of this workflow that succeeded, newest first: evidence of what is live where no deployment tells.
    async fn successful_runs(&self, workflow: &str) -> Result<Listed<RunRecord>, Trouble>;

    /// Runs of any workflow that have not ended, newest first; those that wait for an approval have the status `waiting`.
    async fn open_runs(&self) -> Result<Vec<RunRecord>, Trouble>;

    /// The log of a job that has ended; of a long one, its end.
    async fn job_log(&self, job: u64) -> Result<String, Trouble>;

    /// What this run waits for. Empty: for nobody.
    async fn pending_approvals(&self, run: RunId) -> Result<Vec<PendingApproval>, Trouble>;

    /// Approves or rejects. Tokens of a GitHub App may not.
    async fn decide(&self, run: RunId, decision: &Decision) -> Written<()>;

    /// Asks GitHub to cancel a run; it ends some time later.
    async fn cancel(&self, run: RunId) -> Written<()>;

    /// Where GitHub's tag leads; `None` where it has none of that name.
    async fn tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble>;

    /// Makes an annotated tag's object on GitHub, without a name yet. Its id covers its content: repeating it has one
    /// effect.
    async fn create_tag(&self, order: &TagOrder, tagger: &Tagger) -> Written<ObjectId>;

    /// Gives an object on GitHub this tag's name, expecting that there is none: a push without git.
    async fn place_tag(&self, tag: &TagName, object: &ObjectId) -> PushOutcome;

    /// Until when GitHub wants no calls; `None` where it takes them.
    fn waiting(&self) -> Option<Waiting>;
}

/// The newest of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// There are older ones that were not read.
    pub cut: bool,
}

/// Who a tag says it is by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagger {
    pub name: String,
    pub email: String,
}

/// One attempt to put a release into an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    pub id: u64,
    pub environment: EnvironmentName,
    /// What was asked for: a tag, a branch or a commit.
    pub reference: String,
    pub commit: ObjectId,
    pub created: Timestamp,
    pub creator: String,
    pub state: DeploymentState,
    /// When it reached that state.
    pub state_since: Timestamp,
    /// When it succeeded, whatever came after.
    pub succeeded: Option<Timestamp>,
    /// Where the service answers.
    pub url: Option<String>,
    /// The run that made it, where GitHub names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What that run shows of itself, once it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<Maker>,
}

/// GitHub adds states over the years; an unknown one is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    Success,
    Failure,
    Error,
    Inactive,
    Pending,
    Queued,
    InProgress,
    Waiting,
    Other(String),
}

/// A workflow that has `workflow_dispatch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// File name below `.github/workflows/`.
    pub file: String,
    pub name: String,
    /// GitHub's word for it; only `active` takes a dispatch.
    pub state: String,
    pub inputs: Vec<WorkflowInput>,
    /// What makes a run's title; empty where the workflow leaves that to GitHub. Absent in looks of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub run_name: String,
    /// What [`digest`] makes of the file's text. Absent in looks of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// Tells two texts apart.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A run whose title is made of this tells what the input was given.
pub fn titles(run_name: &str, input: &str) -> bool {
    let mut expressions = run_name.split("${{").skip(1).filter_map(|rest| rest.split_once("}}"));
    expressions.any(|(expression, _)| mentions(expression, input))
}

/// `inputs.NAME` or `inputs['NAME']`; also as `github.event.inputs`, which is the same.
fn mentions(expression: &str, input: &str) -> bool {
    let is_of_a_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    expression.split("inputs").skip(1).any(|rest| {
        let rest = rest.trim_start();
        let dotted = rest.strip_prefix('.').and_then(|rest| rest.trim_start().strip_prefix(input));
        dotted.is_some_and(|rest| !rest.starts_with(is_of_a_name)) || rest.starts_with(&format!("['{input}']"))
    })
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowInput {
    pub name: String,
    pub required: bool,
    /// The values of a `choice` input.
    pub options: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchOrder {
    pub workflow: String,
    pub branch: String,
    pub inputs: BTreeMap<String, String>,
}

/// What became of a dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DispatchAnswer {
    /// GitHub took it and named the run.
    Run(RunId),
    /// GitHub took it and named none (older servers).
    Accepted,
    /// GitHub said no, and nothing was started.
    Refused(Trouble),
    /// The request never left this machine.
    NotSent(Trouble),
    /// It left, and no answer tells what became of it.
    Unknown(Trouble),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    pub id: RunId,
    /// The run's title; carries the rollback's key where the workflow puts it there.
    pub title: String,
    pub created: Timestamp,
}

/// A run as it was seen at one moment. Words of GitHub's are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSnapshot {
    pub id: RunId,
    pub url: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub jobs: Vec<Job>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub url: Option<String>,
    pub steps: Vec<JobStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStep {
    pub number: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
}

impl Workflow {
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }
}

impl RunSnapshot {
    /// `completed` is GitHub's only final status.
    pub fn is_over(&self) -> bool {
        self.status == "completed"
    }

    /// No job ever began: a newer run took its place in the queue, or it was cancelled while it waited.
    pub fn never_began(&self) -> bool {
        self.jobs.iter().all(|job| job.steps.iter().all(|step| step.started.is_none()))
    }
}
