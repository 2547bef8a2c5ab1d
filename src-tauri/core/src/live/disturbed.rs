//! Incidents of an environment, and which releases they speak against.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::{EnvironmentName, IncidentId};
use crate::incident::{Incident, Severity, Stage, next};
use crate::journal::Fact;
use crate::live::spans::Span;

/// An incident as an environment lived through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disturbance {
    pub incident: IncidentId,
    pub title: String,
    pub severity: Severity,
    /// When its impact began, as far as anybody said, else when it was found.
    pub from: Timestamp,
    /// `None` while it is open.
    pub to: Option<Timestamp>,
}

/// Every incident of an environment that the journal tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disturbances {
    /// In the order of their opening.
    pub all: Vec<Disturbance>,
    /// One of the incidents could not be read, whose environment it was is not known.
    pub unreadable: bool,
}

impl Disturbance {
    /// It began while the release ran, or was not over when the release was replaced. A release that came as the way back
    /// has nothing to do with what began before it.
    pub(super) fn speaks_against(&self, span: &Span) -> bool {
        let began_here = self.from >= span.from && span.to.is_none_or(|to| self.from < to);
        let outlasted = span.to.is_some_and(|left| self.from < span.from && self.to.is_none_or(|over| over >= left));
        began_here || (outlasted && !span.went_back)
    }
}

/// Folds them, each by itself: one that cannot be read hides no other.
pub fn disturbances(facts: &[Fact], environment: &EnvironmentName) -> Disturbances {
    let mut of_each: BTreeMap<&IncidentId, Vec<Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.event.incident().is_some()) {
        if let Some(id) = &fact.subject.incident {
            of_each.entry(id).or_default().push(fact.clone());
        }
    }
    let mut found = Disturbances::default();
    for own in of_each.values() {
        match next::fold(own) {
            Ok(incidents) => {
                let here = incidents.iter().filter(|incident| incident.environment.as_ref() == Some(environment));
                found.all.extend(here.map(disturbance));
            }
            Err(_) => found.unreadable = true,
        }
    }
    found.all.sort_by_key(|disturbance| disturbance.from);
    found
}

fn disturbance(incident: &Incident) -> Disturbance {
    let resolved = incident.stages.iter().find(|(_, stage)| *stage == Stage::Resolved).map(|(at, _)| *at);
    let resolved = resolved.filter(|_| !incident.is_open());
    Disturbance {
        incident: incident.id.clone(),
        title: incident.title.clone(),
        severity: incident.severity,
        from: incident.impact_started_at.unwrap_or(incident.found_at),
        to: incident.impact_ended_at.or(resolved),
    }
}
