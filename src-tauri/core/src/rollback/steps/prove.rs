//! Step 6. The live service itself is asked: which version, and whether it is well.
//!
//! "It said no" and "it could not tell" stay apart. Without a probe, GitHub's own record of the deployment is the
//! evidence, and the answer says so.

use std::time::Duration;

use crate::error::{Code, Trouble};
use crate::ids::TagName;
use crate::ports::forge::{Deployment, DeploymentState};
use crate::ports::world::Seen;
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::plan::Plan;
use crate::rollback::steps::{failed, inconclusive, succeeded};

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let proofs = engine.rollback().plan.proofs.clone();
    let version = match &proofs.version {
        Some(url) => probe_version(engine, url).await?,
        None => ask_github(engine).await,
    };
    engine.write(Event::Answered(Box::new(version.clone()))).await?;
    let mut answers = vec![version];
    if let Some(url) = &proofs.health {
        let health = probe_health(engine, url, proofs.health_times.max(1)).await?;
        engine.write(Event::Answered(Box::new(health.clone()))).await?;
        answers.push(health);
    }
    Ok(judge(&engine.rollback().plan.to, &answers))
}

fn judge(target: &TagName, answers: &[Answer]) -> Ending {
    let said = |verdict| answers.iter().find(|answer| answer.policy == Policy::Block && answer.verdict == verdict);
    if let Some(no) = said(Verdict::Failed) {
        let hint = "See what is live. The target may be bad too: choose the next one.";
        return failed(StepName::Prove, Trouble::new(Code::ProofFailed, no.sentence.clone(), hint));
    }
    if let Some(unclear) = said(Verdict::Inconclusive).or_else(|| said(Verdict::Errored)) {
        let hint = "Look at the service yourself, then say whether it works.";
        return inconclusive(StepName::Prove, Code::ProofUnclear, unclear.sentence.clone(), hint);
    }
    let sentences: Vec<&str> = answers.iter().map(|answer| answer.sentence.as_str()).collect();
    succeeded(StepName::Prove, format!("{target}: {}", sentences.join("; ")))
}

/// Asks until the target answers or its time is over. An old version just after the deploy is not yet a no.
async fn probe_version(engine: &mut Engine, url: &str) -> Result<Answer, Trouble> {
    let begun = engine.ports.clock.elapsed();
    let target = engine.rollback().plan.to.clone();
    loop {
        let seen = engine.ports.probe.version(url).await;
        if let Seen::Answer(version) = &seen
            && is_version(version, &target)
        {
            return Ok(answer(
                engine,
                begun,
                Question::LiveVersion,
                Verdict::Passed,
                format!("{target} answers"),
                format!("{url} said {version}"),
            ));
        }
        if engine.ports.clock.elapsed().saturating_sub(begun) >= engine.pace.probe_for {
            let (verdict, sentence) = match seen {
                Seen::Answer(version) => (Verdict::Failed, format!("{version} answers instead of {target}.")),
                Seen::No(words) | Seen::Nothing(words) => {
                    (Verdict::Inconclusive, format!("The live version could not be read: {words}"))
                }
            };
            return Ok(answer(engine, begun, Question::LiveVersion, verdict, sentence, url.to_owned()));
        }
        engine.listen(engine.pace.probe).await?;
    }
}

/// Healthy so many times in a row. A row that began within the time is asked to its end.
async fn probe_health(engine: &mut Engine, url: &str, times: u8) -> Result<Answer, Trouble> {
    let begun = engine.ports.clock.elapsed();
    let mut in_a_row = 0;
    loop {
        let seen = engine.ports.probe.health(url).await;
        let over = engine.ports.clock.elapsed().saturating_sub(begun) >= engine.pace.probe_for;
        in_a_row = if matches!(seen, Seen::Answer(_)) { in_a_row + 1 } else { 0 };
        let found = match seen {
            Seen::Answer(_) if in_a_row >= times => Some((Verdict::Passed, format!("healthy {times} times in a row"))),
            Seen::No(words) if over => Some((Verdict::Failed, format!("Health says no: {words}"))),
            Seen::Nothing(words) if over => {
                Some((Verdict::Inconclusive, format!("Health could not be asked: {words}")))
            }
            Seen::Answer(_) | Seen::No(_) | Seen::Nothing(_) => None,
        };
        if let Some((verdict, sentence)) = found {
            return Ok(answer(engine, begun, Question::LiveHealth, verdict, sentence, url.to_owned()));
        }
        engine.listen(engine.pace.probe).await?;
    }
}

/// No version probe: the newest successful deployment is the evidence, where there is one. It never blocks.
async fn ask_github(engine: &Engine) -> Answer {
    let begun = engine.ports.clock.elapsed();
    let plan = &engine.rollback().plan;
    let (verdict, sentence, evidence) = match engine.ports.forge.deployments().await {
        Ok(deployments) => record(plan, &deployments),
        Err(trouble) => {
            (Verdict::Inconclusive, "GitHub could not be asked what it has deployed".to_owned(), trouble.message)
        }
    };
    let sentence = format!("{sentence}; the service itself was not asked");
    let mut answer = answer(engine, begun, Question::LiveVersion, verdict, sentence, evidence);
    answer.policy = Policy::Warn;
    answer
}

/// What GitHub's own record says, and where it says so.
fn record(plan: &Plan, deployments: &[Deployment]) -> (Verdict, String, String) {
    let newest = deployments
        .iter()
        .find(|deployment| deployment.environment == plan.environment && deployment.state == DeploymentState::Success);
    match newest {
        Some(found) if found.commit == plan.commit || found.reference == plan.to.as_str() => {
            let sentence = "GitHub shows it as the newest deployment".to_owned();
            (Verdict::Passed, sentence, format!("deployment {}", found.id))
        }
        Some(found) => {
            let sentence = format!("the run succeeded, and GitHub's newest deployment is of {}", found.reference);
            (Verdict::Inconclusive, sentence, format!("deployment {}", found.id))
        }
        None => {
            let sentence = format!("the run succeeded, and GitHub keeps no deployment of {}", plan.environment);
            (Verdict::Inconclusive, sentence, "no successful deployment".to_owned())
        }
    }
}

fn answer(
    engine: &Engine,
    begun: Duration,
    question: Question,
    verdict: Verdict,
    sentence: String,
    evidence: String,
) -> Answer {
    let taken = engine.ports.clock.elapsed().saturating_sub(begun);
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    Answer { question, verdict, policy: Policy::Block, sentence, evidence: vec![evidence], milliseconds }
}

/// Services say `2.4.0` as often as `v2.4.0`.
fn is_version(said: &str, target: &TagName) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches(['v', 'V']).to_owned();
    said.trim() == target.as_str() || bare(said) == bare(target.as_str())
}
