//! `lastgood rollback`: a rollback watched to its proof.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use jiff::SignedDuration;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Audience, Drive, Known, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::choosing::Offer;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback, StepName, StepPhase};
use serde_json::{Value, json};

use crate::arguments;
use crate::commands::hold::breaking;
use crate::commands::incident;
use crate::output::{self, plain};

mod clock;
mod local;
pub(crate) mod narrator;
mod resumed;
pub(crate) mod terminal;

use narrator::Narrator;
use terminal::{Terminal, ask, lines, name, names};

pub(crate) async fn run(arguments: arguments::Rollback) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let order = Order {
        environment: arguments.environment,
        to: arguments.to.map(TagName::new),
        reason: arguments.reason,
        yes: arguments.yes,
        choose: arguments.choose.map(Into::into),
        json: arguments.json,
        forward: false,
        local: arguments.local,
    };
    carry_out(&workspace, &order).await
}

/// A rollback as it was asked for on the command line.
pub(crate) struct Order {
    pub(crate) environment: String,
    pub(crate) to: Option<TagName>,
    pub(crate) reason: String,
    pub(crate) yes: bool,
    pub(crate) choose: Option<Choice>,
    pub(crate) json: bool,
    /// To the release that a rollback left: its quarantine is lifted once it proved itself, and nothing is quarantined.
    pub(crate) forward: bool,
    /// From this machine, by the environment's own command.
    pub(crate) local: bool,
}

/// Starts the rollback, or takes up an unfinished one, and tells of it until it is over.
pub(crate) async fn carry_out(workspace: &Workspace, order: &Order) -> Result<ExitCode, Trouble> {
    let begun = Instant::now();
    let drive = match unfinished(workspace, order).await? {
        Some(rollback) => take_up(workspace, order, &rollback).await?,
        None => begin(workspace, order).await?,
    };
    let Some(drive) = drive else {
        output::line("Nothing was done.");
        return Ok(ExitCode::FAILURE);
    };
    let rollback = drive.to_the_end().await?;
    if rollback.end.is_some() && !order.forward {
        incident::follow(workspace, &rollback, order.json).await;
    }
    Ok(conclude(&rollback, begun, order.json))
}

fn audience(order: &Order, first: Vec<Request>) -> Audience {
    Audience {
        desktop: Arc::new(DesktopAlerts::default()),
        person: Arc::new(Terminal::new(first, !order.json)),
        watcher: Arc::new(Narrator::new(order.json)),
    }
}

async fn unfinished(workspace: &Workspace, order: &Order) -> Result<Option<Rollback>, Trouble> {
    let found = workspace.unfinished().await?;
    Ok(found.into_iter().find(|rollback| rollback.plan.environment.as_str() == order.environment))
}

/// `None`: whoever was asked said no.
async fn take_up(workspace: &Workspace, order: &Order, rollback: &Rollback) -> Result<Option<Drive>, Trouble> {
    if order.to.as_ref().is_some_and(|to| *to != rollback.plan.to) {
        return Err(Trouble::new(
            Code::AlreadyRunning,
            format!("Rollback {} of {} to {} is not finished.", rollback.id, order.environment, rollback.plan.to),
            "Name that target to take it up, or end it with --choose give-up.",
        ));
    }
    if order.local && !rollback.is_local() {
        let message =
            format!("Rollback {} goes by {} and not from this machine.", rollback.id, rollback.plan.deploy.workflow);
        let hint = "End it with --choose give-up; then begin again with --local.";
        return Err(Trouble::new(Code::AlreadyRunning, message, hint));
    }
    let decision = decision(order, rollback)?;
    let reason = resumed::reason(order, rollback);
    if !order.json {
        resumed::words(order, rollback).iter().for_each(|line| output::line(&plain(line)));
    }
    if !order.yes && decision.is_none() && !confirmed(order.json)? {
        return Ok(None);
    }
    let first = reason.into_iter().chain(decision).collect();
    workspace.resume(&rollback.id, audience(order, first)).await.map(Some)
}

/// A decision counts where the rollback already waits for one; nobody decides about what they have not seen.
fn decision(order: &Order, rollback: &Rollback) -> Result<Option<Request>, Trouble> {
    let Some(choice) = order.choose else { return Ok(None) };
    let offers = rollback.offers();
    if offers.iter().any(|offer| offer.choice == choice) {
        return Ok(Some(Request::Choose(choice)));
    }
    if offers.is_empty() && choice == Choice::GiveUp {
        return Ok(Some(Request::StopAfterThisStep));
    }
    let step = rollback.current().map_or("the end", |step| step.name.as_str());
    let hint = if offers.is_empty() {
        "Start the same command without --choose; it goes on from there.".to_owned()
    } else {
        format!("Decide with --choose {}.", names(&offers))
    };
    let message = format!("Rollback {} stands at {step}, where {} is no choice.", rollback.id, name(choice));
    Err(Trouble::new(Code::Usage, message, hint))
}

/// `None`: whoever was asked said no.
async fn begin(workspace: &Workspace, order: &Order) -> Result<Option<Drive>, Trouble> {
    if order.choose.is_some() {
        let message = format!("No rollback of {} waits for a decision.", order.environment);
        return Err(Trouble::new(
            Code::Usage,
            message,
            "Leave --choose out; `lastgood status` shows what is unfinished.",
        ));
    }
    if order.reason.trim().is_empty() {
        return Err(Trouble::new(Code::Usage, "A rollback needs a reason.", "Say why with --reason TEXT."));
    }
    let known = workspace.know().await?;
    let wish = Wish {
        to: order.to.clone(),
        reason: order.reason.clone(),
        who: workspace.who_asks(&known),
        countdown: SignedDuration::ZERO,
        rehearsal: workspace.is_rehearsal(),
    };
    let plan = planned(workspace, order, wish, &known)?;
    if !order.json {
        let from = plan.from.as_ref().map_or("what is live", TagName::as_str);
        let deed = if plan.forward { "Roll forward" } else { "Roll back" };
        output::line(&plain(&format!("{deed} {} from {from} to {}", plan.environment, plan.to)));
        local::how(workspace, &plan, &known).iter().for_each(|line| output::line(&plain(line)));
        output::line(&plain(&format!("  tag {} on {}", plan.rollback_tag, plan.commit.short())));
        output::line(&format!("  {}", clock::expected(&plan, &known.facts)));
    }
    if !order.yes && !confirmed(order.json)? {
        return Ok(None);
    }
    let drive = workspace.begin(plan, audience(order, Vec::new())).await?;
    if !drive.rollback().plan.forward {
        incident::follow(workspace, drive.rollback(), order.json).await;
    }
    Ok(Some(drive))
}

fn planned(workspace: &Workspace, order: &Order, wish: Wish, known: &Known) -> Result<Plan, Trouble> {
    let plan = local::planned(workspace, order, wish, known)?;
    let here = known.environment(&order.environment)?;
    Ok(if order.forward { plan.freeing(&here.quarantined) } else { plan })
}

pub(crate) fn confirmed(json: bool) -> Result<bool, Trouble> {
    if json || !io::stdin().is_terminal() {
        return Err(Trouble::new(Code::Usage, "Nobody is here to confirm it.", "Add --yes to begin without asking."));
    }
    Ok(ask("Begin? Type yes: ").eq_ignore_ascii_case("yes"))
}

/// The hint of the end, with the command where there is one.
fn next(rollback: &Rollback, hint: &str) -> String {
    let held = rollback.step(StepName::Hold);
    if held.phase == StepPhase::Failed && held.code == Some(Code::Held) {
        return format!("{hint} {}", breaking(&rollback.plan.environment));
    }
    hint.to_owned()
}

fn choices(offers: &[Offer]) -> Vec<Value> {
    offers.iter().map(|offer| json!({ "choice": name(offer.choice), "sentence": offer.sentence })).collect()
}

fn conclude(rollback: &Rollback, begun: Instant, as_json: bool) -> ExitCode {
    let undecided = rollback.current().filter(|step| step.phase == StepPhase::Inconclusive);
    let offers = rollback.offers();
    let (outcome, sentence, hint) = match (&rollback.end, undecided) {
        (Some(end), _) => (end.outcome.as_str(), end.sentence.as_str(), next(rollback, &end.hint)),
        (None, Some(step)) => {
            let hint = format!("{} Then decide with --choose {}.", step.hint, names(&offers));
            ("inconclusive", step.sentence.as_str(), hint)
        }
        (None, None) => ("unfinished", "The rollback is not over.", "Start the same command again.".to_owned()),
    };
    if as_json {
        output::json(&json!({
            "outcome": outcome,
            "rollback": rollback.id,
            "environment": rollback.plan.environment,
            "from": rollback.plan.from,
            "to": rollback.plan.to,
            "reason": rollback.reason,
            "tag": rollback.plan.rollback_tag,
            "run": rollback.run,
            "sentence": sentence,
            "hint": hint,
            "choices": choices(&offers),
            "budget_seconds": rollback.plan.budget,
            "duration_ms": u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }));
    } else {
        say(rollback, sentence, &hint, &offers);
    }
    let succeeded = rollback.end.as_ref().is_some_and(|end| end.outcome == Outcome::Succeeded);
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(rollback: &Rollback, sentence: &str, hint: &str, offers: &[Offer]) {
    output::line(&plain(sentence));
    if !hint.is_empty() {
        output::line(&plain(&format!("  {hint}")));
    }
    lines(offers).iter().for_each(|line| output::line(line));
    if let Some(end) = &rollback.end {
        let seconds = end.at.as_second() - rollback.plan.started.as_second();
        output::line(&format!("  {}", clock::took(&rollback.plan, seconds.max(0))));
    }
}
