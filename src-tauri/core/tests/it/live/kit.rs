//! A team's releases, deployments and facts, in few words.

use jiff::Timestamp;
use lastgood_core::ids::{RunId, TagName};
use lastgood_core::incident::event::Event::{IncidentOpened, IncidentStageSet};
use lastgood_core::incident::event::Opening;
use lastgood_core::incident::{self, Severity, Stage};
use lastgood_core::journal::{Fact, Subject};
use lastgood_core::live::event::Event::{LiveHealthSeen, LiveMarkedGood};
use lastgood_core::live::last_good::{Candidate, LastGood};
use lastgood_core::live::{self, Sightings};
use lastgood_core::ports::forge::{Deployment, DeploymentState};
use lastgood_core::release::name::read;
use lastgood_core::release::{Moment, PointsAt, Release, TagKind};
use lastgood_core::rollback::check::samples::Samples;
use lastgood_core::rollback::check::{Answer, Policy, Question, Verdict};
use lastgood_core::rollback::checks::plan::CheckPlan;
use lastgood_core::rollback::event::{Ending, Event, Evidence, StepOutcome};
use lastgood_core::rollback::local::LocalDeploy;
use lastgood_core::rollback::plan::{Deploy, Plan, Proofs, rollback_tag};
use lastgood_core::rollback::{Outcome, StepName};
use lastgood_core::settings::EnvironmentSettings;

pub(crate) const PRODUCTION: &str = "production";

pub(crate) struct Team {
    pub(crate) releases: Vec<Release>,
    /// Newest first.
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) settings: EnvironmentSettings,
}

impl Team {
    /// Releases by their major version, oldest first, and what was deployed when; `v1` is v1.0.0.
    pub(crate) fn new(majors: &[&str], deployed: &[(&str, i64)]) -> Self {
        let whole = |major: &str| format!("{major}.0.0");
        Self {
            releases: majors.iter().zip(1..).map(|(major, second)| release(&whole(major), second)).collect(),
            deployments: deployed.iter().rev().map(|(major, second)| deployment(&whole(major), *second)).collect(),
            facts: Vec::new(),
            settings: EnvironmentSettings::default(),
        }
    }

    pub(crate) fn sightings(&self) -> Sightings<'_> {
        Sightings {
            name: PRODUCTION.into(),
            settings: &self.settings,
            releases: &self.releases,
            deployments: &self.deployments,
            runs: None,
            facts: &self.facts,
            team: None,
            now: Timestamp::from_second(1_000_000).unwrap(),
            version: None,
            health: None,
        }
    }
}

pub(crate) fn release(tag: &str, second: i64) -> Release {
    let reading = read(tag);
    Release {
        tag: tag.into(),
        series: reading.series,
        version: reading.version,
        kind: TagKind::Annotated,
        object: format!("object of {tag}").as_str().into(),
        points_at: PointsAt::Commit(format!("commit of {tag}").as_str().into()),
        date: Some(Moment { seconds: second, offset: 0 }),
        title: "Release".to_owned(),
        author: "@release-manager".to_owned(),
        prerelease: reading.prerelease,
        signed: false,
    }
}

pub(crate) fn deployment(reference: &str, second: i64) -> Deployment {
    Deployment {
        id: u64::try_from(second).unwrap(),
        environment: PRODUCTION.into(),
        reference: reference.to_owned(),
        commit: format!("commit of {reference}").as_str().into(),
        created: at(second),
        creator: "@release-manager".to_owned(),
        state: DeploymentState::Success,
        state_since: at(second),
        succeeded: Some(at(second)),
        url: None,
        run: None,
        maker: None,
    }
}

pub(crate) fn quarantine(tag: &str) -> Vec<Fact> {
    vec![fact(
        1,
        5,
        Event::Quarantined {
            tag: tag.into(),
            owner: "@on-call".to_owned(),
            reason: "Checkout fails".to_owned(),
            expires: None,
            shared: None,
        },
    )]
}

/// A rollback that was dispatched after 5 s, whose run ended after 60 s, and that took 90 s.
pub(crate) fn rollback_facts(to: &str, started: i64, worked: bool) -> Vec<Fact> {
    let (step, run, end) = match worked {
        true => (StepName::Follow, StepOutcome::Succeeded, Outcome::Succeeded),
        false => (StepName::Follow, StepOutcome::Failed, Outcome::Failed),
    };
    let words = String::new;
    let ending = Ending { step, outcome: run, sentence: words(), hint: words(), code: None };
    vec![
        fact(1, started, Event::RollbackStarted(Box::new(plan(to.into(), at(started))))),
        fact(2, started + 5, Event::DispatchSent),
        fact(3, started + 60, Event::StepEnded(ending)),
        fact(4, started + 90, Event::RollbackEnded { outcome: end, sentence: words(), hint: words() }),
    ]
}

/// The same, with the number of its run.
pub(crate) fn followed(mut facts: Vec<Fact>, run: u64) -> Vec<Fact> {
    let found = Event::RunFound { run: RunId(run), how: Evidence::Answer };
    facts.insert(2, Fact { event: found.into(), ..facts[1].clone() });
    facts
}

/// The same by the environment's own command, on this machine.
pub(crate) fn local_facts(to: &str, started: i64) -> Vec<Fact> {
    let mut facts = rollback_facts(to, started, true);
    let mut here = plan(to.into(), at(started));
    here.deploy.local = Some(LocalDeploy { argv: vec!["./deploy.sh".to_owned()], timeout_seconds: 600 });
    facts[0] = fact(1, started, Event::RollbackStarted(Box::new(here)));
    let (command, fingerprint) = ("./deploy.sh".to_owned(), "f00d".to_owned());
    facts[1] = fact(2, started + 5, Event::LocalBegan { command, fingerprint });
    facts
}

/// The health that was seen after that rollback.
pub(crate) fn proof(verdict: Verdict) -> Fact {
    let answer = Answer {
        question: Question::LiveHealth,
        verdict,
        policy: Policy::Block,
        sentence: String::new(),
        evidence: Vec::new(),
        milliseconds: 1,
        asked_at: None,
        outputs: Vec::new(),
        samples: Samples::default(),
    };
    fact(10, 20_070, Event::Answered(Box::new(answer)))
}

/// The hold of that rollback.
pub(crate) fn hold() -> Fact {
    fact(
        11,
        20_001,
        Event::HoldTaken {
            owner: "@release-manager".to_owned(),
            reason: String::new(),
            expires: None,
            shared: None,
            over: None,
        },
    )
}

/// What the journal says of production, at a time.
pub(crate) fn said(second: i64, event: live::event::Event) -> Fact {
    Fact { event: event.into(), ..fact(20, second, Event::UndoAsked) }
}

pub(crate) fn health_seen(second: i64, tag: &str, well: bool) -> Fact {
    said(second, LiveHealthSeen { tag: Some(tag.into()), well, sentence: String::new() })
}

pub(crate) fn marked_good(second: i64, tag: &str) -> Fact {
    let (by, reason) = ("@release-manager".to_owned(), "It served the sale".to_owned());
    said(second, LiveMarkedGood { tag: tag.into(), by, reason })
}

/// An incident in production that was found when it was opened; resolved later, or not.
pub(crate) fn incident(opened: i64, resolved: Option<i64>) -> Vec<Fact> {
    let by = "@on-call".to_owned();
    let opening = Opening {
        title: "Plugins fail".to_owned(),
        severity: Severity::DEFAULT,
        by: by.clone(),
        commander: None,
        impact: None,
        surfaces: Vec::new(),
        environment: Some(PRODUCTION.into()),
        rollback: None,
        found_at: at(opened),
        impact_started_at: None,
        due: std::collections::BTreeMap::new(),
    };
    let of = |second: i64, event: incident::event::Event| Fact {
        subject: Subject::repository("acme/shop").environment(PRODUCTION.into()).incident("inc-1".into()),
        event: event.into(),
        ..fact(30, second, Event::UndoAsked)
    };
    let end = |second| of(second, IncidentStageSet { by: by.clone(), stage: Stage::Resolved });
    std::iter::once(of(opened, IncidentOpened(Box::new(opening)))).chain(resolved.map(end)).collect()
}

pub(crate) fn candidate<'a>(last_good: &'a LastGood, tag: &str) -> &'a Candidate {
    last_good.candidates.iter().find(|candidate| candidate.tag.as_str() == tag).expect("it ran here")
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn fact(sequence: u64, second: i64, event: Event) -> Fact {
    let subject = Subject::repository("acme/shop").environment(PRODUCTION.into()).rollback("rb-1".into());
    Fact { writer: "laptop".into(), sequence, at: at(second), subject, event: event.into(), hash: String::new() }
}

fn plan(to: TagName, started: Timestamp) -> Plan {
    Plan {
        environment: PRODUCTION.into(),
        from: None,
        to,
        object: "object".into(),
        commit: "commit".into(),
        reason: String::new(),
        who: "@release-manager".to_owned(),
        started,
        undo_until: started,
        rollback_tag: rollback_tag(started),
        deploy: Deploy {
            workflow: "deploy.yml".to_owned(),
            branch: "main".to_owned(),
            version_input: "version".to_owned(),
            inputs: std::collections::BTreeMap::new(),
            key_input: None,
            key_in_title: false,
            local: None,
        },
        checks: CheckPlan::default(),
        next: None,
        proofs: Proofs::default(),
        budget: 300,
        hold_hours: 24,
        after: None,
        incident: None,
        mark_release: false,
        frees_target: false,
        frees: None,
        forward: false,
        rollout: None,
        rehearsal: false,
    }
}
