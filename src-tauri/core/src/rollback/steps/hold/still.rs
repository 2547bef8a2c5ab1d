//! Whether the hold is still our own, in the last moment before something is sent; one that expired meanwhile is taken anew.

use std::time::Duration;

use super::wanted;
use crate::error::{Code, Trouble};
use crate::hold::change::{self, Change};
use crate::hold::mark::MarkName;
use crate::hold::record::HoldRecord;
use crate::rollback::engine::{Clocks, Engine};
use crate::rollback::event::Event;
use crate::rollback::steps::ground;

/// So long a look at the hold counts: longer than a tag's push, beside which it is made.
const FRESH: Duration = Duration::from_secs(2);

/// A remote that answered all questions since within this is quick: asking it beside a push would slow down both.
const QUICK: Duration = Duration::from_millis(200);

/// Looks whether the remote has our hold still; a look that told nothing is made again before the dispatch.
pub(crate) async fn look(engine: &Engine) -> Option<Clocks> {
    let rollback = engine.rollback();
    let ours = rollback.shared.as_ref()?;
    let begun = engine.clocks();
    if let Some(seen) = engine.hold_seen.filter(|seen| seen.is_within(QUICK, begun)) {
        return Some(seen);
    }
    let there = engine.ports.team.object(&MarkName::hold(&rollback.plan.environment)).await.ok()??;
    (there == *ours).then_some(begun)
}

/// Whether somebody broke or lifted the hold while the rollback went on: nothing may be sent then. A remote that cannot
/// be asked says nothing, as long as the hold cannot have expired.
pub(crate) async fn broken(engine: &mut Engine) -> Result<Option<Trouble>, Trouble> {
    let now = engine.clocks();
    let has_expired = engine.rollback().held_until.is_some_and(|until| until <= now.wall);
    let is_fresh = engine.hold_seen.is_some_and(|seen| seen.is_within(FRESH, now));
    if engine.rollback().shared.is_none() || (is_fresh && !has_expired) {
        return Ok(None);
    }
    // The remote may take its time; meanwhile others see how far this is.
    engine.keep().await?;
    let environment = engine.rollback().plan.environment.clone();
    let marks = match engine.ports.team.marks().await {
        Ok(marks) => marks,
        Err(trouble) if has_expired => return Ok(Some(not_anew(engine, &trouble.message))),
        Err(_) => return Ok(None),
    };
    match marks.hold(&environment).map(|placed| placed.says) {
        Some(Ok(standing)) if standing.rollback.as_ref() == Some(&engine.rollback().id) => {
            if standing.has_expired(now.wall) { anew(engine).await } else { Ok(None) }
        }
        Some(Ok(other)) => Ok(Some(held_by(engine, &other))),
        Some(Err(why)) => Ok(Some(unreadable(engine, &why.to_string()))),
        None => {
            let what = format!("somebody lifted the hold of {environment} meanwhile");
            Ok(Some(unsent(engine, &what, TEAM)))
        }
    }
}

/// The remote compares: whoever took it in between keeps it.
async fn anew(engine: &mut Engine) -> Result<Option<Trouble>, Trouble> {
    let hold = wanted(engine);
    let object = match change::renew(&*engine.ports.team, &hold).await {
        Change::Done(object) => object,
        Change::Held(other) => return Ok(Some(held_by(engine, &other))),
        Change::Unreadable(why) => return Ok(Some(unreadable(engine, &why))),
        Change::Refused(words) => return Ok(Some(not_anew(engine, &words))),
        Change::Unclear(trouble) => return Ok(Some(not_anew(engine, &trouble.message))),
    };
    let over = engine.rollback().over.clone();
    let HoldRecord { owner, reason, expires, .. } = hold;
    engine.hold_seen = Some(engine.clocks());
    engine.note(Event::HoldTaken { owner, reason, expires: Some(expires), shared: Some(object), over })?;
    Ok(None)
}

/// Where the remote does not tell who it was.
const TEAM: &str = "your team";

fn held_by(engine: &Engine, other: &HoldRecord) -> Trouble {
    unsent(engine, &format!("{} is held by {}", other.environment, other.words()), &other.owner)
}

fn unreadable(engine: &Engine, why: &str) -> Trouble {
    let environment = &engine.rollback().plan.environment;
    unsent(engine, &format!("{environment} is held by another hold, which cannot be read: {why}"), TEAM)
}

fn not_anew(engine: &Engine, why: &str) -> Trouble {
    let environment = &engine.rollback().plan.environment;
    unsent(engine, &format!("the hold of {environment} expired and could not be taken anew: {why}"), TEAM)
}

fn unsent(engine: &Engine, what: &str, whom: &str) -> Trouble {
    let hint = format!("Ask {whom} before you roll back again.");
    Trouble::new(Code::Held, format!("Nothing was sent{}: {what}", ground::again(engine)), hint)
}
