//! The rollback engine against a small model of the world.

mod armed;
mod checks;
mod commands;
mod countdown;
mod crashes;
mod deploying;
mod dispatch;
mod failures;
mod follow;
mod forward;
mod gap;
mod hold;
mod left;
mod local;
mod marking;
mod overdue;
mod policies;
mod prove;
mod put_back;
mod schedules;
mod sleeping;
mod strangers;
pub(crate) mod transitions;
mod undisturbed;
mod world;

use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::{Outcome, Rollback};

/// How it ended; it must have ended.
fn outcome(rollback: &Rollback) -> Outcome {
    rollback.end.as_ref().expect("the rollback is over").outcome
}

/// The sentence and the hint of its end.
fn words(rollback: &Rollback) -> (&str, &str) {
    let end = rollback.end.as_ref().expect("the rollback is over");
    (&end.sentence, &end.hint)
}

fn choose(choice: Choice) -> Request {
    Request::Choose(choice)
}
