//! What a fact is called in a timeline: its kind, its weight, one sentence, its evidence.

mod incident;
mod live;
mod way_up;

use crate::journal::{Event as Happened, Fact};
use crate::ports::forge::RunSnapshot;
use crate::postmortem::line::{Answered, Evidence, LineKind, Weight};
use crate::rollback::check::{Answer, Verdict};
use crate::rollback::event::{Choice, Ending, Event, Evidence as Tie, RunOrder, StepOutcome};
use crate::rollback::local::LocalEnd;
use crate::rollback::plan::Plan;
use crate::rollback::{Outcome, StepName};

/// A fact in words.
pub(super) struct Told {
    pub(super) kind: LineKind,
    pub(super) weight: Weight,
    pub(super) text: String,
    pub(super) who: Option<String>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) answer: Option<Answered>,
}

/// `None` for what belongs to no timeline, such as work on a post-mortem. `own` are all facts of the story as their
/// writers wrote them: some are told by those before them.
pub(super) fn tell(fact: &Fact, own: &[&Fact]) -> Option<Told> {
    match &fact.event {
        Happened::Rollback(event) => Some(of_rollback(event)),
        Happened::Incident(event) => Some(incident::tell(event, fact, own)),
        Happened::Live(event) => Some(live::tell(event)),
        Happened::Fix(event) => Some(way_up::of_fix(event)),
        Happened::Rollout(event) => Some(way_up::of_rollout(event)),
        Happened::Postmortem(_) => None,
    }
}

fn of_rollback(event: &Event) -> Told {
    match event {
        Event::RollbackStarted(plan) => started(plan),
        Event::ReasonGiven { reason } => detail(LineKind::Decision, format!("Reason: {}", quoted(reason))),
        Event::StepStarted { step, .. } => detail(LineKind::Action, format!("Step {} began", title(*step))),
        Event::Answered(answer) => answered(answer),
        Event::HoldTaken { owner, reason, .. } => {
            let told = main(LineKind::Action, format!("Deploys held: {}", quoted(reason)));
            Told { who: some(owner), ..told }
        }
        Event::HoldLifted { by, reason } => {
            let told = main(LineKind::Action, format!("Hold lifted: {}", quoted(reason)));
            Told { who: some(by), ..told }
        }
        Event::TagMade { tag, object } => {
            detail(LineKind::Action, format!("Tag {tag} made, object {}", object.short()))
        }
        Event::NewestRun { run } => {
            detail(LineKind::Signal, format!("Run {run} was the newest of the deploy workflow before it"))
        }
        Event::Waiting { sentence, .. } => detail(LineKind::Signal, bare(sentence).to_owned()),
        Event::DispatchSent => detail(LineKind::Action, "Deploy workflow dispatched".to_owned()),
        Event::LocalBegan { command, .. } => {
            main(LineKind::Action, format!("Deploy from this machine begun: {command}"))
        }
        Event::LocalEnded(ended) => local_ended(ended),
        Event::TagKept { tag, sentence } => {
            detail(LineKind::Signal, format!("Tag {tag} kept here; the remote did not confirm it: {}", bare(sentence)))
        }
        Event::RunFound { run, how } => {
            let told = main(LineKind::Action, format!("Run {run} started, {}", tie(*how)));
            Told { evidence: vec![Evidence::Run { id: *run, url: None }], ..told }
        }
        Event::RunSeen(seen) => seen_run(seen),
        Event::RunOutOfSight { sentence } => {
            detail(LineKind::Signal, format!("The run could not be seen: {}", bare(sentence)))
        }
        Event::Quarantined { tag, owner, reason, .. } => {
            let told = main(LineKind::Action, format!("{tag} quarantined: {}", quoted(reason)));
            Told { who: some(owner), ..told }
        }
        Event::ReleaseMarked { tag } => {
            main(LineKind::Action, format!("The release {tag} on GitHub says that it was rolled back from"))
        }
        Event::QuarantineLifted { tag, by, reason } => {
            let told = main(LineKind::Action, format!("Quarantine of {tag} lifted: {}", quoted(reason)));
            Told { who: some(by), ..told }
        }
        Event::StepEnded(ending) => ended(ending),
        Event::PersonChose { step, choice } => {
            main(LineKind::Decision, format!("At {}, a person chose: {}", title(*step), chosen(*choice)))
        }
        Event::UndoAsked => main(LineKind::Decision, "Undo asked for".to_owned()),
        Event::StopAsked => main(LineKind::Decision, "Stop after the running step asked for".to_owned()),
        Event::RunOrdered { run, order, by, comment } => {
            let said = if comment.is_empty() { String::new() } else { format!(": {}", quoted(comment)) };
            let text = format!("{} run {run}{said}", ordered(*order));
            Told { who: some(by), ..main(LineKind::Decision, text) }
        }
        Event::RunOrderEnded { sentence, .. } => detail(LineKind::Signal, bare(sentence).to_owned()),
        Event::RollbackEnded { outcome, sentence, .. } => {
            let kind = if *outcome == Outcome::Succeeded { LineKind::Repair } else { LineKind::Signal };
            main(kind, format!("Rollback {}: {}", outcome.as_str(), bare(sentence)))
        }
    }
}

fn ordered(order: RunOrder) -> &'static str {
    match order {
        RunOrder::Approve => "Approve",
        RunOrder::Reject => "Reject",
        RunOrder::Cancel => "Cancel",
    }
}

fn started(plan: &Plan) -> Told {
    let from = plan.from.as_ref().map_or("what was live", |from| from.as_str());
    let why = if plan.reason.is_empty() { String::new() } else { format!(": {}", quoted(&plan.reason)) };
    let text = format!("{} of {} from {from} to {} started{why}", plan.deed(), plan.environment, plan.to);
    Told { who: some(&plan.who), ..main(LineKind::Decision, text) }
}

fn answered(answer: &Answer) -> Told {
    let after = answer.question.step() == StepName::Prove;
    let kind = if after { LineKind::Proof } else { LineKind::Signal };
    let weight = if after || answer.verdict != Verdict::Passed { Weight::Main } else { Weight::Detail };
    let text = format!("{} {}: {}", answer.question.title(), verdict(answer.verdict), bare(&answer.sentence));
    let outputs = answer.outputs.iter().cloned().map(Evidence::Stored);
    let looks = (!answer.samples.is_empty()).then(|| Evidence::Looks(answer.samples.clone()));
    let evidence = std::iter::once(Evidence::Output(answer.evidence.clone())).chain(looks).chain(outputs).collect();
    // What was asked before a rollback tells of its target, not of what is live.
    let answer = after.then(|| Answered { question: answer.question.title(), verdict: answer.verdict });
    Told { kind, weight, text, who: None, evidence, answer }
}

/// GitHub's words are kept as they came.
fn seen_run(seen: &RunSnapshot) -> Told {
    let state = seen.conclusion.as_deref().unwrap_or(&seen.status);
    let jobs: Vec<String> = seen
        .jobs
        .iter()
        .map(|job| format!("{} {}", job.name, job.conclusion.as_deref().unwrap_or(&job.status)))
        .collect();
    let jobs = if jobs.is_empty() { String::new() } else { format!(" ({})", jobs.join(", ")) };
    let told = detail(LineKind::Signal, format!("Run {}: {state}{jobs}", seen.id));
    Told { evidence: vec![Evidence::Run { id: seen.id, url: some(&seen.url) }], ..told }
}

fn local_ended(ended: &LocalEnd) -> Told {
    let told = main(LineKind::Action, format!("Deploy from this machine ended: {}", ended.words()));
    let stored = ended.output.iter().cloned().map(Evidence::Stored);
    Told { evidence: std::iter::once(Evidence::Output(ended.tail.clone())).chain(stored).collect(), ..told }
}

fn ended(ending: &Ending) -> Told {
    let kind = match (ending.step, ending.outcome) {
        (StepName::Follow, StepOutcome::Succeeded) => LineKind::Repair,
        (StepName::Prove, _) => LineKind::Proof,
        (_, StepOutcome::Succeeded) => LineKind::Action,
        (_, StepOutcome::Failed | StepOutcome::Errored | StepOutcome::Aborted | StepOutcome::Inconclusive) => {
            LineKind::Signal
        }
    };
    main(kind, format!("{} {}: {}", title(ending.step), outcome(ending.outcome), bare(&ending.sentence)))
}

fn main(kind: LineKind, text: String) -> Told {
    Told { kind, weight: Weight::Main, text, who: None, evidence: Vec::new(), answer: None }
}

fn detail(kind: LineKind, text: String) -> Told {
    Told { weight: Weight::Detail, ..main(kind, text) }
}

/// The steps' names as people read them.
pub(super) fn title(step: StepName) -> &'static str {
    match step {
        StepName::Hold => "Hold",
        StepName::Check => "Check",
        StepName::Tag => "Tag",
        StepName::Dispatch => "Dispatch",
        StepName::Follow => "Deploy",
        StepName::Prove => "Prove",
        StepName::Close => "Close",
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Errored => "errored",
    }
}

fn outcome(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Succeeded => "succeeded",
        StepOutcome::Failed => "failed",
        StepOutcome::Errored => "errored",
        StepOutcome::Aborted => "aborted",
        StepOutcome::Inconclusive => "inconclusive",
    }
}

fn tie(how: Tie) -> &'static str {
    match how {
        Tie::Answer => "as GitHub answered",
        Tie::Key => "known by its key",
        Tie::TimeAndActor => "known by its time and who dispatched it",
        Tie::Person => "as a person said",
    }
}

fn chosen(choice: Choice) -> &'static str {
    match choice {
        Choice::LookAgain => "look again",
        Choice::SendAgain => "send again",
        Choice::ItWorked => "it worked",
        Choice::GiveUp => "give up",
    }
}

fn quoted(text: &str) -> String {
    if text.trim().is_empty() { "no reason given".to_owned() } else { format!("“{}”", text.trim()) }
}

fn bare(sentence: &str) -> &str {
    sentence.trim().trim_end_matches('.')
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
