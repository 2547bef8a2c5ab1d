//! `environment.idle`: whether another deploy runs or waits here, and who must approve.

use super::Asking;
use super::found::Found;
use crate::ports::forge::{Deployment, DeploymentState};
use crate::ports::readiness::Gates;
use crate::rollback::plan::Plan;

pub(super) async fn idle(asking: &Asking<'_>) -> Found {
    let (ports, plan) = (asking.ports, asking.plan);
    let asked = futures_util::future::join3(
        asking.deployments.clone(),
        ports.readiness.under_way(&plan.deploy.workflow),
        ports.readiness.gates(&plan.environment),
    );
    let (deployments, runs, gates) = match asked.await {
        (Ok(deployments), Ok(runs), Ok(gates)) => (deployments, runs, gates),
        (Err(trouble), ..) | (_, Err(trouble), _) | (_, _, Err(trouble)) => return Found::errored(&trouble),
    };
    let gates = gated(&gates);
    if let Some(busy) = under_way(&deployments, plan) {
        let sentence =
            format!("Another deploy of {} to {} is {}.", busy.reference, plan.environment, word(&busy.state));
        let mut evidence = vec![format!("deployment {} by {}, since {}", busy.id, busy.creator, busy.state_since)];
        evidence.extend(gates);
        return Found::failed(sentence).with(evidence);
    }
    let mut evidence: Vec<String> =
        runs.iter().map(|run| format!("run {} {}: {}", run.run, run.status, run.title)).collect();
    evidence.extend(gates.clone());
    if let Some(run) = runs.first() {
        let file = &plan.deploy.workflow;
        let sentence =
            format!("Run {} of {file} is {}; it may be for {}.", run.run, spoken(&run.status), plan.environment);
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

fn gated(gates: &Gates) -> Vec<String> {
    let reviewers =
        (!gates.reviewers.is_empty()).then(|| format!("{} must approve each deploy", gates.reviewers.join(" or ")));
    let wait = (gates.wait_minutes > 0).then(|| format!("every deploy waits {} min", gates.wait_minutes));
    reviewers.into_iter().chain(wait).collect()
}

fn word(state: &DeploymentState) -> &'static str {
    match state {
        DeploymentState::InProgress => "under way",
        DeploymentState::Waiting => "waiting for an approval",
        _ => "queued",
    }
}

fn spoken(status: &str) -> String {
    status.replace('_', " ")
}
