//! `live.version` and `live.health`: the service is asked until it is as it should be, or its time is over.

use std::time::Duration;

use jiff::Timestamp;

use crate::error::Trouble;
use crate::ports::world::{Seen, Wanted};
use crate::release::name;
use crate::rollback::check::samples::{Sample, Samples};
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::engine::Engine;

/// Asks until the target answers or its time is over. An old version just after the deploy is not yet a no.
pub(super) async fn version(engine: &mut Engine, url: &str) -> Result<Answer, Trouble> {
    let begun = engine.ports.clock.elapsed();
    let target = engine.rollback().plan.to.clone();
    let mut samples = Samples::default();
    loop {
        let (asked, at) = (engine.ports.clock.elapsed(), engine.ports.clock.now());
        let seen = engine.ports.probe.version(url, timeout(engine)).await;
        samples.push(sample(engine, asked, at, &seen, |version| name::is_version(version, target.as_str())));
        if let Seen::Answer(version) = &seen
            && name::is_version(version, target.as_str())
        {
            let sentence = format!("{version} answers");
            let evidence = vec![url.to_owned()];
            let answer = answer(engine, begun, Question::LiveVersion, Verdict::Passed, sentence, evidence);
            return Ok(Answer { samples, ..answer });
        }
        if over(engine, begun) {
            let mut evidence = vec![url.to_owned()];
            let (verdict, sentence) = match seen {
                Seen::Answer(version) => (Verdict::Failed, format!("{version} answers instead of {target}.")),
                Seen::No(words) | Seen::Nothing(words) => match reference_version(engine, &mut evidence).await {
                    Some(true) => {
                        (Verdict::Failed, format!("The service tells no version, and the reference does: {words}"))
                    }
                    Some(false) | None => {
                        (Verdict::Inconclusive, format!("The live version could not be read: {words}"))
                    }
                },
            };
            return Ok(Answer { samples, ..answer(engine, begun, Question::LiveVersion, verdict, sentence, evidence) });
        }
        engine.listen(interval(engine)).await?;
    }
}

/// Healthy so many times in a row. A row that began within the time is asked to its end.
pub(super) async fn health(engine: &mut Engine, wanted: &Wanted, times: u8) -> Result<Answer, Trouble> {
    let begun = engine.ports.clock.elapsed();
    let mut in_a_row = 0;
    let mut samples = Samples::default();
    loop {
        let (asked, at) = (engine.ports.clock.elapsed(), engine.ports.clock.now());
        let seen = engine.ports.probe.health(wanted).await;
        samples.push(sample(engine, asked, at, &seen, |_| true));
        in_a_row = if matches!(seen, Seen::Answer(_)) { in_a_row + 1 } else { 0 };
        let mut evidence = vec![wanted.url.clone()];
        let is_over = over(engine, begun);
        let found = match seen {
            Seen::Answer(_) if in_a_row >= times => Some((Verdict::Passed, format!("healthy {times} times in a row"))),
            Seen::No(words) if is_over => Some(match reference_health(engine, wanted, &mut evidence).await {
                Some(false) => (
                    Verdict::Inconclusive,
                    format!("Health says no, here and at the reference that is known to be good: {words}"),
                ),
                Some(true) | None => (Verdict::Failed, format!("Health says no: {words}")),
            }),
            Seen::Nothing(words) if is_over => Some(match reference_health(engine, wanted, &mut evidence).await {
                Some(true) => {
                    (Verdict::Failed, format!("The service does not answer, and the reference does: {words}"))
                }
                Some(false) | None => (Verdict::Inconclusive, format!("Health could not be asked: {words}")),
            }),
            Seen::Answer(_) | Seen::No(_) | Seen::Nothing(_) => None,
        };
        if let Some((verdict, sentence)) = found {
            return Ok(Answer { samples, ..answer(engine, begun, Question::LiveHealth, verdict, sentence, evidence) });
        }
        engine.listen(interval(engine)).await?;
    }
}

/// One look that has just come back.
fn sample<T: ToString>(
    engine: &Engine,
    asked: Duration,
    at: Timestamp,
    seen: &Seen<T>,
    is_wanted: impl Fn(&T) -> bool,
) -> Sample {
    let taken = engine.ports.clock.elapsed().saturating_sub(asked);
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    let (verdict, words) = match seen {
        Seen::Answer(answer) if is_wanted(answer) => (Verdict::Passed, answer.to_string()),
        Seen::Answer(answer) => (Verdict::Failed, answer.to_string()),
        Seen::No(words) => (Verdict::Failed, words.clone()),
        Seen::Nothing(words) => (Verdict::Inconclusive, words.clone()),
    };
    Sample { at, milliseconds, verdict, words }
}

/// Whether the installation that is known to be good answers; `None` where there is none, or it cannot be reached.
async fn reference_version(engine: &Engine, evidence: &mut Vec<String>) -> Option<bool> {
    let url = engine.rollback().plan.proofs.reference_version.clone()?;
    heard(&url, &engine.ports.probe.version(&url, timeout(engine)).await, evidence)
}

async fn reference_health(engine: &Engine, wanted: &Wanted, evidence: &mut Vec<String>) -> Option<bool> {
    let url = engine.rollback().plan.proofs.reference_health.clone()?;
    let wanted = Wanted { url, ..wanted.clone() };
    heard(&wanted.url, &engine.ports.probe.health(&wanted).await, evidence)
}

fn heard<T: ToString>(url: &str, seen: &Seen<T>, evidence: &mut Vec<String>) -> Option<bool> {
    let (words, well) = match seen {
        Seen::Answer(answer) => (answer.to_string(), Some(true)),
        Seen::No(words) => (words.clone(), Some(false)),
        Seen::Nothing(words) => (words.clone(), None),
    };
    evidence.push(format!("reference {url}: {words}"));
    well
}

fn timeout(engine: &Engine) -> Option<u32> {
    engine.rollback().plan.proofs.timeout_seconds
}

fn over(engine: &Engine, begun: Duration) -> bool {
    let within = engine.rollback().plan.proofs.within_seconds;
    let time = within.map_or(engine.pace.probe_for, |seconds| Duration::from_secs(seconds.into()));
    engine.ports.clock.elapsed().saturating_sub(begun) >= time
}

fn interval(engine: &Engine) -> Duration {
    let seconds = engine.rollback().plan.proofs.interval_seconds;
    seconds.map_or(engine.pace.probe, |seconds| Duration::from_secs(seconds.max(1).into()))
}

pub(super) fn answer(
    engine: &Engine,
    begun: Duration,
    question: Question,
    verdict: Verdict,
    sentence: String,
    evidence: Vec<String>,
) -> Answer {
    let clock = &engine.ports.clock;
    let taken = clock.elapsed().saturating_sub(begun);
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    let asked_at = Some(clock.now());
    let (policy, outputs, samples) = (Policy::Block, Vec::new(), Samples::default());
    Answer { question, verdict, policy, sentence, evidence, milliseconds, asked_at, outputs, samples }
}
