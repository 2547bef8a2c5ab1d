//! The one place where an incident changes: a pure function of where it stands and what happened.
//!
//! Everything that is not listed here cannot happen; such a fact is an error and is never written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::event::{Approval, Edit, Event, Opening, Outgoing, SendChoice};
use super::outbox::SendPhase;
use super::{Audience, Incident, Review, Stage, Update, outbox};
use crate::ids::{ChannelName, IncidentId, RollbackId, UpdateId};
use crate::journal::Fact;

/// A fact that does not fit where the incident stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to the incident now: {0:?}")]
pub struct IllegalFact(pub Box<Event>);

/// The incident at its first fact.
pub fn begin(id: IncidentId, at: Timestamp, opening: &Opening) -> Incident {
    Incident {
        id,
        title: opening.title.clone(),
        severity: opening.severity,
        stage: Stage::Investigating,
        stages: vec![(at, Stage::Investigating)],
        commander: opening.commander.clone(),
        roles: BTreeMap::new(),
        impact: opening.impact.clone(),
        cause: None,
        surfaces: opening.surfaces.clone(),
        environment: opening.environment.clone(),
        rollback: opening.rollback.clone(),
        rollbacks_before: Vec::new(),
        opened_at: at,
        opened_by: opening.by.clone(),
        found_at: opening.found_at,
        impact_started_at: opening.impact_started_at,
        impact_ended_at: None,
        updates: Vec::new(),
        due: opening.due.clone(),
        rhythm: rhythm(at, &opening.due).collect(),
        shown: BTreeMap::new(),
        reminded: BTreeSet::new(),
    }
}

/// Every incident that these facts, oldest first, tell of, in the order of their opening.
pub fn fold(facts: &[Fact]) -> Result<Vec<Incident>, IllegalFact> {
    let mut incidents: Vec<Incident> = Vec::new();
    for fact in facts {
        let (Some(event), Some(id)) = (fact.event.incident(), &fact.subject.incident) else { continue };
        let standing = incidents.iter_mut().find(|incident| incident.id == *id);
        match (standing, event) {
            (Some(standing), event) => *standing = next(standing, fact.at, event)?,
            (None, Event::IncidentOpened(opening)) => incidents.push(begin(id.clone(), fact.at, opening)),
            (None, event) => return Err(IllegalFact(Box::new(event.clone()))),
        }
    }
    Ok(incidents)
}

/// Where the incident stands after this event.
pub fn next(incident: &Incident, at: Timestamp, event: &Event) -> Result<Incident, IllegalFact> {
    let mut after = incident.clone();
    let fits = match event {
        Event::IncidentOpened(_) => false,
        Event::IncidentEdited { edit, .. } => change(&mut after, edit),
        Event::IncidentNoted { text, .. } => !text.trim().is_empty(),
        Event::IncidentStageSet { stage, .. } => set_stage(&mut after, at, *stage),
        Event::IncidentUpdateApproved(approval) => {
            approve(&mut after, at, approval, |_| SendPhase::Queued)
                && promise(&mut after, at, approval.stage, &approval.due)
        }
        Event::IncidentReviewAsked(approval) => ask_review(&mut after, at, approval),
        Event::IncidentReviewGiven { update, by, verdict, note, due, late, .. } => {
            let review = Review { by: by.clone(), at, verdict: *verdict, note: note.clone(), late: *late };
            give_review(&mut after, update, review, due, event)
        }
        Event::IncidentSendBegun { update, channel, .. } => {
            deliver(&mut after, at, update, channel, event) && show(&mut after, update, channel)
        }
        Event::IncidentSendEnded { update, channel, .. } => {
            deliver(&mut after, at, update, channel, event) && showed(&mut after, update, channel)
        }
        Event::IncidentSendStale { update, channel } => deliver(&mut after, at, update, channel, event),
        Event::IncidentSendDecided { update, channel, choice, .. } => {
            deliver(&mut after, at, update, channel, event) && {
                if *choice == SendChoice::SendAgain {
                    take_late(&mut after, at, update);
                }
                true
            }
        }
        Event::IncidentNothingNew { audience, due, .. } => {
            after.is_open() && *due > at && {
                hear_by(&mut after, at, &BTreeMap::from([(*audience, *due)]));
                true
            }
        }
        Event::IncidentReminded { audience, due, urgency } => {
            after.due.get(audience) == Some(due) && after.reminded.insert((*audience, *due, *urgency))
        }
    };
    fits.then_some(after).ok_or_else(|| IllegalFact(Box::new(event.clone())))
}

fn change(incident: &mut Incident, edit: &Edit) -> bool {
    let before = incident.clone();
    match edit {
        Edit::Title(title) => title.trim().clone_into(&mut incident.title),
        Edit::Severity(severity) => incident.severity = *severity,
        Edit::Commander(who) => incident.commander.clone_from(who),
        Edit::Role { role, who: Some(who) } => drop(incident.roles.insert(role.clone(), who.clone())),
        Edit::Role { role, who: None } => drop(incident.roles.remove(role)),
        Edit::Impact(impact) => incident.impact.clone_from(impact),
        Edit::Cause(cause) => incident.cause.clone_from(cause),
        Edit::Surfaces(surfaces) => incident.surfaces.clone_from(surfaces),
        Edit::Environment(environment) => incident.environment.clone_from(environment),
        Edit::Rollback(rollback) => answer(incident, rollback.as_ref()),
        Edit::FoundAt(time) => incident.found_at = *time,
        Edit::ImpactStartedAt(time) => incident.impact_started_at = *time,
        Edit::ImpactEndedAt(time) => incident.impact_ended_at = *time,
    }
    let in_order = incident.impact_started_at.zip(incident.impact_ended_at).is_none_or(|(start, end)| start <= end);
    // An edit that changes nothing is no fact.
    !incident.title.is_empty() && in_order && *incident != before
}

fn answer(incident: &mut Incident, rollback: Option<&RollbackId>) {
    if incident.rollback.as_ref() != rollback {
        incident.rollbacks_before.extend(incident.rollback.take());
        incident.rollback = rollback.cloned();
    }
}

/// Any stage follows any other: what is resolved may come back, and then is promised more as it was before.
fn set_stage(incident: &mut Incident, at: Timestamp, stage: Stage) -> bool {
    if incident.stage == stage {
        return false;
    }
    if incident.stage == Stage::Resolved {
        let again =
            incident.rhythm.iter().filter_map(|(audience, wait)| Some((*audience, at.checked_add(*wait).ok()?)));
        incident.due = again.collect();
    }
    incident.stage = stage;
    incident.stages.push((at, stage));
    if stage == Stage::Resolved {
        incident.due.clear();
    }
    true
}

/// From now on these audiences hear more by then.
fn hear_by(incident: &mut Incident, at: Timestamp, due: &BTreeMap<Audience, Timestamp>) {
    incident.due.extend(due.iter().map(|(audience, due)| (*audience, *due)));
    incident.rhythm.extend(rhythm(at, due));
}

fn rhythm(at: Timestamp, due: &BTreeMap<Audience, Timestamp>) -> impl Iterator<Item = (Audience, SignedDuration)> {
    due.iter().map(move |(audience, due)| (*audience, at.duration_until(*due))).filter(|(_, wait)| wait.is_positive())
}

/// What nobody reads first leaves at once, and sets its stage; the rest waits.
fn ask_review(incident: &mut Incident, at: Timestamp, approval: &Approval) -> bool {
    let leaves = |channel: &ChannelName| approval.at_once.contains(channel);
    let phase = |channel: &ChannelName| if leaves(channel) { SendPhase::Queued } else { SendPhase::Review };
    let waits = approval.messages.iter().any(|message| !leaves(&message.channel));
    waits
        && approve(incident, at, approval, phase)
        && (approval.at_once.is_empty() || promise(incident, at, approval.stage, &approval.due))
}

fn approve(
    incident: &mut Incident,
    at: Timestamp,
    approval: &Approval,
    phase: impl Fn(&ChannelName) -> SendPhase,
) -> bool {
    let channels: BTreeSet<&ChannelName> = approval.messages.iter().map(|message| &message.channel).collect();
    let once_each = channels.len() == approval.messages.len() && !channels.is_empty();
    let whole = approval.messages.iter().all(|outgoing| outgoing.message.gaps().is_empty());
    let fits = once_each
        && whole
        && incident.update(&approval.update).is_none()
        && approval.expires_at > at
        && takes(incident, approval.stage, &approval.due);
    if !fits {
        return false;
    }
    let queued = |message: &Outgoing| outbox::queue(message, phase(&message.channel), at, approval.expires_at);
    let deliveries = approval.messages.iter().map(queued).collect();
    incident.updates.push(Update {
        id: approval.update.clone(),
        at,
        by: approval.by.clone(),
        stage: approval.stage,
        review: None,
        deliveries,
    });
    true
}

/// What leaves sets the stage that it speaks of, and promises when its audiences hear more.
fn promise(incident: &mut Incident, at: Timestamp, stage: Stage, due: &BTreeMap<Audience, Timestamp>) -> bool {
    if incident.stage != stage {
        set_stage(incident, at, stage);
    }
    hear_by(incident, at, due);
    true
}

/// Nobody reviews their own words; what was decided is decided. Only what leaves sets a stage and promises more.
fn give_review(
    incident: &mut Incident,
    id: &UpdateId,
    review: Review,
    due: &BTreeMap<Audience, Timestamp>,
    event: &Event,
) -> bool {
    let Some(update) = incident.updates.iter_mut().find(|update| update.id == *id) else { return false };
    let waiting = update.deliveries.iter_mut().filter(|delivery| delivery.phase == SendPhase::Review);
    let mut phases = Vec::new();
    for delivery in waiting {
        let Some(after) = outbox::next(delivery, review.at, event) else { return false };
        phases.push(after.phase);
        *delivery = after;
    }
    let reads = !phases.is_empty() && !is_same_person(&update.by, &review.by) && !review.by.trim().is_empty();
    if !reads || update.review.is_some() {
        return false;
    }
    let (at, stage) = (review.at, update.stage);
    update.review = Some(review);
    // What was asked about an earlier stage does not turn the incident back.
    let stage = stage.max(incident.stage);
    !phases.contains(&SendPhase::Queued) || (takes(incident, stage, due) && promise(incident, at, stage, due))
}

/// What was approved too late set no stage; sent all the same, it tells one.
fn take_late(incident: &mut Incident, at: Timestamp, id: &UpdateId) {
    let update = incident.updates.iter().find(|update| update.id == *id);
    let late = update.filter(|update| update.review.as_ref().is_some_and(|review| review.late));
    if let Some(stage) = late.map(|update| update.stage.max(incident.stage)) {
        promise(incident, at, stage, &BTreeMap::new());
    }
}

/// After the end nobody is promised more; that it comes back is said by its stage, not by an update.
fn takes(incident: &Incident, stage: Stage, due: &BTreeMap<Audience, Timestamp>) -> bool {
    if stage == Stage::Resolved { due.is_empty() } else { incident.is_open() }
}

/// `@Lead` and `lead` are one person.
pub fn is_same_person(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim().trim_start_matches('@').to_lowercase();
    bare(one) == bare(other)
}

fn deliver(incident: &mut Incident, at: Timestamp, update: &UpdateId, channel: &ChannelName, event: &Event) -> bool {
    let update = incident.updates.iter_mut().find(|found| found.id == *update);
    let delivery = update.and_then(|found| found.deliveries.iter_mut().find(|found| found.channel == *channel));
    let Some(delivery) = delivery else { return false };
    match outbox::next(delivery, at, event) {
        Some(after) => {
            *delivery = after;
            true
        }
        None => false,
    }
}

/// What is on its way may be shown there from now on.
fn show(incident: &mut Incident, update: &UpdateId, channel: &ChannelName) -> bool {
    let surfaces: BTreeSet<String> = incident.surfaces.iter().cloned().collect();
    incident.shown.entry(channel.clone()).or_default().extend(surfaces.iter().cloned());
    let update = incident.updates.iter_mut().find(|found| found.id == *update);
    let delivery = update.and_then(|found| found.deliveries.iter_mut().find(|found| found.channel == *channel));
    delivery.map(|delivery| delivery.shows = surfaces).is_some()
}

/// What was delivered is what is shown there: what it said is well again is not ours to say any more.
fn showed(incident: &mut Incident, update: &UpdateId, channel: &ChannelName) -> bool {
    let arrived = incident.delivery(update, channel).filter(|delivery| delivery.phase == SendPhase::Delivered);
    if let Some(shows) = arrived.map(|delivery| delivery.shows.clone()) {
        incident.shown.insert(channel.clone(), shows);
    }
    true
}
