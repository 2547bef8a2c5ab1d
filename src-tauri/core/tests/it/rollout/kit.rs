//! A rollout of two stages, and every deed there is.

use jiff::Timestamp;
use lastgood_core::ids::{EnvironmentName, ObjectId, RollbackId, RolloutId, TagName};
use lastgood_core::journal::{Fact, Subject};
use lastgood_core::rollback;
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollout::event::{Deed, Ending, Event, Look};
use lastgood_core::rollout::next::{begin, next};
use lastgood_core::rollout::plan::{Gate, RolloutPlan, StagePlan};
use lastgood_core::rollout::{Outcome, Rollout};

pub(crate) const WHO: &str = "@release-manager";

/// Staging behind a gate of a person, then production; the bad release may be a target again at the end.
pub(crate) fn plan() -> RolloutPlan {
    RolloutPlan {
        tag: "v2.4.2".into(),
        object: ObjectId::new("object"),
        commit: ObjectId::new("commit"),
        bad: Some("v2.4.1".into()),
        rollback: Some("rb-0".into()),
        fix: None,
        reason: "Mends the checkout".to_owned(),
        who: WHO.to_owned(),
        started: at(0),
        stages: vec![stage("staging", Gate::Person), stage("production", Gate::Automatic)],
        lifts: vec!["v2.4.1".into()],
        rehearsal: false,
    }
}

pub(crate) fn stage(name: &str, gate: Gate) -> StagePlan {
    StagePlan { environment: EnvironmentName::new(name), soak_seconds: 600, gate }
}

pub(crate) fn start() -> Rollout {
    begin(RolloutId::new("ro-1"), plan())
}

pub(crate) fn after(deeds: &[Deed]) -> Rollout {
    deeds.iter().fold(start(), |rollout, deed| {
        next(&rollout, at(1), deed).unwrap_or_else(|error| panic!("{error} at {:?}", rollout.current()))
    })
}

/// A stage that is deployed, watched and well.
pub(crate) fn well(stage: usize) -> Vec<Deed> {
    vec![
        begun(stage, 1),
        ended(stage, rollback::Outcome::Succeeded, true),
        soak(stage, None),
        soaked(stage, Verdict::Passed),
    ]
}

pub(crate) fn begun(stage: usize, attempt: u32) -> Deed {
    Deed::RolloutStageBegun { stage, rollback: id(stage, attempt) }
}

pub(crate) fn id(stage: usize, attempt: u32) -> RollbackId {
    RollbackId::new(format!("rb-{stage}-{attempt}"))
}

pub(crate) fn ended(stage: usize, outcome: rollback::Outcome, may_have_run: bool) -> Deed {
    Deed::RolloutStageEnded(ending(stage, outcome, may_have_run))
}

pub(crate) fn ending(stage: usize, outcome: rollback::Outcome, may_have_run: bool) -> Ending {
    Ending { stage, outcome, may_have_run, sentence: "It says so".to_owned(), hint: String::new() }
}

pub(crate) fn soak(stage: usize, anew: Option<&str>) -> Deed {
    Deed::RolloutSoakBegun { stage, seconds: 600, anew: anew.map(str::to_owned) }
}

pub(crate) fn soaked(stage: usize, verdict: Verdict) -> Deed {
    Deed::RolloutSoakEnded { stage, verdict, sentence: "So it was".to_owned() }
}

pub(crate) fn seen(stage: usize, verdict: Verdict) -> Deed {
    Deed::RolloutSoakSeen(Look { stage, verdict, sentence: "health 200".to_owned(), evidence: Vec::new() })
}

pub(crate) fn gate(stage: usize, by: Option<&str>) -> Deed {
    Deed::RolloutGateOpened { stage, by: by.map(str::to_owned) }
}

pub(crate) fn lifted(stage: usize) -> Deed {
    Deed::RolloutHoldLifted { stage, sentence: "Lifted".to_owned(), hint: String::new() }
}

pub(crate) fn marked(tag: &str) -> Deed {
    Deed::RolloutReleaseMarked { tag: TagName::new(tag), sentence: "It says so".to_owned() }
}

pub(crate) fn end(outcome: Outcome) -> Deed {
    Deed::RolloutEnded { outcome, sentence: "Over".to_owned(), hint: String::new() }
}

pub(crate) fn stop() -> Deed {
    Deed::RolloutStopAsked { by: WHO.to_owned(), reason: "Enough".to_owned() }
}

/// One of each kind for each stage.
pub(crate) fn everything() -> Vec<Deed> {
    use rollback::Outcome::{Aborted, Failed, Succeeded};
    let mut all = vec![Deed::RolloutStarted(Box::new(plan())), stop()];
    all.extend(["v2.4.1", "v2.4.2"].map(|tag| Deed::RolloutQuarantineLifted { tag: TagName::new(tag) }));
    all.extend(["v2.4.1", "v2.4.2"].map(marked));
    all.extend([Outcome::Succeeded, Outcome::Stopped, Outcome::RolledBack, Outcome::Failed].map(end));
    for stage in 0..3 {
        let by = || WHO.to_owned();
        all.extend([begun(stage, 1), begun(stage, 2)]);
        all.extend([(Succeeded, true), (Failed, true), (Aborted, false)].map(|(how, ran)| ended(stage, how, ran)));
        all.extend([soak(stage, None), soak(stage, Some("It was closed")), seen(stage, Verdict::Passed)]);
        all.extend([Verdict::Passed, Verdict::Failed, Verdict::Inconclusive].map(|verdict| soaked(stage, verdict)));
        all.extend([gate(stage, None), gate(stage, Some(WHO)), lifted(stage)]);
        all.extend([
            Deed::RolloutTriedAgain { stage, by: by() },
            Deed::RolloutBackChosen { stage, by: by(), reason: String::new() },
        ]);
        all.push(Deed::RolloutBackBegun { stage, rollback: RollbackId::new("rb-back") });
        all.extend([Succeeded, Failed].map(|how| Deed::RolloutBackEnded(ending(stage, how, true))));
    }
    all
}

pub(crate) fn fact(time: i64, deed: Deed) -> Fact {
    Fact {
        writer: "writer".into(),
        sequence: u64::try_from(time).unwrap(),
        at: at(time),
        subject: Subject::repository("acme/shop"),
        event: Event { rollout: RolloutId::new("ro-1"), deed }.into(),
        hash: String::new(),
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}
