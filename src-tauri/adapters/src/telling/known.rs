//! What the journal told so far. It is read again when somebody wrote: a key press reads nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use lastgood_core::error::Trouble;
use lastgood_core::ids::RollbackId;
use lastgood_core::incident::{Incident, next};
use lastgood_core::journal::Fact;
use lastgood_core::ports::Journal;
use lastgood_core::rollback::{self, Rollback};

use super::{Telling, broken};

/// What was folded while the journal stood where `newest` says.
#[derive(Default)]
pub(super) struct Known {
    newest: Option<i64>,
    incidents: Option<Arc<[Incident]>>,
    rollbacks: BTreeMap<RollbackId, Option<Rollback>>,
}

impl Known {
    fn at(&mut self, newest: Option<i64>) -> &mut Self {
        if self.newest != newest {
            *self = Self { newest, ..Self::default() };
        }
        self
    }
}

impl Telling {
    /// Every incident of the repository, oldest first.
    pub async fn incidents(&self) -> Result<Vec<Incident>, Trouble> {
        self.all().await.map(|all| all.to_vec())
    }

    pub(super) async fn all(&self) -> Result<Arc<[Incident]>, Trouble> {
        // Asked before reading: what is written meanwhile is read twice and never missed.
        let newest = self.journal.newest().await?;
        if let Some(all) = &self.known().at(newest).incidents {
            return Ok(Arc::clone(all));
        }
        let all = next::fold(&self.facts().await?).map_err(|illegal| broken(&illegal.to_string()))?;
        Ok(Arc::clone(self.known().at(newest).incidents.insert(all.into())))
    }

    /// The rollback that opened or answers the incident.
    pub async fn rollback_of(&self, incident: &Incident) -> Result<Option<Rollback>, Trouble> {
        match &incident.rollback {
            Some(id) => self.rollback(id).await,
            None => Ok(None),
        }
    }

    /// As the journal tells of it now.
    pub(super) async fn rollback(&self, id: &RollbackId) -> Result<Option<Rollback>, Trouble> {
        let newest = self.journal.newest().await?;
        if let Some(rollback) = self.known().at(newest).rollbacks.get(id) {
            return Ok(rollback.clone());
        }
        let facts = self.journal.of_rollback(id).await?;
        let rollback = rollback::next::fold(&facts).map_err(|illegal| broken(&illegal.to_string()))?;
        self.known().at(newest).rollbacks.insert(id.clone(), rollback.clone());
        Ok(rollback)
    }

    async fn facts(&self) -> Result<Vec<Fact>, Trouble> {
        let facts = self.journal.of_repository(&self.key).await?;
        Ok(facts.iter().filter(|fact| fact.event.incident().is_some()).cloned().collect())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
