//! Step 6. The live service itself is asked: which version, whether it is well, and what the team's commands say.
//!
//! "It said no" and "it could not tell" stay apart. Without a probe, GitHub's own record of the deployment is the
//! evidence, and the answer says so. A reference that is known to be good tells a broken service from a broken probe or
//! network.

mod probes;
mod record;

use crate::error::{Code, Trouble};
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event, StepOutcome};
use crate::rollback::plan::Plan;
use crate::rollback::steps::{asking, failed, inconclusive, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let proofs = engine.rollback().plan.proofs.clone();
    let version = match &proofs.version {
        Some(url) => probes::version(engine, url).await?,
        None => record::ask(engine).await,
    };
    let mut answers = vec![told(engine, version).await?];
    if let Some(wanted) = proofs.wanted.clone().or_else(|| proofs.health.clone().map(crate::ports::world::Wanted::at)) {
        let health = probes::health(engine, &wanted, proofs.health_times.max(1)).await?;
        answers.push(told(engine, health).await?);
    }
    // A service that is not the target, or not well, fails its tests for that reason.
    if !answers.iter().any(Answer::blocks) {
        let asked = asking::ask(engine, commands(&engine.rollback().plan), Vec::new()).await?;
        answers.extend(asked.answers);
        if asked.stopped {
            return Ok(stopped());
        }
    }
    Ok(judge(&engine.rollback().plan, &answers))
}

async fn told(engine: &mut Engine, answer: Answer) -> Result<Answer, Trouble> {
    engine.write(Event::Answered(Box::new(answer.clone()))).await?;
    Ok(answer)
}

fn commands(plan: &Plan) -> Vec<Question> {
    let all = [Question::ProofFunctionality, Question::ProofPerformance, Question::ProofSecurity];
    all.into_iter().filter(|question| plan.checks.asks(*question)).collect()
}

fn judge(plan: &Plan, answers: &[Answer]) -> Ending {
    let said = |verdict| answers.iter().find(|answer| answer.policy == Policy::Block && answer.verdict == verdict);
    if let Some(no) = said(Verdict::Failed) {
        let hint = match &plan.next {
            Some(next) => format!("See what is live. The target may be bad too: roll back to {next} next."),
            None => "See what is live. The target may be bad too: choose the next one.".to_owned(),
        };
        return failed(StepName::Prove, Trouble::new(Code::ProofFailed, no.sentence.clone(), hint));
    }
    if let Some(unclear) = said(Verdict::Inconclusive).or_else(|| said(Verdict::Errored)) {
        let hint = "Look at the service yourself, then say whether it works.";
        return inconclusive(StepName::Prove, Code::ProofUnclear, unclear.sentence.clone(), hint);
    }
    let sentences: Vec<&str> = answers.iter().map(|answer| answer.sentence.trim_end_matches('.')).collect();
    succeeded(StepName::Prove, format!("{}: {}", plan.to, sentences.join("; ")))
}

/// What has been deployed stays; whether it works is then for a person to say.
fn stopped() -> Ending {
    Ending {
        step: StepName::Prove,
        outcome: StepOutcome::Aborted,
        sentence: "Stopped before every proof was made".to_owned(),
        hint: "See what is live, and test it yourself.".to_owned(),
        code: None,
    }
}
