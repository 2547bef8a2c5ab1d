//! What the commands of one question said, and the answer that it makes.

use std::time::Duration;

use super::what_to_do;
use crate::error::{Code, Trouble};
use crate::ids::EvidenceHash;
use crate::ports::shell::{CommandEnd, CommandOrder, Distrust, Ran, Said};
use crate::rollback::check::Question;
use crate::rollback::checks::found::Found;
use crate::rollback::checks::stopping::Halt;
use crate::rollback::plan::Plan;

/// So many of a failed command's last lines are shown; the evidence store has them all.
const TAIL: usize = 12;

/// What the commands said so far.
pub(super) struct Told {
    question: Question,
    patience: Duration,
    ran: Vec<String>,
    evidence: Vec<String>,
    outputs: Vec<EvidenceHash>,
    oldest: Option<jiff::Timestamp>,
    pub(super) distrusted: bool,
}

impl Told {
    pub(super) fn of(question: Question, plan: &Plan) -> Self {
        let (ran, evidence, outputs) = (Vec::new(), Vec::new(), Vec::new());
        Self { question, patience: plan.checks.patience(), ran, evidence, outputs, oldest: None, distrusted: false }
    }

    /// The answer, where this command decides it. `why` is said of one that was stopped.
    pub(super) fn hear(&mut self, order: &CommandOrder, end: CommandEnd, why: Halt) -> Option<Found> {
        let shown = order.shown();
        let found = match end {
            CommandEnd::Exited(ran) => self.exited(shown, &ran)?,
            CommandEnd::TimedOut(ran) => {
                self.note(&shown, &ran, "stopped", TAIL);
                Found::unclear(format!("{shown} was not done within {} s.", order.deadline.as_secs()))
            }
            CommandEnd::Stopped(ran) => self.stopped(&shown, &ran, why),
            CommandEnd::NotTrusted(distrust) => self.not_trusted(order, distrust),
            CommandEnd::Missing(program) => {
                self.evidence.push(format!("$ {shown}"));
                Found::unclear(format!("{shown} could not run: {program} is not on this machine."))
            }
            CommandEnd::Broken(trouble) => {
                self.evidence.push(format!("$ {shown}"));
                self.evidence.push(trouble.hint.clone());
                Found { evidence: Vec::new(), ..Found::errored(&trouble) }
            }
        };
        Some(self.finish(found))
    }

    pub(super) fn all_passed(mut self) -> Found {
        let sentence = format!("{} passed", self.ran.join(" and "));
        self.finish(Found::passed(sentence))
    }

    /// What was noted of commands that decided nothing.
    pub(super) fn rest(mut self) -> Found {
        self.finish(Found::passed(String::new()))
    }

    fn exited(&mut self, shown: String, ran: &Ran) -> Option<Found> {
        let how = ran.exit.map_or_else(|| "ended by a signal".to_owned(), |exit| format!("exit {exit}"));
        let said = ran.said();
        self.note(&shown, ran, &how, if said == Said::Yes { 0 } else { TAIL });
        Some(match said {
            Said::Yes => {
                self.ran.push(shown);
                return None;
            }
            Said::No => Found::failed(format!("{shown} said no ({how}).")),
            Said::CouldNotTell => Found::unclear(format!("{shown} could not tell ({how}).")),
            Said::NotExecutable => Found::unclear(format!("{shown} could not run: it may not be executed ({how}).")),
            Said::NotFound => Found::unclear(format!("{shown} could not run: something in it was not found ({how}).")),
            Said::Nothing => Found::errored(&broken(&shown)),
        })
    }

    fn stopped(&mut self, shown: &str, ran: &Ran, why: Halt) -> Found {
        self.note(shown, ran, "stopped", TAIL);
        if why == Halt::Person {
            return Found::unclear(format!("{shown} was stopped."));
        }
        self.evidence.push("The rollback went on without it.".to_owned());
        Found::unclear(no_patience(self.question, self.patience))
    }

    fn not_trusted(&mut self, order: &CommandOrder, distrust: Distrust) -> Found {
        let shown = order.shown();
        self.distrusted = true;
        self.evidence.push(format!("$ {shown}"));
        self.evidence.push(what_to_do(order, distrust));
        Found::unclear(match distrust {
            Distrust::Repository => format!("{shown} was not run: the repository is not trusted yet."),
            Distrust::Command => format!("{shown} was not run: it is not trusted yet."),
        })
    }

    fn note(&mut self, shown: &str, ran: &Ran, how: &str, tail: usize) {
        let seconds = Duration::from_millis(ran.milliseconds).as_secs_f64();
        let when = if ran.recalled { format!(", run {}", ran.began) } else { String::new() };
        self.evidence.push(format!("$ {shown}"));
        self.evidence.extend(ran.tail.iter().skip(ran.tail.len().saturating_sub(tail)).cloned());
        self.evidence.push(format!("{how} after {seconds:.1} s{when}"));
        self.outputs.extend(ran.output.clone());
        self.oldest = Some(self.oldest.map_or(ran.began, |oldest| oldest.min(ran.began)));
    }

    fn finish(&mut self, mut found: Found) -> Found {
        found.evidence = std::mem::take(&mut self.evidence);
        found.outputs = std::mem::take(&mut self.outputs);
        found.asked_at = self.oldest;
        found
    }
}

/// The clock of a rollback does not wait for what could only warn.
pub(crate) fn no_patience(question: Question, patience: Duration) -> String {
    format!("{} had no answer within {} s, and could only warn.", question.title(), patience.as_secs())
}

fn broken(shown: &str) -> Trouble {
    Trouble::new(
        Code::Internal,
        format!("{shown} was ended by a signal before it could answer."),
        "Run it by hand to see why.",
    )
}
