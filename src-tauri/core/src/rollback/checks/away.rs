//! A deploy from this machine: what only GitHub could tell is not asked, and what the remote does not tell blocks nothing.
//! Each is said.

use super::found::Found;
use super::{Asking, target};
use crate::hold::known;
use crate::rollback::check::{Policy, Question, Verdict};
use crate::rollback::steps::is_away;

/// `None` where the question is asked as always.
pub(super) async fn find(question: Question, asking: &Asking<'_>) -> Option<Found> {
    let plan = asking.plan;
    if [Question::WorkflowReady, Question::RiskWorkflow].contains(&question) {
        return Some(Found::not_asked("Not asked: this deploy goes by no workflow.", Policy::Info));
    }
    if question == Question::AccessReady {
        return Some(Found::not_asked("Not asked: this deploy needs nothing of GitHub.", Policy::Info));
    }
    if question == Question::EnvironmentIdle {
        let sentence = format!("Not asked: only GitHub knows whether something else deploys to {}.", plan.environment);
        return Some(Found::not_asked(sentence, Policy::Warn));
    }
    if question == Question::TargetRan {
        let sentence = || format!("Not asked: only GitHub knows whether {} ran in {}.", plan.to, plan.environment);
        let told = target::brought_here(asking).await;
        return Some(told.unwrap_or_else(|| Found::not_asked(sentence(), Policy::Warn)));
    }
    if question == Question::TargetQuarantine { quarantine(asking).await } else { None }
}

/// By what the remote said last, and by the journal.
async fn quarantine(asking: &Asking<'_>) -> Option<Found> {
    let (ports, plan) = (asking.ports, asking.plan);
    if !matches!(ports.team.marks().await, Err(trouble) if is_away(trouble.code)) {
        return None;
    }
    let facts = match ports.journal.of_repository(asking.repository).await {
        Ok(facts) => facts,
        Err(trouble) => return Some(Found::errored(&trouble)),
    };
    let known = known::quarantined(&facts, ports.team.remembered().as_ref(), &plan.environment, ports.clock.now());
    let found = target::judge_quarantine(known, plan);
    if found.verdict != Verdict::Passed {
        return Some(found);
    }
    let sentence = format!("{} is not quarantined, as far as is known here; the remote could not be asked.", plan.to);
    Some(Found::not_asked(sentence, Policy::Warn))
}
