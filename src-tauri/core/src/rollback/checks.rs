//! The questions of step 2, one file for each family. Arming and `lastgood check` ask the same ones.
//!
//! All are asked at once, but for commands that run the target's own code: they wait until the target is known to be what
//! the remote has. What several questions need, such as the difference between target and live, is read once.

mod access;
pub mod armed;
mod artifact;
mod away;
pub mod command;
mod deploying;
mod environment;
pub(crate) mod found;
pub mod plan;
mod risk;
mod signature;
pub mod stopping;
mod target;
mod workflow;

use std::future::Ready;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, Shared};
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};

use crate::error::Trouble;
use crate::ids::ObjectId;
use crate::ports::Ports;
use crate::ports::forge::{Deployment, Listed, Workflow};
use crate::ports::history::Difference;
use crate::rollback::StepName;
use crate::rollback::check::samples::Samples;
use crate::rollback::check::{Answer, Question};
use crate::rollback::plan::Plan;
use found::Found;
use stopping::Stop;

/// The questions before this rollback, in the order in which they are shown.
pub fn before(plan: &Plan) -> Vec<Question> {
    let asked = |question: &&Question| {
        let fits = **question != Question::DeployCommand || plan.deploy.local.is_some();
        question.step() == StepName::Check && fits && plan.checks.asks(**question)
    };
    Question::ALL.iter().filter(asked).copied().collect()
}

/// Asks these questions, all at once; the answers come as they are known. No command runs for a target that the remote has
/// not, whether that is asked as a question or not. Dropping the stream ends what still runs.
pub fn ask<'a>(
    questions: Vec<Question>,
    ports: &'a Ports,
    repository: &'a str,
    plan: &'a Plan,
) -> impl Stream<Item = Answer> + Unpin + 'a {
    ask_until(questions, ports, repository, plan, Stop::never()).filter_map(|(_, answer)| std::future::ready(answer))
}

/// The same for each question, also for one that has nothing to ask. Once `stop` comes, commands are ended and answer with
/// what they wrote.
pub fn ask_until<'a>(
    questions: Vec<Question>,
    ports: &'a Ports,
    repository: &'a str,
    plan: &'a Plan,
    stop: Stop,
) -> impl Stream<Item = (Question, Option<Answer>)> + Unpin + 'a {
    let asking = Arc::new(Asking {
        ports,
        repository,
        plan,
        exists: target::exists(ports, plan).boxed().shared(),
        between: between(ports, plan).boxed().shared(),
        deployments: deployments(ports).boxed().shared(),
        workflows: workflows(ports).boxed().shared(),
        stop,
    });
    let answers = questions.into_iter().map(|question| {
        let answer = answer(question, Arc::clone(&asking));
        answer.map(move |answer| (question, answer)).boxed()
    });
    answers.collect::<FuturesUnordered<_>>()
}

/// All answers before this rollback, in the order in which they are shown.
pub async fn ask_all(ports: &Ports, repository: &str, plan: &Plan) -> Vec<Answer> {
    ask_these(before(plan), ports, repository, plan).await
}

/// The answers to some of the questions, in the order in which they are shown.
pub async fn ask_these(questions: Vec<Question>, ports: &Ports, repository: &str, plan: &Plan) -> Vec<Answer> {
    let mut answers: Vec<Answer> = ask(questions, ports, repository, plan).collect().await;
    answers.sort_by_key(|answer| answer.question);
    answers
}

/// What all questions of one asking share.
struct Asking<'a> {
    ports: &'a Ports,
    repository: &'a str,
    plan: &'a Plan,
    exists: Shared<BoxFuture<'a, Found>>,
    between: Shared<BoxFuture<'a, Between>>,
    deployments: Shared<BoxFuture<'a, Deployments>>,
    workflows: Shared<BoxFuture<'a, Workflows>>,
    stop: Stop,
}

type Deployments = Result<Arc<Listed<Deployment>>, Trouble>;

type Workflows = Result<Arc<Vec<Workflow>>, Trouble>;

/// What lies between target and live.
type Between = Result<Option<Arc<Read>>, Trouble>;

struct Read {
    live: ObjectId,
    difference: Difference,
}

/// `None` where there is nothing to ask: no command is configured, and none fits the project.
async fn answer(question: Question, asking: Arc<Asking<'_>>) -> Option<Answer> {
    let clock = &asking.ports.clock;
    let (asked_at, begun) = (clock.now(), clock.elapsed());
    let found = find(question, &asking).await?;
    let taken = clock.elapsed().saturating_sub(begun);
    Some(Answer {
        question,
        verdict: found.verdict,
        policy: found.policy.unwrap_or_else(|| asking.plan.checks.policy(question)),
        sentence: found.sentence,
        evidence: found.evidence,
        milliseconds: u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
        asked_at: Some(found.asked_at.unwrap_or(asked_at)),
        outputs: found.outputs,
        samples: Samples::default(),
    })
}

async fn find(question: Question, asking: &Asking<'_>) -> Option<Found> {
    let Asking { ports, repository, plan, .. } = *asking;
    if plan.deploy.local.is_some()
        && let Some(found) = away::find(question, asking).await
    {
        return Some(found);
    }
    Some(match question {
        Question::TargetExists => asking.exists.clone().await,
        Question::TargetSignature => signature::signed(ports, plan).await,
        Question::TargetRan => target::ran(asking).await,
        Question::TargetQuarantine => target::quarantine(ports, repository, plan).await,
        Question::TargetArtifact => artifact::there(ports, plan).await,
        Question::WorkflowReady => workflow::ready(asking).await,
        Question::DeployCommand => command::may_deploy(ports, plan, plan.deploy.local.as_ref()?).await,
        Question::AccessReady => access::ready(ports, plan).await,
        Question::EnvironmentIdle => environment::idle(asking).await,
        Question::RiskMigrations => risk::migrations(asking).await,
        Question::RiskConfig => risk::config(asking).await,
        Question::RiskDependencies => risk::dependencies(asking).await,
        Question::RiskWorkflow => deploying::workflow(asking).await,
        Question::RiskChanges => risk::changes(asking).await,
        Question::DependencyCheck | Question::SecurityScan => {
            return command::ask(question, ports, plan, Some(asking.exists.clone()), &asking.stop).await;
        }
        Question::ProofFunctionality | Question::ProofPerformance | Question::ProofSecurity => {
            return command::ask(question, ports, plan, None::<Ready<Found>>, &asking.stop).await;
        }
        Question::LiveVersion | Question::LiveHealth => Found::unclear("Only the live service can answer."),
    })
}

async fn deployments(ports: &Ports) -> Deployments {
    let items = ports.forge.deployments().await?;
    Ok(Arc::new(Listed { items, cut: ports.forge.history_is_cut() }))
}

async fn workflows(ports: &Ports) -> Workflows {
    ports.forge.workflows().await.map(Arc::new)
}

/// `None` where what is live is not known, or is no release.
async fn between(ports: &Ports, plan: &Plan) -> Between {
    let Some(from) = &plan.from else { return Ok(None) };
    let Some(live) = ports.repository.local_tag(from).await?.and_then(|tag| tag.commit) else { return Ok(None) };
    let difference = ports.history.difference(&plan.commit, &live).await?;
    Ok(Some(Arc::new(Read { live, difference })))
}
