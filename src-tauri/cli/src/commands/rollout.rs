//! `lastgood rollout`: a release goes from stage to stage, watched, until it is over or a person must decide.

use std::process::ExitCode;
use std::sync::Arc;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Asked, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::fix::id_of;
use lastgood_core::ids::{RollbackId, RolloutId, TagName};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::plan::{Gate, RolloutPlan, RolloutWish};
use lastgood_core::rollout::{Choice, Outcome, Phase, Rollout, stands};
use serde_json::{Value, json};

use super::rollback::confirmed;
use crate::arguments::{self, StageWord};
use crate::output::{self, plain};

mod company;

use company::Shell;

pub(crate) async fn run(command: arguments::Rollout) -> Result<ExitCode, Trouble> {
    let way = command.way();
    let (folder, as_json) = (way.repository.repo.clone(), way.json);
    let workspace = Workspace::open(&folder, &Place::find()?, Access::from_environment())?;
    let choice = match command {
        arguments::Rollout::Start { tag, reason, rollback, stages, lift_quarantine, yes, .. } => {
            let order = Order { tag: TagName::new(tag), reason, rollback, stages, lift_quarantine, yes, json: as_json };
            return start(&workspace, order).await;
        }
        arguments::Rollout::Show { id, .. } => {
            let rollout = workspace.rollout(id.map(RolloutId::new).as_ref()).await?;
            return Ok(conclude(&rollout, as_json, true));
        }
        arguments::Rollout::Resume { .. } => None,
        arguments::Rollout::Go { .. } => Some((Choice::Go, String::new())),
        arguments::Rollout::Again { .. } => Some((Choice::Again, String::new())),
        arguments::Rollout::Back { .. } => Some((Choice::RollBack, String::new())),
        arguments::Rollout::Stop { reason, .. } => Some((Choice::Stop, reason)),
    };
    take_up(&workspace, choice, as_json).await
}

struct Order {
    tag: TagName,
    reason: Option<String>,
    rollback: Option<String>,
    stages: Vec<StageWord>,
    lift_quarantine: bool,
    yes: bool,
    json: bool,
}

async fn start(workspace: &Workspace, order: Order) -> Result<ExitCode, Trouble> {
    let plan = settle(workspace, &order).await?;
    if !order.json {
        tell(&plan);
    }
    if !order.yes && !confirmed(order.json)? {
        return Err(Trouble::new(Code::Usage, "Nothing was done.", "Answer yes, or add --yes."));
    }
    let company = Arc::new(Shell::new(plan.who.clone(), order.json));
    let rollout = workspace.begin_rollout(plan, &*company).await?.to_the_end().await?;
    Ok(conclude(&rollout, order.json, false))
}

async fn settle(workspace: &Workspace, order: &Order) -> Result<RolloutPlan, Trouble> {
    let known = workspace.know().await?;
    let behind = match &order.rollback {
        Some(id) => Some(workspace.rollback(&RollbackId::new(id.as_str())).await?),
        None => workspace.newest_way_back().await?,
    };
    let last = behind.as_ref().map(|rollback| rollback.plan.environment.clone());
    let last = last.or_else(|| known.environments.first().map(|environment| environment.name.clone()));
    let last = last.ok_or_else(|| Trouble::new(Code::EnvironmentUnknown, "No environment is known.", ""))?;
    let stages = match order.stages.as_slice() {
        [] => workspace.stages(&known, &last)?,
        named => named.iter().map(|stage| stage.0.clone()).collect(),
    };
    let fix = behind.as_ref().map(|rollback| id_of(&rollback.id));
    let fixes = workspace.fixes().await?;
    let mends = || behind.as_ref().map(|rollback| format!("Mends: {}", rollback.why()));
    let wish = RolloutWish {
        tag: order.tag.clone(),
        bad: behind.as_ref().and_then(|rollback: &Rollback| rollback.plan.from.clone()),
        rollback: behind.as_ref().map(|rollback| rollback.id.clone()),
        environment: behind.as_ref().map(|rollback| rollback.plan.environment.clone()),
        fix: fix.filter(|id| fixes.iter().any(|fix| fix.id == *id)),
        reason: order.reason.clone().or_else(mends).unwrap_or_default(),
        who: known.forge.as_ref().map(|forge| format!("@{}", forge.account)).map_err(Clone::clone)?,
        stages,
        lift_bad: order.lift_quarantine,
        rehearsal: workspace.is_rehearsal(),
    };
    workspace.plan_rollout(wish, &known)
}

async fn take_up(workspace: &Workspace, choice: Option<(Choice, String)>, as_json: bool) -> Result<ExitCode, Trouble> {
    let rollouts = workspace.rollouts().await?;
    let open = rollouts.iter().rev().find(|rollout| rollout.end.is_none()).ok_or_else(|| {
        Trouble::new(Code::RolloutUnknown, "No rollout is unfinished.", "`lastgood rollout show` tells of the newest.")
    })?;
    let by = workspace.account().await.unwrap_or_else(|_| open.plan.who.clone());
    let company = Arc::new(Shell::new(by.clone(), as_json));
    let mut drive = workspace.resume_rollout(&open.id, &*company).await?;
    if let Some((choice, reason)) = choice {
        drive.decide(&Asked { choice, by, reason }).await?;
    }
    let rollout = drive.to_the_end().await?;
    Ok(conclude(&rollout, as_json, false))
}

fn tell(plan: &RolloutPlan) {
    output::line(&plain(&format!("Roll out {}: {}", plan.tag, plan.reason)));
    for stage in &plan.stages {
        let gate = match stage.gate {
            Gate::Automatic => "goes on by itself",
            Gate::Person => "a person opens the gate",
        };
        let text = format!("  {}, watched for {} s, then {gate}", stage.environment, stage.soak_seconds);
        output::line(&plain(&text));
    }
    for tag in &plan.lifts {
        output::line(&plain(&format!("  lifts the quarantine of {tag}")));
    }
}

fn conclude(rollout: &Rollout, as_json: bool, only_shows: bool) -> ExitCode {
    let choices: Vec<&str> = rollout.choices().iter().copied().map(word).collect();
    let hint = match (&rollout.end, rollout.current()) {
        (Some(end), _) => end.hint.clone(),
        (None, Some((_, stage))) if rollout.needs_person() => {
            format!("{} Decide with: lastgood rollout {}.", stage.hint, choices.join(" | ")).trim().to_owned()
        }
        (None, _) => "Go on with: lastgood rollout resume.".to_owned(),
    };
    if as_json {
        output::json(&as_value(rollout, &choices, &hint));
    } else {
        output::line(&plain(&stands(rollout)));
        if only_shows {
            for stage in &rollout.stages {
                let said = if stage.sentence.is_empty() { String::new() } else { format!(": {}", stage.sentence) };
                output::line(&plain(&format!("  {} {}{said}", stage.plan.environment, phase(stage.phase))));
            }
        }
        if !hint.is_empty() {
            output::line(&plain(&format!("  {hint}")));
        }
    }
    let well = rollout.end.as_ref().is_some_and(|end| end.outcome == Outcome::Succeeded);
    if well || only_shows { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn as_value(rollout: &Rollout, choices: &[&str], hint: &str) -> Value {
    let stages = rollout.stages.iter().map(|stage| {
        json!({
            "environment": stage.plan.environment,
            "soak_seconds": stage.plan.soak_seconds,
            "gate": stage.plan.gate,
            "phase": stage.phase,
            "rollbacks": stage.drives,
            "sentence": stage.sentence,
            "opened_by": stage.opened_by,
        })
    });
    let open = if rollout.needs_person() { "waiting" } else { "unfinished" };
    json!({
        "outcome": rollout.end.as_ref().map_or(open, |end| end.outcome.as_str()),
        "rollout": rollout.id,
        "tag": rollout.plan.tag,
        "bad": rollout.plan.bad,
        "stages": stages.collect::<Vec<_>>(),
        "choices": choices,
        "sentence": stands(rollout),
        "hint": hint,
    })
}

/// A choice's verb on the command line.
fn word(choice: Choice) -> &'static str {
    match choice {
        Choice::Go => "go",
        Choice::Again => "again",
        Choice::RollBack => "back",
        Choice::Stop => "stop",
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "is to come",
        Phase::Deploying => "is being deployed",
        Phase::Refused => "was not deployed",
        Phase::Failed => "did not work",
        Phase::Deployed => "is deployed",
        Phase::Soaking => "is being watched",
        Phase::Green => "stayed well",
        Phase::Unproved => "is not proved",
        Phase::Red => "did not stay well",
        Phase::Open => "is let through",
        Phase::Passed => "has passed",
    }
}
