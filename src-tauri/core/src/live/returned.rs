//! What the journal's rollbacks say of the releases that they went to.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::hold::Hold;
use crate::ids::{EnvironmentName, RollbackId, TagName};
use crate::journal::Fact;
use crate::rollback::check::{Question, Verdict};
use crate::rollback::event::Event;

/// A rollback that is over and did not go forward, whose target is live, and whose hold stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub rollback: RollbackId,
    pub from: Option<TagName>,
    pub to: TagName,
    /// When it was held.
    pub since: Timestamp,
}

pub(super) fn find(facts: &[Fact], hold: &Hold, live: &TagName) -> Option<Returned> {
    let id = hold.rollback.as_ref().filter(|_| !hold.in_use)?;
    facts.iter().filter(|fact| fact.subject.rollback.as_ref() == Some(id)).find_map(|fact| {
        let Event::RollbackStarted(plan) = fact.event.rollback()? else { return None };
        let (from, to) = (plan.from.clone(), plan.to.clone());
        (to == *live && !plan.forward).then(|| Returned { rollback: id.clone(), from, to, since: hold.since })
    })
}

/// Targets that were not well when they were last proved, and when that was.
pub(super) fn unproved(facts: &[Fact], environment: &EnvironmentName) -> Vec<(TagName, Timestamp)> {
    let mut targets: HashMap<&RollbackId, &TagName> = HashMap::new();
    let mut answers: HashMap<&TagName, (Verdict, Timestamp)> = HashMap::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(id) = &fact.subject.rollback else { continue };
        if let Some(Event::RollbackStarted(plan)) = fact.event.rollback() {
            targets.insert(id, &plan.to);
        }
        if let (Some(Event::Answered(answer)), Some(target)) = (fact.event.rollback(), targets.get(id))
            && answer.question == Question::LiveHealth
        {
            answers.insert(target, (answer.verdict, fact.at));
        }
    }
    let failed = answers.into_iter().filter(|(_, (verdict, _))| *verdict == Verdict::Failed);
    failed.map(|(tag, (_, at))| (tag.clone(), at)).collect()
}
