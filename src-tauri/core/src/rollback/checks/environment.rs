//! `environment.idle`: whether another deploy runs or waits here, and who must approve.

use super::Asking;
use super::found::Found;
use crate::ports::forge::{Deployment, DeploymentState, Protection, RunRecord};
use crate::rollback::plan::Plan;

pub(super) async fn idle(asking: &Asking<'_>) -> Found {
    let (ports, plan) = (asking.ports, asking.plan);
    let asked =
        futures_util::future::join3(asking.deployments.clone(), ports.forge.open_runs(), ports.forge.environments());
    let (deployments, runs, environments) = match asked.await {
        (Ok(deployments), Ok(runs), Ok(environments)) => (deployments, runs, environments),
        (Err(trouble), ..) | (_, Err(trouble), _) | (_, _, Err(trouble)) => return Found::errored(&trouble),
    };
    let here = environments.into_iter().find(|environment| environment.name == plan.environment);
    let gates = gated(&here.map(|environment| environment.protection).unwrap_or_default());
    if let Some(busy) = under_way(&deployments.items, plan) {
        let state = word(&busy.state);
        let sentence = format!("Another deploy of {} to {} is {state}.", busy.reference, plan.environment);
        let mut evidence = vec![format!("deployment {} by {}, since {}", busy.id, busy.creator, busy.state_since)];
        evidence.extend(gates);
        return Found::failed(sentence).with(evidence);
    }
    let open: Vec<&RunRecord> = runs.iter().filter(|run| run.workflow == plan.deploy.workflow).collect();
    let mut evidence: Vec<String> =
        open.iter().map(|run| format!("run {} by {}, {}: {}", run.id, run.actor, run.status, run.title)).collect();
    evidence.extend(gates.clone());
    if let Some(run) = open.first() {
        let (file, status) = (&plan.deploy.workflow, run.status.replace('_', " "));
        let sentence = format!("Run {} of {file} is {status}; it may be for {}.", run.id, plan.environment);
        return Found::failed(sentence).with(evidence);
    }
    let idle = format!("Nothing else is being deployed to {}", plan.environment);
    match gates.first() {
        Some(gate) => Found::passed(format!("{idle}; {gate}")).with(evidence),
        None => Found::passed(idle).with(evidence),
    }
}

/// One that is behind a newer success is over, whatever its record says.
fn under_way<'a>(deployments: &'a [Deployment], plan: &Plan) -> Option<&'a Deployment> {
    let mut here = deployments.iter().filter(|deployment| deployment.environment == plan.environment);
    let newest = here.clone().filter(|deployment| deployment.succeeded.is_some()).map(|found| found.created).max();
    here.find(|deployment| {
        matches!(
            deployment.state,
            DeploymentState::InProgress | DeploymentState::Queued | DeploymentState::Waiting | DeploymentState::Pending
        ) && newest.is_none_or(|newest| deployment.created > newest)
    })
}

fn gated(gates: &Protection) -> Vec<String> {
    let reviewers = gates.asks_people().then(|| format!("{} must approve each deploy", gates.reviewers.join(" or ")));
    let not_self = (gates.asks_people() && gates.prevents_self_review)
        .then(|| "who starts the deploy may not approve it".to_owned());
    let wait = (gates.wait_minutes > 0).then(|| format!("every deploy waits {} min", gates.wait_minutes));
    [reviewers, not_self, wait].into_iter().flatten().collect()
}

fn word(state: &DeploymentState) -> &'static str {
    match state {
        DeploymentState::InProgress => "under way",
        DeploymentState::Waiting => "waiting for an approval",
        DeploymentState::Success
        | DeploymentState::Failure
        | DeploymentState::Error
        | DeploymentState::Inactive
        | DeploymentState::Pending
        | DeploymentState::Queued
        | DeploymentState::Other(_) => "queued",
    }
}
