//! What a rollback may take, what it usually takes, and what it took, in words.

use lastgood_core::journal::Fact;
use lastgood_core::live::spans::{durations, median};
use lastgood_core::rollback::plan::Plan;

/// Before it begins.
pub(super) fn expected(plan: &Plan, facts: &[Fact]) -> String {
    let taken = durations(&plan.environment, facts);
    let budget = words(plan.budget.into());
    match median(&taken) {
        Some(usually) => {
            let from = if taken.len() == 1 { "1 rollback".to_owned() } else { format!("{} rollbacks", taken.len()) };
            format!("usually takes {} (from {from} here), may take {budget}", words(usually))
        }
        None => format!("may take {budget}; none has ended well here yet"),
    }
}

/// When it is over.
pub(super) fn took(plan: &Plan, seconds: i64) -> String {
    let over = seconds - i64::from(plan.budget);
    let budget = words(plan.budget.into());
    if over > 0 {
        format!("took {}, {} over its budget of {budget}", words(seconds), words(over))
    } else {
        format!("took {} of {budget}", words(seconds))
    }
}

/// `42 s`, `5 min`, `1 min 50 s`.
fn words(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
