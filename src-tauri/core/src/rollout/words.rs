//! What a rollout says of itself.

use super::plan::Gate;
use super::{Outcome, Phase, Rollout};

/// What its end says: one sentence, and what to do next.
pub fn ended(rollout: &Rollout, outcome: Outcome) -> (String, String) {
    let plan = &rollout.plan;
    let place = rollout.current().map(|(_, stage)| &stage.plan.environment);
    match outcome {
        Outcome::Succeeded => {
            let names: Vec<&str> = plan.stages.iter().map(|stage| stage.environment.as_str()).collect();
            let stands = rollout.stages.iter().find(|stage| !stage.hint.is_empty());
            let hint = stands.map_or_else(String::new, |stage| stage.hint.clone());
            (format!("{} is live in {} and stayed well", plan.tag, names.join(" and ")), hint)
        }
        Outcome::Stopped => {
            let at = place.map_or_else(|| "at its end".to_owned(), |name| format!("at {name}"));
            let why = rollout.stop.as_ref().map_or("", |stop| stop.reason.as_str());
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            let hint = match rollout.current().map(|(_, stage)| stage.phase) {
                Some(Phase::Pending | Phase::Refused) | None => String::new(),
                Some(_) => "What was deployed stays, and so does its hold until it expires or you lift it.".to_owned(),
            };
            (format!("The rollout of {} stopped {at}{why}", plan.tag), hint)
        }
        Outcome::RolledBack => {
            let said = rollout.back.as_ref().map_or("", |back| back.sentence.as_str());
            (format!("The rollout of {} went back: {said}", plan.tag), "Look for what it lacked.".to_owned())
        }
        Outcome::Failed => {
            let back = rollout.back.as_ref();
            let said = back.map_or("", |back| back.sentence.as_str());
            let hint = back.map_or_else(String::new, |back| back.hint.clone());
            (format!("Going back from {} did not work: {said}", plan.tag), hint)
        }
    }
}

/// Where it stands, in one sentence.
pub fn stands(rollout: &Rollout) -> String {
    if let Some(end) = &rollout.end {
        return end.sentence.clone();
    }
    let Some((_, stage)) = rollout.current() else { return "Every stage has passed".to_owned() };
    let name = &stage.plan.environment;
    if let Some(back) = &rollout.back {
        return format!("{name} is being rolled back, as {} chose", back.by);
    }
    match stage.phase {
        Phase::Pending => format!("{name} is next"),
        Phase::Deploying => format!("{} is being deployed to {name} and proved", rollout.plan.tag),
        Phase::Refused => format!("Nothing was deployed to {name}: {}", stage.sentence),
        Phase::Failed => format!("{name} did not work: {}", stage.sentence),
        Phase::Deployed => format!("{name} has {}", rollout.plan.tag),
        Phase::Soaking => format!("{name} is being watched"),
        Phase::Green if stage.plan.gate == Gate::Person => {
            format!("{name} stayed well; a person opens the gate")
        }
        Phase::Green | Phase::Open => format!("{name} stayed well"),
        Phase::Unproved => format!("Whether {name} stayed well is not known: {}", stage.sentence),
        Phase::Red => format!("{name} did not stay well: {}", stage.sentence),
        Phase::Passed => format!("{name} has passed"),
    }
}
