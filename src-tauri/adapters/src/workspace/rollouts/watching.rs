//! A stage being watched: its probes are asked again and again, by a clock that nobody sets.

use std::time::Duration;

use lastgood_core::error::Trouble;
use lastgood_core::ports::world::Wanted;
use lastgood_core::ports::{Clock, Probe};
use lastgood_core::rollback::plan::Proofs;
use lastgood_core::rollout::event::{Deed, Look};
use lastgood_core::rollout::next::{Effect, effect};
use lastgood_core::rollout::soak::{Came, Rule, Watch, judge};

use super::RolloutDrive;
use crate::clock::SystemClock;

/// Noes in a row that are a no, where the settings say nothing.
const NOES: u8 = 3;

impl RolloutDrive<'_> {
    pub(super) async fn begin_soak(&mut self, stage: usize, anew: Option<String>) -> Result<(), Trouble> {
        let seconds = self.rollout.plan.stages[stage].soak_seconds;
        self.write(Deed::RolloutSoakBegun { stage, seconds, anew }).await?;
        self.watches = true;
        Ok(())
    }

    /// Until it is over, or a person wants something else.
    pub(super) async fn watch(&mut self, stage: usize) -> Result<(), Trouble> {
        if !std::mem::replace(&mut self.watches, false) {
            self.begin_soak(stage, Some("Lastgood was closed meanwhile".to_owned())).await?;
            self.watches = false;
        }
        let proofs = self.proofs(stage).await?;
        let rule = self.rule(stage, &proofs);
        let mut watch = Watch::new(rule);
        loop {
            let look = self.look(stage, &proofs).await;
            let verdict = look.verdict;
            let sentence = look.sentence.clone();
            self.tell(look).await?;
            match watch.saw(SystemClock.elapsed(), verdict) {
                Came::On => {}
                Came::Anew(gap) => {
                    let anew = Some(format!("Nobody watched for {} s", gap.as_secs()));
                    self.begin_soak(stage, anew).await?;
                    self.watches = false;
                }
                Came::Over(verdict) => {
                    return self.write(Deed::RolloutSoakEnded { stage, verdict, sentence }).await;
                }
            }
            self.company.watched(&self.rollout, watch.watched());
            if let Some(asked) = self.company.asked_within(rule.interval).await {
                self.hear(&asked).await?;
            }
            if effect(&self.rollout) != Effect::Watch(stage) {
                return Ok(());
            }
        }
    }

    /// What the stage's own drive was proved with.
    async fn proofs(&self, stage: usize) -> Result<Proofs, Trouble> {
        match self.rollout.stages[stage].drives.last() {
            Some(id) => Ok(self.workspace.rollback(id).await?.plan.proofs),
            None => Ok(Proofs::default()),
        }
    }

    fn rule(&self, stage: usize, proofs: &Proofs) -> Rule {
        let pace = self.workspace.access.pace;
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        Rule {
            needs: Duration::from_secs(self.rollout.plan.stages[stage].soak_seconds.into()),
            interval: proofs.interval_seconds.map_or(pace.probe, seconds),
            noes: if proofs.health_times == 0 { NOES } else { proofs.health_times },
            patience: proofs.within_seconds.map_or(pace.probe_for, seconds),
            asks: proofs.version.is_some() || wanted(proofs).is_some(),
        }
    }

    async fn look(&self, stage: usize, proofs: &Proofs) -> Look {
        let (probe, health) = (&self.workspace.probe, wanted(proofs));
        let version = async { Some(probe.version(proofs.version.as_deref()?, proofs.timeout_seconds).await) };
        let answers = async { Some(probe.health(health.as_ref()?).await) };
        let (version, answer) = tokio::join!(version, answers);
        let (verdict, sentence) = judge(version.as_ref(), answer.as_ref(), &self.rollout.plan.tag);
        let evidence = proofs.version.iter().cloned().chain(health.map(|health| health.url)).collect();
        Look { stage, verdict, sentence, evidence }
    }

    /// Written where it differs from the look before.
    async fn tell(&mut self, look: Look) -> Result<(), Trouble> {
        let soak = self.rollout.stages[look.stage].soak.as_ref();
        let before = soak.and_then(|soak| soak.looks.last());
        if before.is_some_and(|(_, before)| *before == look) {
            return Ok(());
        }
        self.write(Deed::RolloutSoakSeen(look)).await
    }
}

fn wanted(proofs: &Proofs) -> Option<Wanted> {
    proofs.wanted.clone().or_else(|| proofs.health.clone().map(Wanted::at))
}
