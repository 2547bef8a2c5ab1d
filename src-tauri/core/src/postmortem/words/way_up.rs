//! The way back up in a timeline's words: the fix, and the rollout of its release. What happens inside a stage is that
//! drive's own story.

use super::{Told, detail, main, quoted, some};
use crate::fix::event::{Deed as Fixed, Event as FixEvent};
use crate::postmortem::line::{Answered, LineKind};
use crate::rollback::Outcome;
use crate::rollback::check::Verdict;
use crate::rollout::event::{Deed, Event};

pub(super) fn of_fix(event: &FixEvent) -> Told {
    match &event.deed {
        Fixed::FixBegan(beginning) => {
            let text = format!("Fix begun on the branch {} at {}", beginning.branch, beginning.commit.short());
            Told { who: some(&beginning.by), ..main(LineKind::Repair, text) }
        }
        Fixed::FixItemSet { item, done, by } => {
            let state = if *done { "done" } else { "open again" };
            Told { who: some(by), ..detail(LineKind::Repair, format!("Checklist item {} {state}", item + 1)) }
        }
        Fixed::FixBranchPushed { commit, by } => {
            Told { who: some(by), ..detail(LineKind::Repair, format!("Fix pushed at {}", commit.short())) }
        }
        Fixed::FixPullRequestLinked { pull_request, by } => {
            let text = format!("Pull request #{} brings the fix: {}", pull_request.number, pull_request.title);
            Told { who: some(by), ..main(LineKind::Repair, text) }
        }
    }
}

pub(super) fn of_rollout(event: &Event) -> Told {
    match &event.deed {
        Deed::RolloutStarted(plan) => {
            let text = format!("Rollout of {} began: {}", plan.tag, quoted(&plan.reason));
            Told { who: some(&plan.who), ..main(LineKind::Decision, text) }
        }
        Deed::RolloutQuarantineLifted { tag } => {
            detail(LineKind::Action, format!("The rollout lifted the quarantine of {tag}"))
        }
        Deed::RolloutStageBegun { stage, .. } => detail(LineKind::Action, format!("Stage {} began", stage + 1)),
        Deed::RolloutStageEnded(ending) => {
            let kind = if ending.outcome == Outcome::Succeeded { LineKind::Repair } else { LineKind::Signal };
            main(kind, format!("Stage {}: {}", ending.stage + 1, ending.sentence.trim_end_matches('.')))
        }
        Deed::RolloutSoakBegun { stage, seconds, anew } => {
            let anew = anew.as_ref().map_or_else(String::new, |why| format!(" anew ({why})"));
            detail(LineKind::Action, format!("Stage {} is watched for {seconds} s{anew}", stage + 1))
        }
        Deed::RolloutSoakSeen(look) => seen(look.stage, look.verdict, &look.sentence),
        Deed::RolloutSoakEnded { stage, verdict, sentence } => {
            let text = format!("Stage {} was watched to its end: {}", stage + 1, sentence.trim_end_matches('.'));
            let answer = Some(Answered { question: "Soak", verdict: *verdict });
            Told { answer, ..main(LineKind::Proof, text) }
        }
        Deed::RolloutGateOpened { stage, by } => {
            let text = format!("The gate behind stage {} opened", stage + 1);
            Told { who: by.as_deref().and_then(some), ..main(LineKind::Decision, text) }
        }
        Deed::RolloutHoldLifted { sentence, .. } => detail(LineKind::Action, sentence.clone()),
        Deed::RolloutTriedAgain { stage, by } => {
            Told { who: some(by), ..detail(LineKind::Decision, format!("Stage {} tried again", stage + 1)) }
        }
        Deed::RolloutBackChosen { stage, by, reason } => {
            let text = format!("Stage {} to be rolled back: {}", stage + 1, quoted(reason));
            Told { who: some(by), ..main(LineKind::Decision, text) }
        }
        Deed::RolloutBackBegun { stage, .. } => {
            detail(LineKind::Action, format!("Rolling back stage {} began", stage + 1))
        }
        Deed::RolloutBackEnded(ending) => main(LineKind::Repair, ending.sentence.clone()),
        Deed::RolloutReleaseMarked { sentence, .. } => detail(LineKind::Message, sentence.clone()),
        Deed::RolloutStopAsked { by, reason } => {
            Told { who: some(by), ..main(LineKind::Decision, format!("Stop asked for: {}", quoted(reason))) }
        }
        Deed::RolloutEnded { sentence, .. } => main(LineKind::Repair, sentence.clone()),
    }
}

fn seen(stage: usize, verdict: Verdict, sentence: &str) -> Told {
    let kind = if verdict == Verdict::Passed { LineKind::Proof } else { LineKind::Signal };
    detail(kind, format!("Stage {}: {}", stage + 1, sentence.trim_end_matches('.')))
}
