//! The one place where a rollout changes: a pure function of where it stands and what happened.
//!
//! Everything that is not listed here cannot happen; such a fact is an error and is never written.

use jiff::Timestamp;

use super::event::{Deed, Ending, Look};
use super::plan::{Gate, RolloutPlan};
use super::{Back, Choice, End, Outcome, Phase, Rollout, Soak, Stage, Stop};
use crate::ids::{RollbackId, RolloutId, TagName};
use crate::journal::Fact;
use crate::rollback;
use crate::rollback::check::Verdict;

/// A fact that does not fit where the rollout stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to the rollout now: {0:?}")]
pub struct IllegalFact(pub Box<Deed>);

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    LiftQuarantine(TagName),
    /// Write the intent with a new id, then drive.
    BeginStage(usize),
    /// The intent was written, the outcome was not: look where that drive stands, and go on with it.
    DriveStage(usize, RollbackId),
    BeginSoak(usize),
    Watch(usize),
    /// The proofs stayed green, and nobody need be asked.
    OpenGate(usize),
    /// Nothing goes on before a person says how.
    AskPerson(usize),
    LiftHold(usize),
    /// Let the page of the bad release say what mended it.
    MarkRelease(TagName),
    BeginBack(usize),
    DriveBack(usize, RollbackId),
    /// Write the end.
    End(Outcome),
    /// It is over.
    Nothing,
}

/// The rollout at its first fact.
pub fn begin(id: RolloutId, plan: RolloutPlan) -> Rollout {
    let stages = plan.stages.iter().map(|stage| Stage {
        plan: stage.clone(),
        phase: Phase::Pending,
        drives: Vec::new(),
        began: None,
        ended: None,
        sentence: String::new(),
        hint: String::new(),
        soak: None,
        opened_by: None,
    });
    Rollout { id, stages: stages.collect(), plan, lifted: Vec::new(), marked: None, back: None, stop: None, end: None }
}

/// Every rollout that these facts, oldest first, tell of, in the order of their beginning.
pub fn fold(facts: &[Fact]) -> Result<Vec<Rollout>, IllegalFact> {
    let mut rollouts: Vec<Rollout> = Vec::new();
    for fact in facts {
        let Some(event) = fact.event.rollout() else { continue };
        let standing = rollouts.iter_mut().find(|rollout| rollout.id == event.rollout);
        match (standing, &event.deed) {
            (Some(standing), deed) => *standing = next(standing, fact.at, deed)?,
            (None, Deed::RolloutStarted(plan)) => rollouts.push(begin(event.rollout.clone(), (**plan).clone())),
            (None, deed) => return Err(IllegalFact(Box::new(deed.clone()))),
        }
    }
    Ok(rollouts)
}

/// Where the rollout stands after this deed.
pub fn next(rollout: &Rollout, at: Timestamp, deed: &Deed) -> Result<Rollout, IllegalFact> {
    let mut after = rollout.clone();
    let fits = rollout.end.is_none()
        && match deed {
            Deed::RolloutStarted(_) => false,
            Deed::RolloutQuarantineLifted { tag } => lift(&mut after, tag),
            Deed::RolloutStageBegun { stage, rollback } => stage_begun(&mut after, at, *stage, rollback),
            Deed::RolloutStageEnded(ending) => stage_ended(&mut after, at, ending),
            Deed::RolloutSoakBegun { stage, seconds, anew } => {
                soak_begun(&mut after, *stage, Soak { began: at, seconds: *seconds, anew: anew.clone(), looks: vec![] })
            }
            Deed::RolloutSoakSeen(look) => soak_seen(&mut after, at, look),
            Deed::RolloutSoakEnded { stage, verdict, sentence } => soak_ended(&mut after, *stage, *verdict, sentence),
            Deed::RolloutGateOpened { stage, by } => gate_opened(&mut after, *stage, by.as_ref()),
            Deed::RolloutHoldLifted { stage, sentence, hint } => hold_lifted(&mut after, at, *stage, [sentence, hint]),
            Deed::RolloutTriedAgain { stage, .. } => tried_again(&mut after, *stage),
            Deed::RolloutBackChosen { stage, by, reason } => back_chosen(&mut after, *stage, by, reason),
            Deed::RolloutBackBegun { stage, rollback } => back_begun(&mut after, *stage, rollback),
            Deed::RolloutBackEnded(ending) => back_ended(&mut after, ending),
            Deed::RolloutReleaseMarked { tag, sentence } => {
                let wanted = effect(rollout) == Effect::MarkRelease(tag.clone());
                after.marked = Some(sentence.clone());
                wanted
            }
            Deed::RolloutStopAsked { by, reason } => stop(&mut after, by, reason),
            Deed::RolloutEnded { outcome, sentence, hint } => end(&mut after, at, *outcome, sentence, hint),
        };
    fits.then_some(after).ok_or_else(|| IllegalFact(Box::new(deed.clone())))
}

/// What is to be done where the rollout stands.
pub fn effect(rollout: &Rollout) -> Effect {
    if rollout.end.is_some() {
        return Effect::Nothing;
    }
    if let Some(back) = &rollout.back {
        return match (&back.rollback, back.outcome) {
            (_, Some(rollback::Outcome::Succeeded)) => Effect::End(Outcome::RolledBack),
            (_, Some(_)) => Effect::End(Outcome::Failed),
            (Some(id), None) => Effect::DriveBack(back.stage, id.clone()),
            (None, None) => Effect::BeginBack(back.stage),
        };
    }
    let Some((place, stage)) = rollout.current() else { return at_the_end(rollout) };
    match (stage.phase, stage.drives.last()) {
        (Phase::Deploying, Some(id)) => Effect::DriveStage(place, id.clone()),
        // The gate was opened: the hold behind it is lifted also where a person stops here.
        (Phase::Open, _) => Effect::LiftHold(place),
        _ if rollout.stop.is_some() => Effect::End(Outcome::Stopped),
        (Phase::Pending | Phase::Deploying, _) => match own_quarantine(rollout) {
            Some(tag) => Effect::LiftQuarantine(tag.clone()),
            None => Effect::BeginStage(place),
        },
        (Phase::Deployed, _) => Effect::BeginSoak(place),
        (Phase::Soaking, _) => Effect::Watch(place),
        (Phase::Green, _) if stage.plan.gate == Gate::Automatic => Effect::OpenGate(place),
        (Phase::Green | Phase::Unproved | Phase::Red | Phase::Refused | Phase::Failed, _) => Effect::AskPerson(place),
        // No current stage has passed.
        (Phase::Passed, _) => Effect::Nothing,
    }
}

/// The deed of a person's choice; `None` where it is none just now.
pub fn chosen(rollout: &Rollout, choice: Choice, by: &str, reason: &str) -> Option<Deed> {
    if !rollout.choices().contains(&choice) {
        return None;
    }
    let (stage, by) = (rollout.current()?.0, by.to_owned());
    Some(match choice {
        Choice::Go => Deed::RolloutGateOpened { stage, by: Some(by) },
        Choice::Again => Deed::RolloutTriedAgain { stage, by },
        Choice::RollBack => Deed::RolloutBackChosen { stage, by, reason: reason.to_owned() },
        Choice::Stop => Deed::RolloutStopAsked { by, reason: reason.to_owned() },
    })
}

fn at_the_end(rollout: &Rollout) -> Effect {
    let open = rollout.plan.lifts.iter().find(|tag| !rollout.lifted.contains(tag));
    match open.filter(|_| rollout.stop.is_none()) {
        Some(tag) => Effect::LiftQuarantine(tag.clone()),
        None => match (&rollout.plan.bad, &rollout.plan.rollback, &rollout.marked) {
            (Some(bad), Some(_), None) => Effect::MarkRelease(bad.clone()),
            _ => Effect::End(Outcome::Succeeded),
        },
    }
}

/// A release that is quarantined itself passes no stage's checks.
fn own_quarantine(rollout: &Rollout) -> Option<&TagName> {
    let tag = &rollout.plan.tag;
    (rollout.plan.lifts.contains(tag) && !rollout.lifted.contains(tag)).then_some(tag)
}

fn lift(rollout: &mut Rollout, tag: &TagName) -> bool {
    let wanted = effect(rollout) == Effect::LiftQuarantine(tag.clone());
    rollout.lifted.push(tag.clone());
    wanted
}

/// The current stage, where it is this one and stands there.
fn at_phase<'a>(rollout: &'a mut Rollout, stage: usize, phases: &[Phase]) -> Option<&'a mut Stage> {
    let is_current = rollout.current().is_some_and(|(place, found)| place == stage && phases.contains(&found.phase));
    let goes_on = rollout.back.is_none();
    rollout.stages.get_mut(stage).filter(|_| is_current && goes_on)
}

fn stage_begun(rollout: &mut Rollout, at: Timestamp, stage: usize, id: &RollbackId) -> bool {
    let is_new = !rollout.stages.iter().any(|stage| stage.drives.contains(id));
    let wanted = effect(rollout) == Effect::BeginStage(stage) && is_new;
    let Some(stage) = at_phase(rollout, stage, &[Phase::Pending]).filter(|_| wanted) else { return false };
    stage.phase = Phase::Deploying;
    stage.drives.push(id.clone());
    stage.began.get_or_insert(at);
    true
}

fn stage_ended(rollout: &mut Rollout, at: Timestamp, ending: &Ending) -> bool {
    let Some(stage) = at_phase(rollout, ending.stage, &[Phase::Deploying]) else { return false };
    stage.phase = match (ending.outcome, ending.may_have_run) {
        (rollback::Outcome::Succeeded, _) => Phase::Deployed,
        (_, true) => Phase::Failed,
        (_, false) => Phase::Refused,
    };
    stage.ended = Some(at);
    stage.sentence.clone_from(&ending.sentence);
    stage.hint.clone_from(&ending.hint);
    true
}

fn soak_begun(rollout: &mut Rollout, stage: usize, soak: Soak) -> bool {
    let goes_on = rollout.stop.is_none();
    let phases = if soak.anew.is_some() { [Phase::Deployed, Phase::Soaking] } else { [Phase::Deployed; 2] };
    let Some(stage) = at_phase(rollout, stage, &phases).filter(|_| goes_on) else { return false };
    stage.phase = Phase::Soaking;
    stage.soak = Some(soak);
    true
}

fn soak_seen(rollout: &mut Rollout, at: Timestamp, look: &Look) -> bool {
    let Some(stage) = at_phase(rollout, look.stage, &[Phase::Soaking]) else { return false };
    let Some(soak) = &mut stage.soak else { return false };
    let differs = soak.looks.last().is_none_or(|(_, before)| before != look);
    stage.sentence.clone_from(&look.sentence);
    stage.hint.clear();
    soak.looks.push((at, look.clone()));
    differs
}

fn soak_ended(rollout: &mut Rollout, stage: usize, verdict: Verdict, sentence: &str) -> bool {
    let Some(stage) = at_phase(rollout, stage, &[Phase::Soaking]) else { return false };
    stage.phase = match verdict {
        Verdict::Passed => Phase::Green,
        Verdict::Failed => Phase::Red,
        Verdict::Inconclusive | Verdict::Errored => Phase::Unproved,
    };
    sentence.clone_into(&mut stage.sentence);
    stage.hint.clear();
    true
}

fn gate_opened(rollout: &mut Rollout, stage: usize, by: Option<&String>) -> bool {
    let fits = match by {
        Some(_) => rollout.choices().contains(&Choice::Go),
        None => effect(rollout) == Effect::OpenGate(stage),
    };
    let phases = [Phase::Green, Phase::Unproved];
    let Some(stage) = at_phase(rollout, stage, &phases).filter(|_| fits) else { return false };
    stage.phase = Phase::Open;
    stage.opened_by = by.cloned();
    true
}

fn hold_lifted(rollout: &mut Rollout, at: Timestamp, stage: usize, [sentence, hint]: [&String; 2]) -> bool {
    let Some(stage) = at_phase(rollout, stage, &[Phase::Open]) else { return false };
    stage.phase = Phase::Passed;
    stage.ended = Some(at);
    stage.sentence.clone_from(sentence);
    stage.hint.clone_from(hint);
    true
}

fn tried_again(rollout: &mut Rollout, stage: usize) -> bool {
    let may = rollout.choices().contains(&Choice::Again);
    let phases = [Phase::Refused, Phase::Failed, Phase::Red, Phase::Unproved, Phase::Green];
    let Some(stage) = at_phase(rollout, stage, &phases).filter(|_| may) else { return false };
    let deploys = matches!(stage.phase, Phase::Refused | Phase::Failed);
    stage.phase = if deploys { Phase::Pending } else { Phase::Deployed };
    stage.hint.clear();
    true
}

fn back_chosen(rollout: &mut Rollout, stage: usize, by: &str, reason: &str) -> bool {
    let is_current = rollout.current().is_some_and(|(place, _)| place == stage);
    if !is_current || !rollout.choices().contains(&Choice::RollBack) {
        return false;
    }
    let (by, reason) = (by.to_owned(), reason.to_owned());
    let (sentence, hint) = (String::new(), String::new());
    rollout.back = Some(Back { stage, by, reason, rollback: None, outcome: None, sentence, hint });
    true
}

fn back_begun(rollout: &mut Rollout, stage: usize, id: &RollbackId) -> bool {
    let is_new = !rollout.stages.iter().any(|stage| stage.drives.contains(id));
    let back = rollout.back.as_mut().filter(|back| back.stage == stage && back.rollback.is_none() && is_new);
    back.is_some_and(|back| {
        back.rollback = Some(id.clone());
        true
    })
}

fn back_ended(rollout: &mut Rollout, ending: &Ending) -> bool {
    let back = rollout.back.as_mut();
    let begun = back.filter(|back| back.stage == ending.stage && back.rollback.is_some() && back.outcome.is_none());
    begun.is_some_and(|back| {
        back.outcome = Some(ending.outcome);
        back.sentence.clone_from(&ending.sentence);
        back.hint.clone_from(&ending.hint);
        true
    })
}

fn stop(rollout: &mut Rollout, by: &str, reason: &str) -> bool {
    let may = rollout.choices().contains(&Choice::Stop);
    rollout.stop = Some(Stop { by: by.to_owned(), reason: reason.to_owned() });
    may
}

fn end(rollout: &mut Rollout, at: Timestamp, outcome: Outcome, sentence: &str, hint: &str) -> bool {
    let wanted = effect(rollout) == Effect::End(outcome);
    rollout.end = Some(End { at, outcome, sentence: sentence.to_owned(), hint: hint.to_owned() });
    wanted
}
