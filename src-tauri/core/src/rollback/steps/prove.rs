//! Step 6. The live service itself is asked: which version, and whether it is well.
//!
//! "It said no" and "it could not tell" stay apart. Without a probe, GitHub's own record of the deployment is the
//! evidence, and the answer says so.

use std::time::Duration;

use crate::error::{Code, Trouble};
use crate::ids::TagName;
use crate::ports::forge::DeploymentState;
use crate::ports::world::Seen;
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
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

/// Healthy so many times in a row, within the time.
async fn probe_health(engine: &mut Engine, url: &str, times: u8) -> Result<Answer, Trouble> {
    let begun = engine.ports.clock.elapsed();
    let mut in_a_row = 0;
    loop {
        let seen = engine.ports.probe.health(url).await;
        in_a_row = if matches!(seen, Seen::Answer(_)) { in_a_row + 1 } else { 0 };
        if in_a_row >= times {
            let sentence = format!("healthy {times} times in a row");
            return Ok(answer(engine, begun, Question::LiveHealth, Verdict::Passed, sentence, url.to_owned()));
        }
        if engine.ports.clock.elapsed().saturating_sub(begun) >= engine.pace.probe_for {
            let (verdict, sentence) = match seen {
                Seen::No(words) => (Verdict::Failed, format!("Health says no: {words}")),
                Seen::Nothing(words) => (Verdict::Inconclusive, format!("Health could not be asked: {words}")),
                Seen::Answer(_) => (Verdict::Failed, format!("Health was not well {times} times in a row.")),
            };
            return Ok(answer(engine, begun, Question::LiveHealth, verdict, sentence, url.to_owned()));
        }
        engine.listen(engine.pace.probe).await?;
    }
}

/// No version probe: the newest successful deployment is the evidence, where there is one.
async fn ask_github(engine: &Engine) -> Answer {
    let begun = engine.ports.clock.elapsed();
    let plan = &engine.rollback().plan;
    let deployments = engine.ports.forge.deployments().await.unwrap_or_default();
    let newest = deployments
        .iter()
        .find(|deployment| deployment.environment == plan.environment && deployment.state == DeploymentState::Success);
    let ours = newest.filter(|found| found.commit == plan.commit || found.reference == plan.to.as_str());
    let mut answer = match ours {
        Some(found) => answer(
            engine,
            begun,
            Question::LiveVersion,
            Verdict::Passed,
            "GitHub shows it as the newest deployment; the service itself was not asked".to_owned(),
            format!("deployment {}", found.id),
        ),
        None => answer(
            engine,
            begun,
            Question::LiveVersion,
            Verdict::Inconclusive,
            "the run succeeded, and nothing else could be asked: no version probe is configured".to_owned(),
            "lastgood.toml names no version probe for this environment".to_owned(),
        ),
    };
    answer.policy = Policy::Warn;
    answer
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
