//! What an arming stands on, as far as the last look at the world showed it.

use std::hash::{DefaultHasher, Hash, Hasher};

use lastgood_adapters::workspace::Known;
use lastgood_core::arming::Ground;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::journal::Fact;
use lastgood_core::live::Environment;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::plan::Plan;

/// What is the same for all environments.
pub(super) struct Seen {
    tags: u64,
    settings: u64,
}

impl Seen {
    pub(super) fn of(known: &Known, settings: u64) -> Self {
        let mut tags = DefaultHasher::new();
        for release in known.releases.iter() {
            (release.tag.as_str(), release.object.as_str()).hash(&mut tags);
        }
        Self { tags: tags.finish(), settings }
    }

    pub(super) fn ground(&self, known: &Known, environment: &Environment, plan: &Plan) -> Ground {
        Ground {
            target: plan.to.clone(),
            object: plan.object.clone(),
            tags: self.tags,
            deployments: deployments(known, &environment.name),
            runs: runs(known, &environment.name),
            probe: probe(environment),
            settings: self.settings,
            team: team(environment),
            facts: facts(&known.facts, &environment.name),
        }
    }
}

fn deployments(known: &Known, environment: &EnvironmentName) -> u64 {
    let all = known.forge.iter().flat_map(|forge| &forge.deployments);
    digest(all.filter(|one| one.environment == *environment).map(|one| format!("{} {:?}", one.id, one.state)))
}

fn runs(known: &Known, environment: &EnvironmentName) -> u64 {
    let Ok(forge) = &known.forge else { return 0 };
    let evidence = forge.evidence.get(environment).into_iter().flat_map(|evidence| &evidence.runs);
    digest(forge.waiting_runs.iter().chain(evidence).map(|run| format!("{} {}", run.id, run.status)))
}

/// The words beside a verdict tell how long it took, which differs each time.
fn probe(environment: &Environment) -> u64 {
    digest(environment.live.iter().map(|live| {
        let health = live.health.as_ref().map(|health| health.verdict);
        format!("{} {health:?} {:?}", live.version, live.disagreement)
    }))
}

fn team(environment: &Environment) -> u64 {
    let hold = environment.hold.iter().map(|hold| format!("{} {} {:?}", hold.owner, hold.since, hold.expires));
    digest(hold.chain(environment.quarantined.iter().map(|bad| bad.tag.to_string())))
}

/// Those that change what a rollback may do; the steps of one under way are many and change nothing here.
fn facts(facts: &[Fact], environment: &EnvironmentName) -> u64 {
    let counts = |fact: &&Fact| {
        let here = fact.subject.environment.as_ref().is_none_or(|name| name == environment);
        let changes = matches!(
            fact.event.rollback(),
            Some(
                Event::RollbackStarted(_)
                    | Event::RollbackEnded { .. }
                    | Event::HoldTaken { .. }
                    | Event::HoldLifted { .. }
                    | Event::Quarantined { .. }
                    | Event::QuarantineLifted { .. }
            )
        );
        here && changes
    };
    facts.iter().filter(counts).count() as u64
}

fn digest(seen: impl Iterator<Item = String>) -> u64 {
    let mut hasher = DefaultHasher::new();
    seen.for_each(|one| one.hash(&mut hasher));
    hasher.finish()
}
