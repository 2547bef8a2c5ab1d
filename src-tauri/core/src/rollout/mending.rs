//! Which rollback is still to be mended.

use super::{Outcome, Rollout};
use crate::rollback::Rollback;

/// The newest rollback that went back, is over, and that no rollout mended since; what a fix or a rollout is about where
/// nobody says. Both are given oldest first.
///
/// A rollout that came through where the rollback was mended it, whichever rollback it names. What a rollout rolled back
/// itself is a part of its own story: it leaves to be mended what was to be mended before. A rollout that mended nothing and
/// went back leaves that to be mended.
pub fn to_mend<'a>(rollbacks: &'a [Rollback], rollouts: &[Rollout]) -> Option<&'a Rollback> {
    let went_back = |rollback: &&Rollback| !rollback.plan.forward && rollback.end.is_some() && rollback.may_have_run();
    let is_of_rollout = |rollback: &Rollback| {
        rollouts.iter().any(|rollout| {
            let back = rollout.back.as_ref().and_then(|back| back.rollback.as_ref());
            (rollout.plan.rollback.is_some() && back == Some(&rollback.id))
                || rollout.stages.iter().any(|stage| stage.drives.contains(&rollback.id))
        })
    };
    let is_mended = |rollback: &Rollback| rollouts.iter().any(|rollout| mends(rollout, rollback));
    rollbacks.iter().rev().filter(went_back).find(|rollback| !is_of_rollout(rollback) && !is_mended(rollback))
}

fn mends(rollout: &Rollout, rollback: &Rollback) -> bool {
    let came_through = rollout.end.as_ref().is_some_and(|end| end.outcome == Outcome::Succeeded);
    let here = rollout.plan.stages.iter().any(|stage| stage.environment == rollback.plan.environment);
    came_through && here && rollout.plan.started >= rollback.plan.started
}
