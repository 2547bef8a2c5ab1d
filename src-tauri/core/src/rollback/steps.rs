//! The seven steps. Each acts on the world through the ports and says how it ended; each may be run again.

mod asking;
pub(super) mod check;
pub(super) mod close;
pub(super) mod dispatch;
pub(super) mod follow;
mod ground;
pub(super) mod hold;
mod local;
pub(super) mod prove;
pub(super) mod tag;
mod waiting;

use crate::error::{Code, Trouble};
use crate::rollback::StepName;
use crate::rollback::event::{Ending, StepOutcome};

fn succeeded(step: StepName, sentence: impl Into<String>) -> Ending {
    Ending { step, outcome: StepOutcome::Succeeded, sentence: sentence.into(), hint: String::new(), code: None }
}

fn failed(step: StepName, trouble: Trouble) -> Ending {
    ended(step, StepOutcome::Failed, trouble)
}

fn errored(step: StepName, trouble: Trouble) -> Ending {
    ended(step, StepOutcome::Errored, trouble)
}

fn inconclusive(step: StepName, code: Code, sentence: impl Into<String>, hint: impl Into<String>) -> Ending {
    ended(step, StepOutcome::Inconclusive, Trouble::new(code, sentence, hint))
}

fn ended(step: StepName, outcome: StepOutcome, trouble: Trouble) -> Ending {
    Ending { step, outcome, sentence: trouble.message, hint: trouble.hint, code: Some(trouble.code) }
}

/// The remote says nothing, or there is none. A deploy from this machine goes on without it.
pub(super) fn is_away(code: Code) -> bool {
    matches!(code, Code::RemoteUnreachable | Code::NoRemote | Code::GitMissing)
}
