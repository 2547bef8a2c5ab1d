//! Step 2. The questions asked before anything leaves this machine.

use jiff::SignedDuration;

use crate::error::{Code, Trouble};
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Question, Verdict, blocking, outcome};
use crate::rollback::checks;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, StepOutcome};
use crate::rollback::steps::waiting::{self, Waited};
use crate::rollback::steps::{asking, ended, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let known = armed(engine).await;
    let mut open = checks::before(&engine.rollback().plan);
    open.retain(|question| !known.iter().any(|answer| answer.question == *question) && !is_idle(engine, *question));
    // Only git knows whether the tag is where it was; the others ask GitHub as well.
    let mut waited = Waited::Over;
    let needs_github = !engine.rollback().is_local();
    if needs_github && open.iter().any(|question| *question != Question::TargetExists) {
        waited = waiting::for_github(engine, StepName::Check).await?;
    }
    loop {
        if waited == Waited::Stopped {
            return Ok(waiting::stopped(StepName::Check));
        }
        let (mut questions, mut answers) = (open.clone(), known.clone());
        if let Some(told) = just_told(engine) {
            questions.retain(|question| *question != told.question);
            answers.push(told);
        }
        let asked = asking::ask(engine, questions, answers).await?;
        if asked.stopped {
            return Ok(stopped(&asked.answers));
        }
        let limited = needs_github && engine.ports.forge.waiting().is_some() && blocking(&asked.answers).is_some();
        if waited == Waited::TooLong || !limited {
            return Ok(judge(&asked.answers));
        }
        waited = waiting::for_github(engine, StepName::Check).await?;
    }
}

/// Asks for the target while the hold is taken, where arming answered all else: neither waits for the other.
pub(super) async fn target(engine: &Engine) -> Option<Answer> {
    engine.armed.as_ref()?;
    let (ports, plan) = (&engine.ports, &engine.rollback().plan);
    if engine.rollback().is_local() || !checks::before(plan).contains(&Question::TargetExists) {
        return None;
    }
    checks::ask_these(vec![Question::TargetExists], ports, engine.repository(), plan).await.pop()
}

/// So long the answer counts that came while the hold was taken.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(2);

/// It counts once, for the questions that are asked in this moment: after any wait the target is asked for anew.
fn just_told(engine: &mut Engine) -> Option<Answer> {
    let now = engine.ports.clock.now();
    engine.target.take().filter(|answer| {
        let told = matches!(answer.verdict, Verdict::Passed | Verdict::Failed);
        told && answer.asked_at.is_some_and(|at| at <= now && now.duration_since(at) <= JUST_NOW)
    })
}

/// What arming found and still counts. A journal that cannot be read proves nothing, and all is asked.
async fn armed(engine: &Engine) -> Vec<Answer> {
    let Some(armed) = &engine.armed else { return Vec::new() };
    let plan = &engine.rollback().plan;
    let facts = engine.ports.journal.of_repository(engine.repository()).await;
    facts.map_or_else(|_| Vec::new(), |facts| armed.counting(plan, &facts, engine.ports.clock.now()))
}

/// Arming found nothing to ask.
fn is_idle(engine: &Engine, question: Question) -> bool {
    engine.armed.as_ref().is_some_and(|armed| armed.has_nothing_to_ask(question, &engine.rollback().plan))
}

/// The blocking reason is said first.
fn judge(answers: &[Answer]) -> Ending {
    if let Some(blocking) = blocking(answers) {
        let hint = "Choose another target, or mend this and start again.";
        let trouble = Trouble::new(Code::CheckBlocked, blocking.sentence.clone(), hint);
        return ended(StepName::Check, outcome(answers), trouble);
    }
    let passed = answers.iter().filter(|answer| answer.verdict == Verdict::Passed).count();
    let warnings: Vec<&str> =
        answers.iter().filter(|answer| answer.warns()).map(|answer| answer.sentence.trim_end_matches('.')).collect();
    let mut sentence = format!("{passed} checks passed");
    if !warnings.is_empty() {
        let word = if warnings.len() == 1 { "warning" } else { "warnings" };
        sentence = format!("{sentence}, {} {word}: {}", warnings.len(), warnings.join("; "));
    }
    succeeded(StepName::Check, sentence)
}

fn stopped(answers: &[Answer]) -> Ending {
    Ending {
        step: StepName::Check,
        outcome: StepOutcome::Aborted,
        sentence: format!("Stopped after {} answers", answers.len()),
        hint: String::new(),
        code: None,
    }
}
