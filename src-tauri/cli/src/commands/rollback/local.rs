//! How the deploy goes: by the workflow, or from this machine where a person asked for that. It is offered, never chosen.

use lastgood_adapters::workspace::{Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::planning::Wish;
use lastgood_core::rollback::plan::Plan;

use super::Order;

/// Where GitHub cannot deploy and this machine could, the trouble says so.
pub(super) fn planned(workspace: &Workspace, order: &Order, wish: Wish, known: &Known) -> Result<Plan, Trouble> {
    if order.local {
        return workspace.plan_local(&order.environment, wish, known);
    }
    workspace.plan(&order.environment, wish, known).map_err(|trouble| {
        let offer = if known.forge.is_err() { offer(workspace, &order.environment) } else { None };
        match offer {
            Some(offer) => Trouble { hint: format!("{} {offer}", trouble.hint), ..trouble },
            None => trouble,
        }
    })
}

/// The lines that say how it is deployed, before anybody says yes.
pub(super) fn how(workspace: &Workspace, plan: &Plan, known: &Known) -> Vec<String> {
    let deploy = &plan.deploy;
    let degraded = known.degraded.as_ref();
    if let Some(local) = &deploy.local {
        let github = match (&known.forge, degraded) {
            (Err(trouble), _) => trouble.message.clone(),
            (Ok(_), Some(words)) => words.clone(),
            (Ok(_), None) => "GitHub answers; this deploy does not go by it because you say so.".to_owned(),
        };
        return vec![
            format!("  from this machine, in a throw-away worktree of {}: {}", plan.to, local.shown()),
            format!("  {github}"),
        ];
    }
    let inputs = plan.inputs("this rollback");
    let given: Vec<String> = inputs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let mut lines = vec![format!("  {} on {}, {}", deploy.workflow, deploy.branch, given.join(", "))];
    if let Some(words) = degraded {
        lines.push(format!("  {words}"));
        lines.extend(offer(workspace, plan.environment.as_str()).map(|offer| format!("  {offer}")));
    }
    lines
}

fn offer(workspace: &Workspace, environment: &str) -> Option<String> {
    let offer = workspace.local_offer(environment).ok()??;
    let untrusted = if offer.distrust.is_some() { ", once you trust it (`lastgood trust --list`)" } else { "" };
    Some(format!(
        "`lastgood rollback {environment} --local` deploys from this machine with {}{untrusted}.",
        offer.command
    ))
}
