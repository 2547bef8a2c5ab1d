//! `lastgood hold`: who holds an environment; taking, lifting and breaking by hand; a step for the deploy workflow.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Guard, Held, HoldWish, Workspace, snippet};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::{self, Hold, Place as Kept};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::ports::Clock;
use serde_json::{Value, json};

use crate::arguments::{self, HoldVerb};
use crate::output::{self, plain};

/// In the place of an environment's name it asks for the step.
const SNIPPET: &str = "snippet";

pub(crate) async fn run(arguments: arguments::Hold) -> Result<ExitCode, Trouble> {
    if arguments.environment == SNIPPET && arguments.verb.is_none() {
        output::line(&snippet());
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let environment = EnvironmentName::new(arguments.environment.as_str());
    match arguments.verb.unwrap_or(HoldVerb::Show) {
        HoldVerb::Show => show(&workspace, &environment, arguments.json).await,
        HoldVerb::Take => {
            let wish = wish(&workspace, &arguments).await?;
            let held = workspace.take_hold(wish).await.map_err(|trouble| with_command(trouble, &environment))?;
            Ok(taken(&environment, &held, arguments.json))
        }
        HoldVerb::Break => {
            let held = workspace.break_hold(wish(&workspace, &arguments).await?).await?;
            Ok(taken(&environment, &held, arguments.json))
        }
        HoldVerb::WorkflowStep => workflow_step(&workspace, &environment, arguments.json).await,
        HoldVerb::Lift => lift(&workspace, &environment, &arguments).await,
    }
}

/// How a hold is broken at a terminal.
pub(crate) fn breaking(environment: &EnvironmentName) -> String {
    format!("To break it: `lastgood hold {environment} break --reason TEXT`.")
}

/// Whoever is kept off by a hold at a terminal is told the command as well.
fn with_command(trouble: Trouble, environment: &EnvironmentName) -> Trouble {
    if trouble.code != Code::Held {
        return trouble;
    }
    let hint = format!("{} {}", trouble.hint, breaking(environment));
    Trouble { hint, ..trouble }
}

async fn wish(workspace: &Workspace, arguments: &arguments::Hold) -> Result<HoldWish, Trouble> {
    Ok(HoldWish {
        environment: EnvironmentName::new(arguments.environment.as_str()),
        reason: reason(arguments.reason.as_deref())?,
        owner: workspace.account().await?,
        hours: arguments.hours,
    })
}

/// # Errors
/// A change that others see needs a reason.
pub(crate) fn reason(given: Option<&str>) -> Result<String, Trouble> {
    let given = given.map(str::trim).filter(|reason| !reason.is_empty());
    given
        .map(str::to_owned)
        .ok_or_else(|| Trouble::new(Code::Usage, "This needs a reason.", "Say why with --reason TEXT."))
}

async fn show(workspace: &Workspace, environment: &EnvironmentName, as_json: bool) -> Result<ExitCode, Trouble> {
    let facts = workspace.facts().await?;
    let (marks, trouble) = workspace.marks().await;
    let now = lastgood_adapters::clock::SystemClock.now();
    let standing = hold::known::standing(&facts, marks.as_ref(), environment, now);
    if as_json {
        output::json(&json!({
            "environment": environment,
            "hold": standing.as_ref().map(|hold| as_value(hold, now)),
            "seen": marks.map(|marks| marks.seen),
            "error": trouble,
        }));
    } else {
        match &standing {
            Some(hold) => output::line(&plain(&format!("{environment} is {}", words(hold, now)))),
            None => output::line(&plain(&format!("{environment} is not held"))),
        }
        if let Some(trouble) = &trouble {
            output::trouble(trouble, false);
        }
    }
    // What was read earlier is shown; whether the remote could be asked decides how this ended.
    Ok(if trouble.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Who holds, until when, why, and who sees it.
pub(crate) fn words(hold: &Hold, now: jiff::Timestamp) -> String {
    let until = match hold.expires {
        Some(expires) if !hold.blocks(now) => format!(", expired {}", day_and_time(expires)),
        Some(expires) => format!(" until {}", day_and_time(expires)),
        None => String::new(),
    };
    let seen = match hold.place {
        Kept::Remote => "",
        Kept::ThisMachine => "  (on this machine only)",
    };
    format!("held by {}{until}: {}{seen}", hold.owner, hold.reason)
}

pub(crate) fn as_value(hold: &Hold, now: jiff::Timestamp) -> Value {
    json!({
        "owner": hold.owner,
        "reason": hold.reason,
        "since": hold.since,
        "expires": hold.expires,
        "blocks": hold.blocks(now),
        "shared": hold.place == Kept::Remote,
        "rollback": hold.rollback,
    })
}

fn taken(environment: &EnvironmentName, held: &Held, as_json: bool) -> ExitCode {
    if as_json {
        output::json(&json!({
            "environment": environment,
            "held": true,
            "expires": held.expires,
            "shared": held.refused.is_none(),
            "over": held.over,
            "sentence": held.refused,
        }));
        return ExitCode::SUCCESS;
    }
    let until = day_and_time(held.expires);
    output::line(&plain(&format!("{environment} is held until {until}")));
    if let Some(over) = &held.over {
        output::line(&plain(&format!("  in the place of the hold of {}", over.words())));
    }
    if let Some(words) = &held.refused {
        output::line(&plain(&format!("  on this machine only: the remote took no hold ({words})")));
    }
    ExitCode::SUCCESS
}

async fn lift(
    workspace: &Workspace,
    environment: &EnvironmentName,
    arguments: &arguments::Hold,
) -> Result<ExitCode, Trouble> {
    let reason = arguments.reason.clone().unwrap_or_default();
    let account = workspace.account().await?;
    let lifted = workspace.lift_hold(environment, &account, &reason).await;
    let lifted = lifted.map_err(|trouble| with_command(trouble, environment))?;
    if arguments.json {
        output::json(&json!({ "environment": environment, "held": false, "lifted": lifted }));
    } else {
        let words = if lifted { "is free: its hold is lifted" } else { "was not held" };
        output::line(&plain(&format!("{environment} {words}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Offers the step that refuses, as a pull request.
async fn workflow_step(
    workspace: &Workspace,
    environment: &EnvironmentName,
    as_json: bool,
) -> Result<ExitCode, Trouble> {
    let known = workspace.know().await?;
    let guard = workspace.offer_guard(environment, &known).await?;
    if as_json {
        // The key is older than the verb's name, and programs read it.
        output::json(&match &guard {
            Guard::There { path } => json!({ "guard": "there", "path": path }),
            Guard::Offered { path, number, url, new } => {
                json!({ "guard": "offered", "path": path, "number": number, "url": url, "new": new })
            }
            Guard::ByHand { path, why, snippet } => {
                json!({ "guard": "by_hand", "path": path, "sentence": why, "snippet": snippet })
            }
        });
        return Ok(ExitCode::SUCCESS);
    }
    match guard {
        Guard::There { path } => output::line(&plain(&format!("{path} refuses already while {environment} is held"))),
        Guard::Offered { path, number, url, new } => {
            let how = if new { "was opened" } else { "is open already" };
            output::line(&plain(&format!("Pull request {number} for {path} {how}: {url}")));
        }
        Guard::ByHand { path, why, snippet } => {
            output::line(&plain(&format!("{path} cannot be changed by a program. {why} Paste this step:")));
            output::line(&snippet);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn day_and_time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
