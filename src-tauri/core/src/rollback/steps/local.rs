//! Step 4 where a person chose to deploy from this machine: the environment's own command, at most once.
//!
//! `LocalBegan` is written in the last moment before the command is started. Found without it, nothing was run and the step
//! acts afresh. Found with it and without `LocalEnded`, nobody knows how far the command came, and a person decides: it is
//! never run again by itself.

use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable, Either, select};

use crate::error::{Code, Trouble};
use crate::ports::shell::{CommandEnd, CommandOrder};
use crate::rollback::StepName;
use crate::rollback::checks::command;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event, StepOutcome};
use crate::rollback::local::{LocalDeploy, LocalEnd, LocalOutcome};
use crate::rollback::steps::{ended, failed, ground, hold, inconclusive, succeeded};

/// Between two looks at what the person asks for.
const LOOK: Duration = Duration::from_millis(250);

pub(super) async fn run(engine: &mut Engine, deploy: &LocalDeploy) -> Result<Ending, Trouble> {
    if let Some(local) = engine.rollback().local.clone() {
        return Ok(match local.ended {
            Some(end) => judge(deploy, &end),
            None => lost(deploy),
        });
    }
    if let Some(ending) = ground::gone(engine).await? {
        return Ok(ending);
    }
    if let Some(trouble) = hold::broken(engine).await? {
        return Ok(failed(StepName::Dispatch, trouble));
    }
    let order = deploy.order(&engine.rollback().plan);
    let (command, fingerprint) = (order.shown(), order.fingerprint());
    engine.write(Event::LocalBegan { command, fingerprint }).await?;
    let end = match heard(engine, &order).await? {
        CommandEnd::Exited(ran) => LocalEnd::exited(ran),
        CommandEnd::TimedOut(ran) => LocalEnd::timed_out(ran),
        CommandEnd::Stopped(ran) => LocalEnd::stopped(ran),
        CommandEnd::NotTrusted(distrust) => {
            return Ok(failed(StepName::Dispatch, command::untrusted(&order, distrust)));
        }
        CommandEnd::Missing(program) => return Ok(missing(deploy, &program)),
        CommandEnd::Broken(trouble) => return Ok(broken(deploy, trouble)),
    };
    engine.write(Event::LocalEnded(Box::new(end.clone()))).await?;
    Ok(judge(deploy, &end))
}

/// Runs it to its end and hears the person meanwhile, who may stop it.
async fn heard(engine: &mut Engine, order: &CommandOrder) -> Result<CommandEnd, Trouble> {
    let ports = engine.ports.clone();
    let (stop, stopped) = AbortHandle::new_pair();
    let stopped = Abortable::new(pending::<()>(), stopped).map(drop).boxed();
    let mut running = ports.shell.run_until(order, stopped);
    loop {
        match select(&mut running, ports.person.asked_within(LOOK)).await {
            Either::Left((end, _)) => return Ok(end),
            Either::Right((Some(request), _)) => engine.hear(request).await?,
            Either::Right((None, _)) => engine.call_beyond_budget().await,
        }
        if engine.rollback().stop_asked {
            stop.abort();
        }
    }
}

/// Only a clear yes and a clear no are known; whatever else ended it may have left half of the deploy.
fn judge(deploy: &LocalDeploy, end: &LocalEnd) -> Ending {
    let (shown, words) = (deploy.shown(), end.words());
    match end.how {
        LocalOutcome::Exited(0) => {
            succeeded(StepName::Dispatch, format!("{shown} deployed from this machine, {words}"))
        }
        LocalOutcome::Exited(_) => {
            let hint = "Read its output; see what is live, then choose another target.";
            let message = format!("{shown} said no ({words}).");
            failed(StepName::Dispatch, Trouble::new(Code::DeployFailed, message, hint))
        }
        LocalOutcome::Signalled | LocalOutcome::TimedOut => undecided(format!("{shown} was {words}.")),
        LocalOutcome::Stopped => {
            let hint = "It may have changed something: see what is live, then roll back again.";
            let trouble = Trouble::new(Code::DeployUnknown, format!("{shown} was {words}."), hint);
            ended(StepName::Dispatch, StepOutcome::Aborted, trouble)
        }
    }
}

fn lost(deploy: &LocalDeploy) -> Ending {
    undecided(format!(
        "Lastgood ended while {} ran; how far it came is not known, and it may still run.",
        deploy.shown()
    ))
}

fn undecided(sentence: String) -> Ending {
    let hint = "See what is live. Run it again only if it runs no more and the target is not live.";
    inconclusive(StepName::Dispatch, Code::DeployUnknown, sentence, hint)
}

fn missing(deploy: &LocalDeploy, program: &str) -> Ending {
    let message = format!("Nothing was run: {program}, which {} needs, is not on this machine.", deploy.shown());
    let hint = "Install it, or deploy from a machine that has it; then roll back again.";
    failed(StepName::Dispatch, Trouble::new(Code::DeployFailed, message, hint))
}

/// What fails before a folder is made for the command was no run. Of anything else, nobody can say so.
fn broken(deploy: &LocalDeploy, trouble: Trouble) -> Ending {
    let no_run = [Code::RepositoryUnreadable, Code::RepositoryUnwritable, Code::GitMissing];
    if no_run.contains(&trouble.code) {
        return failed(StepName::Dispatch, trouble);
    }
    undecided(format!("How far {} came is not known: {}", deploy.shown(), trouble.message))
}
