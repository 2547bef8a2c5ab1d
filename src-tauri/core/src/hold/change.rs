//! Taking, giving back and lifting on the remote: read, decide, write where nobody wrote meanwhile; else read again.

use jiff::Timestamp;

use crate::error::{Code, Trouble};
use crate::hold::Quarantine;
use crate::hold::mark::{MarkName, Marks, Placed};
use crate::hold::record::{HoldRecord, QuarantineRecord, Record};
use crate::ids::{EnvironmentName, ObjectId, RollbackId, TagName};
use crate::ports::Team;
use crate::ports::team::Put;

/// So often the remote may have changed between reading and writing; then somebody writes without end.
const ATTEMPTS: u32 = 5;

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// The remote has it so.
    Done(T),
    /// Somebody else's hold stands there.
    Held(Box<HoldRecord>),
    /// Something stands there that this version cannot read.
    Unreadable(String),
    /// The remote takes no marks, by a rule of its own, or there is none; in words.
    Refused(String),
    /// What the remote has is not known.
    Unclear(Trouble),
}

/// A hold that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub object: ObjectId,
    pub over: Option<Box<HoldRecord>>,
}

/// What became of a quarantine that was to be lifted in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freed {
    Lifted,
    /// None stands there.
    NotThere,
    /// One stands there that is not meant.
    Another(Box<Quarantine>),
}

/// Puts this hold where there is none, or where `may_replace` agrees to what there is. A hold of the same rollback is the
/// one that an earlier process took.
pub async fn take(
    team: &dyn Team,
    hold: &HoldRecord,
    may_replace: impl Fn(&HoldRecord) -> bool + Send + Sync,
) -> Change<Taken> {
    let decide = |marks: &Marks| {
        let (expected, over) = match marks.hold(&hold.environment) {
            None => (None, None),
            Some(Placed { object, says }) => match says {
                Err(unreadable) => return Next::End(Change::Unreadable(unreadable.to_string())),
                Ok(ours) if ours.rollback.is_some() && ours.rollback == hold.rollback => {
                    return Next::End(Change::Done(Taken { object, over: ours.over }));
                }
                Ok(other) if may_replace(&other) => (Some(object), Some(Box::new(HoldRecord { over: None, ..other }))),
                Ok(other) => return Next::End(Change::Held(Box::new(other))),
            },
        };
        let record = Record::Hold(HoldRecord { over: over.clone(), ..hold.clone() });
        Next::put(record, expected, move |object| Taken { object, over })
    };
    repeat_from(team.remembered(), team, &MarkName::hold(&hold.environment), decide).await
}

/// Puts this hold in the place of whatever there is, also of what cannot be read.
pub async fn seize(team: &dyn Team, hold: &HoldRecord) -> Change<Taken> {
    let decide = |marks: &Marks| {
        let placed = marks.hold(&hold.environment);
        let (expected, says) = placed.map_or((None, None), |placed| (Some(placed.object), placed.says.ok()));
        let over = says.map(|other| Box::new(HoldRecord { over: None, ..other }));
        let record = Record::Hold(HoldRecord { over: over.clone(), ..hold.clone() });
        Next::put(record, expected, move |object| Taken { object, over })
    };
    repeat(team, &MarkName::hold(&hold.environment), decide).await
}

/// Takes the hold away where `may` agrees. `Done(None)`: there was none.
pub async fn lift(
    team: &dyn Team,
    environment: &EnvironmentName,
    may: impl Fn(&HoldRecord) -> bool + Send + Sync,
) -> Change<Option<HoldRecord>> {
    lift_and_leave(team, environment, may, |_| None).await
}

/// Takes the hold of this rollback away, and puts back what it had replaced, where that has not expired. Whoever took it
/// may have ended before it could tell what that was; then its own record tells.
pub async fn give_back(
    team: &dyn Team,
    environment: &EnvironmentName,
    rollback: &RollbackId,
    over: Option<&HoldRecord>,
    now: Timestamp,
) -> Change<Option<HoldRecord>> {
    let ours = |standing: &HoldRecord| standing.rollback.as_ref() == Some(rollback);
    let back = |standing: &HoldRecord| {
        let over = over.or(standing.over.as_deref());
        over.filter(|over| !over.has_expired(now)).cloned()
    };
    lift_and_leave(team, environment, ours, back).await
}

async fn lift_and_leave(
    team: &dyn Team,
    environment: &EnvironmentName,
    may: impl Fn(&HoldRecord) -> bool + Send + Sync,
    back: impl Fn(&HoldRecord) -> Option<HoldRecord> + Send + Sync,
) -> Change<Option<HoldRecord>> {
    let decide = |marks: &Marks| {
        let Some(Placed { object, says }) = marks.hold(environment) else { return Next::End(Change::Done(None)) };
        let standing = match says {
            Err(unreadable) => return Next::End(Change::Unreadable(unreadable.to_string())),
            Ok(other) if !may(&other) => return Next::End(Change::Held(Box::new(other))),
            Ok(standing) => standing,
        };
        match back(&standing) {
            Some(back) => Next::put(Record::Hold(back), Some(object), |_| Some(standing)),
            None => Next::remove(object, |_| Some(standing)),
        }
    };
    repeat(team, &MarkName::hold(environment), decide).await
}

/// Gives the hold of this rollback the reason that a person gave after it was taken.
pub async fn reword(team: &dyn Team, environment: &EnvironmentName, rollback: &RollbackId, reason: &str) -> Change<()> {
    let decide = |marks: &Marks| match marks.hold(environment).map(|placed| (placed.object, placed.says)) {
        Some((object, Ok(ours))) if ours.rollback.as_ref() == Some(rollback) && ours.reason != reason => {
            let record = Record::Hold(HoldRecord { reason: reason.to_owned(), ..ours });
            Next::put(record, Some(object), |_| ())
        }
        Some(_) | None => Next::End(Change::Done(())),
    };
    repeat(team, &MarkName::hold(environment), decide).await
}

/// Puts this hold in the place of the one that the same rollback took, for longer, where that still lies there.
pub async fn renew(team: &dyn Team, hold: &HoldRecord) -> Change<ObjectId> {
    let decide = |marks: &Marks| match marks.hold(&hold.environment).map(|placed| (placed.object, placed.says)) {
        Some((object, Ok(ours))) if ours.rollback == hold.rollback => {
            let record = Record::Hold(HoldRecord { over: ours.over, ..hold.clone() });
            Next::put(record, Some(object), |object| object)
        }
        Some((_, Ok(other))) => Next::End(Change::Held(Box::new(other))),
        Some((_, Err(unreadable))) => Next::End(Change::Unreadable(unreadable.to_string())),
        None => Next::End(Change::Refused("somebody lifted it meanwhile.".to_owned())),
    };
    repeat(team, &MarkName::hold(&hold.environment), decide).await
}

/// Adds a quarantine; where one stands already, it counts in both scopes. The newest word says for how long, but not for
/// environments that it does not speak of: they stay quarantined at least as long as they were.
pub async fn quarantine(team: &dyn Team, wanted: &QuarantineRecord) -> Change<ObjectId> {
    let decide = |marks: &Marks| {
        let (expected, record) = match marks.quarantine(&wanted.tag).map(|placed| (placed.object, placed.says)) {
            None => (None, wanted.clone()),
            Some((_, Err(unreadable))) => return Next::End(Change::Unreadable(unreadable.to_string())),
            Some((object, Ok(known))) if known.has_expired(wanted.since) => (Some(object), wanted.clone()),
            Some((object, Ok(known))) => {
                let scope = known.scope.clone().and(&wanted.scope);
                let expires = if scope == wanted.scope { wanted.expires } else { later(known.expires, wanted.expires) };
                if scope == known.scope && known.expires == expires {
                    return Next::End(Change::Done(object));
                }
                (Some(object), QuarantineRecord { scope, expires, ..wanted.clone() })
            }
        };
        Next::put(Record::Quarantine(record), expected, |object| object)
    };
    repeat(team, &MarkName::quarantine(&wanted.tag), decide).await
}

/// `None` is never.
fn later(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    Some(one?.max(other?))
}

/// Takes a quarantine away, in all of its scope. `Done(false)`: there was none.
pub async fn lift_quarantine(team: &dyn Team, tag: &TagName) -> Change<bool> {
    let decide = |marks: &Marks| match marks.quarantine(tag) {
        None => Next::End(Change::Done(false)),
        Some(Placed { object, .. }) => Next::remove(object, |_| true),
    };
    repeat(team, &MarkName::quarantine(tag), decide).await
}

/// Takes a quarantine away in this environment where it is the one that is `meant`; others that it names stay as they are.
/// One that counts everywhere is taken away whole: nothing else can say that it does not count here.
pub async fn free(
    team: &dyn Team,
    tag: &TagName,
    environment: &EnvironmentName,
    meant: impl Fn(&Quarantine) -> bool + Send + Sync,
) -> Change<Freed> {
    let decide = |marks: &Marks| match marks.quarantine(tag).map(|placed| (placed.object, placed.says)) {
        None => Next::End(Change::Done(Freed::NotThere)),
        Some((_, Err(unreadable))) => Next::End(Change::Unreadable(unreadable.to_string())),
        Some((object, Ok(standing))) => {
            let bad = Quarantine::placed(object.clone(), standing.clone());
            match standing.scope.without(environment) {
                Some(scope) if scope == standing.scope => Next::End(Change::Done(Freed::NotThere)),
                Some(_) | None if !meant(&bad) => Next::End(Change::Done(Freed::Another(Box::new(bad)))),
                Some(scope) => {
                    let others = Record::Quarantine(QuarantineRecord { scope, ..standing });
                    Next::put(others, Some(object), |_| Freed::Lifted)
                }
                None => Next::remove(object, |_| Freed::Lifted),
            }
        }
    };
    repeat(team, &MarkName::quarantine(tag), decide).await
}

type Ending<T> = Box<dyn FnOnce(ObjectId) -> T + Send>;

/// What to do with what the remote has.
enum Next<T> {
    End(Change<T>),
    Put { record: Box<Record>, expected: Option<ObjectId>, done: Ending<T> },
    Remove { expected: ObjectId, done: Ending<T> },
}

impl<T> Next<T> {
    fn put(record: Record, expected: Option<ObjectId>, done: impl FnOnce(ObjectId) -> T + Send + 'static) -> Self {
        Self::Put { record: Box::new(record), expected, done: Box::new(done) }
    }

    fn remove(expected: ObjectId, done: impl FnOnce(ObjectId) -> T + Send + 'static) -> Self {
        Self::Remove { expected, done: Box::new(done) }
    }
}

/// Reads, decides and writes; again while somebody else wrote in between.
async fn repeat<T>(team: &dyn Team, name: &MarkName, decide: impl Fn(&Marks) -> Next<T> + Send + Sync) -> Change<T> {
    repeat_from(None, team, name, decide).await
}

/// The same, begun from what was read earlier. That may lead to a write, which the remote compares with what it has; any
/// other end is read afresh.
async fn repeat_from<T>(
    earlier: Option<Marks>,
    team: &dyn Team,
    name: &MarkName,
    decide: impl Fn(&Marks) -> Next<T> + Send + Sync,
) -> Change<T> {
    let mut supposed = earlier.map(|marks| decide(&marks)).filter(|next| !matches!(next, Next::End(_)));
    for _ in 0..ATTEMPTS {
        let next = match supposed.take() {
            Some(next) => next,
            None => match team.marks().await {
                Ok(marks) => decide(&marks),
                Err(trouble) => return unread(trouble),
            },
        };
        let (ended, done) = match next {
            Next::End(change) => return change,
            Next::Put { record, expected, done } => match record.text() {
                Ok(text) => (team.put(name, &text, expected.as_ref()).await, done),
                Err(error) => {
                    let hint = "Report this with the journal.";
                    return Change::Unclear(Trouble::new(Code::Internal, error.to_string(), hint));
                }
            },
            Next::Remove { expected, done } => (team.remove(name, &expected).await, done),
        };
        match ended {
            Ok(Put::Done(object)) => return Change::Done(done(object)),
            Ok(Put::Changed) => {}
            Ok(Put::Refused(words)) => return Change::Refused(words),
            Ok(Put::Unknown(words)) => {
                let hint = "Look again when the network is back; it does no harm.";
                return Change::Unclear(Trouble::new(Code::RemoteUnreachable, words, hint));
            }
            Err(trouble) => return unread(trouble),
        }
    }
    let message = "Others changed the remote's holds again and again.";
    Change::Unclear(Trouble::new(Code::RemoteUnreachable, message, "Try again in a moment."))
}

fn unread<T>(trouble: Trouble) -> Change<T> {
    let takes_nothing = matches!(trouble.code, Code::NoRemote | Code::RemoteInside);
    if takes_nothing { Change::Refused(trouble.message) } else { Change::Unclear(trouble) }
}
