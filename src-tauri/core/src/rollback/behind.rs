//! What a rollback took away, and may be gone forward to again.

use super::{Outcome, Rollback};
use crate::ids::{EnvironmentName, TagName};

/// What was live before the newest rollback of this environment that may have changed anything. `rollbacks` are oldest
/// first.
pub fn left_behind<'a>(rollbacks: &'a [Rollback], environment: &EnvironmentName) -> Option<&'a TagName> {
    let over = |rollback: &Rollback| {
        matches!(rollback.end.as_ref().map(|end| end.outcome), Some(Outcome::Succeeded | Outcome::Failed))
    };
    let newest = rollbacks
        .iter()
        .rev()
        .find(|rollback| rollback.plan.environment == *environment && rollback.may_have_run() && over(rollback))?;
    newest.plan.from.as_ref().filter(|from| **from != newest.plan.to)
}
