//! Rollbacks that are begun, taken up and found again: one turn an environment, one name a tag.

use std::collections::{HashMap, HashSet};

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, IncidentId, RollbackId, TagName};
use lastgood_core::incident::{self, Incident};
use lastgood_core::journal::Fact;
use lastgood_core::ports::{Journal, Repository};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::checks::armed::Armed;
use lastgood_core::rollback::engine::Engine;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::next;
use lastgood_core::rollback::plan::{Plan, rollback_tags};

use super::{Audience, Workspace, fresh};
use crate::turn::{self, Turn};

/// A rollback that this process, and no other, drives.
pub struct Drive {
    engine: Engine,
    _turn: Turn,
}

impl Workspace {
    /// Takes the environment's turn and writes the rollback's first fact.
    ///
    /// # Errors
    /// [`Code::AlreadyRunning`] while another rollback of the environment is driven or unfinished, and when one ended
    /// since this one was planned: what the plan stands on is gone.
    pub async fn begin(&self, plan: Plan, audience: Audience) -> Result<Drive, Trouble> {
        self.begin_armed(plan, audience, None).await
    }

    /// The same, with what the checks of this plan said a moment ago: what is fresh is not asked again.
    pub async fn begin_armed(&self, plan: Plan, audience: Audience, armed: Option<Armed>) -> Result<Drive, Trouble> {
        self.begin_as(RollbackId::new(format!("rb-{}", fresh())), plan, audience, armed).await
    }

    /// The same under an id that an intent named before.
    pub(crate) async fn begin_as(
        &self,
        id: RollbackId,
        mut plan: Plan,
        audience: Audience,
        armed: Option<Armed>,
    ) -> Result<Drive, Trouble> {
        let turn = self.take_turn(&plan.environment).await?;
        // The hold is the first thing that leaves this machine.
        self.repository.expect_push();
        let naming = self.turn_to_name().await?;
        let facts = self.facts().await?;
        plan.incident = open_incident(&facts, &plan.environment);
        let newest = newest_end(&facts, &plan.environment);
        // Of all that ended only the newest can be in the way.
        let ended = ended(&facts);
        let before = rollbacks_of(&facts, |id| newest.as_ref() == Some(id) || !ended.contains(id))?;
        let here = before.iter().filter(|other| other.plan.environment == plan.environment);
        if let Some(trouble) = here.rev().find_map(|other| in_the_way(other, &plan, newest.as_ref())) {
            return Err(trouble);
        }
        plan.rollback_tag = self.free_tag(&plan, &facts).await?;
        let ports = self.ports_of(&plan, audience)?;
        let engine = Engine::start(ports, self.access.pace, self.key.clone(), id, plan).await?;
        drop(naming);
        Ok(Drive { engine: engine.armed(armed), _turn: turn })
    }

    /// Takes up a rollback that an earlier process left unfinished.
    pub async fn resume(&self, id: &RollbackId, audience: Audience) -> Result<Drive, Trouble> {
        let rollback = self.rollback(id).await?;
        let turn = self.take_turn(&rollback.plan.environment).await?;
        // Read again: the process that had the turn may have gone on meanwhile.
        let rollback = self.rollback(id).await?;
        let ports = self.ports_of(&rollback.plan, audience)?;
        let engine = Engine::resume(ports, self.access.pace, self.key.clone(), rollback);
        Ok(Drive { engine, _turn: turn })
    }

    pub async fn rollback(&self, id: &RollbackId) -> Result<Rollback, Trouble> {
        let facts = self.journal.of_rollback(id).await?;
        next::fold(&facts).map_err(|illegal| broken(&illegal))?.ok_or_else(|| {
            let message = format!("No rollback {id} is in the journal.");
            Trouble::new(Code::RollbackUnknown, message, "`lastgood status` lists what is unfinished.")
        })
    }

    /// Every rollback of this repository, oldest first.
    pub async fn rollbacks(&self) -> Result<Vec<Rollback>, Trouble> {
        rollbacks_of(&self.facts().await?, |_| true)
    }

    /// Those that are not over, oldest first.
    pub async fn unfinished(&self) -> Result<Vec<Rollback>, Trouble> {
        let facts = self.facts().await?;
        let ended = ended(&facts);
        rollbacks_of(&facts, |id| !ended.contains(id))
    }

    /// Who has the turn already is told by the journal, as far as they have written.
    async fn take_turn(&self, environment: &EnvironmentName) -> Result<Turn, Trouble> {
        let refused = match turn::take(self.place.data(), &self.key, environment) {
            Ok(turn) => return Ok(turn),
            Err(trouble) => trouble,
        };
        let mut unfinished = self.unfinished().await?.into_iter();
        let driven = unfinished.find(|other| other.plan.environment == *environment);
        Err(match driven {
            Some(other) if refused.code == Code::AlreadyRunning => Trouble { message: driven_by(&other), ..refused },
            Some(_) | None => refused,
        })
    }

    async fn turn_to_name(&self) -> Result<Turn, Trouble> {
        let (place, key) = (self.place.clone(), self.key.clone());
        let waited = tokio::task::spawn_blocking(move || turn::wait_to_name(place.data(), &key)).await;
        waited.unwrap_or_else(|error| Err(Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again.")))
    }

    /// The first name of this second that no other rollback has.
    async fn free_tag(&self, plan: &Plan, facts: &[Fact]) -> Result<TagName, Trouble> {
        let planned: HashSet<&TagName> = facts.iter().filter_map(planned).map(|other| &other.rollback_tag).collect();
        for tag in rollback_tags(plan.started) {
            if !planned.contains(&tag) && self.repository.local_tag(&tag).await?.is_none() {
                return Ok(tag);
            }
        }
        Ok(plan.rollback_tag.clone())
    }
}

impl Drive {
    pub fn rollback(&self) -> &Rollback {
        self.engine.rollback()
    }

    /// Goes on until it is over, or until it needs a person and nobody is there.
    pub async fn to_the_end(self) -> Result<Rollback, Trouble> {
        self.engine.drive().await
    }
}

/// The wanted of the rollbacks that these facts tell of, in the order of their beginning.
fn rollbacks_of(facts: &[Fact], wanted: impl Fn(&RollbackId) -> bool) -> Result<Vec<Rollback>, Trouble> {
    let (mut begun, mut own) = (Vec::new(), HashMap::<&RollbackId, Vec<&Fact>>::new());
    for fact in facts {
        let Some(id) = fact.subject.rollback.as_ref().filter(|id| wanted(id)) else { continue };
        if planned(fact).is_some() {
            begun.push(id);
        }
        own.entry(id).or_default().push(fact);
    }
    let facts = |id| own.get(id).into_iter().flatten().copied();
    begun.into_iter().filter_map(|id| next::fold(facts(id)).map_err(|illegal| broken(&illegal)).transpose()).collect()
}

/// The plan that this fact begins.
fn planned(fact: &Fact) -> Option<&Plan> {
    match fact.event.rollback() {
        Some(Event::RollbackStarted(plan)) => Some(plan),
        Some(_) | None => None,
    }
}

/// The rollbacks that are over.
fn ended(facts: &[Fact]) -> HashSet<&RollbackId> {
    let ended = |fact: &&Fact| matches!(fact.event.rollback(), Some(Event::RollbackEnded { .. }));
    facts.iter().filter(ended).filter_map(|fact| fact.subject.rollback.as_ref()).collect()
}

/// The newest incident of the environment that is open. One that cannot be read holds nothing up.
fn open_incident(facts: &[Fact], environment: &EnvironmentName) -> Option<IncidentId> {
    let incidents = incident::next::fold(facts).unwrap_or_default();
    let here = |incident: &&Incident| incident.is_open() && incident.environment.as_ref() == Some(environment);
    incidents.iter().rev().find(here).map(|incident| incident.id.clone())
}

/// The plan knows which rollback came before it: what it stands on is from behind that. Of two times of day neither need
/// be the earlier, once somebody set the clock.
pub(super) fn behind(facts: &[Fact], plan: Plan) -> Plan {
    Plan { after: newest_end(facts, &plan.environment), ..plan }
}

/// The environment's rollback that ended last.
fn newest_end(facts: &[Fact], environment: &EnvironmentName) -> Option<RollbackId> {
    let ended = |fact: &&Fact| {
        fact.subject.environment.as_ref() == Some(environment)
            && matches!(fact.event.rollback(), Some(Event::RollbackEnded { .. }))
    };
    facts.iter().rev().find(ended)?.subject.rollback.clone()
}

/// Why a plan cannot begin beside this other rollback, or behind the newest that ended.
fn in_the_way(other: &Rollback, plan: &Plan, newest: Option<&RollbackId>) -> Option<Trouble> {
    let (message, hint) = match &other.end {
        None => (
            format!("Rollback {} of {} is not finished.", other.id, plan.environment),
            "Let it go on, or give it up, before you start another.",
        ),
        Some(_) if newest == Some(&other.id) && plan.after.as_ref() != newest => (
            format!("Rollback {} of {}, begun by {}, ended meanwhile.", other.id, plan.environment, other.plan.who),
            "See what is live now; start again if it is still needed.",
        ),
        Some(_) => return None,
    };
    Some(Trouble::new(Code::AlreadyRunning, message, hint))
}

fn driven_by(other: &Rollback) -> String {
    let plan = &other.plan;
    format!(
        "Rollback {} of {} to {}, begun by {}, is being driven by another Lastgood on this machine.",
        other.id, plan.environment, plan.to, plan.who
    )
}

fn broken(illegal: &next::IllegalFact) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal tells of something that cannot happen: {illegal}."),
        "Use the newest version of Lastgood with this data folder.",
    )
}
