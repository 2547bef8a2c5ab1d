//! What a post-mortem is about, as far as the facts tell more than was said at its beginning: an incident and the
//! rollbacks that answer it are one story, whichever of them the post-mortem was begun from.

use crate::ids::{IncidentId, RollbackId};
use crate::incident::event::{Edit, Event};
use crate::incident::{Incident, next};
use crate::journal::Fact;
use crate::postmortem::About;
use crate::rollback::event::Event as Started;

/// Takes in the incident of its rollbacks, and every rollback that its incident names. `facts` may come in any order.
pub(super) fn widen(about: &mut About, facts: &[Fact]) {
    let mut named: Vec<(&Fact, &IncidentId, &RollbackId)> = facts.iter().filter_map(names).collect();
    named.sort_by_key(|(fact, _, _)| (fact.at, &fact.writer, fact.sequence));
    if about.incident.is_none() {
        let own = named.iter().find(|(_, _, rollback)| about.rollbacks.contains(rollback));
        about.incident = own.map(|(_, incident, _)| (*incident).clone());
    }
    let Some(incident) = &about.incident else { return };
    for (_, _, rollback) in named.iter().filter(|(_, of, _)| *of == incident) {
        if !about.rollbacks.contains(rollback) {
            about.rollbacks.push((*rollback).clone());
        }
    }
}

/// Where its incident stands. A fact that does not fit, such as one of a machine whose clock is wrong, changes nothing here;
/// its line is there all the same.
pub(super) fn incident(about: &About, facts: &[Fact]) -> Option<Incident> {
    let id = about.incident.as_ref()?;
    let mut own: Vec<&Fact> = facts.iter().filter(|fact| fact.subject.incident.as_ref() == Some(id)).collect();
    own.sort_by_key(|fact| (fact.at, &fact.writer, fact.sequence));
    own.into_iter().fold(None, |standing: Option<Incident>, fact| match (standing, fact.event.incident()) {
        (None, Some(Event::IncidentOpened(opening))) => Some(next::begin(id.clone(), fact.at, opening)),
        (Some(standing), Some(event)) => Some(next::next(&standing, fact.at, event).unwrap_or(standing)),
        (standing, _) => standing,
    })
}

/// An incident names the rollback that opened it; a rollback names the incident that was open when it began. A stage of a
/// rollout is told by its rollout.
fn names(fact: &Fact) -> Option<(&Fact, &IncidentId, &RollbackId)> {
    if let Some(Started::RollbackStarted(plan)) = fact.event.rollback() {
        let incident = plan.incident.as_ref().filter(|_| plan.rollout.is_none())?;
        return Some((fact, incident, fact.subject.rollback.as_ref()?));
    }
    let rollback = match fact.event.incident() {
        Some(Event::IncidentOpened(opening)) => opening.rollback.as_ref(),
        Some(Event::IncidentEdited { edit: Edit::Rollback(rollback), .. }) => rollback.as_ref(),
        _ => None,
    };
    Some((fact, fact.subject.incident.as_ref()?, rollback?))
}
