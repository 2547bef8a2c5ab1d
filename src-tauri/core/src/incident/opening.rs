//! How an incident begins: by a rollback, or by hand.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::cadence::minutes;
use super::event::Opening;
use super::{Audience, Severity};
use crate::ids::{IncidentId, RollbackId};
use crate::rollback::Rollback;
use crate::settings::telling::IncidentSettings;

/// The incident of a rollback has its id: opened twice, it is still one.
pub fn id_of(rollback: &RollbackId) -> IncidentId {
    let id = rollback.as_str();
    IncidentId::new(format!("inc-{}", id.strip_prefix("rb-").unwrap_or(id)))
}

/// What a rollback knows of the incident that it answers.
pub fn from_rollback(rollback: &Rollback, settings: &IncidentSettings) -> Opening {
    let plan = &rollback.plan;
    let who = Some(plan.who.clone()).filter(|who| !who.is_empty());
    let severity = settings.severity();
    Opening {
        title: if rollback.reason.trim().is_empty() {
            format!("{} rolled back to {}", plan.environment, plan.to)
        } else {
            rollback.reason.trim().to_owned()
        },
        severity,
        by: plan.who.clone(),
        commander: who,
        impact: None,
        surfaces: Vec::new(),
        environment: Some(plan.environment.clone()),
        rollback: Some(rollback.id.clone()),
        found_at: plan.started,
        impact_started_at: None,
        due: first_due(severity, plan.started, settings),
    }
}

/// The team hears something first within its own cadence; others once they were told of it at all.
pub fn first_due(severity: Severity, at: Timestamp, settings: &IncidentSettings) -> BTreeMap<Audience, Timestamp> {
    let wait = minutes(settings.cadence(Audience::Team, severity));
    BTreeMap::from([(Audience::Team, at.checked_add(wait).unwrap_or(at))])
}
