//! `dependency.check`, `security.scan` and the proofs by command: a team's own, or those that fit its kind of project.

mod elsewhere;
mod project;
mod told;

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use project::Project;
use told::Told;
pub(crate) use told::no_patience;

use super::found::Found;
use super::plan::CommandSet;
use super::stopping::Stop;
use crate::error::{Code, Trouble};
use crate::ids::ObjectId;
use crate::ports::shell::{CommandOrder, CommandPlace, Distrust};
use crate::ports::{History, Ports};
use crate::rollback::check::{Policy, Question, Verdict};
use crate::rollback::local::LocalDeploy;
use crate::rollback::plan::Plan;

/// `None` where there is nothing to run. Nothing runs before `target` is told, where that is to be waited for. Once `stop`
/// comes, the command is ended, and what it wrote is the answer.
pub(super) async fn ask(
    question: Question,
    ports: &Ports,
    plan: &Plan,
    target: Option<impl Future<Output = Found>>,
    stop: &Stop,
) -> Option<Found> {
    let configured = plan.checks.commands.get(&question);
    let set = match configured {
        Some(set) => set.clone(),
        None => match preset(question, &*ports.history, &plan.commit).await {
            Ok(commands) => CommandSet::of(commands),
            Err(trouble) => return Some(Found::errored(&trouble)),
        },
    };
    let orders = orders(question, &set, &plan.commit, &variables(plan));
    let first = orders.first()?;
    if let Some(target) = target {
        let told = match select(pin!(target), stop.came()).await {
            Either::Left((target, _)) => not_for(first, plan, &target),
            Either::Right(_) => Some(not_run(first, "it was stopped before the target was told")),
        };
        if told.is_some() {
            return told;
        }
    }
    let mut told = Told::of(question, plan);
    for order in orders {
        let end = ports.shell.run_until(&order, stop.came()).await;
        if let Some(mut found) = told.hear(&order, end, stop.why()) {
            // Nobody asked for it in so many words, and nobody has said yet that it may run.
            found.policy = (configured.is_none() && told.distrusted).then_some(Policy::Info);
            return Some(elsewhere::compared(found, &order, question, ports, plan, stop).await);
        }
    }
    Some(told.all_passed())
}

/// Why nothing runs for this target. Trust was given for what the team releases, and a folder's own tag may lead anywhere. A
/// deploy from this machine does not wait for a remote that is away.
fn not_for(order: &CommandOrder, plan: &Plan, target: &Found) -> Option<Found> {
    let was_not_asked = plan.deploy.local.is_some() && target.verdict == Verdict::Inconclusive;
    if target.verdict == Verdict::Passed || was_not_asked {
        return None;
    }
    Some(not_run(order, &target.sentence))
}

fn not_run(order: &CommandOrder, why: &str) -> Found {
    let sentence = format!("{} was not run: {why}", order.shown());
    Found::unclear(sentence).with(vec![format!("$ {}", order.shown())])
}

/// What every command is told.
fn variables(plan: &Plan) -> [(String, String); 3] {
    let url = plan.proofs.url.clone().unwrap_or_default();
    let told = [(ENVIRONMENT, plan.environment.to_string()), (URL, url), (TAG, plan.to.to_string())];
    told.map(|(name, value)| (name.to_owned(), value))
}

const ENVIRONMENT: &str = "LASTGOOD_ENVIRONMENT";
const URL: &str = "LASTGOOD_URL";
const TAG: &str = "LASTGOOD_TAG";

/// `deploy.command`: whether the command that deploys from here may run.
pub(super) async fn may_deploy(ports: &Ports, plan: &Plan, deploy: &LocalDeploy) -> Found {
    let order = deploy.order(plan);
    let evidence = |more| [vec![format!("$ {}", order.shown())], more].concat();
    match ports.shell.distrust(&order).await {
        Ok(None) => Found::passed(format!("{} is trusted, and deploys from this machine", order.shown())),
        Ok(Some(distrust)) => Found::failed(not_trusted(&order)).with(evidence(vec![what_to_do(&order, distrust)])),
        Err(trouble) => Found::errored(&trouble),
    }
}

/// The orders of one question, in their order.
pub fn orders(
    question: Question,
    set: &CommandSet,
    commit: &ObjectId,
    variables: &[(String, String)],
) -> Vec<CommandOrder> {
    let order = |argv: &Vec<String>| CommandOrder {
        argv: argv.clone(),
        place: if set.worktree { CommandPlace::Worktree(commit.clone()) } else { CommandPlace::Empty },
        variables: variables.to_vec(),
        deadline: Duration::from_secs(set.timeout_seconds.into()),
        recall_for: recall_for(question),
    };
    set.commands.iter().filter(|argv| !argv.is_empty()).map(order).collect()
}

/// A commit never changes; what is known to be wrong with it does. What the live service says now was not said before.
fn recall_for(question: Question) -> Option<Duration> {
    const HOUR: Duration = Duration::from_secs(3600);
    match question {
        Question::DependencyCheck => Some(HOUR * 24 * 30),
        Question::SecurityScan => Some(HOUR * 24),
        Question::TargetExists
        | Question::WorkflowReady
        | Question::DeployCommand
        | Question::TargetQuarantine
        | Question::AccessReady
        | Question::TargetArtifact
        | Question::TargetRan
        | Question::TargetSignature
        | Question::EnvironmentIdle
        | Question::RiskMigrations
        | Question::RiskConfig
        | Question::RiskWorkflow
        | Question::RiskDependencies
        | Question::RiskChanges
        | Question::LiveVersion
        | Question::LiveHealth
        | Question::ProofFunctionality
        | Question::ProofPerformance
        | Question::ProofSecurity => None,
    }
}

/// What fits the files at the top of this commit. None for proofs: only a team knows what proves its service.
///
/// # Errors
/// Where the commit cannot be read.
pub async fn preset(question: Question, history: &dyn History, commit: &ObjectId) -> Result<Vec<Vec<String>>, Trouble> {
    let project = Project::read(history, commit).await?;
    Ok(match question {
        Question::DependencyCheck => project.dependency_check(),
        Question::SecurityScan => project.security_scan(),
        Question::TargetExists
        | Question::WorkflowReady
        | Question::DeployCommand
        | Question::TargetQuarantine
        | Question::AccessReady
        | Question::TargetArtifact
        | Question::TargetRan
        | Question::TargetSignature
        | Question::EnvironmentIdle
        | Question::RiskMigrations
        | Question::RiskConfig
        | Question::RiskWorkflow
        | Question::RiskDependencies
        | Question::RiskChanges
        | Question::LiveVersion
        | Question::LiveHealth
        | Question::ProofFunctionality
        | Question::ProofPerformance
        | Question::ProofSecurity => Vec::new(),
    })
}

/// Why the order does not run, and how it is allowed.
pub fn untrusted(order: &CommandOrder, distrust: Distrust) -> Trouble {
    Trouble::new(Code::CommandUntrusted, not_trusted(order), what_to_do(order, distrust))
}

fn not_trusted(order: &CommandOrder) -> String {
    format!("{} was not run: nobody trusts it on this machine yet.", order.shown())
}

fn what_to_do(order: &CommandOrder, distrust: Distrust) -> String {
    let fingerprint = order.fingerprint();
    let hash = fingerprint.get(..12).unwrap_or(&fingerprint);
    match distrust {
        Distrust::Repository => {
            format!("It runs the target's own code. Allow it with: lastgood trust --repository --grant {hash}")
        }
        Distrust::Command => format!("It runs the target's own code. Allow it with: lastgood trust --grant {hash}"),
    }
}
