//! GitHub over octocrab: its transport, its authentication; our own models, our own judgement of answers.
//!
//! Reading may be repeated by whoever calls; a request that writes leaves exactly once, follows no redirect, and an
//! answer that never came is [`DispatchAnswer::Unknown`].

mod transport;
mod wire;
mod workflow_file;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, ObjectId, RepositorySlug, RunId};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Deployment, DispatchAnswer, DispatchOrder, RunSnapshot, RunSummary, Workflow};
use serde_json::json;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::secret::Secret;
use transport::{Failure, Transport, encode};

/// The public GitHub's address for requests.
pub const PUBLIC_API: &str = "https://api.github.com";

/// GitHub gives up on a request of its own after 10 s; slow networks get twice that on top.
const DEADLINE: Duration = Duration::from_secs(30);

/// Deployments that are looked at for what is live and what was last good. Each costs a request for its statuses.
const DEPLOYMENTS: usize = 40;

/// One repository on one GitHub, seen with one token.
#[derive(Clone)]
pub struct Github {
    transport: Arc<Transport>,
    slug: RepositorySlug,
    account: Arc<OnceCell<String>>,
}

impl Github {
    /// `api` is the server's address, such as [`PUBLIC_API`] or `https://host/api/v3`.
    pub fn new(api: &str, token: &Secret, slug: RepositorySlug) -> Result<Self, Trouble> {
        Self::within(api, token, slug, DEADLINE)
    }

    /// The same; an answer that takes longer than `deadline`, body and all, has not come.
    pub fn within(api: &str, token: &Secret, slug: RepositorySlug, deadline: Duration) -> Result<Self, Trouble> {
        let transport = Arc::new(Transport::new(api, token, deadline)?);
        Ok(Self { transport, slug, account: Arc::default() })
    }

    /// Calls left in this hour, as the newest answer told.
    pub fn calls_left(&self) -> Option<u32> {
        self.transport.calls_left()
    }

    fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{}{rest}", self.slug.owner, self.slug.name)
    }

    /// A file on the default branch; `None` where GitHub does not hand out its text, as from 1 MB on.
    async fn file(&self, path: &str) -> Result<Option<String>, Trouble> {
        let route = self.path(&format!("/contents/{}", encode(path).replace("%2F", "/")));
        let content: wire::Content = self.transport.get(&route).await?;
        Ok(content.text())
    }

    async fn with_status(&self, deployment: wire::Deployment) -> Result<Deployment, Trouble> {
        let route = self.path(&format!("/deployments/{}/statuses?per_page=100", deployment.id));
        let statuses: Vec<wire::DeploymentStatus> = self.transport.get(&route).await?;
        Ok(deployment.with(statuses))
    }

    async fn workflow(&self, listed: wire::ListedWorkflow) -> Result<Option<Workflow>, Trouble> {
        let Some(file) = listed.path.strip_prefix(".github/workflows/") else { return Ok(None) };
        let text = match self.file(&listed.path).await {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            // Listed, and not on the default branch: it cannot be dispatched.
            Err(trouble) if trouble.code == Code::NotOnGithub => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        Ok(workflow_file::dispatch_inputs(&text).map(|inputs| Workflow {
            file: file.to_owned(),
            name: listed.name,
            state: listed.state,
            inputs,
        }))
    }

    async fn send_dispatch(&self, order: &DispatchOrder, details: bool) -> Result<transport::Answer, Failure> {
        let route = self.path(&format!("/actions/workflows/{}/dispatches", encode(&order.workflow)));
        let mut body = json!({ "ref": order.branch, "inputs": order.inputs });
        if details {
            body["return_run_details"] = json!(true);
        }
        self.transport.post(&route, &body).await
    }
}

#[async_trait]
impl Forge for Github {
    async fn account(&self) -> Result<String, Trouble> {
        let account = self.account.get_or_try_init(|| async {
            let user: wire::User = self.transport.get("/user").await?;
            Ok::<_, Trouble>(user.login)
        });
        account.await.cloned()
    }

    async fn default_branch(&self) -> Result<String, Trouble> {
        let repository: wire::Repository = self.transport.get(&self.path("")).await?;
        Ok(repository.default_branch)
    }

    async fn environments(&self) -> Result<Vec<EnvironmentName>, Trouble> {
        let found: wire::Environments = self.transport.get(&self.path("/environments?per_page=100")).await?;
        Ok(found.environments.into_iter().map(|environment| EnvironmentName::new(environment.name)).collect())
    }

    async fn deployments(&self) -> Result<Vec<Deployment>, Trouble> {
        let route = self.path(&format!("/deployments?per_page={DEPLOYMENTS}"));
        let found: Vec<wire::Deployment> = self.transport.get(&route).await?;
        let mut asked = JoinSet::new();
        for deployment in found {
            let github = self.clone();
            asked.spawn(async move { github.with_status(deployment).await });
        }
        let mut deployments = asked.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        deployments.sort_by_key(|deployment| std::cmp::Reverse((deployment.created, deployment.id)));
        Ok(deployments)
    }

    async fn workflows(&self) -> Result<Vec<Workflow>, Trouble> {
        let listed: wire::Workflows = self.transport.get(&self.path("/actions/workflows?per_page=100")).await?;
        let mut asked = JoinSet::new();
        for workflow in listed.workflows {
            let github = self.clone();
            asked.spawn(async move { github.workflow(workflow).await });
        }
        let found = asked.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut workflows: Vec<Workflow> = found.into_iter().flatten().collect();
        workflows.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(workflows)
    }

    async fn dispatch(&self, order: &DispatchOrder) -> DispatchAnswer {
        let mut answer = self.send_dispatch(order, true).await;
        // Older servers refuse the parameter by its name; nothing was started then.
        if let Ok(refusal) = &answer
            && refusal.status == 422
            && refusal.body.contains("return_run_details")
        {
            answer = self.send_dispatch(order, false).await;
        }
        match answer {
            Ok(answer) => judge(&answer),
            Err(Failure::NotSent(trouble)) => DispatchAnswer::NotSent(trouble),
            Err(Failure::NoAnswer(trouble)) => DispatchAnswer::Unknown(trouble),
        }
    }

    async fn dispatched_runs(
        &self,
        workflow: &str,
        branch: &str,
        since: Timestamp,
    ) -> Result<Vec<RunSummary>, Trouble> {
        let actor = self.account().await?;
        let route = self.path(&format!(
            "/actions/workflows/{}/runs?event=workflow_dispatch&branch={}&actor={}&created={}&per_page=50",
            encode(workflow),
            encode(branch),
            encode(&actor),
            encode(&format!(">={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"))),
        ));
        let found: wire::Runs = self.transport.get(&route).await?;
        Ok(found.workflow_runs.into_iter().map(wire::Run::summary).collect())
    }

    async fn run(&self, id: RunId) -> Result<RunSnapshot, Trouble> {
        let run: wire::Run = self.transport.get(&self.path(&format!("/actions/runs/{id}"))).await?;
        let jobs: wire::Jobs =
            self.transport.get(&self.path(&format!("/actions/runs/{id}/jobs?filter=latest&per_page=100"))).await?;
        Ok(run.with(jobs))
    }
}

fn judge(answer: &transport::Answer) -> DispatchAnswer {
    match answer.status {
        204 => DispatchAnswer::Accepted,
        200..=299 => match answer.read::<wire::Dispatched>("the dispatch") {
            Ok(dispatched) => DispatchAnswer::Run(RunId(dispatched.workflow_run_id)),
            // Something in between said yes; whether GitHub did is not known.
            Err(trouble) => DispatchAnswer::Unknown(trouble),
        },
        // The server broke on the way: what it did before is not known.
        500..=599 => DispatchAnswer::Unknown(answer.trouble()),
        _ => DispatchAnswer::Refused(answer.trouble()),
    }
}

/// A commit id as GitHub spells it.
fn object(sha: &str) -> ObjectId {
    ObjectId::new(sha.to_ascii_lowercase())
}
