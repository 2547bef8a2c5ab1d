//! A deploy from this machine, for when GitHub is away: planned from what GitHub told last, and offered, never chosen.

use std::sync::Arc;

use lastgood_core::error::Trouble;
use lastgood_core::planning::{self, Wish};
use lastgood_core::ports::shell::Distrust;
use lastgood_core::ports::{Clock, Ports};
use lastgood_core::rollback::checks::command::untrusted;
use lastgood_core::rollback::local::LocalDeploy;
use lastgood_core::rollback::plan::Plan;

use super::drives;
use super::silent::Silent;
use super::{Audience, ForgeKnown, Known, Workspace, person};
use crate::clock::SystemClock;

/// A command that could deploy an environment from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalOffer {
    /// On one line.
    pub command: String,
    /// What trust is bound to.
    pub fingerprint: String,
    /// Why it would not run yet; `None`: it may.
    pub distrust: Option<Distrust>,
}

impl Workspace {
    /// What the environment's settings name, if anything.
    ///
    /// # Errors
    /// Where trust cannot be read.
    pub fn local_offer(&self, environment: &str) -> Result<Option<LocalOffer>, Trouble> {
        let Some(deploy) = LocalDeploy::of(&self.settings().environment(environment)) else { return Ok(None) };
        let order = deploy.order_to_look_at();
        let distrust = self.trust.against(&order)?;
        Ok(Some(LocalOffer { command: order.shown(), fingerprint: order.fingerprint(), distrust }))
    }

    /// Settles what a rollback from this machine would do, where a person asked for it.
    ///
    /// # Errors
    /// As [`Workspace::plan`] and [`planning::plan_local`], and that nobody trusts the command yet: then nothing begins.
    pub fn plan_local(&self, environment: &str, wish: Wish, known: &Known) -> Result<Plan, Trouble> {
        let environment = known.environment(environment)?;
        let none = ForgeKnown::default();
        let forge = known.github().unwrap_or(&none);
        let settings = self.settings().environment(environment.name.as_str());
        let (releases, now) = (&known.releases, SystemClock.now());
        let (workflows, branch) = (&forge.workflows, &forge.default_branch);
        let plan = planning::plan_local(wish, environment, &settings, releases, workflows, branch, now)?;
        if let Some(order) = plan.deploy.local.as_ref().map(LocalDeploy::order_to_look_at)
            && let Some(distrust) = self.trust.against(&order)?
        {
            return Err(untrusted(&order, distrust));
        }
        Ok(drives::behind(&known.facts, plan))
    }

    /// Who asks, as GitHub knew them last, else as this system does.
    pub fn who_asks(&self, known: &Known) -> String {
        let account = known.github().map(|forge| forge.account.as_str()).filter(|account| !account.is_empty());
        account.map_or_else(person, |account| format!("@{account}"))
    }

    /// The world around this rollback. A deploy from here asks git alone for its tags, and needs no GitHub at all.
    ///
    /// # Errors
    /// As [`Workspace::ports`], where the deploy goes by GitHub.
    pub fn ports_of(&self, plan: &Plan, audience: Audience) -> Result<Ports, Trouble> {
        if plan.deploy.local.is_none() {
            return self.ports(audience);
        }
        let git = self.repository.clone();
        Ok(match self.github() {
            Ok(github) => self.ports_with(git, &github, audience),
            Err(trouble) => self.ports_with(git, &Arc::new(Silent(trouble)), audience),
        })
    }
}
