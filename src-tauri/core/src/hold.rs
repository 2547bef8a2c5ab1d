//! Holds: nobody may deploy to an environment until its hold is lifted.

use jiff::Timestamp;

use crate::ids::{EnvironmentName, RollbackId, TagName};
use crate::journal::Fact;
use crate::rollback::event::Event;

/// A hold that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub owner: String,
    pub reason: String,
    pub since: Timestamp,
    pub rollback: Option<RollbackId>,
    /// Its rollback is not over.
    pub in_use: bool,
}

/// A release that must not be a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub tag: TagName,
    pub reason: String,
    pub since: Timestamp,
}

/// The hold that these facts, oldest first, leave on the environment.
pub fn standing(facts: &[Fact], environment: &EnvironmentName) -> Option<Hold> {
    let mut hold: Option<Hold> = None;
    let mut taken_over: Option<Hold> = None;
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(event) = fact.event.rollback() else { continue };
        match event {
            Event::HoldTaken { owner, reason } => {
                let taken = Hold {
                    owner: owner.clone(),
                    reason: reason.clone(),
                    since: fact.at,
                    rollback: fact.subject.rollback.clone(),
                    in_use: fact.subject.rollback.is_some(),
                };
                taken_over = hold.replace(taken).filter(|before| !before.in_use);
            }
            // A rollback that ends without a dispatch gives back what it took over; a person lifts it for good.
            Event::HoldLifted { .. } => {
                let before = taken_over.take();
                hold = before.filter(|_| hold.as_ref().is_some_and(|hold| hold.in_use));
            }
            Event::RollbackEnded { .. } => {
                if let Some(hold) = hold.as_mut().filter(|hold| hold.rollback == fact.subject.rollback) {
                    hold.in_use = false;
                }
            }
            Event::ReasonGiven { reason } if !reason.is_empty() => {
                if let Some(hold) = hold.as_mut().filter(|hold| hold.rollback == fact.subject.rollback) {
                    reason.clone_into(&mut hold.reason);
                }
            }
            Event::ReasonGiven { .. }
            | Event::RollbackStarted(_)
            | Event::StepStarted { .. }
            | Event::Answered(_)
            | Event::TagMade { .. }
            | Event::DispatchSent
            | Event::RunFound { .. }
            | Event::RunSeen(_)
            | Event::RunOutOfSight { .. }
            | Event::Quarantined { .. }
            | Event::StepEnded(_)
            | Event::PersonChose { .. }
            | Event::UndoAsked
            | Event::StopAsked => {}
        }
    }
    hold
}

/// The releases that these facts quarantine in the environment, oldest first.
pub fn quarantined(facts: &[Fact], environment: &EnvironmentName) -> Vec<Quarantine> {
    let mut found: Vec<Quarantine> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        if let Some(Event::Quarantined { tag, reason }) = fact.event.rollback() {
            found.retain(|known| known.tag != *tag);
            found.push(Quarantine { tag: tag.clone(), reason: reason.clone(), since: fact.at });
        }
    }
    found
}
