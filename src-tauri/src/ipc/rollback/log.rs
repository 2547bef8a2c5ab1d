//! The deploy log: what changed between two looks at the run. GitHub gives a job's own log only when it is over.

use std::collections::HashMap;

use jiff::Timestamp;
use lastgood_core::journal::Fact;
use lastgood_core::ports::forge::RunSnapshot;
use lastgood_core::rollback::event::{Event, OrderOutcome, RunOrder};
use lastgood_core::rollback::local::LocalOutcome;

use super::{LogLine, LogTone};

/// Oldest first.
pub(crate) fn lines(facts: &[Fact]) -> Vec<LogLine> {
    let mut log = Log::default();
    for fact in facts {
        let Some(event) = fact.event.rollback() else { continue };
        match event {
            Event::RunFound { run, .. } => log.say(fact.at, format!("Run {run} is ours"), LogTone::Plain),
            Event::RunSeen(seen) => log.compare(fact.at, seen),
            Event::RunOrdered { by, order, comment, .. } => log.ordered(fact.at, by, *order, comment),
            Event::RunOrderEnded { outcome, sentence, .. } => {
                let tone = if *outcome == OrderOutcome::Done { LogTone::Plain } else { LogTone::Bad };
                log.say(fact.at, sentence.clone(), tone);
            }
            Event::Waiting { sentence, .. } => log.say(fact.at, sentence.clone(), LogTone::Plain),
            Event::RunOutOfSight { sentence } => log.say(fact.at, sentence.clone(), LogTone::Bad),
            Event::LocalBegan { command, .. } => log.say(fact.at, format!("$ {command}"), LogTone::Active),
            Event::LocalEnded(ended) => {
                ended.tail.iter().for_each(|line| log.say(fact.at, line.clone(), LogTone::Plain));
                let tone = if ended.how == LocalOutcome::Exited(0) { LogTone::Good } else { LogTone::Bad };
                log.say(fact.at, ended.words(), tone);
            }
            Event::TagKept { sentence, .. } => {
                log.say(
                    fact.at,
                    format!("The tag is kept here; the remote did not confirm it: {sentence}"),
                    LogTone::Warn,
                );
            }
            Event::RollbackStarted(_)
            | Event::ReasonGiven { .. }
            | Event::StepStarted { .. }
            | Event::Answered(_)
            | Event::HoldTaken { .. }
            | Event::HoldLifted { .. }
            | Event::TagMade { .. }
            | Event::NewestRun { .. }
            | Event::DispatchSent
            | Event::Quarantined { .. }
            | Event::ReleaseMarked { .. }
            | Event::QuarantineLifted { .. }
            | Event::StepEnded(_)
            | Event::PersonChose { .. }
            | Event::UndoAsked
            | Event::StopAsked
            | Event::RollbackEnded { .. } => {}
        }
    }
    log.finish()
}

#[derive(Default)]
struct Log {
    lines: Vec<LogLine>,
    /// What each job and step was seen as last.
    known: HashMap<(u64, Option<u64>), (String, Option<String>)>,
    status: String,
}

impl Log {
    fn say(&mut self, at: Timestamp, text: String, tone: LogTone) {
        self.lines.push(LogLine { at: at.to_string(), text, tone });
    }

    fn ordered(&mut self, at: Timestamp, by: &str, order: RunOrder, comment: &str) {
        let deed = match order {
            RunOrder::Approve => "approves",
            RunOrder::Reject => "rejects",
            RunOrder::Cancel => "cancels",
        };
        let said = if comment.is_empty() { String::new() } else { format!(": {comment}") };
        self.say(at, format!("{by} {deed} the run{said}"), LogTone::Plain);
    }

    fn compare(&mut self, at: Timestamp, seen: &RunSnapshot) {
        if self.status != seen.status && matches!(seen.status.as_str(), "queued" | "waiting" | "pending") {
            self.say(at, format!("The run is {}", seen.status), LogTone::Plain);
        }
        self.status.clone_from(&seen.status);
        for job in &seen.jobs {
            for step in &job.steps {
                let what = format!("{} · {}", job.name, step.name);
                let times = (step.started, step.ended);
                self.changed(at, (job.id, Some(step.number)), what, (&step.status, &step.conclusion), times);
            }
            if job.status == "completed" {
                self.changed(
                    at,
                    (job.id, None),
                    job.name.clone(),
                    (&job.status, &job.conclusion),
                    (job.started, job.ended),
                );
            }
        }
    }

    fn changed(
        &mut self,
        at: Timestamp,
        key: (u64, Option<u64>),
        what: String,
        (status, conclusion): (&String, &Option<String>),
        (started, ended): (Option<Timestamp>, Option<Timestamp>),
    ) {
        let now = (status.clone(), conclusion.clone());
        if self.known.insert(key, now.clone()).as_ref() == Some(&now) {
            return;
        }
        match (status.as_str(), conclusion.as_deref()) {
            ("in_progress", _) => self.say(started.unwrap_or(at), what, LogTone::Active),
            ("completed", Some("success")) => self.say(ended.unwrap_or(at), format!("✓ {what}"), LogTone::Good),
            ("completed", Some("skipped")) => {
                self.say(ended.unwrap_or(at), format!("– {what}, skipped"), LogTone::Plain)
            }
            ("completed", word) => {
                self.say(ended.unwrap_or(at), format!("✕ {what}: {}", word.unwrap_or("no conclusion")), LogTone::Bad);
            }
            _ => {}
        }
    }

    /// Only the newest line may still be going on.
    fn finish(mut self) -> Vec<LogLine> {
        let last = self.lines.len().saturating_sub(1);
        for (place, line) in self.lines.iter_mut().enumerate() {
            if line.tone == LogTone::Active && place != last {
                line.tone = LogTone::Plain;
            }
        }
        self.lines
    }
}
