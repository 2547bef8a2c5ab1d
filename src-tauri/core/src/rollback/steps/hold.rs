//! Step 1. Nobody may deploy to the environment until the hold is lifted. Taken on the remote by compare-and-swap: of two
//! people at once one wins, and the other sees who and why. Where the remote takes no holds it is kept on this machine,
//! and says so. Whether it still stands is asked again before anything is sent ([`still`]).

mod still;

use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use crate::error::{Code, Trouble};
use crate::hold;
use crate::hold::change::{self, Change, Taken};
use crate::hold::record::HoldRecord;
use crate::rollback::StepName;
use crate::rollback::check::Answer;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{check, errored, failed, inconclusive, succeeded, tag};

pub(crate) use still::{broken, look};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let environment = engine.rollback().plan.environment.clone();
    let facts = match engine.ports.journal.of_repository(engine.repository()).await {
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
    let may_replace =
        |other: &HoldRecord| other.has_expired(hold.since) || hold::is_left_over(other, &hold.owner, &facts);
    let mut ahead = Ahead::default();
    let taken = {
        let taking = pin!(change::take(&*engine.ports.team, &hold, may_replace));
        let asking = pin!(ahead.look(engine));
        // Nobody waits for what comes ahead: what is not done by then is done in its own step.
        match select(taking, asking).await {
            Either::Left((taken, asking)) => {
                asking.now_or_never();
                taken
            }
            Either::Right(((), taking)) => taking.await,
        }
    };
    if !ahead.way && matches!(taken, Change::Done(_)) {
        engine.ports.repository.expect_push();
    }
    (engine.target, engine.tag) = (ahead.target, ahead.tag);
    let (shared, over, why) = match taken {
        Change::Done(Taken { object, over }) => (Some(object), over, String::new()),
        Change::Refused(words) => (None, None, words),
        Change::Held(other) => return Ok(held_by(&other)),
        Change::Unreadable(why) => return Ok(unreadable(engine, &why)),
        Change::Unclear(trouble) if engine.rollback().is_local() => (None, None, unasked(engine, &trouble)),
        Change::Unclear(trouble) => return Ok(unclear(engine, &trouble)),
    };
    let HoldRecord { owner, reason, expires, .. } = hold;
    engine.hold_seen = shared.is_some().then(|| engine.clocks());
    engine.note(Event::HoldTaken { owner, reason, expires: Some(expires), shared, over })?;
    Ok(held(engine, &why))
}

/// What the next steps need and nobody sees, done while the remote takes the hold.
#[derive(Default)]
struct Ahead {
    target: Option<Answer>,
    tag: Option<tag::Made>,
    /// The way for the tag's push is being opened.
    way: bool,
}

impl Ahead {
    async fn look(&mut self, engine: &Engine) {
        self.target = check::target(engine).await;
        self.tag = tag::ahead(engine).await;
        engine.ports.repository.expect_push();
        self.way = true;
    }
}

/// Lifts the hold of a rollback that ends without a dispatch, also where an earlier process may have taken it and could
/// not tell. The sentence says why it still stands.
pub(crate) async fn give_back(engine: &Engine) -> Result<(), String> {
    let rollback = engine.rollback();
    let (environment, over, now) = (&rollback.plan.environment, rollback.over.as_deref(), engine.ports.clock.now());
    match change::give_back(&*engine.ports.team, environment, &rollback.id, over, now).await {
        // Somebody lifted or replaced it meanwhile: ours stands no more.
        Change::Done(_) | Change::Held(_) => Ok(()),
        // The remote took no hold, so it has none of ours. Of one that nobody knows of that would be a guess.
        Change::Refused(_) if rollback.held && rollback.shared.is_none() => Ok(()),
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
    let lasts = engine.rollback().hold_lasts();
    succeeded(
        StepName::Hold,
        match (&engine.rollback().shared, why) {
            (Some(_), _) => format!("{environment} is held {lasts}; everybody sees it"),
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
    failed(StepName::Hold, Trouble::new(Code::Held, message, hold::way_past(&other.owner)))
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
