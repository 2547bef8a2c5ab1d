//! Step 2. The questions asked before anything leaves this machine.

use crate::error::{Code, Trouble};
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Verdict};
use crate::rollback::checks;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{errored, failed, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let ports = engine.ports.clone();
    let plan = engine.rollback().plan.clone();
    let repository = engine.repository().to_owned();
    let mut answers = Vec::new();
    for question in checks::BEFORE {
        let answer = checks::ask(question, &ports, &repository, &plan).await;
        engine.write(Event::Answered(Box::new(answer.clone()))).await?;
        answers.push(answer);
        engine.listen(std::time::Duration::ZERO).await?;
    }
    Ok(judge(&answers))
}

/// The blocking reason is said first.
fn judge(answers: &[Answer]) -> Ending {
    if let Some(blocking) = answers.iter().find(|answer| answer.blocks()) {
        let hint = "Choose another target, or mend this and start again.";
        let trouble = Trouble::new(Code::CheckBlocked, blocking.sentence.clone(), hint);
        return match blocking.verdict {
            Verdict::Errored | Verdict::Inconclusive => errored(StepName::Check, trouble),
            Verdict::Failed | Verdict::Passed => failed(StepName::Check, trouble),
        };
    }
    let passed = answers.iter().filter(|answer| answer.verdict == Verdict::Passed).count();
    let warnings: Vec<&str> =
        answers.iter().filter(|answer| answer.warns()).map(|answer| answer.sentence.as_str()).collect();
    let mut sentence = format!("{passed} checks passed");
    if !warnings.is_empty() {
        let word = if warnings.len() == 1 { "warning" } else { "warnings" };
        sentence = format!("{sentence}, {} {word}: {}", warnings.len(), warnings.join("; "));
    }
    succeeded(StepName::Check, sentence)
}
