//! Step 2. The questions asked before anything leaves this machine.

use crate::error::{Code, Trouble};
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Verdict, blocking};
use crate::rollback::checks;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, StepOutcome};
use crate::rollback::steps::{asking, errored, failed, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let questions = checks::before(&engine.rollback().plan);
    let asked = asking::ask(engine, questions).await?;
    Ok(if asked.stopped { stopped(&asked.answers) } else { judge(&asked.answers) })
}

/// The blocking reason is said first.
fn judge(answers: &[Answer]) -> Ending {
    if let Some(blocking) = blocking(answers) {
        let hint = "Choose another target, or mend this and start again.";
        let trouble = Trouble::new(Code::CheckBlocked, blocking.sentence.clone(), hint);
        return match blocking.verdict {
            Verdict::Errored | Verdict::Inconclusive => errored(StepName::Check, trouble),
            Verdict::Failed | Verdict::Passed => failed(StepName::Check, trouble),
        };
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
