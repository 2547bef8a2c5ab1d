//! A proof that said no is asked once more of the installation that is known to be good, so that a broken test or network
//! is not mistaken for the release.

use super::URL;
use super::told::Told;
use crate::ports::Ports;
use crate::ports::shell::CommandOrder;
use crate::rollback::StepName;
use crate::rollback::check::{Question, Verdict};
use crate::rollback::checks::found::Found;
use crate::rollback::checks::stopping::Stop;
use crate::rollback::plan::Plan;

/// What was found, seen beside the reference. Where none is named, or the command was told no address, it stays as it is.
pub(super) async fn compared(
    mut found: Found,
    order: &CommandOrder,
    question: Question,
    ports: &Ports,
    plan: &Plan,
    stop: &Stop,
) -> Found {
    let is_no = question.step() == StepName::Prove && found.verdict == Verdict::Failed;
    let Some(reference) = plan.proofs.reference.as_ref().filter(|_| is_no && plan.proofs.url.is_some()) else {
        return found;
    };
    let variables = order.variables.iter().map(|(name, value)| {
        let value = if name == URL { reference } else { value };
        (name.clone(), value.clone())
    });
    let order = CommandOrder { variables: variables.collect(), ..order.clone() };
    let mut told = Told::of(question, plan);
    let end = ports.shell.run_until(&order, stop.came()).await;
    let there = told.hear(&order, end, stop.why());
    let says_no = there.as_ref().is_some_and(|there| there.verdict == Verdict::Failed);
    let there = there.unwrap_or_else(|| told.rest());
    if says_no {
        found.verdict = Verdict::Inconclusive;
        found.sentence = format!("{} says no, here and at the reference that is known to be good.", order.shown());
    }
    found.evidence.push(format!("reference {reference}:"));
    found.evidence.extend(there.evidence);
    found.outputs.extend(there.outputs);
    found
}
