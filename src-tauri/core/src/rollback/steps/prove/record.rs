//! No version probe: the newest successful deployment is the evidence, where there is one. It never blocks.

use super::probes::answer;
use crate::live::brought::{has_brought, is_recorded_as, names_another};
use crate::ports::forge::{Deployment, DeploymentState};
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;
use crate::rollback::event::Evidence;
use crate::rollback::steps::dispatch::CLOCK_SKEW;
use crate::rollback::{Rollback, StepName};

pub(super) async fn ask(engine: &Engine) -> Answer {
    let begun = engine.ports.clock.elapsed();
    let (verdict, sentence, evidence) = if engine.rollback().is_local() {
        let evidence = "the deploy was made on this machine".to_owned();
        (Verdict::Inconclusive, "GitHub keeps no record of this deploy".to_owned(), evidence)
    } else {
        match engine.ports.forge.deployments().await {
            Ok(deployments) => record(engine.rollback(), &deployments),
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

/// What GitHub's own record says, and where it says so.
fn record(rollback: &Rollback, deployments: &[Deployment]) -> (Verdict, String, String) {
    let environment = &rollback.plan.environment;
    let is_here = |one: &&Deployment| one.environment == *environment && one.state == DeploymentState::Success;
    let Some(newest) = deployments.iter().find(is_here) else {
        let sentence = format!("The run succeeded, and GitHub keeps no deployment of {environment}");
        return (Verdict::Inconclusive, sentence, "no successful deployment".to_owned());
    };
    let (verdict, sentence) = match told(rollback, newest) {
        Told::Target => (Verdict::Passed, "GitHub shows it as the newest deployment".to_owned()),
        Told::Another(what) => {
            (Verdict::Inconclusive, format!("The run succeeded, and GitHub's newest deployment is of {what}"))
        }
        Told::Before => {
            (Verdict::Inconclusive, "The run succeeded, and GitHub shows no deployment since it began".to_owned())
        }
    };
    (verdict, sentence, format!("deployment {}", newest.id))
}

/// What the newest deployment tells of the target.
enum Told {
    Target,
    Another(String),
    /// It was there before our run.
    Before,
}

/// The deployment of a dispatched run is one of its branch: it is ours where it names our run, and what another run is
/// called proves nothing of ours. A run that is ours by its number alone may be somebody else's, and its title tells.
fn told(rollback: &Rollback, newest: &Deployment) -> Told {
    let (plan, ours) = (&rollback.plan, rollback.run);
    if ours.is_some() && newest.run == ours {
        let title = newest.maker.as_ref().map(|maker| maker.title.as_str()).unwrap_or_default();
        let of_another = rollback.run_by == Some(Evidence::TimeAndActor) && names_another(title, &plan.to);
        return if of_another { Told::Another(format!("{title:?}")) } else { Told::Target };
    }
    let of_target = match ours.is_some() && newest.run.is_some() {
        true => is_recorded_as(newest, &plan.to, &plan.commit),
        false => has_brought(newest, &plan.to, &plan.commit),
    };
    match of_target {
        false => Told::Another(newest.reference.clone()),
        true if was_there(rollback, newest) => Told::Before,
        true => Told::Target,
    }
}

/// By GitHub's clock where it tells when our run's first job began; else by this machine's, as near as the two usually are.
fn was_there(rollback: &Rollback, deployment: &Deployment) -> bool {
    let jobs = rollback.seen.iter().flat_map(|run| &run.jobs);
    let sent = rollback.step(StepName::Dispatch).started.map(|at| at.checked_sub(CLOCK_SKEW).unwrap_or(at));
    let began = jobs.filter_map(|job| job.started).min().or(sent);
    began.is_some_and(|began| deployment.created < began)
}
