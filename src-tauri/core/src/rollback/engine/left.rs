//! A rollback that was left unfinished for longer than it may take. While nothing was sent, nobody may want it any more: a
//! person says whether it goes on.

use jiff::SignedDuration;

use super::Engine;
use crate::error::{Code, Trouble};
use crate::live::last_good::words;
use crate::rollback::event::{Ending, Event, StepOutcome};
use crate::rollback::{StepName, StepPhase};

impl Engine {
    /// Only what an earlier process left; whoever drives it since its beginning is there.
    pub(super) fn is_left_too_long(&self) -> bool {
        let is_old = self.age() > SignedDuration::from_secs(self.rollback.plan.budget.into());
        self.taken_up && !self.asked_whether && !self.rollback.may_have_run() && is_old
    }

    /// The step stands where it is until a person decides. Asked once by each process.
    pub(super) fn ask_whether(&mut self, step: StepName) -> Result<(), Trouble> {
        self.asked_whether = true;
        if self.rollback.step(step).phase == StepPhase::Pending {
            self.intend(step)?;
        }
        let (plan, age) = (&self.rollback.plan, words(self.age().as_secs()));
        let sentence =
            format!("{} to {} stood still: it was begun {age} ago, and nothing was sent yet.", plan.deed(), plan.to);
        let hint = "Go on, and every check is asked anew before anything is sent. Give up, and its hold is lifted.";
        let (outcome, hint, code) = (StepOutcome::Inconclusive, hint.to_owned(), Some(Code::StoodStill));
        self.note(Event::StepEnded(Ending { step, outcome, sentence, hint, code }))
    }

    fn age(&self) -> SignedDuration {
        self.ports.clock.now().duration_since(self.rollback.plan.started)
    }
}
