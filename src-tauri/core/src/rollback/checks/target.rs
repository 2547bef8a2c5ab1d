//! `target.exists`, `target.ran`, `target.quarantine`: the target as git, GitHub and the journal know it.

use super::Asking;
use super::found::Found;
use crate::hold;
use crate::ports::Ports;
use crate::rollback::plan::Plan;

/// Here and on the remote, and both the object that was pinned when the rollback was asked for.
pub(super) async fn exists(ports: &Ports, plan: &Plan) -> Found {
    let here = match ports.repository.local_tag(&plan.to).await {
        Ok(Some(here)) => here,
        Ok(None) => return Found::failed(format!("{} is no longer in this repository.", plan.to)),
        Err(trouble) => return Found::errored(&trouble),
    };
    let there = match ports.repository.remote_tag(&plan.to).await {
        Ok(Some(there)) => there,
        Ok(None) => return Found::failed(format!("The remote has no tag {}.", plan.to)),
        Err(trouble) => return Found::errored(&trouble),
    };
    let evidence =
        vec![format!("planned {}", plan.object), format!("here {}", here.object), format!("remote {}", there.object)];
    if here.object != plan.object || here.commit.as_ref() != Some(&plan.commit) {
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
        Ok(quarantined) => match quarantined.into_iter().find(|bad| bad.tag == plan.to) {
            Some(bad) => Found::failed(format!("{} is quarantined: {}", plan.to, bad.reason))
                .with(vec![format!("since {}", bad.since)]),
            None => Found::passed(format!("{} is not quarantined", plan.to)),
        },
    }
}

pub(super) async fn ran(asking: &Asking<'_>) -> Found {
    let plan = asking.plan;
    match asking.deployments.clone().await {
        Err(trouble) => Found::errored(&trouble),
        Ok(deployments) => {
            let ran = deployments.iter().find(|deployment| {
                deployment.environment == plan.environment
                    && deployment.succeeded.is_some()
                    && (deployment.reference == plan.to.as_str() || deployment.commit == plan.commit)
            });
            match ran {
                Some(found) => Found::passed(format!("{} ran in {} before", plan.to, plan.environment))
                    .with(vec![format!("deployment {} by {}", found.id, found.creator)]),
                None => Found::failed(format!("{} has no record of running in {}", plan.to, plan.environment)),
            }
        }
    }
}
