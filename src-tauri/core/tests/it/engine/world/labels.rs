//! Facts in a few words, so that a story reads as a list.

use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollback::event::{Choice, Event, Evidence, StepOutcome};

pub(crate) fn label(event: &Event) -> String {
    match event {
        Event::RollbackStarted(_) => "rollback started".to_owned(),
        Event::ReasonGiven { .. } => "reason given".to_owned(),
        Event::StepStarted { step, .. } => format!("{} started", step.as_str()),
        Event::Answered(answer) => format!("{} {}", answer.question.code(), verdict(answer.verdict)),
        Event::HoldTaken { .. } => "hold taken".to_owned(),
        Event::HoldLifted { .. } => "hold lifted".to_owned(),
        Event::TagMade { .. } => "tag made".to_owned(),
        Event::NewestRun { .. } => "newest run".to_owned(),
        Event::Waiting { step, .. } => format!("{} waits", step.as_str()),
        Event::DispatchSent => "dispatch sent".to_owned(),
        Event::LocalBegan { .. } => "local began".to_owned(),
        Event::LocalEnded(_) => "local ended".to_owned(),
        Event::TagKept { .. } => "tag kept".to_owned(),
        Event::RunFound { how, .. } => format!("run found by {}", evidence(*how)),
        Event::RunSeen(seen) => format!("run seen {}", seen.conclusion.as_ref().unwrap_or(&seen.status)),
        Event::RunOutOfSight { .. } => "run out of sight".to_owned(),
        Event::Quarantined { .. } => "quarantined".to_owned(),
        Event::ReleaseMarked { .. } => "release marked".to_owned(),
        Event::QuarantineLifted { .. } => "quarantine lifted".to_owned(),
        Event::StepEnded(ending) => format!("{} {}", ending.step.as_str(), outcome(ending.outcome)),
        Event::PersonChose { step, choice } => format!("{} chosen for {}", self::choice(*choice), step.as_str()),
        Event::UndoAsked => "undo asked".to_owned(),
        Event::StopAsked => "stop asked".to_owned(),
        Event::RunOrdered { .. } => "run ordered".to_owned(),
        Event::RunOrderEnded { .. } => "run order ended".to_owned(),
        Event::RollbackEnded { outcome, .. } => format!("rollback {}", outcome.as_str()),
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Errored => "errored",
    }
}

fn evidence(how: Evidence) -> &'static str {
    match how {
        Evidence::Answer => "answer",
        Evidence::Key => "key",
        Evidence::TimeAndActor => "time and actor",
        Evidence::Person => "person",
    }
}

fn outcome(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Succeeded => "succeeded",
        StepOutcome::Failed => "failed",
        StepOutcome::Errored => "errored",
        StepOutcome::Aborted => "aborted",
        StepOutcome::Inconclusive => "inconclusive",
    }
}

fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::LookAgain => "look again",
        Choice::SendAgain => "send again",
        Choice::ItWorked => "it worked",
        Choice::GiveUp => "give up",
    }
}
