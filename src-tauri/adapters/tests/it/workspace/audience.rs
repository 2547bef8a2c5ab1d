//! Who looks on, and what they see.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use lastgood_adapters::desk::{Bell, desk};
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Audience, Workspace};
use lastgood_core::ids::TagName;
use lastgood_core::journal::Fact;
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::Alert;
use lastgood_core::ports::{Desktop, Watcher};
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Rollback, StepName};

use crate::rehearsed::Rehearsed;

/// Faster than the rehearsal's server can be asked.
const SPEED: f64 = 1_000.0;

pub(crate) type Seen = Arc<Mutex<Vec<Fact>>>;

/// Somebody who only watches. While the bell lives, they are asked where a person has to decide.
pub(crate) fn audience() -> (Audience, Seen, Bell) {
    let (desk, bell) = desk();
    let seen = Seen::default();
    let watcher = Arc::new(Eyes(Arc::clone(&seen)));
    (Audience { desktop: Arc::new(Silent), person: Arc::new(desk), watcher }, seen, bell)
}

pub(crate) fn opened(rehearsed: &Rehearsed) -> Workspace {
    opened_at(rehearsed, &rehearsed.description().api, rehearsed.token())
}

pub(crate) fn opened_at(rehearsed: &Rehearsed, api: &str, token: Secret) -> Workspace {
    let place = Place::at(rehearsed.beside("data")).unwrap();
    Workspace::open(&rehearsed.description().clone, &place, Access::rehearsal(api, token, SPEED)).unwrap()
}

pub(crate) async fn plan(workspace: &Workspace, to: Option<&str>) -> Plan {
    let known = workspace.know().await.unwrap();
    let wish = Wish {
        to: to.map(TagName::new),
        reason: "checkout fails".to_owned(),
        who: "@platform-lead".to_owned(),
        countdown: SignedDuration::ZERO,
        rehearsal: true,
    };
    workspace.plan("production", wish, &known).unwrap()
}

/// The steps in the order in which they began.
pub(crate) fn started(facts: &[Fact]) -> Vec<StepName> {
    let step = |fact: &Fact| match fact.event.rollback() {
        Some(Event::StepStarted { step, .. }) => Some(*step),
        _ => None,
    };
    facts.iter().filter_map(step).collect()
}

struct Eyes(Seen);

impl Watcher for Eyes {
    fn saw(&self, fact: &Fact, _: &Rollback) {
        self.0.lock().unwrap().push(fact.clone());
    }
}

struct Silent;

#[async_trait]
impl Desktop for Silent {
    async fn alert(&self, _: &Alert) {}
}
