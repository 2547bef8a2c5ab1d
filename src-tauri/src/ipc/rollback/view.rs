//! From a rollback's facts to its screen.

use lastgood_adapters::workspace::Workspace;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::TagName;
use lastgood_core::journal::Fact;
use lastgood_core::live::spans::{durations, median};
use lastgood_core::ports::forge;
use lastgood_core::rollback::check::samples::Samples;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict};
use lastgood_core::rollback::choosing::Offer;
use lastgood_core::rollback::event;
use lastgood_core::rollback::local::LocalOutcome;
use lastgood_core::rollback::{self, Outcome, Rollback, Step};

use super::{
    Choice, ChoiceId, DriverKind, DriverView, ElsewhereView, JobStepView, JobView, RollbackPhase, RollbackSummary,
    RollbackView, RunView, StepName, StepPhase, StepView, log,
};
use crate::ipc::timeline::CheckView;
use crate::ipc::timeline::view::check;

/// Who drives a rollback.
pub(crate) enum Driver<'a> {
    Here,
    /// It is being taken up.
    Coming,
    Another(&'a Trouble),
    Waits,
    Broken(&'a Trouble),
}

/// `facts` are the rollback's own; `history` those of its repository. What a person can do is offered where it is driven.
pub(crate) fn rollback(rollback: &Rollback, facts: &[Fact], history: &[Fact], driver: &Driver<'_>) -> RollbackView {
    let plan = &rollback.plan;
    let here = matches!(driver, Driver::Here);
    let taken = durations(&plan.environment, history);
    let (sentence, hint) = words(rollback);
    RollbackView {
        id: rollback.id.to_string(),
        sequence: u32::try_from(facts.len()).unwrap_or(u32::MAX),
        environment: plan.environment.to_string(),
        forward: plan.forward,
        from: plan.from.as_ref().map(ToString::to_string),
        to: plan.to.to_string(),
        commit: plan.commit.to_string(),
        reason: rollback.reason.clone(),
        started_at: plan.started.to_string(),
        started_by: plan.who.clone(),
        ended_at: rollback.end.as_ref().map(|end| end.at.to_string()),
        phase: phase(rollback),
        proved: is_proved(rollback),
        sentence,
        hint,
        budget_seconds: plan.budget,
        usually_seconds: median(&taken),
        usually_from: u32::try_from(taken.len()).unwrap_or(u32::MAX),
        undo_until: (plan.undo_until > plan.started).then(|| plan.undo_until.to_string()),
        can_undo: here && rollback.can_undo(),
        can_stop: here && rollback.can_stop(),
        stop_requested: rollback.stop_asked,
        local: rollback.is_local(),
        stands_still: rollback.stands_still(),
        choices: rollback.offers().iter().filter(|_| here).map(choice).collect(),
        driven_here: here,
        driver: if rollback.end.is_some() { None } else { self::driver(driver) },
        elsewhere: None,
        out_of_sight: rollback.end.is_none() && rollback.out_of_sight.is_some(),
        next_target: next_target(rollback).map(ToString::to_string),
        rollback_tag: rollback.tag.as_ref().map(|_| plan.rollback_tag.to_string()),
        steps: rollback.steps.iter().map(|step| self::step(step, rollback)).collect(),
        run: rollback.seen.as_ref().map(run),
        log: log::lines(facts),
    }
}

fn driver(driver: &Driver<'_>) -> Option<DriverView> {
    let (kind, sentence, hint) = match driver {
        Driver::Here => return None,
        Driver::Coming => (DriverKind::Coming, "It is being taken up where it stands.".to_owned(), String::new()),
        Driver::Another(trouble) => (
            DriverKind::Another,
            trouble.message.clone(),
            "Undo it, stop it and decide there. Should that Lastgood end, this window goes on with it.".to_owned(),
        ),
        Driver::Waits => (
            DriverKind::Waits,
            "It waits for a decision, and was not begun in this window.".to_owned(),
            "Decide where it was begun, or go on here.".to_owned(),
        ),
        Driver::Broken(trouble) => (DriverKind::Broken, trouble.message.clone(), trouble.hint.clone()),
    };
    Some(DriverView { kind, sentence, hint })
}

pub(crate) fn elsewhere(rollback: &Rollback, workspace: &Workspace) -> ElsewhereView {
    let plan = &rollback.plan;
    ElsewhereView {
        id: rollback.id.to_string(),
        repository: name_of(workspace),
        environment: plan.environment.to_string(),
        to: plan.to.to_string(),
        can_undo: rollback.can_undo(),
        undo_until: (plan.undo_until > plan.started).then(|| plan.undo_until.to_string()),
    }
}

/// What people call a repository.
pub(crate) fn name_of(workspace: &Workspace) -> String {
    let slug = workspace.slug().map(ToString::to_string);
    slug.unwrap_or_else(|| workspace.repository().git_dir().display().to_string())
}

fn next_target(rollback: &Rollback) -> Option<&TagName> {
    let failed = |step: &Step| step.name == rollback::StepName::Prove && step.code == Some(Code::ProofFailed);
    rollback.end.as_ref().filter(|_| rollback.steps.iter().any(failed))?;
    rollback.plan.next.as_ref()
}

pub(crate) fn summary(rollback: &Rollback) -> RollbackSummary {
    RollbackSummary {
        id: rollback.id.to_string(),
        environment: rollback.plan.environment.to_string(),
        from: rollback.plan.from.as_ref().map(ToString::to_string),
        to: rollback.plan.to.to_string(),
        phase: phase(rollback),
        proved: is_proved(rollback),
        sentence: words(rollback).0,
        started_at: rollback.plan.started.to_string(),
        started_by: rollback.plan.who.clone(),
        ended_at: rollback.end.as_ref().map(|end| end.at.to_string()),
        rehearsal: rollback.plan.rehearsal,
    }
}

fn phase(rollback: &Rollback) -> RollbackPhase {
    if let Some(end) = &rollback.end {
        return match end.outcome {
            Outcome::Succeeded => RollbackPhase::Succeeded,
            Outcome::Failed => RollbackPhase::Failed,
            Outcome::Errored => RollbackPhase::Errored,
            Outcome::Aborted => RollbackPhase::Aborted,
        };
    }
    if rollback.current().is_some_and(|step| step.phase == rollback::StepPhase::Inconclusive) {
        return RollbackPhase::Inconclusive;
    }
    if is_waiting(rollback) { RollbackPhase::Waiting } else { RollbackPhase::Running }
}

fn is_proved(rollback: &Rollback) -> bool {
    rollback.end.as_ref().is_some_and(|end| end.outcome == Outcome::Succeeded) && rollback.is_proved()
}

/// GitHub holds the run back: until somebody approves it, or until a timer is up.
fn is_waiting(rollback: &Rollback) -> bool {
    rollback.seen.as_ref().is_some_and(|seen| seen.status == "waiting")
}

fn words(rollback: &Rollback) -> (String, String) {
    if let Some(end) = &rollback.end {
        return (end.sentence.clone(), end.hint.clone());
    }
    if let Some(sentence) = &rollback.out_of_sight {
        return (sentence.clone(), "The run goes on at GitHub; Lastgood keeps looking.".to_owned());
    }
    if let Some(waiting) = &rollback.waiting {
        return (waiting.sentence.clone(), "The step goes on by itself; stop it if it must not.".to_owned());
    }
    match rollback.current() {
        Some(step) if step.phase == rollback::StepPhase::Inconclusive => (step.sentence.clone(), step.hint.clone()),
        Some(_) if is_waiting(rollback) => (
            "The run waits for an approval or a timer".to_owned(),
            "Once GitHub lets it go on, the rollback goes on by itself.".to_owned(),
        ),
        Some(step) => (title(step.name, rollback), String::new()),
        None => (String::new(), String::new()),
    }
}

fn step(step: &Step, rollback: &Rollback) -> StepView {
    StepView {
        name: name(step.name),
        title: title(step.name, rollback),
        phase: match step.phase {
            rollback::StepPhase::Pending => StepPhase::Pending,
            rollback::StepPhase::Running => StepPhase::Running,
            rollback::StepPhase::Succeeded => StepPhase::Succeeded,
            rollback::StepPhase::Failed => StepPhase::Failed,
            rollback::StepPhase::Errored => StepPhase::Errored,
            rollback::StepPhase::Aborted => StepPhase::Aborted,
            rollback::StepPhase::Inconclusive => StepPhase::Inconclusive,
        },
        sentence: said(step, rollback),
        hint: step.hint.clone(),
        started_at: step.started.map(|at| at.to_string()),
        ended_at: step.ended.map(|at| at.to_string()),
        checks: step.answers.iter().map(check).chain(output(step, rollback)).collect(),
    }
}

/// What the command that deploys from here wrote, as the evidence of its step.
fn output(step: &Step, rollback: &Rollback) -> Option<CheckView> {
    let deploy = rollback.plan.deploy.local.as_ref().filter(|_| step.name == rollback::StepName::Dispatch)?;
    let ended = rollback.local.as_ref()?.ended.as_ref()?;
    let verdict = match ended.how {
        LocalOutcome::Exited(0) => Verdict::Passed,
        LocalOutcome::Exited(_) => Verdict::Failed,
        LocalOutcome::Signalled | LocalOutcome::TimedOut | LocalOutcome::Stopped => Verdict::Inconclusive,
    };
    let shown = Answer {
        question: Question::DeployCommand,
        verdict,
        policy: Policy::Block,
        sentence: format!("{}: {}", deploy.shown(), ended.words()),
        evidence: ended.tail.clone(),
        milliseconds: ended.milliseconds,
        asked_at: step.ended,
        outputs: ended.output.iter().cloned().collect(),
        samples: Samples::default(),
    };
    Some(CheckView { title: "What the command wrote".to_owned(), ..check(&shown) })
}

fn said(step: &Step, rollback: &Rollback) -> String {
    let held = step.name == rollback::StepName::Hold && step.phase == rollback::StepPhase::Succeeded;
    if held && rollback.end.is_some() && !rollback.held {
        return "Held at first, and lifted since".to_owned();
    }
    if let Some(waiting) = rollback.waiting.as_ref().filter(|_| step.phase == rollback::StepPhase::Running) {
        return waiting.sentence.clone();
    }
    if step.sentence.is_empty() { ahead(step.name, rollback) } else { step.sentence.clone() }
}

fn name(name: rollback::StepName) -> StepName {
    match name {
        rollback::StepName::Hold => StepName::Hold,
        rollback::StepName::Check => StepName::Check,
        rollback::StepName::Tag => StepName::Tag,
        rollback::StepName::Dispatch => StepName::Dispatch,
        rollback::StepName::Follow => StepName::Follow,
        rollback::StepName::Prove => StepName::Prove,
        rollback::StepName::Close => StepName::Close,
    }
}

fn title(name: rollback::StepName, rollback: &Rollback) -> String {
    let plan = &rollback.plan;
    match name {
        rollback::StepName::Hold => format!("Hold {} deploys", plan.environment),
        rollback::StepName::Check => "Check the target".to_owned(),
        rollback::StepName::Tag => "Tag and push".to_owned(),
        rollback::StepName::Dispatch if rollback.is_local() => "Deploy here".to_owned(),
        rollback::StepName::Follow if rollback.is_local() => "Follow".to_owned(),
        rollback::StepName::Dispatch => format!("Start {}", plan.deploy.workflow),
        rollback::StepName::Follow => "Deploy".to_owned(),
        rollback::StepName::Prove => "Prove it worked".to_owned(),
        rollback::StepName::Close => "Close the loop".to_owned(),
    }
}

/// What a step that is not over will do, or does.
fn ahead(name: rollback::StepName, rollback: &Rollback) -> String {
    let plan = &rollback.plan;
    match name {
        rollback::StepName::Hold => "Kept on the remote, where everybody sees it".to_owned(),
        rollback::StepName::Check => {
            format!("{} questions before anything leaves this machine", rollback::checks::before(plan).len())
        }
        rollback::StepName::Tag => format!("{} → {}", plan.rollback_tag, plan.commit.short()),
        rollback::StepName::Dispatch => match &plan.deploy.local {
            Some(local) => local.shown(),
            None => format!("{} = {}", plan.deploy.version_input, plan.to),
        },
        rollback::StepName::Follow if rollback.is_local() => "Nothing runs on GitHub".to_owned(),
        rollback::StepName::Follow => active(rollback).unwrap_or_else(|| "Exactly this run, to its end".to_owned()),
        rollback::StepName::Prove => match (&plan.proofs.version, &plan.proofs.health) {
            (Some(_), Some(_)) => format!("Live version, then health {} times in a row", plan.proofs.health_times),
            (Some(_), None) => "Live version".to_owned(),
            (None, Some(_)) => format!("Health {} times in a row", plan.proofs.health_times),
            (None, None) if rollback.is_local() => "No probe is configured: look at the service yourself".to_owned(),
            (None, None) => "No probe is configured: GitHub's record is the evidence".to_owned(),
        },
        rollback::StepName::Close => match &plan.from {
            Some(from) if !plan.forward => format!("Quarantine {from}; the hold stays {}", rollback.hold_lasts()),
            Some(_) | None => format!("The hold stays {}", rollback.hold_lasts()),
        },
    }
}

fn active(rollback: &Rollback) -> Option<String> {
    let seen = rollback.seen.as_ref()?;
    if let Some(job) = seen.jobs.iter().find(|job| job.status == "waiting") {
        return Some(format!("{} waits for an approval or a timer", job.name));
    }
    let job = seen.jobs.iter().find(|job| job.status == "in_progress")?;
    let step = job.steps.iter().find(|step| step.status == "in_progress");
    Some(match step {
        Some(step) => format!("Step {} of {}: {}", step.number, job.steps.len(), step.name),
        None => job.name.clone(),
    })
}

fn choice(offer: &Offer) -> Choice {
    let id = match offer.choice {
        event::Choice::LookAgain => ChoiceId::LookAgain,
        event::Choice::SendAgain => ChoiceId::SendAgain,
        event::Choice::ItWorked => ChoiceId::ItWorked,
        event::Choice::GiveUp => ChoiceId::GiveUp,
    };
    Choice { id, title: offer.title.to_owned(), sentence: offer.sentence.to_owned() }
}

fn run(seen: &forge::RunSnapshot) -> RunView {
    RunView {
        id: seen.id.0,
        url: seen.url.clone(),
        status: seen.status.clone(),
        conclusion: seen.conclusion.clone(),
        jobs: seen.jobs.iter().map(job).collect(),
    }
}

fn job(job: &forge::Job) -> JobView {
    JobView {
        id: job.id,
        name: job.name.clone(),
        status: job.status.clone(),
        conclusion: job.conclusion.clone(),
        started_at: job.started.map(|at| at.to_string()),
        ended_at: job.ended.map(|at| at.to_string()),
        url: job.url.clone(),
        steps: job
            .steps
            .iter()
            .map(|step| JobStepView {
                number: step.number,
                name: step.name.clone(),
                status: step.status.clone(),
                conclusion: step.conclusion.clone(),
                started_at: step.started.map(|at| at.to_string()),
                ended_at: step.ended.map(|at| at.to_string()),
            })
            .collect(),
    }
}
