//! One stage's drive, up and back: planned afresh, begun under the id that the intent named, or taken up.

use jiff::SignedDuration;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{RollbackId, TagName};
use lastgood_core::planning::Wish;
use lastgood_core::rollback::check::Question;
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Outcome, Rollback};
use lastgood_core::rollout::event::Ending;

use super::RolloutDrive;
use crate::workspace::Known;

impl RolloutDrive<'_> {
    /// `None`: it needs a person, and nobody is there.
    pub(super) async fn drive_stage(&self, stage: usize, id: &RollbackId) -> Result<Option<Ending>, Trouble> {
        match self.standing(id).await? {
            Some(rollback) => self.take_up(stage, rollback).await,
            None => {
                let plan = self.plan_stage(stage).await;
                self.begin(stage, id, plan).await
            }
        }
    }

    /// An ordinary rollback to what ran there before.
    pub(super) async fn drive_back(&self, stage: usize, id: &RollbackId) -> Result<Option<Ending>, Trouble> {
        match self.standing(id).await? {
            Some(rollback) => self.take_up(stage, rollback).await,
            None => {
                let plan = self.plan_back(stage).await;
                self.begin(stage, id, plan).await
            }
        }
    }

    async fn standing(&self, id: &RollbackId) -> Result<Option<Rollback>, Trouble> {
        Ok(self.workspace.rollbacks().await?.into_iter().find(|rollback| rollback.id == *id))
    }

    async fn take_up(&self, stage: usize, standing: Rollback) -> Result<Option<Ending>, Trouble> {
        if standing.end.is_some() {
            return Ok(ending(stage, &standing));
        }
        let drive = self.workspace.resume(&standing.id, self.company.audience()).await?;
        Ok(ending(stage, &self.company.drive(drive).await?))
    }

    /// What cannot even begin is how the stage ended.
    async fn begin(
        &self,
        stage: usize,
        id: &RollbackId,
        plan: Result<Plan, Trouble>,
    ) -> Result<Option<Ending>, Trouble> {
        let drive = match plan {
            Ok(plan) => self.workspace.begin_as(id.clone(), plan, self.company.audience(), None).await,
            Err(trouble) => Err(trouble),
        };
        match drive {
            Ok(drive) => Ok(ending(stage, &self.company.drive(drive).await?)),
            Err(trouble) if trouble.code == Code::JournalUnwritable => Err(trouble),
            Err(trouble) => Ok(Some(Ending {
                stage,
                outcome: Outcome::Errored,
                may_have_run: false,
                sentence: trouble.message,
                hint: trouble.hint,
            })),
        }
    }

    async fn plan_stage(&self, stage: usize) -> Result<Plan, Trouble> {
        let known = self.workspace.know().await?;
        let ours = &self.rollout.plan;
        let mut plan = self.plan(stage, ours.tag.clone(), ours.reason.clone(), &known)?;
        if plan.object != ours.object {
            let message = format!("{} moved since the rollout began.", ours.tag);
            return Err(Trouble::new(Code::TagMissing, message, "Stop, look what moved, and begin anew."));
        }
        // Nobody is blamed on the way up; and that it ran elsewhere first is what stages are for.
        plan.forward = true;
        plan.rollout = Some(self.rollout.id.clone());
        plan.checks.off.insert(Question::TargetRan);
        Ok(plan)
    }

    async fn plan_back(&self, stage: usize) -> Result<Plan, Trouble> {
        let known = self.workspace.know().await?;
        let target = self.before(stage, &known).await?;
        let tag = &self.rollout.plan.tag;
        let said = self.rollout.back.as_ref().map(|back| back.reason.clone()).filter(|reason| !reason.is_empty());
        let reason = said.unwrap_or_else(|| format!("Rollout of {tag}: {}", self.rollout.stages[stage].sentence));
        self.plan(stage, target, reason, &known)
    }

    fn plan(&self, stage: usize, to: TagName, reason: String, known: &Known) -> Result<Plan, Trouble> {
        let ours = &self.rollout.plan;
        let (who, rehearsal) = (ours.who.clone(), ours.rehearsal);
        let wish = Wish { to: Some(to), reason, who, countdown: SignedDuration::ZERO, rehearsal };
        self.workspace.plan(self.environment(stage).as_str(), wish, known)
    }

    /// What was live before the first attempt; where that is quarantined, or nobody knows it, the last good one.
    async fn before(&self, stage: usize, known: &Known) -> Result<TagName, Trouble> {
        let name = self.environment(stage);
        let environment = known.environment(name.as_str())?;
        let mut left = None;
        if let Some(first) = self.rollout.stages[stage].drives.first() {
            left = self.standing(first).await?.and_then(|first| first.plan.from);
        }
        let tag = &self.rollout.plan.tag;
        let fits = |target: &TagName| target != tag && !environment.is_quarantined(target);
        let found = left.filter(fits).or_else(|| environment.last_good.tag.clone().filter(fits));
        found.ok_or_else(|| {
            let message = format!("{name} has no release to go back to.");
            Trouble::new(Code::NoTarget, message, "Name one yourself: lastgood rollback ENVIRONMENT --to TAG")
        })
    }
}

/// `None` where it is not over.
fn ending(stage: usize, rollback: &Rollback) -> Option<Ending> {
    let end = rollback.end.as_ref()?;
    Some(Ending {
        stage,
        outcome: end.outcome,
        may_have_run: rollback.may_have_run(),
        sentence: end.sentence.clone(),
        hint: end.hint.clone(),
    })
}
