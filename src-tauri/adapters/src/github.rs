//! GitHub over octocrab: its transport, its authentication; our own models, our own judgement of answers.
//!
//! Reading may be repeated by whoever calls, and costs nothing where nothing changed ([`reading`]); a request that writes
//! leaves exactly once, follows no redirect, and an answer that never came is [`DispatchAnswer::Unknown`] or
//! [`Written::Unknown`]. After a limit nothing is sent until GitHub takes calls again ([`limits`]).

pub mod account;
mod answer;
mod deployments;
mod dispatch;
mod environments;
mod graphql;
mod issues;
mod limits;
mod makers;
mod memory;
mod publishing;
mod pull_requests;
mod readiness;
mod reading;
mod rejected;
mod releases;
mod runs;
mod status_page;
mod transport;
mod vitals;
mod wire;
mod workflow_file;
mod workflows;
mod writing;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, ObjectId, RepositorySlug, RunId, TagName};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{
    Decision, Deployment, DispatchAnswer, DispatchOrder, Environment, Listed, PendingApproval, RunRecord, RunSnapshot,
    RunSummary, Tagger, Waiting, Workflow, Written,
};
use lastgood_core::ports::publishing::Published;
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use tokio::sync::OnceCell;

use crate::secret::Secret;
use crate::server::Server;
use account::{Account, Rights};
use graphql::Graphql;
use makers::{Heard, Titles};
use readiness::KnownRights;
use reading::Reader;
use status_page::StatusPage;
use transport::Transport;
use wire::RunPages;

pub(crate) use transport::encode;

pub use memory::Memory;
pub use runs::Review;
pub use status_page::PUBLIC_STATUS;

/// GitHub gives up on a request of its own after 10 s; slow networks get twice that on top.
const DEADLINE: Duration = Duration::from_secs(30);

/// One repository on one GitHub, seen with one token.
#[derive(Clone)]
pub struct Github {
    reader: Reader,
    status_page: Option<StatusPage>,
    slug: RepositorySlug,
    of_token: Arc<RwLock<OfToken>>,
    history_cut: Arc<AtomicBool>,
    releases_cut: Arc<AtomicBool>,
    heard: Arc<tokio::sync::Mutex<Heard>>,
}

/// What was learned about the token in use; another one may be somebody else's.
#[derive(Clone, Default)]
struct OfToken {
    account: Arc<OnceCell<String>>,
    graphql: Arc<Graphql>,
    rights: Arc<Mutex<Option<KnownRights>>>,
    /// It may not read runs.
    runs_refused: Arc<AtomicBool>,
}

/// What the first request brings: enough for the whole first screen.
#[derive(Debug, Clone)]
pub struct First {
    pub account: String,
    pub default_branch: String,
    pub environments: Vec<EnvironmentName>,
    /// The newest hundred, newest first.
    pub deployments: Vec<Deployment>,
    /// The newest hundred, newest first.
    pub releases: Vec<Published>,
}

impl Github {
    /// `api` is the server's address, such as `https://api.github.com` or `https://host/api/v3`.
    pub fn new(api: &str, token: &Secret, slug: RepositorySlug) -> Result<Self, Trouble> {
        Self::within(api, token, slug, DEADLINE)
    }

    /// The same; an answer that takes longer than `deadline`, body and all, has not come.
    pub fn within(api: &str, token: &Secret, slug: RepositorySlug, deadline: Duration) -> Result<Self, Trouble> {
        Self::at(&Server::at(api)?, token, slug, deadline)
    }

    /// The same on a server that may have certificates of its own.
    pub fn on(server: &Server, token: &Secret, slug: RepositorySlug) -> Result<Self, Trouble> {
        Self::at(server, token, slug, DEADLINE)
    }

    fn at(server: &Server, token: &Secret, slug: RepositorySlug, deadline: Duration) -> Result<Self, Trouble> {
        let transport = Arc::new(Transport::new(server, token, deadline)?);
        let reader = Reader { transport, memory: Memory::default() };
        let (of_token, heard) = (Arc::default(), Arc::default());
        let (history_cut, releases_cut) = (Arc::default(), Arc::default());
        Ok(Self { reader, status_page: None, slug, of_token, history_cut, releases_cut, heard })
    }

    /// Keeps answers there between questions and between processes.
    #[must_use]
    pub fn remembering(mut self, memory: Memory) -> Self {
        self.reader.memory = memory;
        self
    }

    /// Asks this page, in the form of [`PUBLIC_STATUS`], how GitHub is doing.
    #[must_use]
    pub fn with_status_page(mut self, address: &str) -> Self {
        self.status_page = StatusPage::new(address);
        self
    }

    /// A client for the same server that follows no redirect and sends nothing twice; its connections stay open.
    pub(crate) fn client(&self) -> reqwest::Client {
        self.reader.transport.client()
    }

    /// Goes on with another token, also for what is under way.
    pub fn renew(&self, token: &Secret) -> Result<(), Trouble> {
        self.reader.transport.renew(token)?;
        *self.of_token.write().unwrap_or_else(PoisonError::into_inner) = OfToken::default();
        Ok(())
    }

    /// Another repository on the same server: with the same limits, and the same turn to write.
    #[must_use]
    pub fn of(&self, slug: RepositorySlug) -> Self {
        let (rights, runs_refused) = (Arc::default(), Arc::default());
        let of_token = Arc::new(RwLock::new(OfToken { rights, runs_refused, ..self.known_of_the_token() }));
        let (history_cut, releases_cut, heard) = (Arc::default(), Arc::default(), Arc::default());
        Self { slug, of_token, history_cut, releases_cut, heard, ..self.clone() }
    }

    pub fn slug(&self) -> &RepositorySlug {
        &self.slug
    }

    /// The server that it is on.
    pub fn server(&self) -> &Server {
        self.reader.transport.server()
    }

    /// Whose token this is, asked with the limits of everything else that is asked here. `token` is the one in use.
    pub async fn whose(&self, token: &Secret) -> Result<Account, Trouble> {
        account::of(&self.reader.transport, token).await
    }

    /// What that account may do in this repository.
    pub async fn rights_of(&self, account: &Account) -> Result<Rights, Trouble> {
        account::rights_by(&self.reader.transport, &self.slug, account).await
    }

    fn known_of_the_token(&self) -> OfToken {
        self.of_token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls left in this hour, as the newest answer told.
    pub fn calls_left(&self) -> Option<u32> {
        self.reader.transport.calls_left()
    }

    /// One sentence where GitHub is not well: as its own status page says, else as its answers to us do.
    pub async fn degraded(&self) -> Option<String> {
        let told = match &self.status_page {
            Some(page) => page.complaint().await,
            None => None,
        };
        told.or_else(|| self.reader.transport.complaint())
    }

    /// The first screen in one request, where this repository was never read before and GraphQL answers. Afterwards
    /// REST's unchanged lists cost less.
    pub async fn first_look(&self) -> Option<First> {
        self.first(Titles::Newest).await
    }

    /// The same for a look that follows at once, finds the rest unchanged and asks for titles itself.
    pub async fn prepare(&self) {
        drop(self.first(Titles::None).await);
    }

    async fn first(&self, titles: Titles) -> Option<First> {
        if self.remembers_deployments().await {
            return None;
        }
        let look = self.overview().await?;
        Some(First {
            account: look.account,
            default_branch: look.default_branch,
            environments: look.environments,
            deployments: self.keep_first(look.deployments, titles).await,
            releases: self.keep_first_releases(look.releases).await,
        })
    }

    fn run_pages(&self) -> RunPages {
        RunPages::of(self.server(), &self.slug)
    }

    fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{}{rest}", self.slug.owner, self.slug.name)
    }
}

#[async_trait]
impl Forge for Github {
    async fn account(&self) -> Result<String, Trouble> {
        let known = self.known_of_the_token();
        let login = known.account.get_or_try_init(|| async {
            let user: wire::User = self.reader.ask("/user").await?.value;
            Ok::<_, Trouble>(user.login)
        });
        login.await.cloned()
    }

    async fn default_branch(&self) -> Result<String, Trouble> {
        let repository: wire::Repository = self.reader.ask(&self.path("")).await?.value;
        Ok(repository.default_branch)
    }

    async fn environments(&self) -> Result<Vec<Environment>, Trouble> {
        self.all_environments().await
    }

    async fn deployments(&self) -> Result<Vec<Deployment>, Trouble> {
        self.all_deployments(Titles::Newest).await
    }

    fn history_is_cut(&self) -> bool {
        self.is_history_cut()
    }

    async fn workflows(&self) -> Result<Vec<Workflow>, Trouble> {
        self.all_workflows().await
    }

    async fn dispatch(&self, order: &DispatchOrder) -> DispatchAnswer {
        self.send(order).await
    }

    async fn dispatched_runs(&self, workflow: &str, branch: &str) -> Result<Vec<RunSummary>, Trouble> {
        let actor = self.account().await?;
        self.runs_dispatched(workflow, branch, &actor).await
    }

    async fn run(&self, id: RunId) -> Result<RunSnapshot, Trouble> {
        self.one_run(id).await
    }

    async fn successful_runs(&self, workflow: &str) -> Result<Listed<RunRecord>, Trouble> {
        self.runs_that_succeeded(workflow).await
    }

    async fn newest_runs(&self, workflow: &str) -> Result<Vec<RunRecord>, Trouble> {
        self.runs_of(workflow).await
    }

    async fn open_runs(&self) -> Result<Vec<RunRecord>, Trouble> {
        self.every_open_run().await
    }

    async fn job_log(&self, job: u64) -> Result<String, Trouble> {
        self.log_of(job).await
    }

    async fn pending_approvals(&self, run: RunId) -> Result<Vec<PendingApproval>, Trouble> {
        self.approvals_of(run).await
    }

    async fn decide(&self, run: RunId, decision: &Decision) -> Written<()> {
        self.send_decision(run, decision).await
    }

    async fn cancel(&self, run: RunId) -> Written<()> {
        self.send_cancel(run).await
    }

    async fn tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.tag_target(tag).await
    }

    async fn create_tag(&self, order: &TagOrder, tagger: &Tagger) -> Written<ObjectId> {
        self.make_tag_object(order, tagger).await
    }

    async fn place_tag(&self, tag: &TagName, object: &ObjectId) -> PushOutcome {
        self.name_object(tag, object).await
    }

    fn waiting(&self) -> Option<Waiting> {
        self.reader.transport.waiting()
    }
}

/// A commit id as GitHub spells it.
fn object(sha: &str) -> ObjectId {
    ObjectId::new(sha.to_ascii_lowercase())
}
