//! Step 5. Exactly our run, to its end.

mod stuck;
mod unseen;

use std::time::Duration;

use crate::error::{Code, Trouble};
use crate::ids::RunId;
use crate::ports::forge::RunSnapshot;
use crate::rollback::StepName;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{errored, failed, hold, inconclusive, succeeded};

/// A run is young for a minute; after that it is looked at less often.
const YOUNG: Duration = Duration::from_secs(60);

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    if engine.rollback().is_local() {
        hold::reword(engine).await;
        return Ok(succeeded(StepName::Follow, "Nothing to follow: the deploy was made on this machine"));
    }
    let Some(id) = engine.rollback().run else {
        let trouble = Trouble::new(Code::Internal, "No run is known to follow.", "Report this with the journal.");
        return Ok(errored(StepName::Follow, trouble));
    };
    hold::reword(engine).await;
    let begun = engine.ports.clock.elapsed();
    let mut stuck = stuck::Stuck::default();
    let mut unseen = unseen::Unseen::default();
    loop {
        match engine.ports.forge.run(id).await {
            Ok(seen) => {
                let over = seen.is_over();
                if engine.rollback().seen.as_ref() != Some(&seen) || engine.rollback().out_of_sight.is_some() {
                    engine.write(Event::RunSeen(Box::new(seen.clone()))).await?;
                }
                if over {
                    let newer = if replaced(&seen) { newer_run(engine, id).await } else { None };
                    return Ok(judge(&seen, newer));
                }
            }
            Err(trouble) => {
                // Its end may never be seen. Who asked to stop after it need not wait for that.
                if !unseen.tell(engine, &trouble).await? && engine.rollback().stop_asked {
                    return Ok(lost(id, trouble));
                }
            }
        }
        stuck.look(engine, id).await;
        let young = engine.ports.clock.elapsed().saturating_sub(begun) < YOUNG;
        let pause = if young { engine.pace.follow } else { engine.pace.follow_later };
        engine.listen(pause).await?;
    }
}

fn lost(run: RunId, trouble: Trouble) -> Ending {
    let sentence = format!("How run {run} ended is not known: {}", trouble.message);
    inconclusive(StepName::Follow, trouble.code, sentence, "Open the run on GitHub, and see what is live.")
}

/// Cancelled before a step began: by a person, or because a newer run took its place.
fn replaced(run: &RunSnapshot) -> bool {
    run.conclusion.as_deref() == Some("cancelled") && run.never_began()
}

/// The run of the workflow that came while ours waited; without one nothing took its place.
async fn newer_run(engine: &Engine, ours: RunId) -> Option<RunId> {
    let runs = engine.ports.forge.newest_runs(&engine.rollback().plan.deploy.workflow).await.ok()?;
    let ended = runs.iter().find(|run| run.id == ours)?.updated;
    runs.iter().filter(|run| run.id > ours && run.created <= ended).map(|run| run.id).min()
}

/// A conclusion that is not known is not a success.
fn judge(run: &RunSnapshot, newer: Option<RunId>) -> Ending {
    if let Some(newer) = newer {
        let message = format!("Run {} was replaced in the queue before it began.", run.id);
        let hint = format!("Run {newer} took its place. See what is live, then roll back again.");
        return failed(StepName::Follow, Trouble::new(Code::RunEvicted, message, hint));
    }
    let conclusion = run.conclusion.as_deref().unwrap_or("nothing");
    match conclusion {
        "success" => succeeded(StepName::Follow, format!("Run {} succeeded", run.id)),
        "cancelled" if run.never_began() => failed(
            StepName::Follow,
            Trouble::new(
                Code::RunCancelled,
                format!("Run {} was cancelled before it began.", run.id),
                "No newer run of its workflow took its place. See what is live, then roll back again.",
            ),
        ),
        "cancelled" => failed(
            StepName::Follow,
            Trouble::new(
                Code::RunCancelled,
                format!("Run {} was cancelled.", run.id),
                "See what is live, then roll back again.",
            ),
        ),
        other => failed(
            StepName::Follow,
            Trouble::new(
                Code::RunFailed,
                format!("Run {} ended with {other}{}.", run.id, first_failure(run)),
                "Open the run's log; see what is live, then choose another target.",
            ),
        ),
    }
}

fn first_failure(run: &RunSnapshot) -> String {
    let bad =
        |word: &Option<String>| word.as_deref().is_some_and(|word| !matches!(word, "success" | "skipped" | "neutral"));
    let Some(job) = run.jobs.iter().find(|job| bad(&job.conclusion)) else { return String::new() };
    match job.steps.iter().find(|step| bad(&step.conclusion)) {
        Some(step) => format!(" in {} · {}", job.name, step.name),
        None => format!(" in {}", job.name),
    }
}
