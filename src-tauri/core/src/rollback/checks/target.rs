//! `target.exists`, `target.ran`, `target.quarantine`: the target as git, GitHub and the journal know it.

use super::Asking;
use super::found::Found;
use crate::hold::{self, Quarantine};
use crate::ids::RollbackId;
use crate::journal::Fact;
use crate::live::brought::has_brought;
use crate::live::runs::words;
use crate::ports::Ports;
use crate::ports::forge::{Deployment, RunRecord};
use crate::rollback::StepName;
use crate::rollback::check::Policy;
use crate::rollback::event::{Event, StepOutcome};
use crate::rollback::plan::Plan;
use crate::rollback::steps::is_away;

/// Here and on the remote, and both the object that was pinned when the rollback was asked for.
pub(super) async fn exists(ports: &Ports, plan: &Plan) -> Found {
    let here = match ports.repository.local_tag(&plan.to).await {
        Ok(Some(here)) => here,
        Ok(None) => return Found::failed(format!("{} is no longer in this repository.", plan.to)),
        Err(trouble) => return Found::errored(&trouble),
    };
    let moved = here.object != plan.object || here.commit.as_ref() != Some(&plan.commit);
    let there = match ports.repository.remote_tag(&plan.to).await {
        Ok(Some(there)) => there,
        Ok(None) => return Found::failed(format!("The remote has no tag {}.", plan.to)),
        Err(trouble) if !moved && plan.deploy.local.is_some() && is_away(trouble.code) => {
            let sentence = format!("{} is what it was here; the remote could not be asked.", plan.to);
            return Found::not_asked(sentence, Policy::Warn).with(vec![trouble.message]);
        }
        Err(trouble) => return Found::errored(&trouble),
    };
    let evidence =
        vec![format!("planned {}", plan.object), format!("here {}", here.object), format!("remote {}", there.object)];
    if moved {
        return Found::failed(format!("{} moved in this repository since it was chosen.", plan.to)).with(evidence);
    }
    if there.object != plan.object {
        return Found::failed(format!("{} is another object on the remote.", plan.to)).with(evidence);
    }
    Found::passed(format!("{} is the same object here and on the remote", plan.to)).with(evidence)
}

pub(super) async fn quarantine(ports: &Ports, repository: &str, plan: &Plan) -> Found {
    match hold::known::ask(ports, repository, &plan.environment).await {
        Err(trouble) => Found::errored(&trouble),
        Ok(quarantined) => judge_quarantine(quarantined, plan),
    }
}

pub(super) fn judge_quarantine(quarantined: Vec<Quarantine>, plan: &Plan) -> Found {
    match quarantined.into_iter().find(|bad| bad.tag == plan.to) {
        Some(bad) if plan.means(&bad) => {
            let sentence =
                format!("{} is quarantined by {}; that is lifted once it proved itself", plan.to, bad.words());
            Found::passed(sentence).with(vec![format!("since {}", bad.since)])
        }
        Some(bad) if plan.frees_target => Found::failed(format!("{} was quarantined anew by {}", plan.to, bad.words()))
            .with(vec![format!("since {}", bad.since)]),
        Some(bad) => Found::failed(format!("{} is quarantined: {}", plan.to, bad.reason))
            .with(vec![format!("since {}", bad.since)]),
        None => Found::passed(format!("{} is not quarantined", plan.to)),
    }
}

/// By GitHub's deployments; without one by the journal; else by the runs of the deploy workflow, as far as their titles
/// tell.
pub(super) async fn ran(asking: &Asking<'_>) -> Found {
    let plan = asking.plan;
    let before = |evidence: String| {
        Found::passed(format!("{} ran in {} before", plan.to, plan.environment)).with(vec![evidence])
    };
    let deployments = match asking.deployments.clone().await {
        Err(trouble) => return Found::errored(&trouble),
        Ok(deployments) => deployments,
    };
    if let Some(found) = deployments.items.iter().find(|deployment| put_here(deployment, plan)) {
        return before(format!("deployment {} by {}", found.id, found.creator));
    }
    if let Some(found) = brought_here(asking).await {
        return found;
    }
    match asking.ports.forge.successful_runs(&plan.deploy.workflow).await {
        Err(trouble) => Found::errored(&trouble),
        Ok(runs) => told_by_runs(&runs.items, plan).unwrap_or_else(|| no_record(plan, deployments.cut, runs.cut)),
    }
}

/// What the journal alone tells of it; `None` where it tells nothing.
pub(super) async fn brought_here(asking: &Asking<'_>) -> Option<Found> {
    let plan = asking.plan;
    match asking.ports.journal.of_repository(asking.repository).await {
        Err(trouble) => Some(Found::errored(&trouble)),
        Ok(facts) => rolled_back_to(&facts, plan).map(|id| {
            let sentence = format!("{} ran in {} before", plan.to, plan.environment);
            Found::passed(sentence).with(vec![format!("rollback {id} brought it here")])
        }),
    }
}

fn put_here(deployment: &Deployment, plan: &Plan) -> bool {
    deployment.environment == plan.environment
        && deployment.succeeded.is_some()
        && has_brought(deployment, &plan.to, &plan.commit)
}

/// An earlier rollback to the same release whose run succeeded.
fn rolled_back_to(facts: &[Fact], plan: &Plan) -> Option<RollbackId> {
    let to_it = |fact: &&Fact| match fact.event.rollback() {
        Some(Event::RollbackStarted(other)) => {
            (&other.environment, &other.to, &other.commit) == (&plan.environment, &plan.to, &plan.commit)
        }
        _ => false,
    };
    let ids: Vec<&RollbackId> = facts.iter().filter(to_it).filter_map(|fact| fact.subject.rollback.as_ref()).collect();
    facts.iter().find_map(|fact| match (fact.event.rollback(), &fact.subject.rollback) {
        (Some(Event::StepEnded(ending)), Some(id))
            if ending.step == StepName::Follow && ending.outcome == StepOutcome::Succeeded && ids.contains(&id) =>
        {
            Some(id.clone())
        }
        _ => None,
    })
}

/// Of lists that were cut nobody can say that it is not on them.
fn no_record(plan: &Plan, deployments_cut: bool, runs_cut: bool) -> Found {
    if !deployments_cut && !runs_cut {
        return Found::failed(format!("{} has no record of running in {}", plan.to, plan.environment));
    }
    let unread = [(deployments_cut, "deployments"), (runs_cut, "successful runs")];
    let unread = unread.iter().filter(|(cut, _)| *cut).map(|(_, what)| format!("older {what} were not read"));
    let sentence = format!("No record of {} in {} is among the newest that GitHub lists.", plan.to, plan.environment);
    Found::unclear(sentence).with(unread.collect())
}

/// A title that names the release and the environment is evidence; one without the environment tells too little.
fn told_by_runs(runs: &[RunRecord], plan: &Plan) -> Option<Found> {
    let names = |run: &RunRecord, word: &str| words(&run.title).any(|found| found.eq_ignore_ascii_case(word));
    let of_it: Vec<&RunRecord> = runs.iter().filter(|run| run.succeeded() && names(run, plan.to.as_str())).collect();
    if let Some(run) = of_it.iter().find(|run| names(run, plan.environment.as_str())) {
        let found = Found::passed(format!("{} ran in {} before", plan.to, plan.environment));
        return Some(found.with(vec![format!("run {} by {}: {}", run.id, run.actor, run.title)]));
    }
    of_it.first().map(|run| {
        Found::unclear(format!(
            "A run of {} put {} somewhere; whether it was {} is not told.",
            plan.deploy.workflow, plan.to, plan.environment
        ))
        .with(vec![format!("run {} by {}: {}", run.id, run.actor, run.title)])
    })
}
