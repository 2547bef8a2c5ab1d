//! What a rollback stands on, looked at again in the last moment before something is sent. While a machine slept, or nothing
//! drove the rollback, the target may have been quarantined, and another release may have gone live.

use std::time::Duration;

use crate::error::{Code, Trouble};
use crate::ids::TagName;
use crate::live::runs::words;
use crate::ports::forge::Deployment;
use crate::ports::world::Seen;
use crate::release::name::is_version;
use crate::rollback::check::{Answer, blocking};
use crate::rollback::checks;
use crate::rollback::checks::armed::FRESH;
use crate::rollback::engine::{Engine, is_within};
use crate::rollback::event::{Ending, StepOutcome};
use crate::rollback::plan::Plan;
use crate::rollback::steps::{asking, failed};
use crate::rollback::{StepName, StepPhase};

/// Why nothing may be sent any more. Answers that are as fresh as an arming's count.
pub(super) async fn gone(engine: &mut Engine) -> Result<Option<Ending>, Trouble> {
    if is_fresh(engine) {
        return Ok(None);
    }
    // What follows may take its time; meanwhile others see how far this is.
    engine.keep().await?;
    if let Some(live) = moved_on(engine).await {
        return Ok(Some(failed(StepName::Dispatch, another_is_live(engine, &live))));
    }
    let questions = checks::before(&engine.rollback().plan);
    let asked = asking::ask(engine, questions, Vec::new()).await?;
    if asked.stopped {
        return Ok(Some(stopped()));
    }
    engine.checked = Some(engine.clocks());
    Ok(blocking(&asked.answers).map(|answer| failed(StepName::Dispatch, blocked(engine, answer))))
}

fn is_fresh(engine: &Engine) -> bool {
    let limit = Duration::try_from(FRESH).unwrap_or_default();
    let now = engine.clocks();
    if let Some(checked) = engine.checked {
        return checked.is_within(limit, now);
    }
    let check = engine.rollback().step(StepName::Check);
    check.phase == StepPhase::Succeeded && check.ended.is_some_and(|ended| is_within(ended, limit, now.wall))
}

/// The release that is live by now, where it is not the one that this rollback leads away from. What tells nothing of a
/// release proves nothing.
async fn moved_on(engine: &Engine) -> Option<TagName> {
    let (ports, plan) = (&engine.ports, &engine.rollback().plan);
    let from = plan.from.as_ref()?;
    let told = if let Some(url) = &plan.proofs.version
        && let Seen::Answer(version) = ports.probe.version(url, plan.proofs.timeout_seconds).await
    {
        let version = version.trim();
        // Services say `2.4.0` as often as `v2.4.0`.
        let target = is_version(version, plan.to.as_str()).then(|| plan.to.clone());
        target.map_or_else(|| vec![TagName::new(version), TagName::new(format!("v{version}"))], |target| vec![target])
    } else if engine.rollback().is_local() {
        return None;
    } else {
        deployed_since(&ports.forge.deployments().await.ok()?, plan, from)?
    };
    if told.iter().any(|tag| is_version(tag.as_str(), from.as_str())) {
        return None;
    }
    for tag in told {
        if ports.repository.local_tag(&tag).await.ok()?.is_some() {
            return Some(tag);
        }
    }
    None
}

/// What GitHub shows as newer than the release that this rollback leads away from, where it knows of that: names of which
/// one may be a release's.
fn deployed_since(deployments: &[Deployment], plan: &Plan, from: &TagName) -> Option<Vec<TagName>> {
    let mut here = deployments.iter().filter(|one| one.environment == plan.environment && one.succeeded.is_some());
    let newest = here.next()?;
    here.any(|one| names(one).contains(from)).then(|| names(newest))
}

fn names(deployment: &Deployment) -> Vec<TagName> {
    let reference = deployment.reference.trim_start_matches("refs/tags/");
    let title =
        deployment.maker.iter().filter(|maker| !maker.deploys_its_commit()).flat_map(|maker| words(&maker.title));
    std::iter::once(reference).chain(title).map(TagName::new).collect()
}

fn another_is_live(engine: &Engine, live: &TagName) -> Trouble {
    let plan = &engine.rollback().plan;
    let from = plan.from.as_ref().map_or("what was live", TagName::as_str);
    let message =
        format!("Nothing was sent{}: {} runs {live} by now, and not {from}.", again(engine), plan.environment);
    Trouble::new(Code::CheckBlocked, message, "See what is live; begin anew if it is still needed.")
}

fn blocked(engine: &Engine, answer: &Answer) -> Trouble {
    let message = format!("Nothing was sent{}: {}", again(engine), answer.sentence);
    Trouble::new(Code::CheckBlocked, message, "Choose another target, or mend this and start again.")
}

/// What was sent first may have arrived since somebody looked.
pub(super) fn again(engine: &Engine) -> &'static str {
    if engine.rollback().step(StepName::Dispatch).attempts > 1 { " again" } else { "" }
}

fn stopped() -> Ending {
    Ending {
        step: StepName::Dispatch,
        outcome: StepOutcome::Aborted,
        sentence: "Stopped before anything was sent".to_owned(),
        hint: String::new(),
        code: None,
    }
}
