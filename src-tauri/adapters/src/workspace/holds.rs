//! Holds and quarantines by a person's hand, outside of any rollback.
//!
//! The remote is changed first and the fact is written behind it. A process that ends between the two leaves a change
//! that every look at the remote shows, and doing it again has one effect.

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::change::{self, Change, Taken};
use lastgood_core::hold::mark::Marks;
use lastgood_core::hold::record::{HoldRecord, QuarantineRecord, Scope};
use lastgood_core::hold::{self, Hold, Place};
use lastgood_core::ids::{EnvironmentName, ObjectId, RollbackId, TagName};
use lastgood_core::journal::{Fact, NewFact, Story, Subject};
use lastgood_core::ports::{Clock, Forge, Journal, Team};
use lastgood_core::rollback::event::Event;
use lastgood_core::settings::HOLD_HOURS;

use super::Workspace;
use crate::clock::SystemClock;

/// A hold that was taken by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub expires: Timestamp,
    /// The hold that it replaced.
    pub over: Option<Box<HoldRecord>>,
    /// Why the remote did not take it; it is kept on this machine alone then.
    pub refused: Option<String>,
}

impl Workspace {
    /// Who the token belongs to, as others read it.
    pub async fn account(&self) -> Result<String, Trouble> {
        Ok(format!("@{}", self.github()?.account().await?))
    }

    /// What the remote keeps, and why it could not be read just now; then what was read last.
    pub async fn marks(&self) -> (Option<Marks>, Option<Trouble>) {
        match self.repository.marks().await {
            Ok(marks) => {
                self.remember_marks(&marks);
                (Some(marks), None)
            }
            Err(trouble) if trouble.code == Code::NoRemote => (None, None),
            Err(trouble) => (self.remembered_marks(), Some(trouble)),
        }
    }

    /// Takes the hold of an environment.
    ///
    /// # Errors
    /// [`Code::Held`] with who holds it and why; [`Code::AlreadyRunning`]; where the remote's answer is not known.
    pub async fn take_hold(&self, wish: HoldWish) -> Result<Held, Trouble> {
        let facts = self.undisturbed(&wish.environment).await?;
        let hold = self.hold(wish);
        let may_replace =
            |other: &HoldRecord| other.has_expired(hold.since) || hold::is_left_over(other, &hold.owner, &facts);
        let taken = change::take(&*self.repository, &hold, may_replace).await;
        self.taken(hold, taken).await
    }

    /// Takes the hold of an environment from whoever has it. The reason lies on the remote and in the journal, with theirs.
    ///
    /// # Errors
    /// [`Code::AlreadyRunning`]; where the remote's answer is not known.
    pub async fn break_hold(&self, wish: HoldWish) -> Result<Held, Trouble> {
        self.undisturbed(&wish.environment).await?;
        let hold = self.hold(wish);
        let taken = change::seize(&*self.repository, &hold).await;
        self.taken(hold, taken).await
    }

    /// Lifts a hold: one's own, or one that has expired. `false`: there was none.
    ///
    /// # Errors
    /// [`Code::Held`] where it is somebody else's; [`Code::AlreadyRunning`]; where the remote's answer is not known.
    pub async fn lift_hold(&self, environment: &EnvironmentName, by: &str, reason: &str) -> Result<bool, Trouble> {
        let facts = self.undisturbed(environment).await?;
        let here = hold::standing(&facts, environment);
        let now = SystemClock.now();
        // A rollback may have begun since, and have taken it over.
        let journal = &self.journal;
        let in_use = |hold: &HoldRecord| hold.rollback.as_ref().is_some_and(|id| journal.is_under_way(id) != Ok(false));
        let may = |hold: &HoldRecord| (hold.owner == by || hold.has_expired(now)) && !in_use(hold);
        let rollback = match change::lift(&*self.repository, environment, may).await {
            Change::Done(Some(lifted)) => lifted.rollback,
            Change::Done(None) => match here {
                Some(here) => here.rollback,
                None => return Ok(false),
            },
            Change::Held(other) if in_use(&other) => return Err(under_way(environment)),
            Change::Held(other) => return Err(held_by(&other)),
            Change::Unreadable(why) => return Err(unreadable(environment, &why)),
            // What is kept on this machine alone needs no remote's yes.
            Change::Refused(_) | Change::Unclear(_) if is_here_alone(here.as_ref()) => {
                here.and_then(|here| here.rollback)
            }
            Change::Refused(words) => return Err(refused(&words)),
            Change::Unclear(trouble) => return Err(trouble),
        };
        let rollback = rollback.filter(|id| is_here(&facts, id));
        self.record(environment, rollback, Event::HoldLifted { by: by.to_owned(), reason: reason.to_owned() }).await?;
        Ok(true)
    }

    /// Quarantines a release, in these environments or in all. The words say why the remote did not take it.
    ///
    /// # Errors
    /// Where the remote's answer is not known, or the journal cannot be written.
    pub async fn quarantine(&self, wanted: QuarantineRecord) -> Result<Option<String>, Trouble> {
        let (shared, refused) = match change::quarantine(&*self.repository, &wanted).await {
            Change::Done(object) => (Some(object), None),
            Change::Refused(words) | Change::Unreadable(words) => (None, Some(words)),
            Change::Held(_) => (None, None),
            Change::Unclear(trouble) => return Err(trouble),
        };
        let QuarantineRecord { tag, owner, reason, expires, scope, since: _ } = wanted;
        let event = Event::Quarantined { tag, owner, reason, expires, shared };
        match scope {
            Scope::Everywhere => self.record_of(None, None, event).await.map(drop)?,
            Scope::Environments(names) => {
                for name in names {
                    self.record_of(Some(name), None, event.clone()).await?;
                }
            }
        }
        Ok(refused)
    }

    /// Lifts the quarantine of a release, wherever it counts. `false`: there was none.
    ///
    /// # Errors
    /// Where the remote refuses or its answer is not known, or the journal cannot be written.
    pub async fn lift_quarantine(&self, tag: &TagName, by: &str, reason: &str) -> Result<bool, Trouble> {
        let facts = self.facts().await?;
        let names = facts.iter().filter_map(|fact| fact.subject.environment.clone());
        let here: Vec<_> =
            names.chain([EnvironmentName::new("")]).flat_map(|name| hold::quarantined(&facts, &name)).collect();
        let here: Vec<_> = here.into_iter().filter(|bad| bad.tag == *tag).collect();
        let there = match change::lift_quarantine(&*self.repository, tag).await {
            Change::Done(there) => there,
            Change::Refused(_) | Change::Unclear(_) if here.iter().any(|bad| bad.place == Place::ThisMachine) => false,
            Change::Refused(words) | Change::Unreadable(words) => return Err(refused(&words)),
            Change::Held(_) => false,
            Change::Unclear(trouble) => return Err(trouble),
        };
        if !there && here.is_empty() {
            return Ok(false);
        }
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.record_of(None, None, Event::QuarantineLifted { tag: tag.clone(), by, reason }).await?;
        Ok(true)
    }

    /// The repository's facts, where no rollback of this machine holds it.
    async fn undisturbed(&self, environment: &EnvironmentName) -> Result<Story, Trouble> {
        let facts = self.journal.of_repository(&self.key).await?;
        if hold::standing(&facts, environment).is_some_and(|hold| hold.in_use) {
            return Err(under_way(environment));
        }
        Ok(facts)
    }

    fn hold(&self, wish: HoldWish) -> HoldRecord {
        let settings = self.settings().environment(wish.environment.as_str());
        let hours = wish.hours.or(settings.hold_hours).unwrap_or(HOLD_HOURS);
        let since = SystemClock.now();
        HoldRecord {
            environment: wish.environment,
            owner: wish.owner,
            reason: wish.reason,
            since,
            expires: HoldRecord::expiry(since, hours),
            rollback: None,
            over: None,
        }
    }

    async fn taken(&self, hold: HoldRecord, taken: Change<Taken>) -> Result<Held, Trouble> {
        let (shared, over, refused): (Option<ObjectId>, _, _) = match taken {
            Change::Done(Taken { object, over }) => (Some(object), over, None),
            Change::Refused(words) => (None, None, Some(words)),
            Change::Held(other) => return Err(held_by(&other)),
            Change::Unreadable(why) => return Err(unreadable(&hold.environment, &why)),
            Change::Unclear(trouble) => return Err(trouble),
        };
        let HoldRecord { environment, owner, reason, expires, .. } = hold;
        let event = Event::HoldTaken { owner, reason, expires: Some(expires), shared, over: over.clone() };
        self.record(&environment, None, event).await?;
        Ok(Held { expires, over, refused })
    }

    pub(super) async fn record_of(
        &self,
        environment: Option<EnvironmentName>,
        rollback: Option<RollbackId>,
        event: Event,
    ) -> Result<Fact, Trouble> {
        let subject = Subject { environment, rollback, ..Subject::repository(&self.key) };
        self.journal.append(NewFact { at: SystemClock.now(), subject, event: event.into() }).await
    }

    fn remember_marks(&self, marks: &Marks) {
        if let Ok(text) = serde_json::to_string(marks)
            && let Err(trouble) = self.journal.remember(&self.marks_name(), &text)
        {
            tracing::debug!("{trouble}");
        }
    }

    pub(super) fn remembered_marks(&self) -> Option<Marks> {
        let text = self.journal.recall(&self.marks_name()).ok()??;
        serde_json::from_str(&text).ok()
    }

    fn marks_name(&self) -> String {
        format!("marks/{}", self.key)
    }
}

/// A hold as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldWish {
    pub environment: EnvironmentName,
    pub owner: String,
    pub reason: String,
    /// `None`: as the settings say.
    pub hours: Option<u32>,
}

fn is_here_alone(hold: Option<&Hold>) -> bool {
    hold.is_some_and(|hold| hold.place == Place::ThisMachine)
}

/// This machine's journal tells how that rollback began.
fn is_here(facts: &[Fact], id: &RollbackId) -> bool {
    let begins = |fact: &&Fact| matches!(fact.event.rollback(), Some(Event::RollbackStarted(_)));
    facts.iter().filter(begins).any(|fact| fact.subject.rollback.as_ref() == Some(id))
}

fn under_way(environment: &EnvironmentName) -> Trouble {
    let message = format!("A rollback of {environment} is under way and holds it.");
    Trouble::new(Code::AlreadyRunning, message, "Stop the rollback first.")
}

fn held_by(other: &HoldRecord) -> Trouble {
    let message = format!("{} is held by {}.", other.environment, other.words().trim_end_matches('.'));
    Trouble::new(Code::Held, message, hold::way_past(&other.owner))
}

fn unreadable(environment: &EnvironmentName, why: &str) -> Trouble {
    let message = format!("{environment} is held, and the hold cannot be read: {why}.");
    let hint = "Use the newest version of Lastgood, or break the hold with a reason.";
    Trouble::new(Code::Held, message, hint)
}

fn refused(words: &str) -> Trouble {
    let message = format!("The remote refused it: {words}");
    Trouble::new(Code::PushRefused, message, "Ask somebody who may change refs/lastgood/ on the remote.")
}
