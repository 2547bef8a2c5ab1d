//! What a rollback may take. Whoever waits for one that takes longer is called once, whatever it waits for.

use jiff::SignedDuration;

use super::Engine;
use crate::rollback::StepName;

impl Engine {
    /// What the rollback may still take.
    pub(in crate::rollback) fn left_of_budget(&self) -> SignedDuration {
        let plan = &self.rollback.plan;
        SignedDuration::from_secs(plan.budget.into()) - self.steady_now().duration_since(plan.started)
    }

    /// Called by everything that waits. Whoever has just said that it goes on, although it stood still, knows already.
    pub(in crate::rollback) async fn call_beyond_budget(&mut self) {
        let knows = self.asked_whether && !self.rollback.may_have_run();
        if self.called_beyond_budget || knows || self.left_of_budget().as_secs() >= 0 {
            return;
        }
        self.called_beyond_budget = true;
        let plan = &self.rollback.plan;
        let title = format!("The rollback of {} takes longer than its budget of {} s", plan.environment, plan.budget);
        self.alert(title, self.still_under_way(), true).await;
    }

    fn still_under_way(&self) -> String {
        let sent = if self.rollback.may_have_run() { "." } else { "; nothing was sent yet." };
        match (self.rollback.current().map(|step| step.name), self.rollback.run) {
            (Some(StepName::Follow), Some(run)) => format!("Run {run} is still under way."),
            (Some(StepName::Check), _) => format!("Its checks are still under way{sent}"),
            (Some(StepName::Prove), _) => format!("Its proofs are still under way{sent}"),
            (Some(step), _) => format!("Its step {} is still under way{sent}", step.as_str()),
            (None, _) => "It is still under way.".to_owned(),
        }
    }
}
