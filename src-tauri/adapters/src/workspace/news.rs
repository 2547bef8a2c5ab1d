//! What a look shows that the look before did not, and that a person is called for.

use lastgood_core::error::Code;
use lastgood_core::live::Environment;
use lastgood_core::ports::forge::DeploymentState;
use lastgood_core::ports::world::Alert;
use lastgood_core::rollback::check::Verdict;

use super::Known;

impl Known {
    /// Each thing once: what was so before is no news.
    pub fn news_since(&self, before: &Self) -> Vec<Alert> {
        let mut news: Vec<Alert> = Vec::new();
        for environment in &self.environments {
            let known = before.environments.iter().find(|known| known.name == environment.name);
            if let Some(words) = failing(environment)
                && known.is_some_and(|known| failing(known).is_none())
            {
                news.push(alert(format!("{} is failing", environment.name), after_failing(environment, &words), true));
            }
            if let Some(words) = self.differs(environment)
                && known.is_some_and(|known| before.differs(known) != Some(words))
            {
                let title = format!("{} runs something else than was deployed", environment.name);
                news.push(alert(title, words.to_owned(), true));
            }
        }
        if let (Ok(now), Ok(then)) = (&self.forge, &before.forge) {
            let new = now.waiting_runs.iter().filter(|run| !then.waiting_runs.iter().any(|known| known.id == run.id));
            news.extend(new.map(|run| {
                let title = format!("Run {} waits for an approval", run.id);
                alert(title, format!("{}, started by {}", run.title, run.actor), true)
            }));
        }
        if let (Err(now), Ok(_)) = (&self.forge, &before.forge)
            && now.code == Code::TokenRejected
        {
            news.push(alert(now.message.clone(), now.hint.clone(), true));
        }
        news
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
}

fn is_under_way(state: &DeploymentState) -> bool {
    matches!(
        state,
        DeploymentState::Pending | DeploymentState::Queued | DeploymentState::InProgress | DeploymentState::Waiting
    )
}

fn failing(environment: &Environment) -> Option<String> {
    let health = environment.live.as_ref()?.health.as_ref()?;
    (health.verdict == Verdict::Failed).then(|| health.sentence.clone())
}

/// What is live, what it says, and what there is to go back to.
fn after_failing(environment: &Environment, words: &str) -> String {
    let live = environment.live.as_ref().map_or("what is live", |live| live.version.as_str());
    match &environment.last_good.tag {
        Some(good) => format!("{live}: {words}. Last good is {good}."),
        None => format!("{live}: {words}."),
    }
}

fn alert(title: String, body: String, urgent: bool) -> Alert {
    Alert { title, body, urgent, rollback: None }
}
