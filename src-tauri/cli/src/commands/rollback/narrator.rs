//! Tells of a rollback as it happens: each fact as JSON, or what a person wants to know.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use lastgood_core::journal::Fact;
use lastgood_core::ports::Watcher;
use lastgood_core::rollback::event::{Event, RunOrder, StepOutcome};
use lastgood_core::rollback::local::LocalEnd;
use lastgood_core::rollback::{Rollback, StepName};

use super::clock;
use crate::output::{self, plain};

pub(crate) struct Narrator {
    json: bool,
    /// The job step told of last, so that each is told once.
    told: Mutex<String>,
    late: AtomicBool,
}

impl Narrator {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, told: Mutex::new(String::new()), late: AtomicBool::new(false) }
    }

    /// Once, and while it goes on: a person may want to do something else by then.
    fn late(&self, fact: &Fact, rollback: &Rollback) {
        let taken = fact.at.as_second() - rollback.plan.started.as_second();
        if rollback.end.is_none() && taken > i64::from(rollback.plan.budget) && !self.late.swap(true, Ordering::Relaxed)
        {
            output::line(&format!("  ! {}", clock::took(&rollback.plan, taken)));
        }
    }

    fn run_seen(&self, rollback: &Rollback) {
        let active = rollback.seen.iter().flat_map(|seen| &seen.jobs).find_map(|job| {
            let step = job.steps.iter().find(|step| step.status == "in_progress")?;
            Some(format!("{} · {}", job.name, step.name))
        });
        let Some(active) = active else { return };
        if let Ok(mut told) = self.told.lock()
            && *told != active
        {
            output::line(&plain(&format!("  ● {active}")));
            *told = active;
        }
    }
}

impl Watcher for Narrator {
    fn saw(&self, fact: &Fact, rollback: &Rollback) {
        if self.json {
            return output::json(fact);
        }
        let Some(event) = fact.event.rollback() else { return };
        self.late(fact, rollback);
        match event {
            Event::StepEnded(ending) => {
                let mark = match ending.outcome {
                    StepOutcome::Succeeded => "✓",
                    StepOutcome::Failed | StepOutcome::Errored => "✕",
                    StepOutcome::Aborted => "■",
                    StepOutcome::Inconclusive => "?",
                };
                output::line(&plain(&format!("{mark} {}: {}", title(ending.step), ending.sentence)));
            }
            Event::RunSeen(_) => self.run_seen(rollback),
            Event::RunOutOfSight { sentence } => output::line(&plain(&format!("  ? {sentence}"))),
            Event::RunOrdered { by, order, .. } => {
                let deed = match order {
                    RunOrder::Approve => "approves",
                    RunOrder::Reject => "rejects",
                    RunOrder::Cancel => "cancels",
                };
                output::line(&plain(&format!("  {by} {deed} the run")));
            }
            Event::LocalBegan { command, .. } => output::line(&plain(&format!("  $ {command}"))),
            Event::LocalEnded(ended) => local_ended(ended),
            Event::Waiting { sentence, .. } => output::line(&plain(&format!("  … {sentence}"))),
            Event::StopAsked if rollback.local.as_ref().is_some_and(|local| local.ended.is_none()) => {
                output::line("  Ending the deploy command");
            }
            Event::StopAsked => output::line("  Stopping after this step; press Ctrl C again to leave at once"),
            Event::RollbackStarted(_)
            | Event::ReasonGiven { .. }
            | Event::StepStarted { .. }
            | Event::Answered(_)
            | Event::HoldTaken { .. }
            | Event::HoldLifted { .. }
            | Event::TagMade { .. }
            | Event::TagKept { .. }
            | Event::NewestRun { .. }
            | Event::DispatchSent
            | Event::RunFound { .. }
            | Event::Quarantined { .. }
            | Event::ReleaseMarked { .. }
            | Event::QuarantineLifted { .. }
            | Event::PersonChose { .. }
            | Event::UndoAsked
            | Event::RunOrderEnded { .. }
            | Event::RollbackEnded { .. } => {}
        }
    }
}

/// The last lines that it wrote; the evidence store has them all.
fn local_ended(ended: &LocalEnd) {
    ended.tail.iter().for_each(|line| output::line(&plain(&format!("    {line}"))));
    output::line(&format!("    {}", ended.words()));
    if let Some(hash) = &ended.output {
        let hash = hash.as_str().get(..12).unwrap_or(hash.as_str());
        output::line(&format!("    whole output: lastgood evidence {hash}"));
    }
}

fn title(step: StepName) -> &'static str {
    match step {
        StepName::Hold => "Hold",
        StepName::Check => "Check",
        StepName::Tag => "Tag and push",
        StepName::Dispatch => "Dispatch",
        StepName::Follow => "Deploy",
        StepName::Prove => "Prove",
        StepName::Close => "Close",
    }
}
