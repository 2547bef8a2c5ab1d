//! GitHub wants no calls for a while. Where that fits what the rollback may take, it is waited for, and shown.

use std::time::Duration;

use jiff::SignedDuration;

use crate::error::Trouble;
use crate::ports::forge::Waiting;
use crate::rollback::StepName;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event, StepOutcome};

/// Between two looks at whether GitHub takes calls again.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// GitHub takes calls.
    Over,
    /// The budget is over before that.
    TooLong,
    /// A person asked to stop meanwhile.
    Stopped,
}

/// Returns at once where GitHub takes calls.
pub(super) async fn for_github(engine: &mut Engine, step: StepName) -> Result<Waited, Trouble> {
    match engine.ports.forge.waiting() {
        Some(waiting) => out(engine, step, waiting).await,
        None => Ok(Waited::Over),
    }
}

/// Waits for this limit, which is told also where it is over by now: what GitHub refused because of it was not sent.
pub(super) async fn out(engine: &mut Engine, step: StepName, mut waiting: Waiting) -> Result<Waited, Trouble> {
    let mut told = None;
    loop {
        let left = waiting.until.duration_since(engine.ports.clock.now());
        if left > engine.left_of_budget() {
            return Ok(Waited::TooLong);
        }
        if told != Some(waiting.until) {
            told = Some(waiting.until);
            engine.write(Event::Waiting { step, until: waiting.until, sentence: waiting.sentence() }).await?;
        }
        let pause = Duration::try_from(left.max(SignedDuration::from_millis(20))).unwrap_or(LOOK).min(LOOK);
        engine.listen(pause).await?;
        if engine.rollback().stop_asked || engine.rollback().undo_asked {
            return Ok(Waited::Stopped);
        }
        match engine.ports.forge.waiting() {
            Some(next) => waiting = next,
            None => return Ok(Waited::Over),
        }
    }
}

pub(super) fn stopped(step: StepName) -> Ending {
    Ending {
        step,
        outcome: StepOutcome::Aborted,
        sentence: "Stopped while GitHub took no calls".to_owned(),
        hint: String::new(),
        code: None,
    }
}
