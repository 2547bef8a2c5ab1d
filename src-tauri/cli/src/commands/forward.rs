//! `lastgood forward`: to the release that the last rollback left, once it is mended or was not to blame.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::rollback::Outcome;

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
    };
    carry_out(&workspace, &order).await
}

/// What was live before the newest rollback that is over.
async fn left_behind(workspace: &Workspace, environment: &str) -> Result<TagName, Trouble> {
    let rollbacks = workspace.rollbacks().await?;
    let over = |outcome| matches!(outcome, Some(Outcome::Succeeded | Outcome::Failed));
    let newest = rollbacks.into_iter().rev().find(|rollback| {
        let ended = rollback.end.as_ref().map(|end| end.outcome);
        rollback.plan.environment.as_str() == environment && rollback.may_have_run() && over(ended)
    });
    newest.and_then(|rollback| rollback.plan.from.filter(|from| *from != rollback.plan.to)).ok_or_else(|| {
        let message = format!("No rollback of {environment} is known that left a release behind.");
        Trouble::new(Code::NoTarget, message, "Name the release: lastgood rollback ENVIRONMENT --to TAG.")
    })
}
