//! The answers in words, and as one JSON object.

use jiff::Timestamp;
use lastgood_core::ids::TagName;
use lastgood_core::live::last_good::words;
use lastgood_core::rollback::check::{Answer, Policy, Verdict, blocking};
use lastgood_core::rollback::plan::Plan;
use serde_json::{Value, json};

use super::asking::Asked;
use super::way::Way;
use crate::commands::hold::as_value;
use crate::output::{self, plain};

pub(super) fn as_json(plan: &Plan, asked: &Asked, way: &Way) -> Value {
    let answers = &asked.answers;
    let now = Timestamp::now();
    let blocked = way.blocked().map(|blocked| &blocked.sentence);
    json!({
        "environment": plan.environment,
        "from": plan.from,
        "to": plan.to,
        "blocked": blocked.or_else(|| blocking(answers).map(|answer| &answer.sentence)),
        "hint": way.blocked().map(|blocked| &blocked.hint),
        "hold": way.hold.as_ref().map(|hold| as_value(hold, now)),
        "unfinished": way.unfinished.as_ref().map(|rollback| &rollback.id),
        "stopped": asked.stopped,
        "open": asked.open.iter().map(|question| question.code()).collect::<Vec<_>>(),
        "checks": answers.iter().map(|answer| answer_as_json(answer, now)).collect::<Vec<_>>(),
    })
}

fn answer_as_json(answer: &Answer, now: Timestamp) -> Value {
    json!({
        "code": answer.question.code(),
        "title": answer.question.title(),
        "verdict": answer.verdict,
        "policy": answer.policy,
        "blocks": answer.blocks(),
        "warns": answer.warns(),
        "sentence": answer.sentence,
        "evidence": answer.evidence,
        "outputs": answer.outputs,
        "milliseconds": answer.milliseconds,
        "asked_at": answer.asked_at,
        "age_seconds": answer.asked_at.map(|at| now.duration_since(at).as_secs().max(0)),
    })
}

/// The blocking reason comes first, in one sentence. Of questions that nobody answered any more nothing is claimed.
/// `evidence`: also what is behind the answers that passed.
pub(super) fn print(plan: &Plan, asked: &Asked, way: &Way, evidence: bool) {
    let answers = &asked.answers;
    if asked.stopped {
        output::line(&stopped(asked));
    }
    if let Some(first) = first(plan, asked, way) {
        output::line(&plain(&first));
    }
    if let Some(blocked) = way.blocked() {
        output::line(&plain(&format!("  {}", blocked.hint)));
    }
    for answer in answers {
        output::line(&plain(&line(answer)));
        if evidence || answer.verdict != Verdict::Passed {
            answer.evidence.iter().for_each(|line| output::line(&plain(&format!("        {line}"))));
            for hash in &answer.outputs {
                let hash = hash.as_str().get(..12).unwrap_or(hash.as_str());
                output::line(&format!("        whole output: lastgood evidence {hash}"));
            }
        }
    }
}

fn first(plan: &Plan, asked: &Asked, way: &Way) -> Option<String> {
    let answers = &asked.answers;
    if let Some(blocked) = way.blocked() {
        return Some(format!("Blocked: {}", blocked.sentence));
    }
    if let Some(answer) = blocking(answers) {
        return Some(format!("Blocked: {}", answer.sentence));
    }
    if asked.stopped {
        return None;
    }
    let count = |wanted: &dyn Fn(&Answer) -> bool| answers.iter().filter(|answer| wanted(answer)).count();
    let passed = count(&|answer| answer.verdict == Verdict::Passed);
    let warned = count(&Answer::warns);
    let word = if warned == 1 { "warning" } else { "warnings" };
    let from = plan.from.as_ref().map_or("what is live", TagName::as_str);
    let deed = if plan.forward { "may go forward" } else { "may go back" };
    Some(format!("{} {deed} from {from} to {}: {passed} passed, {warned} {word}", plan.environment, plan.to))
}

fn stopped(asked: &Asked) -> String {
    let open: Vec<&str> = asked.open.iter().map(|question| question.code()).collect();
    let word = if asked.answers.len() == 1 { "answer" } else { "answers" };
    let left = if open.is_empty() { String::new() } else { format!("; without one: {}", open.join(", ")) };
    format!("Stopped after {} {word}{left}", asked.answers.len())
}

fn line(answer: &Answer) -> String {
    let age = answer.asked_at.map_or(0, |at| Timestamp::now().duration_since(at).as_secs());
    let old = if age >= 60 { format!(", {} ago", words(age)) } else { String::new() };
    let (mark, code, policy) = (mark(answer), answer.question.code(), policy(answer.policy));
    let (unclear, sentence) = (unclear(answer), answer.sentence.trim_end_matches('.'));
    format!("  {mark} {code:<19} {policy:<5}  {unclear}{sentence}  ({} ms{old})", answer.milliseconds)
}

fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::Block => "block",
        Policy::Warn => "warn",
        Policy::Info => "info",
    }
}

/// What was not answered stops the rollback where its policy is to block, and the mark alone does not tell.
fn unclear(answer: &Answer) -> &'static str {
    match (answer.verdict, answer.policy) {
        (Verdict::Inconclusive, Policy::Block) => "could not tell, blocks: ",
        (Verdict::Errored, Policy::Block) => "check broke, blocks: ",
        (Verdict::Inconclusive, _) => "could not tell: ",
        (Verdict::Errored, _) => "check broke: ",
        (Verdict::Passed | Verdict::Failed, _) => "",
    }
}

fn mark(answer: &Answer) -> &'static str {
    match (answer.verdict, answer.policy) {
        (Verdict::Passed, _) => "✓",
        (Verdict::Inconclusive | Verdict::Errored, Policy::Block | Policy::Warn) => "?",
        (Verdict::Failed, Policy::Block) => "✗",
        (Verdict::Failed, Policy::Warn) => "!",
        (Verdict::Failed | Verdict::Inconclusive | Verdict::Errored, Policy::Info) => "·",
    }
}
