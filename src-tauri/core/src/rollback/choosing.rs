//! What a person can decide where a rollback stands still, and what each choice leads to.

use crate::error::Code;
use crate::rollback::event::Choice;
use crate::rollback::{Rollback, StepName, StepPhase};

/// A choice as a person reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub choice: Choice,
    /// A few words for a button.
    pub title: &'static str,
    /// What it leads to.
    pub sentence: &'static str,
}

impl Rollback {
    /// What a person can decide now.
    pub fn choices(&self) -> &'static [Choice] {
        match self.current() {
            Some(step) if step.phase == StepPhase::Inconclusive && self.end.is_none() => self.choices_at(step.name),
            _ => &[],
        }
    }

    /// The same with their meaning.
    pub fn offers(&self) -> Vec<Offer> {
        self.choices().iter().map(|choice| self.offer(*choice)).collect()
    }

    /// It was left for too long, and waits for somebody who wants it; nothing is unclear.
    pub fn stands_still(&self) -> bool {
        !self.choices().is_empty() && self.code() == Some(Code::StoodStill)
    }

    /// A command that ran here has no destination to look at: whoever looked says what is so.
    pub(super) fn choices_at(&self, step: StepName) -> &'static [Choice] {
        let unasked = self.step(step).code == Some(Code::DispatchUnasked) && !self.suspected;
        if unasked || self.step(step).code == Some(Code::StoodStill) {
            return &[Choice::LookAgain, Choice::GiveUp];
        }
        if step == StepName::Dispatch && self.is_local() {
            return &[Choice::ItWorked, Choice::SendAgain, Choice::GiveUp];
        }
        choices(step)
    }

    fn offer(&self, choice: Choice) -> Offer {
        let at_dispatch = self.current().is_some_and(|step| step.name == StepName::Dispatch);
        let (title, sentence) = match choice {
            Choice::LookAgain => self.look_again(),
            Choice::SendAgain if self.is_local() && at_dispatch => {
                ("Run it again", "Runs the command once more. Only if it runs no more and the target is not live.")
            }
            Choice::ItWorked if self.is_local() && at_dispatch => {
                ("It deployed", "You looked yourself; the proofs are asked next.")
            }
            Choice::SendAgain => {
                ("Send again", "Starts the deploy once more. Only if no run of this rollback is on the Actions page.")
            }
            Choice::ItWorked => ("It works", "You looked yourself; the journal says so."),
            Choice::GiveUp => ("Give up", self.give_up()),
        };
        Offer { choice, title, sentence }
    }

    /// Where nothing was sent yet, what is found missing is sent then.
    fn look_again(&self) -> (&'static str, &'static str) {
        match self.code() {
            Some(Code::StoodStill) => {
                ("Go on", "Takes it up where it stands; every check is asked anew before anything is sent.")
            }
            Some(Code::DispatchUnasked | Code::DispatchSuspect) => (
                "Look again",
                "Asks GitHub once more; the deploy starts only if no run is there that may be this rollback's.",
            ),
            _ => ("Look again", "Asks once more and sends nothing."),
        }
    }

    /// Its hold is lifted where it certainly started nothing.
    fn give_up(&self) -> &'static str {
        if self.may_have_run() {
            "Ends the rollback here. What was done stays done, and the hold stays."
        } else {
            "Ends the rollback here and lifts its hold. Nothing was deployed."
        }
    }

    fn code(&self) -> Option<Code> {
        self.current().and_then(|step| step.code)
    }
}

/// Only a dispatch can be sent twice, and only proofs can be vouched for.
fn choices(step: StepName) -> &'static [Choice] {
    match step {
        StepName::Dispatch => &[Choice::LookAgain, Choice::SendAgain, Choice::GiveUp],
        StepName::Prove => &[Choice::LookAgain, Choice::ItWorked, Choice::GiveUp],
        StepName::Hold | StepName::Check | StepName::Tag | StepName::Follow | StepName::Close => {
            &[Choice::LookAgain, Choice::GiveUp]
        }
    }
}
