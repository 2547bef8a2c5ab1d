//! `lastgood forward`: to the release that the last rollback left, once it is mended or was not to blame.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::rollback::behind;

use super::rollback::{Order, carry_out};
use crate::arguments::Forward;

pub(crate) async fn run(arguments: Forward) -> Result<ExitCode, Trouble> {
    let workspace = Workspace::open(&arguments.repository.repo, &Place::find()?, Access::from_environment())?;
    let left = left_behind(&workspace, &arguments.environment).await?;
    let order = Order {
        environment: arguments.environment,
        to: Some(left),
        reason: arguments.reason,
        yes: arguments.yes,
        choose: None,
        json: arguments.json,
        forward: true,
        local: false,
    };
    carry_out(&workspace, &order).await
}

async fn left_behind(workspace: &Workspace, environment: &str) -> Result<TagName, Trouble> {
    let rollbacks = workspace.rollbacks().await?;
    behind::left_behind(&rollbacks, &EnvironmentName::new(environment)).cloned().ok_or_else(|| {
        let message = format!("No rollback of {environment} is known that left a release behind.");
        Trouble::new(Code::NoTarget, message, "Name the release: lastgood rollback ENVIRONMENT --to TAG.")
    })
}
