//! A whole rollback with Prism between us and the rehearsal: whatever we send is what GitHub's description allows.

use std::sync::Arc;

use async_trait::async_trait;
use lastgood_adapters::desk::desk;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Audience, Workspace};
use lastgood_clients::{Prism, Served, compare_schema};
use lastgood_core::journal::Fact;
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::Alert;
use lastgood_core::ports::{Desktop, Watcher};
use lastgood_core::rollback::{Outcome, Rollback};

/// Faster than the rehearsal can be asked.
const SPEED: f64 = 1_000.0;

#[tokio::test]
async fn all_that_a_rollback_sends_conforms() {
    let served = Served::at_speed(f64::INFINITY).await;
    let prism = Prism::before(&served).await;
    let description = served.description();
    let access = Access::rehearsal(&prism.api, Secret::new(description.token.as_str()), SPEED);
    let place = Place::at(served.beside("data")).unwrap();
    let workspace = Workspace::open(&description.clone, &place, access).unwrap();

    let known = workspace.know().await.unwrap();
    assert!(known.forge.is_ok(), "{:?}", known.forge);
    let wish = Wish {
        to: None,
        reason: "checkout fails".to_owned(),
        who: "@platform-lead".to_owned(),
        countdown: jiff::SignedDuration::ZERO,
        rehearsal: true,
    };
    let plan = workspace.plan("production", wish, &known).unwrap();
    let (person, _bell) = desk();
    let audience = Audience { desktop: Arc::new(Nobody), person: Arc::new(person), watcher: Arc::new(Nobody) };
    let rollback = workspace.begin(plan, audience).await.unwrap().to_the_end().await.unwrap();
    assert_eq!(rollback.end.as_ref().unwrap().outcome, Outcome::Succeeded, "{rollback:?}");
    assert_eq!(served.github().live("production").unwrap().tag, "v2.4.0");

    assert_eq!(prism.violations().await, [""; 0]);
    let requests = served.github().requests();
    assert!(requests.iter().any(|request| request.method == "POST" && request.path_and_query.ends_with("/dispatches")));
    let asked = requests.iter().filter(|request| request.path_and_query.ends_with("/graphql"));
    let queries: Vec<String> = asked.map(|request| query(&request.body)).collect();
    assert_eq!(compare_schema(&served, &queries).await, [""; 0]);
}

fn query(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["query"].as_str().unwrap().to_owned()
}

struct Nobody;

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}

#[async_trait]
impl Desktop for Nobody {
    async fn alert(&self, _: &Alert) {}
}
