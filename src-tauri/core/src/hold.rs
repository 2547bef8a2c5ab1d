//! Holds: nobody may deploy to an environment until its hold is lifted. Quarantines: a release that must not be a target.
//!
//! Both are kept on the remote, where the whole team sees them ([`mark`], [`record`], [`change`]), and in the journal of
//! the machine that made them. [`known`] joins the two.

pub mod change;
pub mod known;
pub mod mark;
pub mod record;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hold::record::{HoldRecord, QuarantineRecord, Unreadable};
use crate::ids::{EnvironmentName, ObjectId, RollbackId, TagName};
use crate::journal::Fact;
use crate::rollback::event::Event;

/// A hold that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub owner: String,
    pub reason: String,
    pub since: Timestamp,
    /// From then on it does not block; `None`: until it is lifted.
    pub expires: Option<Timestamp>,
    pub rollback: Option<RollbackId>,
    /// Its rollback is not over, as far as this machine knows.
    pub in_use: bool,
    pub place: Place,
}

/// Who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everybody who can read the remote.
    Remote,
    /// The remote did not take it.
    ThisMachine,
}

/// A release that must not be a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub tag: TagName,
    /// Who did it; empty where an earlier version wrote it.
    pub owner: String,
    pub reason: String,
    pub since: Timestamp,
    pub expires: Option<Timestamp>,
    pub place: Place,
    /// On the remote; `None` where it is kept on this machine alone.
    pub object: Option<ObjectId>,
}

/// Tells one quarantine of a release from another. Its object alone does not: it is another one once the quarantine was
/// lifted in one of its environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub owner: String,
    pub since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
}

impl Hold {
    /// A hold that expired is still shown, and no longer in anybody's way.
    pub fn blocks(&self, now: Timestamp) -> bool {
        self.in_use || self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether a rollback that this person begins must not go on for it: it blocks, and is neither theirs nor kept here alone.
    pub fn forbids(&self, person: &str, facts: &[Fact], now: Timestamp) -> bool {
        let theirs = is_left(&self.owner, self.rollback.as_ref(), person, facts);
        self.blocks(now) && (self.in_use || (self.place == Place::Remote && !theirs))
    }

    /// What whoever is kept off by it can do.
    pub fn way_past(&self) -> String {
        way_past(&self.owner)
    }

    /// What cannot be read may say anything, so it stands until somebody lifts it.
    fn unreadable(why: &Unreadable, seen: Timestamp) -> Self {
        Self {
            owner: "somebody".to_owned(),
            reason: format!("The hold on the remote cannot be read: {why}."),
            since: seen,
            expires: None,
            rollback: None,
            in_use: false,
            place: Place::Remote,
        }
    }
}

impl From<HoldRecord> for Hold {
    fn from(record: HoldRecord) -> Self {
        Self {
            owner: record.owner,
            reason: record.reason,
            since: record.since,
            expires: Some(record.expires),
            rollback: record.rollback,
            in_use: false,
            place: Place::Remote,
        }
    }
}

impl From<QuarantineRecord> for Quarantine {
    fn from(record: QuarantineRecord) -> Self {
        let QuarantineRecord { tag, owner, reason, since, expires, scope: _ } = record;
        Self { tag, owner, reason, since, expires, place: Place::Remote, object: None }
    }
}

impl Quarantine {
    /// As it lies on the remote.
    pub fn placed(object: ObjectId, record: QuarantineRecord) -> Self {
        Self { object: Some(object), ..Self::from(record) }
    }

    pub fn identity(&self) -> Identity {
        Identity { owner: self.owner.clone(), since: self.since, object: self.object.clone() }
    }

    /// Who, until when, why: the rest of "v2.5.0 is quarantined by …".
    pub fn words(&self) -> String {
        let owner = if self.owner.is_empty() { "somebody" } else { &self.owner };
        let until = self.expires.map(|time| time.strftime(" until %Y-%m-%d %H:%M UTC").to_string());
        format!("{owner}{}: {}", until.unwrap_or_default(), self.reason)
    }
}

/// A fact is written once the remote answered or its time was up; the record on the remote tells of the moment before.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_mins(5);

impl Identity {
    /// Where one of the two was never seen on the remote, the owner and the time tell, as near as two accounts of one deed
    /// are.
    pub fn is_of(&self, bad: &Quarantine) -> bool {
        if self.object.is_some() && bad.object.is_some() {
            return self.object == bad.object || (self.since == bad.since && self.owner == bad.owner);
        }
        self.owner == bad.owner && self.since.duration_since(bad.since).abs() <= WRITTEN_WITHIN
    }
}

/// A hold that this same person took by hand, or that an earlier rollback of this machine left behind.
pub fn is_left_over(hold: &HoldRecord, person: &str, facts: &[Fact]) -> bool {
    is_left(&hold.owner, hold.rollback.as_ref(), person, facts)
}

fn is_left(owner: &str, rollback: Option<&RollbackId>, person: &str, facts: &[Fact]) -> bool {
    let ended = |id| {
        facts.iter().any(|fact| {
            fact.subject.rollback.as_ref() == Some(id)
                && matches!(fact.event.rollback(), Some(Event::RollbackEnded { .. }))
        })
    };
    owner == person && rollback.is_none_or(ended)
}

/// What whoever is kept off by a hold can do.
pub fn way_past(owner: &str) -> String {
    format!("Ask {owner} to lift it, or break it with a reason.")
}

/// The hold that these facts, oldest first, leave on the environment.
pub fn standing(facts: &[Fact], environment: &EnvironmentName) -> Option<Hold> {
    fold(facts, environment).0
}

/// The releases that these facts quarantine in the environment, oldest first; expired ones too.
pub fn quarantined(facts: &[Fact], environment: &EnvironmentName) -> Vec<Quarantine> {
    let mut found: Vec<Quarantine> =
        fold_quarantines(facts, environment).into_values().filter_map(|(_, standing)| standing).collect();
    found.sort_by_key(|bad| bad.since);
    found
}

/// The hold, and when the facts last took, replaced or lifted one.
fn fold(facts: &[Fact], environment: &EnvironmentName) -> (Option<Hold>, Option<Timestamp>) {
    let mut hold: Option<Hold> = None;
    let mut taken_over: Option<Hold> = None;
    let mut changed = None;
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(event) = fact.event.rollback() else { continue };
        match event {
            Event::HoldTaken { owner, reason, expires, shared, over: _ } => {
                let taken = Hold {
                    owner: owner.clone(),
                    reason: reason.clone(),
                    since: fact.at,
                    expires: *expires,
                    rollback: fact.subject.rollback.clone(),
                    in_use: fact.subject.rollback.is_some(),
                    place: if shared.is_some() { Place::Remote } else { Place::ThisMachine },
                };
                // One that is taken anew by its own rollback still gives back what the first one replaced.
                let anew = taken.in_use && hold.as_ref().is_some_and(|before| before.rollback == taken.rollback);
                let before = hold.replace(taken).filter(|before| !before.in_use);
                if !anew {
                    taken_over = before;
                }
                changed = Some(fact.at);
            }
            // Somebody lifted what this rollback took over, in the moment in which it took it over.
            Event::HoldLifted { .. }
                if hold.as_ref().is_some_and(|hold| hold.in_use && hold.rollback != fact.subject.rollback) =>
            {
                taken_over = None;
                changed = Some(fact.at);
            }
            // A rollback that ends without a dispatch gives back what it took over; a person lifts it for good.
            Event::HoldLifted { .. } => {
                let before = taken_over.take();
                hold = before.filter(|_| hold.as_ref().is_some_and(|hold| hold.in_use));
                changed = Some(fact.at);
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
            | Event::NewestRun { .. }
            | Event::Waiting { .. }
            | Event::DispatchSent
            | Event::LocalBegan { .. }
            | Event::LocalEnded(_)
            | Event::TagKept { .. }
            | Event::RunFound { .. }
            | Event::RunSeen(_)
            | Event::RunOutOfSight { .. }
            | Event::Quarantined { .. }
            | Event::ReleaseMarked { .. }
            | Event::QuarantineLifted { .. }
            | Event::StepEnded(_)
            | Event::PersonChose { .. }
            | Event::UndoAsked
            | Event::StopAsked
            | Event::RunOrdered { .. }
            | Event::RunOrderEnded { .. } => {}
        }
    }
    (hold, changed)
}

/// Of each release, when the facts last said something of its quarantine, and what. A fact about no environment is about
/// all of them.
fn fold_quarantines(
    facts: &[Fact],
    environment: &EnvironmentName,
) -> BTreeMap<TagName, (Timestamp, Option<Quarantine>)> {
    let mut found = BTreeMap::new();
    let here = |fact: &&Fact| fact.subject.environment.as_ref().is_none_or(|about| about == environment);
    for fact in facts.iter().filter(here) {
        match fact.event.rollback() {
            Some(Event::Quarantined { tag, owner, reason, expires, shared }) => {
                let place = if shared.is_some() { Place::Remote } else { Place::ThisMachine };
                let (owner, reason, expires) = (owner.clone(), reason.clone(), *expires);
                let (tag, since, object) = (tag.clone(), fact.at, shared.clone());
                let bad = Quarantine { tag: tag.clone(), owner, reason, since, expires, place, object };
                found.insert(tag, (fact.at, Some(bad)));
            }
            Some(Event::QuarantineLifted { tag, .. }) => drop(found.insert(tag.clone(), (fact.at, None))),
            Some(_) | None => {}
        }
    }
    found
}
