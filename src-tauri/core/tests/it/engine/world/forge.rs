//! GitHub: dispatches become runs, runs have a fate, and a run that succeeds leaves a deployment.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, RunId, TagName};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{
    Decision, Deployment, DeploymentState, DispatchAnswer, DispatchOrder, Environment, Job, JobStep, Limit, Listed,
    PendingApproval, RunRecord, RunSnapshot, RunSummary, Tagger, Waiting, Workflow, Written,
};
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};

use super::start::object;
use super::{Call, Cut, ENVIRONMENT, Effect, Fate, Fault, Run, State, World, trouble};

const BEGINS_AFTER: Duration = Duration::from_secs(4);
pub(super) const ENDS_AFTER: Duration = Duration::from_secs(20);

#[async_trait]
impl Forge for World {
    async fn account(&self) -> Result<String, Trouble> {
        Ok("release-manager".to_owned())
    }

    async fn default_branch(&self) -> Result<String, Trouble> {
        Ok("main".to_owned())
    }

    async fn environments(&self) -> Result<Vec<Environment>, Trouble> {
        let protection = self.with(|state| state.readiness.protection.clone());
        Ok(vec![Environment { id: 1, name: ENVIRONMENT.into(), protection }])
    }

    async fn deployments(&self) -> Result<Vec<Deployment>, Trouble> {
        if self.enter(Call::Deployments).is_some() {
            return Err(unreachable());
        }
        Ok(self.with(|state| {
            let ours = state.runs.iter().filter(|run| state.keeps_deployments && has_succeeded(state, run));
            ours.rev().map(deployed).chain(state.deployments.clone()).collect()
        }))
    }

    fn history_is_cut(&self) -> bool {
        self.with(|state| state.readiness.cut == Some(Cut::Deployments))
    }

    async fn workflows(&self) -> Result<Vec<Workflow>, Trouble> {
        match self.enter(Call::Workflows) {
            Some(Fault::No) => Ok(Vec::new()),
            Some(_) => Err(unreachable()),
            None => Ok(self.with(|state| state.workflows.clone())),
        }
    }

    async fn dispatch(&self, order: &DispatchOrder) -> DispatchAnswer {
        let fault = self.enter(Call::Dispatch);
        match fault {
            Some(Fault::No) => {
                return DispatchAnswer::Refused(trouble(Code::TokenTooWeak, "GitHub refused the dispatch."));
            }
            Some(Fault::Limited) => return DispatchAnswer::Refused(self.with(State::close)),
            Some(Fault::NotSent) => return DispatchAnswer::NotSent(unreachable()),
            Some(Fault::LostBefore | Fault::Broken) => return DispatchAnswer::Unknown(lost()),
            Some(Fault::LostAfter) | None => {}
        }
        let (run, named) = self.with(|state| (state.begin_run(order), state.names_runs));
        self.done(Effect::Dispatch).await;
        match fault {
            Some(_) => DispatchAnswer::Unknown(lost()),
            None if named => DispatchAnswer::Run(run),
            None => DispatchAnswer::Accepted,
        }
    }

    async fn dispatched_runs(&self, _workflow: &str, _branch: &str) -> Result<Vec<RunSummary>, Trouble> {
        if self.enter(Call::DispatchedRuns).is_some() || self.with(|state| state.is_dark()) {
            return Err(unreachable());
        }
        Ok(self.with(|state| {
            let mut all: Vec<RunSummary> = state
                .listed()
                .map(|run| RunSummary { id: run.id, title: run.title.clone(), created: run.created })
                .collect();
            all.sort_by_key(|run| std::cmp::Reverse(run.id));
            all
        }))
    }

    async fn run(&self, id: RunId) -> Result<RunSnapshot, Trouble> {
        if let Some(waiting) = self.waiting() {
            return Err(waiting.trouble(waiting.until));
        }
        match self.enter(Call::Run) {
            // The first refusal does not say how long; what is asked behind it is not sent.
            Some(Fault::Limited) => {
                drop(self.with(State::close));
                return Err(trouble(Code::RateLimited, "GitHub's limit of calls is reached."));
            }
            Some(_) => return Err(unreachable()),
            None if self.with(|state| state.is_dark()) => return Err(unreachable()),
            None => {}
        }
        self.with(|state| {
            let run = state.runs.iter().chain(&state.strangers).find(|run| run.id == id);
            let run = run.ok_or_else(|| trouble(Code::NotOnGithub, "There is no such run."))?;
            Ok(snapshot(id, &state.fate, state.age(run)))
        })
    }

    async fn newest_runs(&self, _: &str) -> Result<Vec<RunRecord>, Trouble> {
        if self.enter(Call::NewestRuns).is_some() || self.with(|state| state.is_dark()) {
            return Err(unreachable());
        }
        Ok(self.with(|state| {
            let replaced = state.runs.last().filter(|_| state.fate == Fate::Evicted);
            let newer = replaced.map(|run| Run { id: RunId(run.id.0 + 500), ..run.clone() });
            let mut all: Vec<RunRecord> = state.listed().chain(newer.as_ref()).map(record).collect();
            all.sort_by_key(|run| std::cmp::Reverse(run.id));
            all
        }))
    }

    async fn successful_runs(&self, _: &str) -> Result<Listed<RunRecord>, Trouble> {
        Ok(self.with(|state| Listed {
            items: state.readiness.earlier_runs.clone(),
            cut: state.readiness.cut == Some(Cut::Runs),
        }))
    }

    async fn open_runs(&self) -> Result<Vec<RunRecord>, Trouble> {
        Ok(self.with(|state| state.readiness.open_runs.clone()))
    }

    async fn job_log(&self, _: u64) -> Result<String, Trouble> {
        Ok(String::new())
    }

    async fn pending_approvals(&self, _: RunId) -> Result<Vec<PendingApproval>, Trouble> {
        Ok(Vec::new())
    }

    async fn decide(&self, _: RunId, _: &Decision) -> Written<()> {
        Written::Refused(trouble(Code::GithubAnswer, "Nothing waits."))
    }

    async fn cancel(&self, _: RunId) -> Written<()> {
        Written::Refused(trouble(Code::GithubAnswer, "It is over."))
    }

    async fn tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        lastgood_core::ports::Repository::remote_tag(self, tag).await
    }

    async fn create_tag(&self, _: &TagOrder, _: &Tagger) -> Written<ObjectId> {
        Written::Refused(trouble(Code::TokenTooWeak, "This token makes no tags."))
    }

    async fn place_tag(&self, _: &TagName, _: &ObjectId) -> PushOutcome {
        PushOutcome::Refused("This token makes no tags.".to_owned())
    }

    fn waiting(&self) -> Option<Waiting> {
        self.with(|state| {
            let until = if state.closed_once { state.closed_until.take() } else { state.closed_until };
            let left = until?.checked_sub(state.elapsed).filter(|left| *left > Duration::ZERO)?;
            Some(Waiting { until: state.now.checked_add(left).unwrap(), why: Limit::Secondary })
        })
    }
}

impl State {
    /// GitHub takes no calls for a while.
    fn close(&mut self) -> Trouble {
        self.closed_until = Some(self.elapsed + self.limit);
        let until = self.now.checked_add(self.limit).unwrap();
        Waiting { until, why: Limit::Secondary }.trouble(until)
    }

    fn begin_run(&mut self, order: &DispatchOrder) -> RunId {
        let id = RunId(7001 + self.runs.len() as u64);
        let key = order.inputs.get("rollback_id").filter(|_| self.titles_keys);
        let title = key.cloned().unwrap_or_else(|| "Deploy".to_owned());
        let version = order.inputs["version"].clone();
        self.orders.push(order.clone());
        let created = self.now.checked_add(self.github_is_ahead).unwrap();
        self.runs.push(Run { id, title, version, created, begun: self.elapsed });
        id
    }

    pub(super) fn age(&self, run: &Run) -> Duration {
        self.elapsed.saturating_sub(run.begun)
    }

    /// Runs that GitHub lists by now.
    fn listed(&self) -> impl Iterator<Item = &Run> {
        let begun = |run: &&Run| run.begun <= self.elapsed && self.age(run) >= self.listed_after;
        self.runs.iter().chain(&self.strangers).filter(begun)
    }

    fn is_dark(&self) -> bool {
        self.dark.iter().any(|dark| dark.contains(&self.elapsed))
    }
}

pub(super) fn has_succeeded(state: &State, run: &Run) -> bool {
    state.fate == Fate::Succeeds && state.age(run) >= ENDS_AFTER
}

fn record(run: &Run) -> RunRecord {
    RunRecord {
        id: run.id,
        workflow: "deploy.yml".to_owned(),
        title: run.title.clone(),
        event: "workflow_dispatch".to_owned(),
        head: Some("main".to_owned()),
        commit: object('c'),
        status: "completed".to_owned(),
        conclusion: None,
        created: run.created,
        updated: run.created.checked_add(BEGINS_AFTER).unwrap(),
        actor: "release-manager".to_owned(),
        url: String::new(),
    }
}

/// Of the branch and its newest commit, as GitHub has it.
fn deployed(run: &Run) -> Deployment {
    let at = run.created.checked_add(ENDS_AFTER).unwrap();
    Deployment {
        id: run.id.0,
        environment: ENVIRONMENT.into(),
        reference: "main".to_owned(),
        commit: object('d'),
        created: run.created,
        creator: "release-manager".to_owned(),
        state: DeploymentState::Success,
        state_since: at,
        succeeded: Some(at),
        url: None,
        run: Some(run.id),
        maker: None,
    }
}

fn snapshot(id: RunId, fate: &Fate, age: Duration) -> RunSnapshot {
    let never = matches!(fate, Fate::Evicted | Fate::Withdrawn);
    let over_at = if never { BEGINS_AFTER } else { ENDS_AFTER };
    let began = age >= BEGINS_AFTER && !never;
    let (on_the_way, conclusion) = match fate {
        Fate::Succeeds => ("in_progress", "success"),
        Fate::Fails => ("in_progress", "failure"),
        Fate::Cancelled | Fate::Evicted | Fate::Withdrawn => ("in_progress", "cancelled"),
        Fate::Words(status, conclusion) => (*status, *conclusion),
    };
    let over = age >= over_at;
    let status = if over {
        "completed"
    } else if began {
        on_the_way
    } else {
        "queued"
    };
    let conclusion = over.then(|| conclusion.to_owned());
    let started = began.then(|| Timestamp::from_second(1_772_445_600).unwrap());
    let step = JobStep {
        number: 1,
        name: "Ship it".to_owned(),
        status: status.to_owned(),
        conclusion: conclusion.clone(),
        started,
        ended: None,
    };
    let job = Job {
        id: 1,
        name: "deploy".to_owned(),
        status: status.to_owned(),
        conclusion: conclusion.clone(),
        started,
        ended: None,
        url: None,
        steps: vec![step],
    };
    RunSnapshot { id, url: String::new(), status: status.to_owned(), conclusion, jobs: vec![job] }
}

fn unreachable() -> Trouble {
    trouble(Code::GithubUnreachable, "GitHub cannot be reached.")
}

fn lost() -> Trouble {
    trouble(Code::GithubUnreachable, "The answer to the dispatch never came.")
}
