//! Arming: the checks of the best target of each environment are answered in the background and shown with their age.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::alerts::DesktopAlerts;
use lastgood_adapters::desk::desk;
use lastgood_adapters::workspace::{Audience, Workspace};
use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::journal::Fact;
use lastgood_core::live::Environment;
use lastgood_core::planning::Wish;
use lastgood_core::ports::Watcher;
use lastgood_core::rollback::check::{Answer, blocking};
use lastgood_core::rollback::plan::Plan;
use lastgood_core::rollback::{Rollback, checks};

use super::Controller;
use super::message::Message;
use super::session::Session;
use crate::ipc::timeline::view::check;
use crate::ipc::timeline::{ArmingState, ArmingView};

/// What the checks of one target said.
pub(super) struct Arming {
    pub(super) target: TagName,
    pub(super) object: ObjectId,
    at: Timestamp,
    answers: Vec<Answer>,
}

impl Controller {
    /// Asks the checks of every environment's target.
    pub(super) fn arm(&mut self) {
        let (opened, sender) = (self.opened, self.sender.clone());
        let Some(session) = &mut self.session else { return };
        let Some(known) = &session.known else { return };
        for environment in &known.environments {
            let wish = Wish {
                // Named, because the window shows its name: behind a rollback that worked there is no default.
                to: environment.last_good.tag.clone(),
                reason: String::new(),
                who: String::new(),
                countdown: SignedDuration::ZERO,
                rehearsal: session.workspace.is_rehearsal(),
            };
            let Ok(plan) = session.workspace.plan(environment.name.as_str(), wish, known) else {
                session.arming.remove(&environment.name);
                continue;
            };
            let (workspace, sender) = (Arc::clone(&session.workspace), sender.clone());
            tauri::async_runtime::spawn(async move {
                if let Ok(arming) = ask(&workspace, &plan).await {
                    drop(sender.send(Message::Armed(opened, plan.environment, arming)));
                }
            });
        }
    }

    pub(super) async fn armed(
        &mut self,
        opened: u64,
        environment: &lastgood_core::ids::EnvironmentName,
        arming: Arming,
    ) {
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        session.arming.insert(environment.clone(), arming);
        self.tell_overview().await;
    }
}

impl Session {
    pub(super) fn arming_view(&self, environment: &Environment) -> ArmingView {
        let blank = |state, sentence: &str| ArmingView {
            state,
            sentence: sentence.to_owned(),
            checked_at: None,
            checks: Vec::new(),
        };
        if let Some(Err(trouble)) = self.known.as_ref().map(|known| &known.forge) {
            return blank(ArmingState::Unavailable, &trouble.message);
        }
        let Some(target) = &environment.last_good.tag else {
            return blank(ArmingState::Unavailable, &environment.last_good.sentence);
        };
        if let Some(Err(trouble)) = self.planning(environment) {
            return blank(ArmingState::Blocked, &trouble.message);
        }
        match self.arming.get(&environment.name).filter(|arming| arming.target == *target) {
            None => blank(ArmingState::Checking, "Checking the target"),
            Some(arming) => {
                let blocking = blocking(&arming.answers);
                ArmingView {
                    state: if blocking.is_some() { ArmingState::Blocked } else { ArmingState::Armed },
                    sentence: blocking.map_or_else(|| "Armed".to_owned(), |answer| answer.sentence.clone()),
                    checked_at: Some(arming.at.to_string()),
                    checks: arming.answers.iter().map(check).collect(),
                }
            }
        }
    }

    /// Whether a rollback of the environment could be planned at all.
    fn planning(&self, environment: &Environment) -> Option<Result<(), Trouble>> {
        let forge = self.known.as_ref()?.forge.as_ref().ok()?;
        let settings = self.workspace.settings().environment(environment.name.as_str());
        let planned =
            lastgood_core::planning::deploy(&environment.name, &settings, &forge.workflows, &forge.default_branch);
        Some(planned.map(drop))
    }
}

async fn ask(workspace: &Workspace, plan: &Plan) -> Result<Arming, Trouble> {
    let (desk, _) = desk();
    let audience =
        Audience { desktop: Arc::new(DesktopAlerts::default()), person: Arc::new(desk), watcher: Arc::new(Nobody) };
    let ports = workspace.ports(audience)?;
    let answers = checks::ask_all(&ports, workspace.key(), plan).await;
    Ok(Arming { target: plan.to.clone(), object: plan.object.clone(), at: Timestamp::now(), answers })
}

/// Arming writes no facts; there is nothing to see.
pub(super) struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}
