//! What a look shows that the one before did not.

use lastgood_rehearsal::state::Sickness;
use lastgood_rehearsal::state::deployment::{Deployment, Link, Status};
use lastgood_rehearsal::{Fault, When};
use serde_json::json;

use super::audience::opened;
use crate::rehearsed::{Rehearsed, status};

#[tokio::test]
async fn a_release_that_begins_to_fail_is_told_once() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let sick = rehearsed.server().state().sicknesses;
    rehearsed.server().change(|state, _| state.sicknesses.clear()).unwrap();
    let well = workspace.know().await.unwrap();
    let ill = |state: &mut lastgood_rehearsal::state::State, sicknesses: Vec<Sickness>| state.sicknesses = sicknesses;
    rehearsed.server().change(|state, _| ill(state, sick)).unwrap();
    let failing = workspace.know().await.unwrap();
    let news = failing.news_since(&well);
    assert_eq!(news.len(), 1, "{news:?}");
    assert_eq!(news[0].title, "production is failing");
    assert_eq!(news[0].body, "v2.4.1: health 503. Last good is v2.4.0.");
    assert!(news[0].urgent && news[0].rollback.is_none());
    assert_eq!(workspace.know().await.unwrap().news_since(&failing), []);
}

#[tokio::test]
async fn a_run_that_begins_to_wait_is_told_with_who_started_it() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["on-call".to_owned()]).unwrap();
    let workspace = opened(&rehearsed);
    let before = workspace.know().await.unwrap();
    rehearsed.dispatch().await;
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    let after = workspace.know().await.unwrap();
    let news = after.news_since(&before);
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].title.ends_with("waits for an approval") && news[0].body.contains("platform-lead"), "{news:?}");
    assert_eq!(workspace.know().await.unwrap().news_since(&after), []);
}

#[tokio::test]
async fn a_token_that_expired_is_told_and_a_network_that_is_gone_is_not() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let before = workspace.know().await.unwrap();
    rehearsed.arm(Fault::once("/environments", status(502, &[], When::BeforeEffect)));
    assert_eq!(workspace.know().await.unwrap().news_since(&before), []);
    rehearsed.arm(Fault::once("/environments", status(401, &[], When::BeforeEffect)));
    let news = workspace.know().await.unwrap().news_since(&before);
    assert_eq!(news.len(), 1);
    assert!(news[0].title.contains("token"), "{news:?}");
}

#[tokio::test]
async fn a_service_that_runs_something_else_than_was_deployed_is_told_once_for_each_change() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let before = workspace.know().await.unwrap();
    deployed(&rehearsed, "v2.3.1", "in_progress");
    let deploying = workspace.know().await.unwrap();
    assert_eq!(deploying.news_since(&before), [], "a deployment under way may differ");
    deployed(&rehearsed, "v2.3.1", "success");
    let differs = workspace.know().await.unwrap();
    let news = differs.news_since(&deploying);
    assert_eq!(news.len(), 1, "{news:?}");
    assert_eq!(news[0].title, "production runs something else than was deployed");
    assert_eq!(news[0].body, "The service answers v2.4.1, the newest deployment is v2.3.1.");
    assert!(news[0].urgent);
    assert_eq!(workspace.know().await.unwrap().news_since(&differs), [], "it was told");

    deployed(&rehearsed, "v2.3.0", "success");
    let otherwise = workspace.know().await.unwrap();
    assert_eq!(otherwise.news_since(&differs).len(), 1, "it differs in another way");
    deployed(&rehearsed, "v2.4.1", "success");
    assert_eq!(workspace.know().await.unwrap().news_since(&otherwise), [], "they agree again");
}

/// A deployment to production that leaves the service as it is.
fn deployed(rehearsed: &Rehearsed, tag: &str, state: &'static str) {
    rehearsed.pass(jiff::SignedDuration::from_secs(1));
    let tag = tag.to_owned();
    let add = move |known: &mut lastgood_rehearsal::state::State, now: jiff::Timestamp| {
        let id = 9_500_000_000 + u64::try_from(known.deployments.len()).unwrap() * 10;
        known.deployments.push(deployment(id, tag, state, now));
    };
    rehearsed.server().change(add).unwrap();
}

fn deployment(id: u64, tag: String, state: &str, at: jiff::Timestamp) -> Deployment {
    let status = Status {
        id: id + 1,
        state: state.to_owned(),
        creator: "platform-lead".to_owned(),
        description: String::new(),
        at,
        log: Link::None,
        place: Link::None,
    };
    Deployment {
        id,
        git_ref: tag,
        sha: "0".repeat(40),
        task: "deploy".to_owned(),
        environment: "production".to_owned(),
        creator: "platform-lead".to_owned(),
        payload: json!({}),
        description: None,
        transient: false,
        production: true,
        created_at: at,
        statuses: vec![status],
    }
}
