//! Step 1. Nobody may deploy to the environment until the hold is lifted. Taken on the remote by compare-and-swap: of two
//! people at once one wins, and the other sees who and why. Where the remote takes no holds it is kept on this machine,
//! and says so.

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use crate::error::{Code, Trouble};
use crate::hold;
use crate::hold::change::{self, Change, Taken};
use crate::hold::mark::MarkName;
use crate::hold::record::HoldRecord;
use crate::rollback::StepName;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{check, errored, failed, inconclusive, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let environment = engine.rollback().plan.environment.clone();
    let facts = match engine.ports.journal.of_repository(engine.repository(), Some(&environment)).await {
        Ok(facts) => facts,
        Err(trouble) => return Ok(errored(StepName::Hold, trouble)),
    };
    let id = engine.rollback().id.clone();
    let here = hold::standing(&facts, &environment);
    if let Some(other) = here.as_ref().filter(|hold| hold.rollback.as_ref() != Some(&id) && hold.in_use) {
        let message = format!("{environment} is held by {}: {}", other.owner, other.reason);
        let trouble = Trouble::new(Code::AlreadyRunning, message, "Watch that rollback, or stop it first.");
        return Ok(failed(StepName::Hold, trouble));
    }
    if engine.rollback().held {
        return Ok(held(engine, ""));
    }
    let hold = wanted(engine);
    // The tag follows the hold.
    engine.ports.repository.expect_push();
    let may_replace =
        |other: &HoldRecord| other.has_expired(hold.since) || hold::is_left_over(other, &hold.owner, &facts);
    let (taken, target) = {
        let taking = pin!(change::take(&*engine.ports.team, &hold, may_replace));
        let asking = pin!(check::target(engine));
        // Nobody waits for the target here: what is not told by then is asked in its own step.
        match select(taking, asking).await {
            Either::Left((taken, asking)) => (taken, asking.now_or_never().flatten()),
            Either::Right((target, taking)) => (taking.await, target),
        }
    };
    engine.target = target;
    let (shared, over, why) = match taken {
        Change::Done(Taken { object, over }) => (Some(object), over, String::new()),
        Change::Refused(words) => (None, None, words),
        Change::Held(other) => return Ok(held_by(&other)),
        Change::Unreadable(why) => return Ok(unreadable(engine, &why)),
        Change::Unclear(trouble) if engine.rollback().is_local() => (None, None, unasked(engine, &trouble)),
        Change::Unclear(trouble) => return Ok(unclear(engine, &trouble)),
    };
    let HoldRecord { owner, reason, expires, .. } = hold;
    engine.hold_seen = shared.is_some().then(|| engine.ports.clock.elapsed());
    engine.note(Event::HoldTaken { owner, reason, expires: Some(expires), shared, over })?;
    Ok(held(engine, &why))
}

/// Lifts the hold of a rollback that ends without a dispatch, also where an earlier process may have taken it and could
/// not tell. The sentence says why it still stands.
pub(crate) async fn give_back(engine: &Engine) -> Result<(), String> {
    let rollback = engine.rollback();
    let now = engine.ports.clock.now();
    let back = rollback.over.as_deref().filter(|over| !over.has_expired(now));
    let ours = |hold: &HoldRecord| hold.rollback.as_ref() == Some(&rollback.id);
    match change::lift(&*engine.ports.team, &rollback.plan.environment, ours, back).await {
        // Somebody lifted or replaced it meanwhile: ours stands no more.
        Change::Done(_) | Change::Held(_) => Ok(()),
        // The remote takes no holds, so it has none of ours.
        Change::Refused(_) if rollback.shared.is_none() => Ok(()),
        Change::Unreadable(words) | Change::Refused(words) => Err(words),
        Change::Unclear(trouble) => Err(trouble.message),
    }
}

/// The reason may have been given while the countdown ran; the team reads it as well. Not worth failing for.
pub(crate) async fn reword(engine: &Engine) {
    let rollback = engine.rollback();
    if rollback.shared.is_some() && rollback.reason != rollback.plan.reason {
        let (environment, why) = (&rollback.plan.environment, rollback.why());
        // What became of it shows at the next look at the remote.
        drop(change::reword(&*engine.ports.team, environment, &rollback.id, &why).await);
    }
}

/// So long a look at the hold counts: longer than a tag's push, beside which it is made.
const FRESH: Duration = Duration::from_secs(2);

/// A remote that answered all questions since within this is quick: asking it beside a push would slow down both.
const QUICK: Duration = Duration::from_millis(200);

/// Looks whether the remote has our hold still; a look that told nothing is made again before the dispatch.
pub(crate) async fn look(engine: &Engine) -> Option<Duration> {
    let rollback = engine.rollback();
    let ours = rollback.shared.as_ref()?;
    let begun = engine.ports.clock.elapsed();
    if let Some(seen) = engine.hold_seen.filter(|seen| begun.saturating_sub(*seen) < QUICK) {
        return Some(seen);
    }
    let there = engine.ports.team.object(&MarkName::hold(&rollback.plan.environment)).await.ok()??;
    (there == *ours).then_some(begun)
}

/// Whether somebody broke or lifted the hold while the rollback went on: nothing may be sent then. A remote that cannot
/// be asked says nothing.
pub(crate) async fn broken(engine: &mut Engine) -> Result<Option<Trouble>, Trouble> {
    let now = engine.ports.clock.elapsed();
    let is_fresh = |seen: Duration| now.saturating_sub(seen) < FRESH;
    if engine.rollback().shared.is_none() || engine.hold_seen.is_some_and(is_fresh) {
        return Ok(None);
    }
    // The remote may take its time; meanwhile others see how far this is.
    engine.keep().await?;
    let rollback = engine.rollback();
    let Ok(marks) = engine.ports.team.marks().await else { return Ok(None) };
    let environment = &rollback.plan.environment;
    let (what, whom) = match marks.hold(environment).map(|placed| placed.says) {
        Some(Ok(standing)) if standing.rollback.as_ref() == Some(&rollback.id) => return Ok(None),
        Some(Ok(other)) => (format!("{environment} is held by {}", other.words()), other.owner),
        Some(Err(why)) => {
            (format!("{environment} is held by another hold, which cannot be read: {why}"), TEAM.to_owned())
        }
        None => (format!("somebody lifted the hold of {environment} meanwhile"), TEAM.to_owned()),
    };
    // What was sent first may have arrived since somebody looked.
    let again = if rollback.step(StepName::Dispatch).attempts > 1 { " again" } else { "" };
    let hint = format!("Ask {whom} before you roll back again.");
    Ok(Some(Trouble::new(Code::Held, format!("Nothing was sent{again}: {what}"), hint)))
}

/// Where the remote does not tell who it was.
const TEAM: &str = "your team";

fn wanted(engine: &Engine) -> HoldRecord {
    let rollback = engine.rollback();
    let since = engine.ports.clock.now();
    HoldRecord {
        environment: rollback.plan.environment.clone(),
        owner: rollback.plan.who.clone(),
        reason: rollback.why(),
        since,
        expires: HoldRecord::expiry(since, rollback.plan.hold_hours),
        rollback: Some(rollback.id.clone()),
        over: None,
    }
}

fn held(engine: &Engine, why: &str) -> Ending {
    let environment = &engine.rollback().plan.environment;
    succeeded(
        StepName::Hold,
        match (&engine.rollback().shared, why) {
            (Some(_), _) => format!("{environment} is held until you lift it; everybody sees it"),
            (None, "") => format!("{environment} is held on this machine only; others do not see it"),
            (None, why) => format!("{environment} is held on this machine only; the remote took no hold: {why}"),
        },
    )
}

/// A deploy from this machine does not wait for the remote; what it said last is told.
fn unasked(engine: &Engine, trouble: &Trouble) -> String {
    let environment = &engine.rollback().plan.environment;
    let marks = engine.ports.team.remembered();
    let last = marks.and_then(|marks| marks.hold(environment)?.says.ok());
    let words = trouble.message.trim_end_matches('.');
    match last.filter(|hold| !hold.has_expired(engine.ports.clock.now())) {
        Some(other) => format!("{words}; when it was last read, it was held by {}", other.words()),
        None => words.to_owned(),
    }
}

fn held_by(other: &HoldRecord) -> Ending {
    let message = format!("{} is held by {}", other.environment, other.words());
    let hint = format!(
        "Ask {} to lift it, or break it with a reason: lastgood hold {} break --reason TEXT",
        other.owner, other.environment
    );
    failed(StepName::Hold, Trouble::new(Code::Held, message, hint))
}

fn unreadable(engine: &Engine, why: &str) -> Ending {
    let environment = &engine.rollback().plan.environment;
    let message = format!("{environment} is held, and the hold cannot be read: {why}.");
    let hint = "Use the newest version of Lastgood, or break the hold with a reason.";
    failed(StepName::Hold, Trouble::new(Code::Held, message, hint))
}

fn unclear(engine: &Engine, trouble: &Trouble) -> Ending {
    let environment = &engine.rollback().plan.environment;
    let sentence = format!("Whether somebody else holds {environment} is not known: {}", trouble.message);
    inconclusive(StepName::Hold, trouble.code, sentence, "Look again when the remote answers; looking does no harm.")
}
