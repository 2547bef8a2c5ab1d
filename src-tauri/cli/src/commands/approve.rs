//! `lastgood approve`: lets a run that waits go on, or ends it.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, OrderWish, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{EnvironmentName, RunId};
use lastgood_core::rollback::event::RunOrder;
use serde_json::json;

use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(arguments: arguments::Approve) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let environment = EnvironmentName::new(arguments.environment);
    let (run, rollback) = match arguments.run {
        Some(run) => (RunId(run), rollback_of(&workspace, RunId(run)).await?),
        None => workspace.waiting_run(&environment).await?,
    };
    let order = if arguments.reject { RunOrder::Reject } else { RunOrder::Approve };
    let by = workspace.account().await?;
    let wish = OrderWish { run, environment, rollback, order, by, comment: arguments.comment };
    give(&workspace, wish, arguments.json).await
}

/// Gives the order and says what became of it.
pub(super) async fn give(workspace: &Workspace, wish: OrderWish, as_json: bool) -> Result<ExitCode, Trouble> {
    let (run, order, environment) = (wish.run, wish.order, wish.environment.clone());
    let sentence = workspace.order(wish).await?;
    if as_json {
        output::json(&json!({ "run": run, "order": order, "environment": environment, "sentence": sentence }));
    } else {
        output::line(&plain(&sentence));
    }
    Ok(ExitCode::SUCCESS)
}

/// The rollback that this run belongs to, so that its own journal tells of it.
pub(super) async fn rollback_of(
    workspace: &Workspace,
    run: RunId,
) -> Result<Option<lastgood_core::ids::RollbackId>, Trouble> {
    let rollbacks = workspace.rollbacks().await?;
    Ok(rollbacks.into_iter().find(|rollback| rollback.run == Some(run)).map(|rollback| rollback.id))
}
