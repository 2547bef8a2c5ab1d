//! Step 1. Nobody may deploy to the environment until the hold is lifted. Kept in the journal of this machine.

use crate::error::{Code, Trouble};
use crate::hold;
use crate::rollback::StepName;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{errored, failed, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let environment = engine.rollback().plan.environment.clone();
    let facts = match engine.ports.journal.of_repository(engine.repository(), Some(&environment)).await {
        Ok(facts) => facts,
        Err(trouble) => return Ok(errored(StepName::Hold, trouble)),
    };
    let standing = hold::standing(&facts, &environment);
    let id = engine.rollback().id.clone();
    if let Some(other) = standing.as_ref().filter(|hold| hold.rollback.as_ref() != Some(&id) && hold.in_use) {
        let message = format!("{} is held by {}: {}", environment, other.owner, other.reason);
        let trouble = Trouble::new(Code::AlreadyRunning, message, "Watch that rollback, or stop it first.");
        return Ok(failed(StepName::Hold, trouble));
    }
    if !engine.rollback().held {
        let owner = engine.rollback().plan.who.clone();
        let reason = engine.rollback().why();
        engine.write(Event::HoldTaken { owner, reason }).await?;
    }
    Ok(succeeded(StepName::Hold, format!("{environment} is held until you lift it; kept on this machine")))
}
