//! `lastgood cancel`: stops the deploy.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, OrderWish, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, RunId};
use lastgood_core::rollback::event::RunOrder;

use super::approve::{give, rollback_of};
use super::rollback::terminal::ask;
use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Cancel) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let environment = EnvironmentName::new(arguments.environment);
    let (run, rollback) = match arguments.run {
        Some(run) => (RunId(run), rollback_of(&workspace, RunId(run)).await?),
        None => running(&workspace, &environment).await?,
    };
    if !arguments.yes && !confirmed(run, &environment, arguments.json)? {
        output::line("Nothing was done.");
        return Ok(ExitCode::FAILURE);
    }
    let (order, by) = (RunOrder::Cancel, workspace.account().await?);
    let wish = OrderWish { run, environment, rollback, order, by, comment: String::new() };
    give(&workspace, wish, arguments.json).await
}

async fn running(workspace: &Workspace, environment: &EnvironmentName) -> Result<(RunId, Option<RollbackId>), Trouble> {
    let unfinished = workspace.unfinished().await?;
    let own = unfinished.into_iter().find(|rollback| rollback.plan.environment == *environment);
    own.and_then(|rollback| Some((rollback.run?, Some(rollback.id)))).ok_or_else(|| {
        let message = format!("No rollback of {environment} has a run under way.");
        Trouble::new(Code::NothingWaits, message, "Name a run with --run ID.")
    })
}

fn confirmed(run: RunId, environment: &EnvironmentName, json: bool) -> Result<bool, Trouble> {
    if json || !io::stdin().is_terminal() {
        return Err(Trouble::new(Code::Usage, "Nobody is here to confirm it.", "Add --yes to cancel without asking."));
    }
    output::line(&plain(&format!("Cancelling run {run} may leave {environment} between two releases.")));
    Ok(ask("Cancel it? Type yes: ").eq_ignore_ascii_case("yes"))
}
