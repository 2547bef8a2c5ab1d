//! Answers that came before the rollback was asked for. While they are fresh they count, and are not asked for again.

use jiff::{SignedDuration, Timestamp};

use crate::journal::Fact;
use crate::rollback::StepName;
use crate::rollback::check::{Answer, Policy, Question, Verdict};
use crate::rollback::event::Event;
use crate::rollback::plan::Plan;

/// Arming asks again each minute; what two rounds did not renew is old.
pub const FRESH: SignedDuration = SignedDuration::from_mins(2);

/// What the checks of one plan said: of each question an answer, but for those that had nothing to ask.
#[derive(Debug, Clone)]
pub struct Armed {
    pub plan: Plan,
    pub answers: Vec<Answer>,
    /// Still being asked: what stands for them among the answers is none.
    pub open: Vec<Question>,
}

impl Armed {
    /// The answers that count for this plan now. Never the tag's: both sides are compared when the rollback is asked for.
    /// Never one that blocks or broke: it may be another by now. One that could not tell counts where it cannot block, so
    /// that nobody waits for it twice; that of a command only where it informs, for it may run by now. `facts` are the
    /// repository's.
    pub(crate) fn counting(&self, plan: &Plan, facts: &[Fact], now: Timestamp) -> Vec<Answer> {
        if !same(&self.plan, plan) {
            return Vec::new();
        }
        let counts = |answer: &&Answer| {
            let fresh = answer.asked_at.is_some_and(|at| at <= now && now.duration_since(at) <= FRESH);
            fresh && self.is_clear(answer) && !quarantined_since(answer, plan, facts)
        };
        self.answers.iter().filter(|answer| answer.question.step() == StepName::Check).filter(counts).cloned().collect()
    }

    fn is_clear(&self, answer: &Answer) -> bool {
        let is_command = Question::COMMANDED.contains(&answer.question);
        let tells = match answer.verdict {
            Verdict::Passed | Verdict::Failed => true,
            Verdict::Inconclusive => !is_command || answer.policy == Policy::Info,
            Verdict::Errored => false,
        };
        let is_open = self.open.contains(&answer.question);
        tells && !is_open && !answer.blocks() && answer.question != Question::TargetExists
    }

    /// Whether no command is configured for this question and none fits the project. However old: a commit never changes,
    /// and what is configured stands in the plan.
    pub(crate) fn has_nothing_to_ask(&self, question: Question, plan: &Plan) -> bool {
        let is_answered = self.answers.iter().any(|answer| answer.question == question);
        Question::COMMANDED.contains(&question) && !is_answered && same(&self.plan, plan)
    }
}

fn same(armed: &Plan, plan: &Plan) -> bool {
    (&armed.environment, &armed.from, &armed.to, &armed.object, &armed.commit, &armed.deploy, &armed.checks)
        == (&plan.environment, &plan.from, &plan.to, &plan.object, &plan.commit, &plan.deploy, &plan.checks)
}

fn quarantined_since(answer: &Answer, plan: &Plan, facts: &[Fact]) -> bool {
    // One that names no environment is about all of them.
    let here = |fact: &Fact| fact.subject.environment.as_ref().is_none_or(|about| *about == plan.environment);
    let of_target = |fact: &&Fact| {
        here(fact) && matches!(fact.event.rollback(), Some(Event::Quarantined { tag, .. }) if *tag == plan.to)
    };
    answer.question == Question::TargetQuarantine
        && facts.iter().filter(of_target).any(|fact| answer.asked_at.is_none_or(|asked| fact.at >= asked))
}
