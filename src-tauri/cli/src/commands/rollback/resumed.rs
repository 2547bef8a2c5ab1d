//! An unfinished rollback that the command takes up: what it is, and what becomes of the words that were given now.

use lastgood_core::ids::TagName;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::Rollback;

use super::Order;

/// The lines that say what is taken up, before anybody says yes.
pub(super) fn words(order: &Order, rollback: &Rollback) -> Vec<String> {
    let plan = &rollback.plan;
    let from = plan.from.as_ref().map_or("what was live", TagName::as_str);
    let begun = plan.started.strftime("%Y-%m-%d %H:%M UTC");
    let step = rollback.current().map_or("its end", |step| step.name.as_str());
    let mut lines = vec![
        format!("Taking up {} where it stands, at {step}.", rollback.id),
        format!("  {} of {} from {from} to {}", plan.deed(), plan.environment, plan.to),
        format!("  begun {begun} by {}: {}", plan.who, rollback.why()),
    ];
    match reason(order, rollback) {
        Some(_) => lines.push(format!("  from now on: {}", order.reason.trim())),
        None if is_another(order, rollback) => {
            lines.push("  Its tag and its hold say that reason already; the one given now is not used.".to_owned());
        }
        None => {}
    }
    lines
}

/// A reason that is given now counts while nothing left this machine; after that the first one stands in the tag.
pub(super) fn reason(order: &Order, rollback: &Rollback) -> Option<Request> {
    let counts = is_another(order, rollback) && rollback.can_undo();
    counts.then(|| Request::GiveReason(order.reason.trim().to_owned()))
}

fn is_another(order: &Order, rollback: &Rollback) -> bool {
    let given = order.reason.trim();
    !given.is_empty() && given != rollback.reason.trim()
}
