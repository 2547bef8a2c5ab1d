//! Step 7. The bad release is quarantined; the hold stays until somebody lifts it.

use crate::error::Trouble;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::succeeded;
use crate::rollback::{Outcome, Rollback, StepName, StepPhase};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let plan = engine.rollback().plan.clone();
    let held = "the hold stays until you lift it";
    let bad = plan.from.filter(|from| *from != plan.to);
    let Some(tag) = bad else { return Ok(succeeded(StepName::Close, format!("Done; {held}"))) };
    let reason = engine.rollback().reason.clone();
    engine.write(Event::Quarantined { tag: tag.clone(), reason }).await?;
    Ok(succeeded(StepName::Close, format!("{tag} is quarantined; {held}")))
}

/// What the end says: one sentence, and what to do next.
pub(crate) fn words(rollback: &Rollback, outcome: Outcome) -> (String, String) {
    let plan = &rollback.plan;
    let standing = rollback.current();
    match outcome {
        Outcome::Succeeded => {
            (format!("{} is back on {}", plan.environment, plan.to), "Lift the hold when a fix is ready.".to_owned())
        }
        Outcome::Aborted if rollback.undo_asked => {
            (format!("Undone: {} stays as it is", plan.environment), String::new())
        }
        Outcome::Aborted => (stopped(rollback), next_after_stop(rollback)),
        Outcome::Failed | Outcome::Errored => {
            let why = standing.map_or("", |step| step.sentence.as_str());
            let hint = standing.map_or("", |step| step.hint.as_str());
            (format!("Rollback of {} to {} did not work: {why}", plan.environment, plan.to), hint.to_owned())
        }
    }
}

fn stopped(rollback: &Rollback) -> String {
    let done = rollback.steps.iter().rev().find(|step| step.phase == StepPhase::Succeeded);
    match done {
        Some(step) => format!("Rollback of {} stopped after {}", rollback.plan.environment, step.name.as_str()),
        None => format!("Rollback of {} stopped before it began", rollback.plan.environment),
    }
}

fn next_after_stop(rollback: &Rollback) -> String {
    match rollback.run {
        Some(run) => format!("Run {run} goes on at GitHub; cancel it there if it must not."),
        None if rollback.sent => "A run may have been started: look at the Actions page.".to_owned(),
        None => "Nothing was dispatched.".to_owned(),
    }
}
