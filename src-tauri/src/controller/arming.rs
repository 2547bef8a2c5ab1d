//! Arming: the checks of the best target of each environment are answered in the background and shown with their age.
//!
//! When to ask, and whose answers count, is decided in [`lastgood_core::arming`].

mod asking;
mod ground;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::clock::SystemClock;
use lastgood_core::arming::{Slot, Standing};
use lastgood_core::error::Trouble;
use lastgood_core::ids::EnvironmentName;
use lastgood_core::live::Environment;
use lastgood_core::planning::Wish;
use lastgood_core::ports::Clock;
use lastgood_core::rollback::check::{Answer, Question, blocking};
use lastgood_core::rollback::checks::armed::Armed;
use lastgood_core::rollback::plan::Plan;
use tauri::async_runtime::JoinHandle;

use super::Controller;
use super::session::Session;
use crate::ipc::timeline::view::{check, is_mine};
use crate::ipc::timeline::{ArmingState, ArmingView};
pub(super) use asking::Nobody;
use ground::Seen;

/// What the checks of one environment's target said, and what is being asked.
#[derive(Default)]
pub(super) struct Arming {
    slot: Slot,
    task: Option<JoinHandle<()>>,
    said: Option<Said>,
    /// Why nothing could be asked the last time.
    trouble: Option<Trouble>,
    /// What the window was told last.
    told: Option<Standing>,
}

pub(super) struct Said {
    pub(super) plan: Plan,
    pub(super) answers: Vec<Answer>,
    /// Still being asked.
    open: Vec<Question>,
    at: Timestamp,
}

/// What came of one asking.
pub(super) struct Answered {
    pub(super) number: u64,
    pub(super) result: Result<Answers, Trouble>,
}

pub(super) struct Answers {
    pub(super) plan: Plan,
    pub(super) answers: Vec<Answer>,
    /// Still being asked; something stands for each among the answers.
    pub(super) open: Vec<Question>,
}

impl Said {
    fn armed(&self) -> Armed {
        Armed { plan: self.plan.clone(), answers: self.answers.clone(), open: self.open.clone() }
    }
}

impl Drop for Arming {
    fn drop(&mut self) {
        self.overtake();
    }
}

impl Arming {
    /// The answers that stand, and what they were about.
    pub(super) fn said(&self) -> Option<&Said> {
        self.said.as_ref()
    }

    /// What counts at a click, while it is fresh.
    pub(super) fn armed(&self) -> Option<Armed> {
        let said = self.said.as_ref()?;
        let standing = self.slot.standing(&said.plan.to, SystemClock.elapsed());
        (standing == Standing::Fresh).then(|| said.armed())
    }

    /// What still runs is ended: its answers count no more.
    fn overtake(&mut self) {
        self.task.take().into_iter().for_each(|task| task.abort());
    }
}

impl Controller {
    /// A person looks again: what it takes to roll back is asked anew, also where nothing changed.
    pub(super) fn look_again(&mut self) {
        if let Some(session) = &mut self.session {
            session.arming.values_mut().for_each(|arming| arming.slot.want());
        }
        self.refresh();
    }

    /// Asks the checks of every environment's target whose ground changed, or whose answers grow old.
    pub(super) fn arm(&mut self) {
        let (opened, sender) = (self.opened, self.sender.clone());
        let Some(session) = &mut self.session else { return };
        let Some(known) = session.known.as_ref().filter(|known| known.whole) else { return };
        let seen = Seen::of(known, session.workspace.settings_version());
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
            let arming = session.arming.entry(environment.name.clone()).or_default();
            let ground = seen.ground(known, environment, &plan);
            let Some((number, trigger)) = arming.slot.look(&ground, SystemClock.elapsed()) else { continue };
            tracing::debug!("{} is armed again: {trigger:?}", environment.name);
            arming.overtake();
            let asked = asking::ask(Arc::clone(&session.workspace), plan, number, opened, sender.clone());
            arming.task = Some(tauri::async_runtime::spawn(asked));
        }
    }

    pub(super) async fn armed(&mut self, opened: u64, environment: &EnvironmentName, answered: Answered) {
        let Some(session) = self.session.as_mut().filter(|_| opened == self.opened) else { return };
        let Some(arming) = session.arming.get_mut(environment) else { return };
        match answered.result {
            Ok(Answers { plan, answers, open }) => {
                if !arming.slot.answered(answered.number, open.is_empty(), SystemClock.elapsed()) {
                    return;
                }
                arming.said = Some(Said { plan, answers, open, at: SystemClock.now() });
                arming.trouble = None;
            }
            Err(trouble) => {
                if !arming.slot.failed(answered.number) {
                    return;
                }
                arming.trouble = Some(trouble);
            }
        }
        self.tell_overview().await;
    }

    /// A machine that slept, or whose clock was set, knows nothing of the world: nothing is armed before it was asked anew.
    pub(super) fn arming_slept(&mut self) {
        let Some(session) = &mut self.session else { return };
        session.arming.values_mut().for_each(|arming| arming.slot.wake());
    }

    /// What grew old is asked anew, and what was not renewed in time is said to be armed no more.
    pub(super) async fn look_at_arming(&mut self) {
        self.arm();
        let now = SystemClock.elapsed();
        let Some(session) = &mut self.session else { return };
        let Some(known) = &session.known else { return };
        let mut turned = false;
        for environment in &known.environments {
            let (Some(target), Some(arming)) = (&environment.last_good.tag, session.arming.get_mut(&environment.name))
            else {
                continue;
            };
            let standing = arming.slot.standing(target, now);
            // The age of what is too old grows on, and its sentence names it.
            turned |= arming.told.replace(standing) != Some(standing) || standing == Standing::TooOld;
        }
        if turned {
            self.tell_overview().await;
        }
    }
}

impl Session {
    pub(super) fn arming_view(&self, environment: &Environment) -> ArmingView {
        if let Some(Err(trouble)) = self.known.as_ref().map(|known| &known.forge) {
            return blank(ArmingState::Unavailable, &trouble.message, &trouble.hint);
        }
        let Some(target) = &environment.last_good.tag else {
            return blank(ArmingState::Unavailable, &environment.last_good.sentence, "");
        };
        if let Some(Err(trouble)) = self.planning(environment) {
            return blank(ArmingState::Blocked, &trouble.message, &trouble.hint);
        }
        let Some(arming) = self.arming.get(&environment.name) else {
            return blank(ArmingState::Checking, CHECKING, "");
        };
        let (Some(said), standing) = (&arming.said, arming.slot.standing(target, SystemClock.elapsed())) else {
            return match &arming.trouble {
                Some(trouble) => blank(ArmingState::Unavailable, &trouble.message, &trouble.hint),
                None => blank(ArmingState::Checking, CHECKING, ""),
            };
        };
        let view = match standing {
            Standing::Asked => return blank(ArmingState::Checking, CHECKING, ""),
            Standing::TooOld => too_old(said.at, arming.trouble.as_ref()),
            Standing::Fresh => self.fresh(environment, &said.answers),
        };
        ArmingView { checked_at: Some(said.at.to_string()), checks: said.answers.iter().map(check).collect(), ..view }
    }

    /// A teammate's hold is in the way whatever the checks say.
    fn fresh(&self, environment: &Environment, answers: &[Answer]) -> ArmingView {
        let theirs = self.known.as_ref().and_then(|known| {
            let hold = environment.hold.as_ref().filter(|hold| hold.blocks(SystemClock.now()))?;
            (!is_mine(hold, known)).then_some(hold)
        });
        if let Some(hold) = theirs {
            let sentence = format!("{} holds it: {}", hold.owner, hold.reason);
            return blank(ArmingState::Blocked, &sentence, &hold.way_past());
        }
        match blocking(answers) {
            Some(answer) => blank(ArmingState::Blocked, &answer.sentence, ""),
            None => blank(ArmingState::Armed, "Armed", ""),
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

const CHECKING: &str = "Checking the target";

/// Without answers.
fn blank(state: ArmingState, sentence: &str, hint: &str) -> ArmingView {
    ArmingView { state, sentence: sentence.to_owned(), hint: hint.to_owned(), checked_at: None, checks: Vec::new() }
}

fn too_old(at: Timestamp, trouble: Option<&Trouble>) -> ArmingView {
    let age = Duration::try_from(SystemClock.now().duration_since(at)).unwrap_or_default();
    let (why, hint) =
        trouble.map_or_else(Default::default, |trouble| (format!(" {}", trouble.message), &*trouble.hint));
    let sentence = format!("Not armed: last checked {} min ago.{why}", age.as_secs() / 60);
    blank(ArmingState::Unavailable, &sentence, hint)
}
