//! `lastgood check`: everything that is asked before a rollback. It changes nothing.

mod asking;

use std::process::ExitCode;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::desk::desk;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Audience, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::journal::Fact;
use lastgood_core::live::last_good::words;
use lastgood_core::planning::Wish;
use lastgood_core::ports::Watcher;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::check::{Answer, Policy, Verdict, blocking};
use lastgood_core::rollback::plan::Plan;
use serde_json::{Value, json};

use self::asking::Asked;
use crate::arguments::Check;
use crate::output::{self, plain};

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: u8 = 130;

pub(crate) async fn run(arguments: Check) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let plan = plan(&workspace, &arguments).await?;
    let (desk, _bell) = desk();
    let audience =
        Audience { desktop: Arc::new(DesktopAlerts::default()), person: Arc::new(desk), watcher: Arc::new(Nobody) };
    let ports = workspace.ports_of(&plan, audience)?;
    let asked = asking::ask(&ports, workspace.key(), &plan).await;
    if arguments.json {
        output::json(&as_json(&plan, &asked));
    } else {
        print(&plan, &asked);
    }
    Ok(match blocking(&asked.answers) {
        _ if asked.stopped => ExitCode::from(INTERRUPTED),
        Some(_) => ExitCode::FAILURE,
        None => ExitCode::SUCCESS,
    })
}

async fn plan(workspace: &Workspace, arguments: &Check) -> Result<Plan, Trouble> {
    let known = workspace.know().await?;
    let wish = Wish {
        to: arguments.to.as_deref().map(TagName::new),
        reason: String::new(),
        who: String::new(),
        countdown: SignedDuration::ZERO,
        rehearsal: workspace.is_rehearsal(),
    };
    let environment = &arguments.environment;
    let planned = if arguments.local {
        workspace.plan_local(environment, wish, &known)
    } else {
        workspace.plan(environment, wish, &known)
    };
    planned.map_err(|trouble| Trouble {
        // Here the option has no program's name before it.
        hint: trouble.hint.replace("`--to TAG`", "--to TAG"),
        ..trouble
    })
}

fn as_json(plan: &Plan, asked: &Asked) -> Value {
    let now = Timestamp::now();
    let listed: Vec<Value> = asked
        .answers
        .iter()
        .map(|answer| {
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
        })
        .collect();
    json!({
        "environment": plan.environment,
        "from": plan.from,
        "to": plan.to,
        "blocked": blocking(&asked.answers).map(|answer| &answer.sentence),
        "stopped": asked.stopped,
        "open": asked.open.iter().map(|question| question.code()).collect::<Vec<_>>(),
        "checks": listed,
    })
}

/// The blocking reason comes first, in one sentence. Of questions that nobody answered any more nothing is claimed.
fn print(plan: &Plan, asked: &Asked) {
    let answers = &asked.answers;
    let count = |wanted: &dyn Fn(&Answer) -> bool| answers.iter().filter(|answer| wanted(answer)).count();
    let passed = count(&|answer| answer.verdict == Verdict::Passed);
    let warned = count(&Answer::warns);
    if asked.stopped {
        output::line(&stopped(asked));
    }
    match blocking(answers) {
        Some(answer) => output::line(&plain(&format!("Blocked: {}", answer.sentence))),
        None if asked.stopped => {}
        None => {
            let from = plan.from.as_ref().map_or("what is live", TagName::as_str);
            let word = if warned == 1 { "warning" } else { "warnings" };
            let summary = format!("{passed} passed, {warned} {word}");
            output::line(&plain(&format!("{} may go back from {from} to {}: {summary}", plan.environment, plan.to)));
        }
    }
    answers.iter().for_each(print_one);
}

fn stopped(asked: &Asked) -> String {
    let open: Vec<&str> = asked.open.iter().map(|question| question.code()).collect();
    let word = if asked.answers.len() == 1 { "answer" } else { "answers" };
    let left = if open.is_empty() { String::new() } else { format!("; without one: {}", open.join(", ")) };
    format!("Stopped after {} {word}{left}", asked.answers.len())
}

fn print_one(answer: &Answer) {
    let age = answer.asked_at.map_or(0, |at| Timestamp::now().duration_since(at).as_secs());
    let old = if age >= 60 { format!(", {} ago", words(age)) } else { String::new() };
    let (mark, code) = (mark(answer), answer.question.code());
    let sentence =
        format!("  {mark} {code:<19} {}  ({} ms{old})", answer.sentence.trim_end_matches('.'), answer.milliseconds);
    output::line(&plain(&sentence));
    if answer.verdict != Verdict::Passed {
        answer.evidence.iter().for_each(|line| output::line(&plain(&format!("        {line}"))));
        for hash in &answer.outputs {
            let hash = hash.as_str().get(..12).unwrap_or(hash.as_str());
            output::line(&format!("        whole output: lastgood evidence {hash}"));
        }
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

/// No rollback begins, so there is nothing to see.
struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}
