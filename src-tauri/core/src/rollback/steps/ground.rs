//! What a rollback stands on, looked at again in the last moment before something is sent. While a machine slept, or nothing
//! drove the rollback, the target may have been quarantined, and another release may have gone live.

use std::time::Duration;

use crate::error::{Code, Trouble};
use crate::ids::TagName;
use crate::live::brought::Releases;
use crate::ports::forge::Deployment;
use crate::ports::world::Seen;
use crate::release::Release;
use crate::release::name::{is_version, names_version};
use crate::rollback::check::{Answer, blocking};
use crate::rollback::checks;
use crate::rollback::checks::armed::FRESH;
use crate::rollback::engine::{Engine, is_within};
use crate::rollback::event::{Ending, StepOutcome};
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
        return Ok(Some(stopped(engine)));
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
        vec![deployed_since(engine, from).await?]
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

/// The release that GitHub shows as newer than the one that this rollback leads away from, where it knows of that. GitHub
/// lists by when a deployment was made; one that waited for its approval went live later.
async fn deployed_since(engine: &Engine, from: &TagName) -> Option<TagName> {
    let (ports, plan) = (&engine.ports, &engine.rollback().plan);
    let deployments = ports.forge.deployments().await.ok()?;
    let known = releases(engine, from).await?;
    let releases = Releases::new(&known);
    let tells = |one: &Deployment, tag: &TagName| releases.told_by(one).is_some_and(|release| release.tag == *tag);
    let here = || deployments.iter().filter(|one| one.environment == plan.environment && one.succeeded.is_some());
    let newest = here().rev().max_by_key(|one| one.succeeded)?;
    let is_behind = here().any(|one| one.succeeded < newest.succeeded && tells(one, from));
    releases.told_by(newest).filter(|_| is_behind).map(|release| release.tag.clone())
}

/// Where releases are versions, a tag such as `production` or `latest` is none: it moves along with them.
async fn releases(engine: &Engine, from: &TagName) -> Option<Vec<Release>> {
    let all = engine.ports.repository.releases().await.ok()?;
    let are_versions = names_version(from.as_str());
    Some(all.into_iter().filter(|release| !are_versions || names_version(release.tag.as_str())).collect())
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

fn stopped(engine: &Engine) -> Ending {
    Ending {
        step: StepName::Dispatch,
        outcome: StepOutcome::Aborted,
        sentence: format!("Stopped before anything was sent{}", again(engine)),
        hint: String::new(),
        code: None,
    }
}
