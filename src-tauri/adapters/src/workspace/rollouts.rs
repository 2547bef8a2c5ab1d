//! A rollout driven from where it stands to its end: intent, act, outcome, as a rollback is.
//!
//! A stage is a drive of the engine under an id that the intent names, so that a process that ends in between finds it
//! again. Time in which nobody watched a stage does not count.

mod mended;
mod stage;
mod watching;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{EnvironmentName, RollbackId, RolloutId, TagName};
use lastgood_core::journal::{Fact, NewFact, Subject};
use lastgood_core::ports::world::{About, Alert};
use lastgood_core::ports::{Clock, Desktop, Journal};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::event::{Deed, Event};
use lastgood_core::rollout::next::{Effect, IllegalFact, begin, chosen, effect, fold, next};
use lastgood_core::rollout::plan::{RolloutPlan, RolloutWish, StagePlan, check, plan, stages};
use lastgood_core::rollout::{self, Choice, Outcome, Rollout};

use super::{Audience, Drive, Known, Workspace, fresh};
use crate::clock::SystemClock;
use crate::turn::{self, Turn};

/// Nobody learns more from a rehearsal by waiting ten minutes.
const REHEARSED_SOAK_SECONDS: u32 = 20;

/// Who is around while a rollout goes on.
#[async_trait]
pub trait Company: Send + Sync {
    fn desktop(&self) -> std::sync::Arc<dyn Desktop>;

    /// Who looks on at one stage's drive.
    fn audience(&self) -> Audience;

    /// Lets that drive go on.
    ///
    /// # Errors
    /// As [`Drive::to_the_end`].
    async fn drive(&self, drive: Drive) -> Result<Rollback, Trouble> {
        drive.to_the_end().await
    }

    /// Lets the time pass, and returns early when a person asks for something.
    async fn asked_within(&self, time: Duration) -> Option<Asked>;

    /// Waits until a person asks for something; `None` when nobody is there to ask.
    async fn asked(&self, rollout: &Rollout) -> Option<Asked>;

    /// Each fact the moment it is durable.
    fn saw(&self, fact: &Fact, rollout: &Rollout);

    /// The stage was watched for so long.
    fn watched(&self, rollout: &Rollout, watched: Duration);
}

/// What a person wants of a rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub choice: Choice,
    pub by: String,
    pub reason: String,
}

/// A rollout that this process, and no other, drives.
pub struct RolloutDrive<'a> {
    workspace: &'a Workspace,
    company: &'a dyn Company,
    rollout: Rollout,
    /// This process began the watch that stands.
    watches: bool,
    _turn: Turn,
}

impl Workspace {
    /// Every rollout of this repository, oldest first.
    pub async fn rollouts(&self) -> Result<Vec<Rollout>, Trouble> {
        fold(&self.facts().await?).map_err(|illegal| broken(&illegal))
    }

    /// `None`: the newest.
    ///
    /// # Errors
    /// [`Code::RolloutUnknown`].
    pub async fn rollout(&self, id: Option<&RolloutId>) -> Result<Rollout, Trouble> {
        let mut all = self.rollouts().await?.into_iter().rev();
        all.find(|rollout| id.is_none_or(|id| rollout.id == *id)).ok_or_else(|| {
            let message =
                id.map_or("No rollout is in the journal.".to_owned(), |id| format!("There is no rollout {id}."));
            Trouble::new(Code::RolloutUnknown, message, "Begin one: lastgood rollout start TAG --reason TEXT")
        })
    }

    /// The stages of a rollout that ends in this environment.
    ///
    /// # Errors
    /// [`Code::SettingsInvalid`], [`Code::EnvironmentUnknown`].
    pub fn stages(&self, known: &Known, last: &EnvironmentName) -> Result<Vec<StagePlan>, Trouble> {
        let mut stages = stages(&self.settings().rollout, &names(known), last)?;
        if self.access.rehearsal && self.settings().rollout.stages.is_empty() {
            stages.iter_mut().for_each(|stage| stage.soak_seconds = REHEARSED_SOAK_SECONDS);
        }
        Ok(stages)
    }

    /// Settles what a rollout would do.
    ///
    /// # Errors
    /// As [`check`] and [`plan`].
    pub fn plan_rollout(&self, wish: RolloutWish, known: &Known) -> Result<RolloutPlan, Trouble> {
        check(&wish.stages, &names(known))?;
        let bad = known.environments.iter().flat_map(|environment| &environment.quarantined);
        let quarantined: Vec<TagName> = bad.map(|bad| bad.tag.clone()).collect();
        plan(wish, &known.releases, &quarantined, SystemClock.now())
    }

    /// Takes the repository's turn for rollouts and writes the first fact.
    ///
    /// # Errors
    /// [`Code::AlreadyRunning`] while another rollout is driven or unfinished.
    pub async fn begin_rollout<'a>(
        &'a self,
        plan: RolloutPlan,
        company: &'a dyn Company,
    ) -> Result<RolloutDrive<'a>, Trouble> {
        let turn = turn::take_rollout(self.place.data(), &self.key)?;
        if let Some(other) = self.rollouts().await?.iter().find(|other| other.end.is_none()) {
            let message = format!("Rollout {} of {} is not finished.", other.id, other.plan.tag);
            return Err(Trouble::new(
                Code::AlreadyRunning,
                message,
                "Let it go on, or stop it, before another begins.",
            ));
        }
        let id = RolloutId::new(format!("ro-{}", fresh()));
        let rollout = begin(id, plan.clone());
        let mut drive = RolloutDrive { workspace: self, company, rollout, watches: false, _turn: turn };
        let fact = drive.append(plan.started, Deed::RolloutStarted(Box::new(plan))).await?;
        drive.company.saw(&fact, &drive.rollout);
        Ok(drive)
    }

    /// Takes up a rollout that an earlier process left unfinished.
    ///
    /// # Errors
    /// [`Code::RolloutUnknown`], [`Code::AlreadyRunning`].
    pub async fn resume_rollout<'a>(
        &'a self,
        id: &RolloutId,
        company: &'a dyn Company,
    ) -> Result<RolloutDrive<'a>, Trouble> {
        let turn = turn::take_rollout(self.place.data(), &self.key)?;
        let rollout = self.rollout(Some(id)).await?;
        Ok(RolloutDrive { workspace: self, company, rollout, watches: false, _turn: turn })
    }
}

impl RolloutDrive<'_> {
    pub fn rollout(&self) -> &Rollout {
        &self.rollout
    }

    /// Hears what a person decided before this process began.
    ///
    /// # Errors
    /// [`Code::RolloutRefused`] where it is no choice just now.
    pub async fn decide(&mut self, asked: &Asked) -> Result<(), Trouble> {
        let Some(deed) = chosen(&self.rollout, asked.choice, &asked.by, &asked.reason) else {
            let message = format!("That is no choice just now: {}.", rollout::stands(&self.rollout));
            return Err(Trouble::new(Code::RolloutRefused, message, "Look at it again: lastgood rollout show"));
        };
        self.write(deed).await
    }

    /// Goes on until it is over, or until it needs a person and nobody is there.
    ///
    /// # Errors
    /// Where the journal cannot be written, or a quarantine not lifted; what was acknowledged stays, and the rollout can be
    /// taken up again.
    pub async fn to_the_end(mut self) -> Result<Rollout, Trouble> {
        loop {
            while let Some(asked) = self.company.asked_within(Duration::ZERO).await {
                self.hear(&asked).await?;
            }
            match effect(&self.rollout) {
                Effect::LiftQuarantine(tag) => self.lift_quarantine(tag).await?,
                Effect::BeginStage(stage) => self.write(Deed::RolloutStageBegun { stage, rollback: new_id() }).await?,
                Effect::BeginBack(stage) => self.write(Deed::RolloutBackBegun { stage, rollback: new_id() }).await?,
                Effect::DriveStage(stage, id) => match self.drive_stage(stage, &id).await? {
                    Some(ending) => self.write(Deed::RolloutStageEnded(ending)).await?,
                    None => return Ok(self.rollout),
                },
                Effect::DriveBack(stage, id) => match self.drive_back(stage, &id).await? {
                    Some(ending) => self.write(Deed::RolloutBackEnded(ending)).await?,
                    None => return Ok(self.rollout),
                },
                Effect::BeginSoak(stage) => self.begin_soak(stage, None).await?,
                Effect::Watch(stage) => self.watch(stage).await?,
                Effect::OpenGate(stage) => self.write(Deed::RolloutGateOpened { stage, by: None }).await?,
                Effect::MarkRelease(tag) => {
                    let sentence = self.mark(&tag).await;
                    self.write(Deed::RolloutReleaseMarked { tag, sentence }).await?;
                }
                Effect::LiftHold(stage) => self.lift_hold(stage).await?,
                Effect::AskPerson(_) => {
                    if !self.ask().await? {
                        return Ok(self.rollout);
                    }
                }
                Effect::End(outcome) => self.end(outcome).await?,
                Effect::Nothing => return Ok(self.rollout),
            }
        }
    }

    /// Records a deed, then stands where it leads. One that does not fit is a mistake in the driver itself.
    async fn write(&mut self, deed: Deed) -> Result<(), Trouble> {
        let at = SystemClock.now();
        let after = next(&self.rollout, at, &deed)
            .map_err(|illegal| Trouble::new(Code::Internal, illegal.to_string(), "Report this with the journal."))?;
        let fact = self.append(at, deed).await?;
        self.rollout = after;
        self.company.saw(&fact, &self.rollout);
        Ok(())
    }

    async fn append(&mut self, at: Timestamp, deed: Deed) -> Result<Fact, Trouble> {
        let subject = Subject::repository(self.workspace.key());
        let event = Event { rollout: self.rollout.id.clone(), deed };
        self.workspace.journal.append(NewFact { at, subject, event: event.into() }).await
    }

    /// A request that came too late changes nothing: the screen shows what happened instead.
    async fn hear(&mut self, asked: &Asked) -> Result<(), Trouble> {
        match chosen(&self.rollout, asked.choice, &asked.by, &asked.reason) {
            Some(deed) => self.write(deed).await,
            None => Ok(()),
        }
    }

    /// Calls a person once, and waits for what changes something. False when nobody is there.
    async fn ask(&mut self) -> Result<bool, Trouble> {
        let hint = self.rollout.current().map_or_else(String::new, |(_, stage)| stage.hint.clone());
        self.alert(rollout::stands(&self.rollout), hint, true).await;
        let standing = self.rollout.clone();
        while self.rollout == standing {
            match self.company.asked(&self.rollout).await {
                Some(asked) => self.hear(&asked).await?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The remote first and the fact behind it: doing it again has one effect.
    async fn lift_quarantine(&mut self, tag: TagName) -> Result<(), Trouble> {
        let plan = &self.rollout.plan;
        let reason = format!("Rollout of {}: {}", plan.tag, plan.reason);
        self.workspace.lift_quarantine(&tag, &plan.who, &reason).await?;
        self.write(Deed::RolloutQuarantineLifted { tag }).await
    }

    /// A hold that cannot be lifted stops nothing; it is said.
    async fn lift_hold(&mut self, stage: usize) -> Result<(), Trouble> {
        let name = self.environment(stage);
        let reason = format!("{} stayed well in {name}", self.rollout.plan.tag);
        let lifted = self.workspace.lift_hold(&name, &self.rollout.plan.who, &reason).await;
        let (sentence, hint) = match lifted {
            Ok(true) => (format!("The hold of {name} is lifted"), String::new()),
            Ok(false) => (format!("Nobody held {name}"), String::new()),
            Err(trouble) if trouble.code == Code::JournalUnwritable => return Err(trouble),
            Err(trouble) => (format!("{name} is still held: {}", trouble.message), trouble.hint),
        };
        self.write(Deed::RolloutHoldLifted { stage, sentence, hint }).await
    }

    async fn end(&mut self, outcome: Outcome) -> Result<(), Trouble> {
        let (sentence, hint) = rollout::ended(&self.rollout, outcome);
        self.write(Deed::RolloutEnded { outcome, sentence: sentence.clone(), hint: hint.clone() }).await?;
        self.alert(sentence, hint, outcome != Outcome::Succeeded).await;
        Ok(())
    }

    async fn alert(&self, title: String, body: String, urgent: bool) {
        let about = About::WayUp(self.rollout.plan.rollback.clone());
        self.company.desktop().alert(&Alert { title, body, urgent, about }).await;
    }

    fn environment(&self, stage: usize) -> EnvironmentName {
        self.rollout.plan.stages[stage].environment.clone()
    }
}

fn new_id() -> RollbackId {
    RollbackId::new(format!("rb-{}", fresh()))
}

fn names(known: &Known) -> Vec<EnvironmentName> {
    known.environments.iter().map(|environment| environment.name.clone()).collect()
}

fn broken(illegal: &IllegalFact) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal tells of something that cannot happen: {illegal}."),
        "Use the newest version of Lastgood with this data folder.",
    )
}
