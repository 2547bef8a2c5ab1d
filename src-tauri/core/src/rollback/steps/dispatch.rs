//! Step 4. The deploy workflow is dispatched at most once.
//!
//! `DispatchSent` is written in the last moment before the request goes out. Found without it, nothing was sent, as far as
//! this journal tells: the step acts afresh once GitHub shows no run of it either. Found with it, the run is looked for on
//! GitHub; without evidence a person decides.

use jiff::SignedDuration;

use crate::error::{Code, Trouble};
use crate::ids::{RunId, TagName};
use crate::live::brought::{names, names_another};
use crate::ports::forge::{DispatchAnswer, DispatchOrder, RunSummary};
use crate::rollback::engine::{Attempt, Engine};
use crate::rollback::event::{Ending, Event, Evidence};
use crate::rollback::steps::waiting::{self, Waited};
use crate::rollback::steps::{failed, ground, hold, inconclusive, local, succeeded};
use crate::rollback::{Rollback, StepName};

/// How far GitHub's clock and this machine's usually differ. A run is ours by its key or by its number, and never by its
/// time, which only makes one suspect.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(1);

pub(crate) async fn run(engine: &mut Engine, attempt: Attempt) -> Result<Ending, Trouble> {
    if let Some(deploy) = engine.rollback().plan.deploy.local.clone() {
        return local::run(engine, &deploy).await;
    }
    if let Some(run) = engine.rollback().run {
        return Ok(started(engine, run));
    }
    if attempt == Attempt::Resumed && engine.rollback().sent {
        return look_up(engine, "The answer to the dispatch was lost").await;
    }
    // A journal may have been put back to where it was before something was sent; and a person may have said that what was
    // sent did not arrive.
    let mut looks_first = engine.taken_up || engine.rollback().step(StepName::Dispatch).attempts > 1;
    let mut refused = false;
    loop {
        if let Waited::Stopped = waiting::for_github(engine, StepName::Dispatch).await? {
            return Ok(waiting::stopped(StepName::Dispatch));
        }
        if std::mem::take(&mut looks_first)
            && let Some(ending) = look_before_sending(engine).await?
        {
            return Ok(ending);
        }
        if let Some(ending) = ground::gone(engine).await? {
            return Ok(ending);
        }
        if let Some(trouble) = hold::broken(engine).await? {
            return Ok(failed(StepName::Dispatch, trouble));
        }
        remember_newest(engine, refused).await?;
        if let Some(ending) = send(engine).await? {
            return Ok(ending);
        }
        refused = true;
    }
}

/// `None`: GitHub wants it later, and that fits the budget.
async fn send(engine: &mut Engine) -> Result<Option<Ending>, Trouble> {
    let plan = &engine.rollback().plan;
    let order = DispatchOrder {
        workflow: plan.deploy.workflow.clone(),
        branch: plan.deploy.branch.clone(),
        inputs: plan.inputs(engine.rollback().id.as_str()),
    };
    engine.write(Event::DispatchSent).await?;
    let ending = match engine.ports.forge.dispatch(&order).await {
        DispatchAnswer::Run(run) => {
            engine.write(Event::RunFound { run, how: Evidence::Answer }).await?;
            started(engine, run)
        }
        DispatchAnswer::Accepted => look_up(engine, "GitHub took the dispatch and named no run").await?,
        DispatchAnswer::Unknown(trouble) => look_up(engine, trouble.message.trim_end_matches('.')).await?,
        DispatchAnswer::Refused(trouble) | DispatchAnswer::NotSent(trouble) => {
            if trouble.code == Code::RateLimited
                && let Some(limit) = engine.ports.forge.waiting()
            {
                match waiting::out(engine, StepName::Dispatch, limit).await? {
                    Waited::Over => return Ok(None),
                    Waited::Stopped => return Ok(Some(waiting::stopped(StepName::Dispatch))),
                    Waited::TooLong => {}
                }
            }
            failed(StepName::Dispatch, trouble)
        }
    };
    Ok(Some(ending))
}

/// The newest run of the workflow as it is now. Only where no key in a run's title tells which one is ours.
pub(super) async fn newest(engine: &Engine) -> Option<RunId> {
    if engine.rollback().newest.is_some() { None } else { newest_now(engine).await }
}

async fn newest_now(engine: &Engine) -> Option<RunId> {
    let plan = &engine.rollback().plan;
    if plan.deploy.key_in_title || plan.deploy.local.is_some() {
        return None;
    }
    let runs = engine.ports.forge.newest_runs(&plan.deploy.workflow).await.ok()?;
    Some(runs.iter().map(|run| run.id).max().unwrap_or(RunId(0)))
}

/// Kept from the first request on that may have arrived: what is newer than that may be ours.
async fn remember_newest(engine: &mut Engine, refused: bool) -> Result<(), Trouble> {
    let anew = refused && !engine.rollback().requested;
    let before = match engine.newest.take().filter(|_| !anew) {
        Some(known) => Some(known),
        None if anew => newest_now(engine).await,
        None => newest(engine).await,
    };
    match before.filter(|_| anew || engine.rollback().newest.is_none()) {
        Some(run) => engine.note(Event::NewestRun { run }),
        None => Ok(()),
    }
}

/// What was sent before may have arrived since somebody looked. `None`: send. Where this journal tells of nothing that was
/// sent, a run without our key is not taken for ours: others dispatch this workflow too, and a person decides. Of what was
/// there when they said so nobody is asked again.
async fn look_before_sending(engine: &mut Engine) -> Result<Option<Ending>, Trouble> {
    let (rollback, requested) = (engine.rollback(), engine.rollback().requested);
    let is_settled = requested || (rollback.step(StepName::Dispatch).attempts > 1 && rollback.newest.is_none());
    let suspects = match find(engine).await {
        Ok(Found::Ours(run, how)) if how == Evidence::Key || requested => {
            engine.write(Event::RunFound { run, how }).await?;
            return Ok(Some(started(engine, run)));
        }
        Ok(Found::None) => return Ok(None),
        Ok(Found::Ours(..) | Found::Several(_) | Found::Another(_) | Found::Suspect(_)) if is_settled => {
            return Ok(None);
        }
        Ok(Found::Ours(run, _) | Found::Another(run) | Found::Suspect(run)) => {
            format!("run {run} came since this rollback began, and may be its own")
        }
        Ok(Found::Several(count)) => format!("{count} runs came since this rollback began, and one may be its own"),
        Err(trouble) => return Ok(Some(unasked(engine, requested, &trouble))),
    };
    // What is there by then was not begun by what is sent behind a person's word.
    engine.newest = None;
    let sentence = format!("Nothing was sent: {suspects}.");
    Ok(Some(inconclusive(StepName::Dispatch, Code::DispatchSuspect, sentence, HINT)))
}

fn unasked(engine: &Engine, requested: bool, trouble: &Trouble) -> Ending {
    let (again, why) = (ground::again(engine), trouble.message.trim_end_matches('.'));
    let sentence = format!("Nothing was sent{again}: GitHub could not be asked first ({why}).");
    if requested {
        return undecided(sentence);
    }
    let hint = "Look again when GitHub answers: it is sent then, if no run of this rollback is there.";
    inconclusive(StepName::Dispatch, Code::DispatchUnasked, sentence, hint)
}

/// Looks for our run until it shows or the time for it is over.
async fn look_up(engine: &mut Engine, why: &str) -> Result<Ending, Trouble> {
    let begun = engine.ports.clock.elapsed();
    loop {
        let seen = match find(engine).await {
            Ok(Found::Ours(run, how)) => {
                engine.write(Event::RunFound { run, how }).await?;
                return Ok(started(engine, run));
            }
            Ok(Found::Several(count)) => return Ok(undecided(format!("{why}, and {count} runs could be ours."))),
            Ok(Found::Another(run)) => format!("GitHub shows run {run}, whose title names another version"),
            Ok(Found::Suspect(_) | Found::None) => "GitHub shows no run of it".to_owned(),
            Err(trouble) => format!("GitHub could not be asked: {}", trouble.message.trim_end_matches('.')),
        };
        if engine.ports.clock.elapsed().saturating_sub(begun) >= engine.pace.look_up_for {
            return Ok(undecided(format!("{why}; {seen}.")));
        }
        engine.listen(engine.pace.look_up).await?;
    }
}

enum Found {
    Ours(RunId, Evidence),
    Several(usize),
    /// By its number alone, and its title names another version.
    Another(RunId),
    /// By its time alone, which proves nothing.
    Suspect(RunId),
    None,
}

async fn find(engine: &Engine) -> Result<Found, Trouble> {
    let plan = &engine.rollback().plan;
    let runs = engine.ports.forge.dispatched_runs(&plan.deploy.workflow, &plan.deploy.branch).await?;
    Ok(match pick(&runs, engine.rollback()) {
        Found::None if engine.rollback().newest.is_none() && !plan.deploy.key_in_title => suspect(engine, &runs),
        found @ (Found::Ours(..) | Found::Several(_) | Found::Another(_) | Found::Suspect(_) | Found::None) => found,
    })
}

/// The key decides where the workflow carries one. Else a single run that is newer than all before the request is evidence
/// enough; several are not, and neither is one of which nobody knows whether it was there before, or one whose title names
/// another version: this account may have begun it by hand.
fn pick(runs: &[RunSummary], rollback: &Rollback) -> Found {
    if let Some(run) = runs.iter().find(|run| run.title.contains(rollback.id.as_str())) {
        return Found::Ours(run.id, Evidence::Key);
    }
    let Some(newest) = rollback.newest else { return Found::None };
    let newer: Vec<&RunSummary> = runs.iter().filter(|run| run.id > newest).collect();
    match newer.as_slice() {
        [] => Found::None,
        [only] if is_of_another(&only.title, &rollback.plan.to) => Found::Another(only.id),
        [only] => Found::Ours(only.id, Evidence::TimeAndActor),
        several => Found::Several(several.len()),
    }
}

/// A title may name more than what is deployed: what it was before, or a tool.
fn is_of_another(title: &str, to: &TagName) -> bool {
    names_another(title, to) && !names(title, to)
}

/// Where neither a key nor a number can tell: whether any run looks as if it came since this rollback began.
fn suspect(engine: &Engine, runs: &[RunSummary]) -> Found {
    let began = engine.rollback().plan.started;
    let since = began.checked_sub(CLOCK_SKEW).unwrap_or(began);
    runs.iter().find(|run| run.created >= since).map_or(Found::None, |run| Found::Suspect(run.id))
}

fn started(engine: &Engine, run: RunId) -> Ending {
    let plan = &engine.rollback().plan;
    succeeded(StepName::Dispatch, format!("Run {run} accepted, {} = {}", plan.deploy.version_input, plan.to))
}

fn undecided(sentence: String) -> Ending {
    inconclusive(StepName::Dispatch, Code::DispatchUnknown, sentence, HINT)
}

const HINT: &str = "Look at the Actions page. Send again only if no run of this rollback is there.";
