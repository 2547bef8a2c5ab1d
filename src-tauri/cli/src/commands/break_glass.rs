//! `lastgood break-glass`: the exact commands for a rollback without Lastgood and without GitHub's pages.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::break_glass::text;
use lastgood_core::error::Trouble;
use lastgood_core::ids::EnvironmentName;

use crate::arguments::BreakGlass;
use crate::output::{self, plain};

/// Asks nobody; the runtime is there for the parts that a repository is opened with.
pub(crate) async fn run(arguments: BreakGlass) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let page = workspace.break_glass(&EnvironmentName::new(arguments.environment.as_str()))?;
    text(&page).lines().for_each(|line| output::line(&plain(line)));
    Ok(ExitCode::SUCCESS)
}
