//! No version probe: the newest successful deployment is the evidence, where there is one. It never blocks.

use super::probes::answer;
use crate::ids::RunId;
use crate::live::brought::{has_brought, is_recorded_as};
use crate::ports::forge::{Deployment, DeploymentState};
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;
use crate::rollback::plan::Plan;

pub(super) async fn ask(engine: &Engine) -> Answer {
    let begun = engine.ports.clock.elapsed();
    let plan = &engine.rollback().plan;
    let (verdict, sentence, evidence) = if engine.rollback().is_local() {
        let evidence = "the deploy was made on this machine".to_owned();
        (Verdict::Inconclusive, "GitHub keeps no record of this deploy".to_owned(), evidence)
    } else {
        match engine.ports.forge.deployments().await {
            Ok(deployments) => record(plan, engine.rollback().run, &deployments),
            Err(trouble) => {
                (Verdict::Inconclusive, "GitHub could not be asked what it has deployed".to_owned(), trouble.message)
            }
        }
    };
    let sentence = format!("{sentence}; the service itself was not asked");
    let mut answer = answer(engine, begun, Question::LiveVersion, verdict, sentence, vec![evidence]);
    answer.policy = Policy::Warn;
    answer
}

/// What GitHub's own record says, and where it says so. The deployment of a dispatched run is one of its branch: it is
/// ours where it names our run, and what another run is called proves nothing of ours.
fn record(plan: &Plan, run: Option<RunId>, deployments: &[Deployment]) -> (Verdict, String, String) {
    let is_ours = |found: &Deployment| run.is_some() && found.run == run;
    let of_another = |found: &Deployment| run.is_some() && found.run.is_some() && found.run != run;
    let is_of_target = |found: &Deployment| match of_another(found) {
        true => is_recorded_as(found, &plan.to, &plan.commit),
        false => has_brought(found, &plan.to, &plan.commit),
    };
    let newest = deployments
        .iter()
        .find(|deployment| deployment.environment == plan.environment && deployment.state == DeploymentState::Success);
    match newest {
        Some(found) if is_ours(found) || is_of_target(found) => {
            let sentence = "GitHub shows it as the newest deployment".to_owned();
            (Verdict::Passed, sentence, format!("deployment {}", found.id))
        }
        Some(found) => {
            let sentence = format!("the run succeeded, and GitHub's newest deployment is of {}", found.reference);
            (Verdict::Inconclusive, sentence, format!("deployment {}", found.id))
        }
        None => {
            let sentence = format!("the run succeeded, and GitHub keeps no deployment of {}", plan.environment);
            (Verdict::Inconclusive, sentence, "no successful deployment".to_owned())
        }
    }
}
