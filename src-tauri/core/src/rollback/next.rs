//! The one place where a rollback changes: a pure function of where it stands and what happened.
//!
//! Everything that is not listed here cannot happen; such a fact is an error and is never written.

use jiff::Timestamp;

use crate::error::Code;
use crate::hold::record::HoldRecord;
use crate::ids::{ObjectId, RollbackId};
use crate::journal::Fact;
use crate::rollback::check::Answer;
use crate::rollback::event::{Choice, Ending, Event, StepOutcome};
use crate::rollback::local::{LocalEnd, LocalRun};
use crate::rollback::plan::Plan;
use crate::rollback::{End, Outcome, Rollback, Step, StepName, StepPhase, Waits};

/// A fact that does not fit where the rollback stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to the rollback now: {0:?}")]
pub struct IllegalFact(pub Box<Event>);

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write the intent, then act.
    Begin(StepName),
    /// Intent was written, the outcome was not: look at the destination first.
    Resume(StepName),
    /// The countdown runs.
    WaitUntil(Timestamp),
    /// There is no evidence; a person decides.
    AskPerson(StepName),
    /// Write the end.
    End(Outcome),
    /// It is over.
    Nothing,
}

/// The rollback at its first fact.
pub fn begin(id: RollbackId, plan: Plan) -> Rollback {
    Rollback {
        id,
        reason: plan.reason.clone(),
        plan,
        steps: StepName::ALL.map(Step::pending),
        held: false,
        shared: None,
        held_until: None,
        over: None,
        quarantined: false,
        freed: false,
        tag: None,
        tag_kept: None,
        sent: false,
        local: None,
        run: None,
        run_by: None,
        newest: None,
        seen: None,
        out_of_sight: None,
        waiting: None,
        vouched: false,
        requested: false,
        suspected: false,
        marked: false,
        undo_asked: false,
        stop_asked: false,
        end: None,
    }
}

/// The rollback that these facts tell of, oldest first. `Ok(None)` where they do not begin one.
pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Option<Rollback>, IllegalFact> {
    let mut rollback: Option<Rollback> = None;
    for fact in facts {
        let Some(event) = fact.event.rollback() else { continue };
        rollback = match (rollback, event, &fact.subject.rollback) {
            (None, Event::RollbackStarted(plan), Some(id)) => Some(begin(id.clone(), (**plan).clone())),
            (None, _, _) => None,
            (Some(mut standing), event, _) => {
                if !advance(&mut standing, fact.at, event) {
                    return Err(IllegalFact(Box::new(event.clone())));
                }
                Some(standing)
            }
        };
    }
    Ok(rollback)
}

/// Where the rollback stands after this event.
pub fn next(rollback: &Rollback, at: Timestamp, event: &Event) -> Result<Rollback, IllegalFact> {
    let mut after = rollback.clone();
    if advance(&mut after, at, event) { Ok(after) } else { Err(IllegalFact(Box::new(event.clone()))) }
}

/// The same in place, for who folds many facts; `false` where the event does not fit.
fn advance(after: &mut Rollback, at: Timestamp, event: &Event) -> bool {
    match event {
        Event::RollbackStarted(_) => false,
        // A hold outlives its rollback: it is lifted whenever somebody lifts it, by two people at once, and by one whose word
        // is written before that of whoever took it.
        Event::HoldLifted { .. } => {
            after.held = false;
            true
        }
        // So does a quarantine; a roll forward lifts its target's own.
        Event::QuarantineLifted { .. } => {
            after.end.is_some() || (running(after, StepName::Close) && set(&mut after.freed))
        }
        // A person's word to GitHub about the run; the run itself tells what came of it.
        Event::RunOrdered { .. } | Event::RunOrderEnded { .. } => true,
        _ if after.end.is_some() => false,
        Event::ReasonGiven { reason } => give_reason(after, reason),
        Event::StepStarted { step, key } => start(after, at, *step, key),
        Event::Answered(answer) => answered(after, answer),
        Event::HoldTaken { shared, over, expires, .. } => take_hold(after, shared.as_ref(), over.as_deref(), *expires),
        Event::TagMade { object, .. } => {
            running(after, StepName::Tag) && {
                after.tag = Some(object.clone());
                after.tag_kept = None;
                true
            }
        }
        Event::NewestRun { run } => {
            running(after, StepName::Dispatch) && !after.is_local() && {
                // What came before a request that nobody refused is not ours; what GitHub refused before that began nothing.
                after.newest = after.newest.filter(|_| after.requested).or(Some(*run));
                true
            }
        }
        Event::Waiting { step, until, sentence } => {
            running(after, *step) && (*step != StepName::Dispatch || (after.run.is_none() && !after.is_local())) && {
                after.waiting = Some(Waits { until: *until, sentence: sentence.clone() });
                // GitHub said no, or was not asked: nothing was started.
                after.sent &= *step != StepName::Dispatch;
                true
            }
        }
        Event::TagKept { sentence, .. } => {
            running(after, StepName::Tag) && after.is_local() && after.tag.is_some() && {
                after.tag_kept = Some(sentence.clone());
                true
            }
        }
        Event::LocalBegan { .. } => begin_local(after),
        Event::LocalEnded(ended) => end_local(after, ended),
        Event::DispatchSent => {
            running(after, StepName::Dispatch) && !after.is_local() && {
                after.waiting = None;
                set(&mut after.sent)
            }
        }
        Event::RunFound { run, how } => {
            running(after, StepName::Dispatch) && !after.is_local() && {
                (after.run, after.run_by) = (Some(*run), Some(*how));
                set(&mut after.sent)
            }
        }
        Event::RunSeen(seen) => {
            running(after, StepName::Follow) && after.run == Some(seen.id) && {
                after.seen = Some((**seen).clone());
                after.out_of_sight = None;
                true
            }
        }
        Event::RunOutOfSight { sentence } => {
            running(after, StepName::Follow) && {
                after.out_of_sight = Some(sentence.clone());
                true
            }
        }
        Event::Quarantined { .. } => running(after, StepName::Close) && set(&mut after.quarantined),
        Event::ReleaseMarked { .. } => running(after, StepName::Close) && set(&mut after.marked),
        Event::StepEnded(ending) => end_step(after, at, ending),
        Event::PersonChose { step, choice } => choose(after, at, *step, *choice),
        Event::UndoAsked => after.can_undo() && set(&mut after.undo_asked),
        Event::StopAsked => after.can_stop() && set(&mut after.stop_asked),
        Event::RollbackEnded { outcome, sentence, hint } => end(after, at, *outcome, sentence, hint),
    }
}

/// What is to be done where the rollback stands.
pub fn effect(rollback: &Rollback, now: Timestamp) -> Effect {
    if rollback.end.is_some() {
        return Effect::Nothing;
    }
    let Some(step) = rollback.current() else { return Effect::End(Outcome::Succeeded) };
    match step.phase {
        // The intent is written and nothing was sent: whoever stops here stops before the dispatch.
        StepPhase::Running if rollback.stop_asked && step.name == StepName::Dispatch && !rollback.sent => {
            Effect::End(Outcome::Aborted)
        }
        // The hold's intent comes with the rollback itself. Whoever takes that back before anything acted need not wait
        // for a hold; one that an earlier process took is looked for at the end.
        StepPhase::Running if rollback.undo_asked && step.name == StepName::Hold => Effect::End(Outcome::Aborted),
        StepPhase::Running => Effect::Resume(step.name),
        // Undo is asked for only while nothing has left this machine, so it counts more than any other end.
        _ if rollback.undo_asked => Effect::End(Outcome::Aborted),
        StepPhase::Inconclusive if rollback.stop_asked => Effect::End(Outcome::Aborted),
        StepPhase::Inconclusive => Effect::AskPerson(step.name),
        StepPhase::Failed => Effect::End(Outcome::Failed),
        StepPhase::Errored => Effect::End(Outcome::Errored),
        StepPhase::Aborted => Effect::End(Outcome::Aborted),
        StepPhase::Pending | StepPhase::Succeeded if rollback.stop_asked => Effect::End(Outcome::Aborted),
        StepPhase::Pending | StepPhase::Succeeded => {
            if step.name == StepName::Tag && now < rollback.plan.undo_until {
                Effect::WaitUntil(rollback.plan.undo_until)
            } else {
                Effect::Begin(step.name)
            }
        }
    }
}

fn set(flag: &mut bool) -> bool {
    *flag = true;
    true
}

fn running(rollback: &Rollback, step: StepName) -> bool {
    rollback.step(step).phase == StepPhase::Running
}

/// One that expired while nothing was sent yet is taken anew: what it replaced at first stays what is given back. A person
/// may have lifted it in the moment before that is written.
fn take_hold(
    rollback: &mut Rollback,
    shared: Option<&ObjectId>,
    over: Option<&HoldRecord>,
    expires: Option<Timestamp>,
) -> bool {
    let anew = running(rollback, StepName::Dispatch) && !rollback.sent;
    if !anew && !running(rollback, StepName::Hold) {
        return false;
    }
    if !anew {
        rollback.over = over.cloned().map(Box::new);
    }
    rollback.shared = shared.cloned();
    rollback.held_until = expires;
    set(&mut rollback.held)
}

fn give_reason(rollback: &mut Rollback, reason: &str) -> bool {
    if !rollback.can_undo() {
        return false;
    }
    reason.clone_into(&mut rollback.reason);
    true
}

fn start(rollback: &mut Rollback, at: Timestamp, name: StepName, key: &str) -> bool {
    let is_current = rollback.current().is_some_and(|step| step.name == name && step.phase == StepPhase::Pending);
    if !is_current || rollback.undo_asked || rollback.stop_asked {
        return false;
    }
    let step = &mut rollback.steps[name as usize];
    step.phase = StepPhase::Running;
    key.clone_into(&mut step.key);
    step.attempts += 1;
    step.started.get_or_insert(at);
    if name == StepName::Dispatch {
        // A person said that an earlier attempt did not arrive.
        rollback.requested |= std::mem::replace(&mut rollback.sent, false);
        rollback.local = None;
    }
    true
}

fn begin_local(rollback: &mut Rollback) -> bool {
    let may_begin = running(rollback, StepName::Dispatch) && rollback.is_local() && rollback.local.is_none();
    if may_begin {
        rollback.local = Some(LocalRun::default());
        rollback.sent = true;
    }
    may_begin
}

fn end_local(rollback: &mut Rollback, ended: &LocalEnd) -> bool {
    if !running(rollback, StepName::Dispatch) {
        return false;
    }
    match &mut rollback.local {
        Some(LocalRun { ended: none @ None }) => {
            *none = Some(ended.clone());
            true
        }
        Some(LocalRun { ended: Some(_) }) | None => false,
    }
}

fn answered(rollback: &mut Rollback, answer: &Answer) -> bool {
    let name = answer.question.step();
    // What was asked a while ago is asked again in the last moment before something is sent.
    let again = name == StepName::Check && running(rollback, StepName::Dispatch) && !rollback.sent;
    if !running(rollback, name) && !again {
        return false;
    }
    rollback.waiting = None;
    let answers = &mut rollback.steps[name as usize].answers;
    match answers.iter_mut().find(|known| known.question == answer.question) {
        Some(known) => *known = answer.clone(),
        None => answers.push(answer.clone()),
    }
    true
}

fn end_step(rollback: &mut Rollback, at: Timestamp, ending: &Ending) -> bool {
    if !running(rollback, ending.step) {
        return false;
    }
    rollback.waiting = None;
    let step = &mut rollback.steps[ending.step as usize];
    step.phase = match ending.outcome {
        StepOutcome::Succeeded => StepPhase::Succeeded,
        StepOutcome::Failed => StepPhase::Failed,
        StepOutcome::Errored => StepPhase::Errored,
        StepOutcome::Aborted => StepPhase::Aborted,
        StepOutcome::Inconclusive => StepPhase::Inconclusive,
    };
    step.ended = Some(at);
    step.sentence.clone_from(&ending.sentence);
    step.hint.clone_from(&ending.hint);
    step.code = ending.code;
    rollback.suspected |= ending.code == Some(Code::DispatchSuspect);
    match (ending.step, ending.outcome) {
        // GitHub said no, or nothing left this machine; a command that ran and said no may have changed something.
        (StepName::Dispatch, StepOutcome::Failed) => {
            rollback.sent = rollback.local.as_ref().is_some_and(|local| local.ended.is_some());
        }
        (StepName::Dispatch, StepOutcome::Inconclusive) if !sent_nothing(ending) => rollback.sent = true,
        _ => {}
    }
    true
}

/// A person decides before anything leaves this machine.
fn sent_nothing(ending: &Ending) -> bool {
    matches!(ending.code, Some(Code::StoodStill | Code::DispatchUnasked | Code::DispatchSuspect))
}

fn choose(rollback: &mut Rollback, at: Timestamp, name: StepName, choice: Choice) -> bool {
    if rollback.step(name).phase != StepPhase::Inconclusive || !rollback.choices_at(name).contains(&choice) {
        return false;
    }
    let step = &mut rollback.steps[name as usize];
    step.hint.clear();
    (step.phase, step.ended) = match choice {
        Choice::LookAgain => (StepPhase::Running, None),
        Choice::SendAgain => (StepPhase::Pending, None),
        Choice::ItWorked => (StepPhase::Succeeded, Some(at)),
        Choice::GiveUp => (StepPhase::Aborted, Some(at)),
    };
    match choice {
        Choice::ItWorked => {
            step.sentence = format!("A person said that it works. {}", step.sentence);
            step.code = None;
            rollback.vouched |= name == StepName::Prove;
        }
        // What was there is not ours: the newest run is looked for anew, and only what comes behind it may be.
        Choice::SendAgain if step.code == Some(Code::DispatchSuspect) => rollback.newest = None,
        Choice::SendAgain | Choice::LookAgain | Choice::GiveUp => {}
    }
    true
}

fn end(rollback: &mut Rollback, at: Timestamp, outcome: Outcome, sentence: &str, hint: &str) -> bool {
    if effect(rollback, Timestamp::MAX) != Effect::End(outcome) {
        return false;
    }
    rollback.end = Some(End { at, outcome, sentence: sentence.to_owned(), hint: hint.to_owned() });
    true
}
