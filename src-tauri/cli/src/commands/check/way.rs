//! What stands in the way of a rollback before any question is asked: one that is not over, or somebody's hold.

use lastgood_adapters::workspace::{Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::hold::{self, Hold};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::plan::Plan;

use crate::commands::hold::{breaking, words};
use crate::commands::status::next;

pub(super) struct Way {
    pub(super) unfinished: Option<Rollback>,
    /// The hold that forbids it.
    pub(super) hold: Option<Hold>,
    blocked: Option<Blocked>,
}

/// One sentence, and what to do.
pub(super) struct Blocked {
    pub(super) sentence: String,
    pub(super) hint: String,
}

impl Way {
    pub(super) async fn look(workspace: &Workspace, known: &Known, plan: &Plan) -> Result<Self, Trouble> {
        let unfinished = workspace.unfinished().await?;
        let unfinished = unfinished.into_iter().find(|rollback| rollback.plan.environment == plan.environment);
        let standing = hold::known::standing(&known.facts, known.team.as_ref(), &plan.environment, known.at);
        let person = workspace.who_asks(known);
        let hold = standing.filter(|hold| hold.forbids(&person, &known.facts, known.at));
        let blocked = match (&unfinished, &hold) {
            (Some(rollback), _) => Some(is_unfinished(rollback)),
            (None, Some(hold)) => Some(Blocked {
                sentence: format!("{} is {}", plan.environment, words(hold, known.at)),
                hint: format!("{} {}", hold.way_past(), breaking(&plan.environment)),
            }),
            (None, None) => None,
        };
        Ok(Self { unfinished, hold, blocked })
    }

    pub(super) fn blocked(&self) -> Option<&Blocked> {
        self.blocked.as_ref()
    }
}

fn is_unfinished(rollback: &Rollback) -> Blocked {
    let plan = &rollback.plan;
    let step = rollback.current().map_or("the end", |step| step.name.as_str());
    Blocked {
        sentence: format!(
            "a rollback is unfinished: {} of {} to {}, at {step}",
            rollback.id, plan.environment, plan.to
        ),
        hint: next(rollback),
    }
}
