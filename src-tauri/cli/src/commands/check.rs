//! `lastgood check`: everything that is asked before a rollback. It changes nothing.

mod asking;
mod shown;
mod way;

use std::process::ExitCode;
use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::desk::desk;
use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Audience, Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::journal::Fact;
use lastgood_core::planning::Wish;
use lastgood_core::ports::Watcher;
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::check::blocking;
use lastgood_core::rollback::plan::Plan;

use crate::arguments::Check;
use crate::output::{self, INTERRUPTED};
use way::Way;

pub(crate) async fn run(arguments: Check) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let known = workspace.know().await?;
    let plan = plan(&workspace, &arguments, &known)?;
    let way = Way::look(&workspace, &known, &plan).await?;
    let (desk, _bell) = desk();
    let audience =
        Audience { desktop: Arc::new(DesktopAlerts::default()), person: Arc::new(desk), watcher: Arc::new(Nobody) };
    let ports = workspace.ports_of(&plan, audience)?;
    let asked = asking::ask(&ports, workspace.key(), &plan).await;
    if arguments.json {
        output::json(&shown::as_json(&plan, &asked, &way));
    } else {
        shown::print(&plan, &asked, &way, arguments.evidence);
    }
    let blocked = way.blocked().is_some() || blocking(&asked.answers).is_some();
    Ok(match blocked {
        _ if asked.stopped => ExitCode::from(INTERRUPTED),
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn plan(workspace: &Workspace, arguments: &Check, known: &Known) -> Result<Plan, Trouble> {
    let wish = Wish {
        to: arguments.to.as_deref().map(TagName::new),
        reason: String::new(),
        who: String::new(),
        countdown: SignedDuration::ZERO,
        rehearsal: workspace.is_rehearsal(),
    };
    let environment = &arguments.environment;
    let planned = if arguments.local {
        workspace.plan_local(environment, wish, known)
    } else {
        workspace.plan(environment, wish, known)
    };
    planned.map_err(|trouble| Trouble {
        // Here the option has no program's name before it.
        hint: trouble.hint.replace("`--to TAG`", "--to TAG"),
        ..trouble
    })
}

/// No rollback begins, so there is nothing to see.
struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}
