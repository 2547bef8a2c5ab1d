//! Rollouts under way: each is driven by a task of its own. Its stages are rollbacks to the window, each with its bell.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lastgood_adapters::desk::Bell;
use lastgood_adapters::workspace::{Asked, Audience, Company, Drive, RolloutDrive, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RolloutId;
use lastgood_core::journal::Fact;
use lastgood_core::ports::world::Request;
use lastgood_core::ports::{Desktop, Journal};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollout::plan::RolloutPlan;
use lastgood_core::rollout::{Choice, Phase, Rollout};
use tokio::sync::mpsc;

use super::driving::{Driving, audience, run_stage};
use super::message::{Message, Reply};
use super::{Controller, World};
use crate::ipc::notice::Notice;
use crate::ipc::way_up::{RolloutView, view};

/// A rollout that a task of this process drives.
pub(super) struct Rolling {
    rollout: Rollout,
    /// Seconds that the stage was watched, where one is.
    watched: Option<u64>,
    bell: mpsc::UnboundedSender<Asked>,
    workspace: Arc<Workspace>,
}

impl Controller {
    pub(super) fn start_rollout(&self, plan: RolloutPlan, reply: Reply<RolloutView>) {
        let Some((team, bell)) = self.team() else { return reply.send(Err(super::session::nothing_open())) };
        tauri::async_runtime::spawn(async move {
            let workspace = Arc::clone(&team.world.0);
            match workspace.begin_rollout(plan, &team).await {
                Ok(drive) => {
                    let facts = workspace.facts().await.unwrap_or_default();
                    reply.send(Ok(view::rollout(drive.rollout(), &facts, true, None)));
                    team.follow(drive, bell).await;
                }
                Err(trouble) => reply.send(Err(trouble)),
            }
        });
    }

    /// What an earlier process left, unless another one drives it now.
    pub(super) async fn take_up_rollout(&mut self) {
        self.left_rollout = None;
        self.tell_left_rollout().await;
        if let Some(left) = self.left_rollout.clone() {
            self.resume_rollout(left, None, None);
        }
    }

    /// One that nobody drives is taken up, with the wish.
    pub(super) fn ask_rollout(&self, id: &RolloutId, asked: Option<Asked>, reply: Reply<()>) {
        let Some(rolling) = self.rolling.get(id) else {
            return self.resume_rollout(id.clone(), asked, Some(reply));
        };
        let Some(asked) = asked else { return reply.send(Ok(())) };
        let deploying = rolling.rollout.current().filter(|(_, stage)| stage.phase == Phase::Deploying);
        let driving = deploying.and_then(|(_, stage)| self.driving.get(stage.drives.last()?));
        if let (Choice::Stop, Some(driving)) = (asked.choice, driving) {
            // The stage's own drive stops after its step; the rollout hears of it when that is over.
            driving.bell.ring(Request::StopAfterThisStep);
        }
        let over = |_| Trouble::new(Code::RolloutUnknown, "This rollout is over.", "Look at it again.");
        reply.send(rolling.bell.send(asked).map_err(over));
    }

    pub(super) async fn rolling_out(&mut self, rolling: Rolling) {
        let id = rolling.rollout.id.clone();
        self.rolling.insert(id.clone(), rolling);
        self.tell_rollout(&id).await;
    }

    /// Of a look that showed nothing new, only whole seconds are worth telling.
    pub(super) async fn rollout_saw(&mut self, rollout: Rollout, watched: Option<u64>) {
        let Some(rolling) = self.rolling.get_mut(&rollout.id) else { return };
        if rolling.rollout == rollout && rolling.watched == watched {
            return;
        }
        let id = rollout.id.clone();
        (rolling.rollout, rolling.watched) = (rollout, watched);
        self.tell_rollout(&id).await;
    }

    pub(super) async fn rollout_ended(&mut self, id: &RolloutId, result: Result<(), Trouble>) {
        if let Err(trouble) = result {
            tracing::error!("rollout {id}: {trouble}");
        }
        self.rolling.remove(id);
        self.tell_rollout(id).await;
        self.facts_changed().await;
        self.refresh();
    }

    pub(super) async fn rollout_view(&self, id: &RolloutId) -> Result<RolloutView, Trouble> {
        if let Some(rolling) = self.rolling.get(id) {
            let facts = rolling.workspace.facts().await?;
            return Ok(view::rollout(&rolling.rollout, &facts, true, rolling.watched));
        }
        let workspace = &self.session()?.workspace;
        let rollout = workspace.rollout(Some(id)).await?;
        Ok(view::rollout(&rollout, &workspace.facts().await?, false, None))
    }

    /// One that another process drives is shown as it stands in the journal, its end too.
    pub(super) async fn tell_left_rollout(&mut self) {
        let Some(session) = &self.session else { return };
        let all = match session.workspace.rollouts().await {
            Ok(all) => all,
            Err(trouble) => return tracing::warn!("{trouble}"),
        };
        let Some(newest) = all.last().filter(|newest| !self.rolling.contains_key(&newest.id)) else { return };
        let is_news = newest.end.is_none() || self.left_rollout.as_ref() == Some(&newest.id);
        self.left_rollout = newest.end.is_none().then(|| newest.id.clone());
        if is_news {
            self.tell_rollout(&newest.id).await;
        }
    }

    fn resume_rollout(&self, id: RolloutId, asked: Option<Asked>, reply: Option<Reply<()>>) {
        let Some((team, bell)) = self.team() else { return };
        tauri::async_runtime::spawn(async move {
            let workspace = Arc::clone(&team.world.0);
            match (take_up(&workspace, &id, asked.as_ref(), &team).await, reply) {
                (Ok(drive), reply) => {
                    reply.into_iter().for_each(|reply| reply.send(Ok(())));
                    team.follow(drive, bell).await;
                }
                (Err(trouble), Some(reply)) => reply.send(Err(trouble)),
                (Err(trouble), None) => tracing::info!("{trouble}"),
            }
        });
    }

    async fn tell_rollout(&self, id: &RolloutId) {
        let here = self.rolling.get(id).is_none_or(|rolling| self.is_open(&rolling.workspace));
        match self.rollout_view(id).await {
            Ok(view) if here => self.tell(Notice::Rollout { rollout: Box::new(view) }),
            Ok(_) => {}
            Err(trouble) => tracing::warn!("{trouble}"),
        }
    }

    fn team(&self) -> Option<(Team, mpsc::UnboundedSender<Asked>)> {
        let (bell, asked) = mpsc::unbounded_channel();
        let world = (Arc::clone(&self.session.as_ref()?.workspace), self.rehearsal.clone());
        let (desktop, sender) = (self.kept_desktop(), self.sender.clone());
        let team = Team { desktop, world, sender, asked: tokio::sync::Mutex::new(asked), bell: Mutex::new(None) };
        Some((team, bell))
    }
}

async fn take_up<'a>(
    workspace: &'a Workspace,
    id: &RolloutId,
    asked: Option<&Asked>,
    team: &'a Team,
) -> Result<RolloutDrive<'a>, Trouble> {
    let mut drive = workspace.resume_rollout(id, team).await?;
    if let Some(asked) = asked {
        drive.decide(asked).await?;
    }
    Ok(drive)
}

/// The window around a rollout.
struct Team {
    desktop: Arc<dyn Desktop>,
    world: World,
    sender: mpsc::UnboundedSender<Message>,
    asked: tokio::sync::Mutex<mpsc::UnboundedReceiver<Asked>>,
    /// Of the stage's drive that is about to begin.
    bell: Mutex<Option<Bell>>,
}

impl Team {
    /// Lets it go on to its end, and tells the controller of both.
    async fn follow(&self, drive: RolloutDrive<'_>, bell: mpsc::UnboundedSender<Asked>) {
        let (rollout, workspace) = (drive.rollout().clone(), Arc::clone(&self.world.0));
        let id = rollout.id.clone();
        let rolling = Rolling { rollout, watched: None, bell, workspace };
        drop(self.sender.send(Message::RollingOut(Box::new(rolling))));
        let result = drive.to_the_end().await.map(drop);
        drop(self.sender.send(Message::RolloutEnded(id, result)));
    }

    fn tell(&self, rollout: &Rollout, watched: Option<u64>) {
        drop(self.sender.send(Message::RolloutSaw(Box::new(rollout.clone()), watched)));
    }
}

#[async_trait]
impl Company for Team {
    fn desktop(&self) -> Arc<dyn Desktop> {
        Arc::clone(&self.desktop)
    }

    fn audience(&self) -> Audience {
        let (bell, audience) = audience(Arc::clone(&self.desktop), &self.sender);
        if let Ok(mut place) = self.bell.lock() {
            *place = Some(bell);
        }
        audience
    }

    /// As every other rollback of the window.
    async fn drive(&self, drive: Drive) -> Result<Rollback, Trouble> {
        let bell = self.bell.lock().ok().and_then(|mut place| place.take());
        let Some(bell) = bell else { return drive.to_the_end().await };
        let (workspace, rehearsal) = (Arc::clone(&self.world.0), self.world.1.clone());
        let rollback = drive.rollback().clone();
        let facts = workspace.journal().of_rollback(&rollback.id).await.unwrap_or_default();
        run_stage(drive, Driving { rollback, facts, bell, workspace, rehearsal }, &self.sender).await
    }

    async fn asked_within(&self, time: Duration) -> Option<Asked> {
        let mut asked = self.asked.lock().await;
        if time.is_zero() {
            return asked.try_recv().ok();
        }
        let sleep = tokio::time::sleep(time);
        tokio::pin!(sleep);
        // When the last bell is gone, time passes all the same.
        tokio::select! {
            biased;
            Some(asked) = asked.recv() => Some(asked),
            () = &mut sleep => None,
        }
    }

    async fn asked(&self, _rollout: &Rollout) -> Option<Asked> {
        self.asked.lock().await.recv().await
    }

    fn saw(&self, _fact: &Fact, rollout: &Rollout) {
        self.tell(rollout, None);
    }

    fn watched(&self, rollout: &Rollout, watched: Duration) {
        self.tell(rollout, Some(watched.as_secs()));
    }
}
