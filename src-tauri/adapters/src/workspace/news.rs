//! What a look shows that a person is called for, and was not called for yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lastgood_core::error::Code;
use lastgood_core::ids::{EnvironmentName, RunId, TagName};
use lastgood_core::live::Environment;
use lastgood_core::live::wellness::spells;
use lastgood_core::ports::forge::{DeploymentState, RunRecord};
use lastgood_core::ports::world::{About, Alert};
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollback::event::Event;
use serde::{Deserialize, Serialize};

use super::Known;

/// What a person was called for. A look that GitHub did not answer changes nothing of what was told of GitHub, so that what
/// began during an outage is told behind it.
///
/// It is kept from one process to the next, so that a start calls for nothing twice; losing it costs a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    failing: BTreeMap<EnvironmentName, Failing>,
    differing: BTreeMap<EnvironmentName, String>,
    waiting: BTreeSet<RunId>,
    refused: bool,
    /// Environments that this process has seen failing ever since it told of them, or found them told.
    #[serde(skip)]
    watched: BTreeSet<EnvironmentName>,
}

/// What was failing when it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failing {
    tag: Option<TagName>,
    at: Timestamp,
}

impl Known {
    /// Each thing once, also what is so at the first look.
    pub fn news(&self, told: &mut Told) -> Vec<Alert> {
        let mut news: Vec<Alert> = Vec::new();
        for environment in &self.environments {
            news.extend(self.failing_news(environment, told));
            news.extend(self.differing_news(environment, told));
        }
        match &self.forge {
            Ok(forge) => {
                told.refused = false;
                let waiting = forge.waiting_runs.iter().filter(|run| !self.is_followed(run.id));
                news.extend(waiting.filter(|run| !told.waiting.contains(&run.id)).map(waits));
                told.waiting = forge.waiting_runs.iter().map(|run| run.id).collect();
            }
            Err(trouble) if trouble.code == Code::TokenRejected => {
                if !std::mem::replace(&mut told.refused, true) {
                    news.push(alert(trouble.message.clone(), trouble.hint.clone(), About::Settings));
                }
            }
            Err(_) => {}
        }
        news
    }

    /// A service that could not be asked is as it was.
    fn failing_news(&self, environment: &Environment, told: &mut Told) -> Option<Alert> {
        let live = environment.live.as_ref()?;
        let health = live.health.as_ref()?;
        let name = &environment.name;
        match health.verdict {
            Verdict::Failed => {
                let was_told = told.failing.get(name).is_some_and(|before| {
                    told.watched.contains(name) || (before.tag == live.tag && !self.turned(name, before))
                });
                told.watched.insert(name.clone());
                if !was_told || told.failing.get(name).is_none_or(|before| before.tag != live.tag) {
                    told.failing.insert(name.clone(), Failing { tag: live.tag.clone(), at: self.at });
                }
                let body = after_failing(environment, &health.sentence);
                (!was_told).then(|| alert(format!("{name} is failing"), body, About::Timeline))
            }
            Verdict::Passed => {
                told.failing.remove(name);
                told.watched.remove(name);
                None
            }
            Verdict::Inconclusive | Verdict::Errored => None,
        }
    }

    /// Some process saw it well, or saw another release there, since that was told.
    fn turned(&self, name: &EnvironmentName, told: &Failing) -> bool {
        let mut since = spells(&self.facts, name).into_iter().filter(|spell| spell.from > told.at);
        since.any(|spell| spell.well || spell.tag != told.tag)
    }

    fn differing_news(&self, environment: &Environment, told: &mut Told) -> Option<Alert> {
        let Some(words) = self.differs(environment) else {
            told.differing.remove(&environment.name);
            return None;
        };
        let before = told.differing.insert(environment.name.clone(), words.to_owned());
        let title = format!("{} runs something else than was deployed", environment.name);
        (before.as_deref() != Some(words)).then(|| alert(title, words.to_owned(), About::Timeline))
    }

    /// What the service answers and what was deployed last are two things. While a deployment or a rollback of ours is
    /// under way that is as it should be.
    fn differs<'a>(&self, environment: &'a Environment) -> Option<&'a str> {
        let words = environment.live.as_ref()?.disagreement.as_deref()?;
        let held = environment.hold.as_ref().is_some_and(|hold| hold.in_use);
        let deployments = self.github().map_or(&[][..], |forge| &forge.deployments);
        let newest = deployments.iter().find(|found| found.environment == environment.name);
        (!held && !newest.is_some_and(|found| is_under_way(&found.state))).then_some(words)
    }

    /// The rollback that follows a run calls for it itself.
    fn is_followed(&self, wanted: RunId) -> bool {
        let found = |event: &Event| matches!(event, Event::RunFound { run, .. } if *run == wanted);
        self.facts.iter().filter_map(|fact| fact.event.rollback()).any(found)
    }
}

fn is_under_way(state: &DeploymentState) -> bool {
    matches!(
        state,
        DeploymentState::Pending | DeploymentState::Queued | DeploymentState::InProgress | DeploymentState::Waiting
    )
}

/// What is live, what it says, and what there is to go back to.
fn after_failing(environment: &Environment, words: &str) -> String {
    let live = environment.live.as_ref().map_or("what is live", |live| live.version.as_str());
    match &environment.last_good.tag {
        Some(good) => format!("{live}: {words}. Last good is {good}."),
        None => format!("{live}: {words}."),
    }
}

fn waits(run: &RunRecord) -> Alert {
    let title = format!("Run {} waits for an approval", run.id);
    alert(title, format!("{}, started by {}", run.title, run.actor), About::Timeline)
}

fn alert(title: String, body: String, about: About) -> Alert {
    Alert { title, body, urgent: true, about }
}
