//! From the domain to the wire: a fix, a rollout, what can be offered.

use lastgood_adapters::workspace::{Known, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::fix::Fix;
use lastgood_core::fix::event::Base;
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::journal::Fact;
use lastgood_core::ports::publishing::{PullRequest, Standing};
use lastgood_core::release::{Release, Sort, sort};
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollout::plan::{Gate, StagePlan};
use lastgood_core::rollout::{Choice, Outcome, Phase, Rollout, Stage, stands};

use super::{
    FixItem, FixView, GateKind, LinkedRequest, OfferView, OfferedRelease, RequestState, RolloutChoice, RolloutLook,
    RolloutOutcome, RolloutPhase, RolloutStage, RolloutView, StageWish,
};

/// More than anybody chooses from.
const MOST_OFFERED: usize = 20;

/// `watched`: how long the current stage was watched, where this process watches it.
pub(crate) fn rollout(rollout: &Rollout, facts: &[Fact], driven: bool, watched: Option<u64>) -> RolloutView {
    let own = facts.iter().filter(|fact| fact.event.rollout().is_some_and(|event| event.rollout == rollout.id));
    let plan = &rollout.plan;
    let current = rollout.current().map(|(place, _)| place);
    let stages = rollout.stages.iter().enumerate();
    RolloutView {
        id: rollout.id.to_string(),
        sequence: u32::try_from(own.count()).unwrap_or(u32::MAX),
        tag: plan.tag.to_string(),
        bad: plan.bad.as_ref().map(ToString::to_string),
        rollback: plan.rollback.as_ref().map(ToString::to_string),
        reason: plan.reason.clone(),
        who: plan.who.clone(),
        started_at: plan.started.to_string(),
        ended_at: rollout.end.as_ref().map(|end| end.at.to_string()),
        outcome: rollout.end.as_ref().map(|end| outcome(end.outcome)),
        sentence: stands(rollout),
        hint: hint(rollout),
        choices: rollout.choices().iter().copied().map(choice).collect(),
        needs_person: rollout.needs_person(),
        driven,
        lifts: plan.lifts.iter().map(ToString::to_string).collect(),
        back: rollout.back.as_ref().and_then(|back| back.rollback.as_ref()).map(ToString::to_string),
        stages: stages.map(|(place, one)| stage(one, watched.filter(|_| current == Some(place)))).collect(),
    }
}

fn hint(rollout: &Rollout) -> String {
    let current = rollout.current().map(|(_, stage)| stage.hint.clone());
    rollout.end.as_ref().map(|end| end.hint.clone()).or(current).unwrap_or_default()
}

fn stage(stage: &Stage, watched: Option<u64>) -> RolloutStage {
    let soaks = stage.phase == Phase::Soaking;
    let soak = stage.soak.as_ref();
    let looks = soak.map_or(&[][..], |soak| &soak.looks).iter().rev().take(6).map(|(at, look)| RolloutLook {
        at: at.to_string(),
        well: match look.verdict {
            Verdict::Passed => Some(true),
            Verdict::Failed => Some(false),
            Verdict::Inconclusive | Verdict::Errored => None,
        },
        sentence: look.sentence.clone(),
    });
    RolloutStage {
        environment: stage.plan.environment.to_string(),
        phase: phase(stage.phase),
        soak_seconds: stage.plan.soak_seconds,
        watched_seconds: watched.filter(|_| soaks).map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
        anew: soak.filter(|_| soaks).and_then(|soak| soak.anew.clone()),
        gate: gate(stage.plan.gate),
        opened_by: stage.opened_by.clone(),
        sentence: stage.sentence.clone(),
        hint: stage.hint.clone(),
        drive: stage.drives.last().map(ToString::to_string),
        attempts: u32::try_from(stage.drives.len()).unwrap_or(u32::MAX),
        looks: looks.collect(),
    }
}

pub(crate) fn fix(fix: &Fix, standing: &Result<Option<PullRequest>, Trouble>, address: Option<&str>) -> FixView {
    let beginning = &fix.beginning;
    let items = fix.items.iter().map(|item| FixItem {
        text: item.text.clone(),
        done_by: item.done.as_ref().map(|(by, _)| by.clone()),
        done_at: item.done.as_ref().map(|(_, at)| at.to_string()),
    });
    FixView {
        id: fix.id.to_string(),
        branch: beginning.branch.clone(),
        commit: beginning.commit.short().to_owned(),
        base: match (&beginning.base, &beginning.bad) {
            (Base::DefaultBranch, _) => "the default branch".to_owned(),
            (Base::BadRelease, Some(bad)) => bad.to_string(),
            (Base::BadRelease, None) => "the bad release".to_owned(),
            (Base::Named(name), _) => name.clone(),
        },
        pushed: fix.pushed.is_some(),
        playbook: beginning.playbook.clone(),
        items: items.collect(),
        pull_request: fix.pull_request.as_ref().map(|linked| LinkedRequest {
            number: linked.number,
            url: linked.url.clone(),
            title: linked.title.clone(),
            state: request_state(standing),
        }),
        compare: address.map(|address| format!("{address}/compare/{}?expand=1", beginning.branch)),
        by: beginning.by.clone(),
        at: fix.at.to_string(),
    }
}

fn request_state(standing: &Result<Option<PullRequest>, Trouble>) -> RequestState {
    match standing {
        Err(_) => RequestState::Unknown,
        Ok(None) => RequestState::Gone,
        Ok(Some(found)) => match found.standing {
            Standing::Open if found.draft => RequestState::Draft,
            Standing::Open => RequestState::Open,
            Standing::Closed => RequestState::Closed,
            Standing::Merged { .. } => RequestState::Merged,
        },
    }
}

/// What is newer than what is live there; where nothing is, or nothing tells what is live, newer than the bad one.
pub(crate) fn offer(
    workspace: &Workspace,
    known: Option<&Known>,
    last: Option<&EnvironmentName>,
    bad: Option<&TagName>,
) -> OfferView {
    let nothing = |trouble: String| OfferView { releases: vec![], stages: vec![], environments: vec![], trouble };
    let Some(known) = known else { return nothing("GitHub is still being asked.".to_owned()) };
    let last = last.or_else(|| known.environments.first().map(|environment| &environment.name));
    let Some(last) = last else { return nothing("No environment is known.".to_owned()) };
    let environment = known.environment(last.as_str()).ok();
    let live = environment.and_then(|environment| environment.live.as_ref()?.tag.clone());
    let mut newest = known.releases.as_ref().clone();
    sort(&mut newest, Sort::Version);
    let behind = live.as_ref().or(bad).and_then(|tag| newest.iter().find(|release| release.tag == *tag));
    let fits =
        |release: &&Release| release.is_deployable() && behind.is_none_or(|behind| release.is_newer_than(behind));
    let quarantined = |tag: &TagName| known.environments.iter().any(|one| one.is_quarantined(tag));
    let releases = newest.iter().filter(fits).take(MOST_OFFERED).map(|release| OfferedRelease {
        tag: release.tag.to_string(),
        title: release.title.clone(),
        quarantined: quarantined(&release.tag),
    });
    let (stages, trouble) = match workspace.stages(known, last) {
        Ok(stages) => (stages.iter().map(stage_wish).collect(), String::new()),
        Err(trouble) => (Vec::new(), trouble.message),
    };
    let environments = known.environments.iter().map(|environment| environment.name.to_string()).collect();
    OfferView { releases: releases.collect(), stages, environments, trouble }
}

fn stage_wish(stage: &StagePlan) -> StageWish {
    StageWish { environment: stage.environment.to_string(), soak_seconds: stage.soak_seconds, gate: gate(stage.gate) }
}

pub(crate) fn stage_plan(wish: &StageWish) -> StagePlan {
    StagePlan {
        environment: EnvironmentName::new(wish.environment.as_str()),
        soak_seconds: wish.soak_seconds,
        gate: match wish.gate {
            GateKind::Automatic => Gate::Automatic,
            GateKind::Person => Gate::Person,
        },
    }
}

fn gate(gate: Gate) -> GateKind {
    match gate {
        Gate::Automatic => GateKind::Automatic,
        Gate::Person => GateKind::Person,
    }
}

fn outcome(outcome: Outcome) -> RolloutOutcome {
    match outcome {
        Outcome::Succeeded => RolloutOutcome::Succeeded,
        Outcome::Stopped => RolloutOutcome::Stopped,
        Outcome::RolledBack => RolloutOutcome::RolledBack,
        Outcome::Failed => RolloutOutcome::Failed,
    }
}

fn choice(choice: Choice) -> RolloutChoice {
    match choice {
        Choice::Go => RolloutChoice::Go,
        Choice::Again => RolloutChoice::Again,
        Choice::RollBack => RolloutChoice::RollBack,
        Choice::Stop => RolloutChoice::Stop,
    }
}

pub(crate) fn of_choice(choice: RolloutChoice) -> Choice {
    match choice {
        RolloutChoice::Go => Choice::Go,
        RolloutChoice::Again => Choice::Again,
        RolloutChoice::RollBack => Choice::RollBack,
        RolloutChoice::Stop => Choice::Stop,
    }
}

fn phase(phase: Phase) -> RolloutPhase {
    match phase {
        Phase::Pending => RolloutPhase::Pending,
        Phase::Deploying => RolloutPhase::Deploying,
        Phase::Refused => RolloutPhase::Refused,
        Phase::Failed => RolloutPhase::Failed,
        Phase::Deployed => RolloutPhase::Deployed,
        Phase::Soaking => RolloutPhase::Soaking,
        Phase::Green => RolloutPhase::Green,
        Phase::Unproved => RolloutPhase::Unproved,
        Phase::Red => RolloutPhase::Red,
        Phase::Open => RolloutPhase::Open,
        Phase::Passed => RolloutPhase::Passed,
    }
}
