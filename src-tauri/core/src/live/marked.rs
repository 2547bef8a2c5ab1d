//! Releases that a person called good.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::{EnvironmentName, TagName};
use crate::journal::Fact;
use crate::live::event::Event;

/// It outweighs what spoke against the release until then, and nothing that came later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedGood {
    pub tag: TagName,
    pub by: String,
    pub reason: String,
    pub at: Timestamp,
}

impl MarkedGood {
    pub fn words(&self) -> String {
        match self.reason.trim() {
            "" => format!("marked good by {}", self.by),
            reason => format!("marked good by {}: {reason}", self.by),
        }
    }
}

/// What stands marked in this environment.
pub fn marked_good(facts: &[Fact], environment: &EnvironmentName) -> Vec<MarkedGood> {
    let mut marked: BTreeMap<&TagName, MarkedGood> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref().is_none_or(|name| name == environment)) {
        match fact.event.live() {
            Some(Event::LiveMarkedGood { tag, by, reason }) => {
                let mark = MarkedGood { tag: tag.clone(), by: by.clone(), reason: reason.clone(), at: fact.at };
                marked.insert(tag, mark);
            }
            Some(Event::LiveMarkTakenBack { tag, .. }) => drop(marked.remove(tag)),
            Some(Event::LiveHealthSeen { .. }) | None => {}
        }
    }
    marked.into_values().collect()
}
