//! A GitHub that cannot be asked at all, such as one that nobody is signed in to: each question gets the reason. Only a
//! deploy from this machine is made beside it.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, RunId, TagName};
use lastgood_core::ports::forge::{
    Decision, Deployment, DispatchAnswer, DispatchOrder, Environment, Listed, PendingApproval, RunRecord, RunSnapshot,
    RunSummary, Tagger, Waiting, Workflow, Written,
};
use lastgood_core::ports::publishing::{
    Comment, Issue, IssueEdit, IssueOrder, Opened, PullRequest, PullRequestOrder, ReleaseEdit, ReleasePage,
};
use lastgood_core::ports::readiness::Rights;
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use lastgood_core::ports::{Forge, Publishing, Readiness};

/// Why it cannot be asked.
pub(super) struct Silent(pub(super) Trouble);

impl Silent {
    fn asked<T>(&self) -> Result<T, Trouble> {
        Err(self.0.clone())
    }

    fn told<T>(&self) -> Written<T> {
        Written::NotSent(self.0.clone())
    }
}

#[async_trait]
impl Forge for Silent {
    async fn account(&self) -> Result<String, Trouble> {
        self.asked()
    }

    async fn default_branch(&self) -> Result<String, Trouble> {
        self.asked()
    }

    async fn environments(&self) -> Result<Vec<Environment>, Trouble> {
        self.asked()
    }

    async fn deployments(&self) -> Result<Vec<Deployment>, Trouble> {
        self.asked()
    }

    /// Nothing was read at all.
    fn history_is_cut(&self) -> bool {
        true
    }

    async fn workflows(&self) -> Result<Vec<Workflow>, Trouble> {
        self.asked()
    }

    async fn dispatch(&self, _: &DispatchOrder) -> DispatchAnswer {
        DispatchAnswer::NotSent(self.0.clone())
    }

    async fn dispatched_runs(&self, _: &str, _: &str) -> Result<Vec<RunSummary>, Trouble> {
        self.asked()
    }

    async fn newest_runs(&self, _: &str) -> Result<Vec<RunRecord>, Trouble> {
        self.asked()
    }

    async fn run(&self, _: RunId) -> Result<RunSnapshot, Trouble> {
        self.asked()
    }

    async fn successful_runs(&self, _: &str) -> Result<Listed<RunRecord>, Trouble> {
        self.asked()
    }

    async fn open_runs(&self) -> Result<Vec<RunRecord>, Trouble> {
        self.asked()
    }

    async fn job_log(&self, _: u64) -> Result<String, Trouble> {
        self.asked()
    }

    async fn pending_approvals(&self, _: RunId) -> Result<Vec<PendingApproval>, Trouble> {
        self.asked()
    }

    async fn decide(&self, _: RunId, _: &Decision) -> Written<()> {
        self.told()
    }

    async fn cancel(&self, _: RunId) -> Written<()> {
        self.told()
    }

    async fn tag(&self, _: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.asked()
    }

    async fn create_tag(&self, _: &TagOrder, _: &Tagger) -> Written<ObjectId> {
        self.told()
    }

    async fn place_tag(&self, _: &TagName, _: &ObjectId) -> PushOutcome {
        PushOutcome::Unknown(self.0.message.clone())
    }

    fn waiting(&self) -> Option<Waiting> {
        None
    }
}

#[async_trait]
impl Readiness for Silent {
    async fn rights(&self) -> Result<Rights, Trouble> {
        self.asked()
    }

    async fn assets(&self, _: &TagName) -> Result<Option<Vec<String>>, Trouble> {
        self.asked()
    }
}

#[async_trait]
impl Publishing for Silent {
    async fn release_of(&self, _: &TagName) -> Result<Option<ReleasePage>, Trouble> {
        self.asked()
    }

    async fn latest_release(&self) -> Result<Option<u64>, Trouble> {
        self.asked()
    }

    async fn edit_release(&self, _: u64, _: &ReleaseEdit) -> Written<()> {
        self.told()
    }

    async fn open_issue(&self, _: &IssueOrder) -> Written<Opened> {
        self.told()
    }

    async fn edit_issue(&self, _: u64, _: &IssueEdit) -> Written<()> {
        self.told()
    }

    async fn comment(&self, _: u64, _: &str) -> Written<Comment> {
        self.told()
    }

    async fn issue(&self, _: u64) -> Result<Option<Issue>, Trouble> {
        self.asked()
    }

    async fn newest_issues(&self) -> Result<Vec<Issue>, Trouble> {
        self.asked()
    }

    async fn comments(&self, _: u64) -> Result<Vec<Comment>, Trouble> {
        self.asked()
    }

    async fn open_pull_request(&self, _: &PullRequestOrder) -> Written<Opened> {
        self.told()
    }

    async fn pull_request_of(&self, _: &str) -> Result<Option<PullRequest>, Trouble> {
        self.asked()
    }

    async fn pull_request(&self, _: u64) -> Result<Option<PullRequest>, Trouble> {
        self.asked()
    }
}
