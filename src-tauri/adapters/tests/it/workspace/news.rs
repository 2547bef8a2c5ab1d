//! What a look shows that the one before did not.

use lastgood_adapters::workspace::{Told, Workspace};
use lastgood_core::ports::world::About;
use lastgood_rehearsal::state::Sickness;
use lastgood_rehearsal::state::deployment::Deployment;
use lastgood_rehearsal::{Fault, When};

use super::audience::opened;
use crate::rehearsed::{Rehearsed, preview, status};

#[tokio::test]
async fn a_release_that_begins_to_fail_is_told_once() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let sick = rehearsed.server().state().sicknesses;
    rehearsed.server().change(|state, _| state.sicknesses.clear()).unwrap();
    let mut told = Told::default();
    assert_eq!(workspace.know().await.unwrap().news(&mut told), []);
    let ill = |state: &mut lastgood_rehearsal::state::State, sicknesses: Vec<Sickness>| state.sicknesses = sicknesses;
    rehearsed.server().change(|state, _| ill(state, sick)).unwrap();
    let news = workspace.know().await.unwrap().news(&mut told);
    assert_eq!(news.len(), 1, "{news:?}");
    assert_eq!(news[0].title, "production is failing");
    assert_eq!(news[0].body, "v2.4.1: health 503. Last good is v2.4.0.");
    assert!(news[0].urgent && news[0].about == About::Timeline);
    assert_eq!(workspace.know().await.unwrap().news(&mut told), []);
}

#[tokio::test]
async fn a_run_that_begins_to_wait_is_told_with_who_started_it() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["on-call".to_owned()]).unwrap();
    let workspace = opened(&rehearsed);
    let mut told = looked(&workspace).await;
    rehearsed.dispatch().await;
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    let news = workspace.know().await.unwrap().news(&mut told);
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].title.ends_with("waits for an approval") && news[0].body.contains("platform-lead"), "{news:?}");
    assert_eq!(workspace.know().await.unwrap().news(&mut told), []);
}

#[tokio::test]
async fn a_token_that_expired_is_told_and_a_network_that_is_gone_is_not() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let mut told = looked(&workspace).await;
    rehearsed.arm(Fault::once("/environments", status(502, &[], When::BeforeEffect)));
    assert_eq!(workspace.know().await.unwrap().news(&mut told), []);
    rehearsed.arm(Fault::once("/environments", status(401, &[], When::BeforeEffect)));
    let news = workspace.know().await.unwrap().news(&mut told);
    assert_eq!(news.len(), 1);
    assert!(news[0].title.contains("token") && news[0].about == About::Settings, "{news:?}");
}

#[tokio::test]
async fn what_is_failing_already_is_told_at_the_first_look() {
    let rehearsed = Rehearsed::start().await;
    let mut told = Told::default();
    let news = opened(&rehearsed).know().await.unwrap().news(&mut told);
    assert_eq!(news.iter().map(|alert| alert.title.as_str()).collect::<Vec<_>>(), ["production is failing"]);
}

#[tokio::test]
async fn what_was_told_is_not_told_again_by_the_next_process() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["on-call".to_owned()]).unwrap();
    rehearsed.dispatch().await;
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    let first = opened(&rehearsed);
    let mut told = Told::default();
    let known = first.know().await.unwrap();
    assert_eq!(known.news(&mut told).len(), 2, "it fails, and a run waits");
    first.note_health(&known).await.unwrap();
    let mut kept = next_process(&told);
    assert_eq!(opened(&rehearsed).know().await.unwrap().news(&mut kept), []);
    assert_eq!(next_process(&kept), next_process(&told));
}

#[tokio::test]
async fn what_turned_since_it_was_told_is_told_again() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let told = looked(&workspace).await;
    let sick = rehearsed.server().state().sicknesses;
    rehearsed.server().change(|state, _| state.sicknesses.clear()).unwrap();
    workspace.note_health(&workspace.know().await.unwrap()).await.unwrap();
    rehearsed.server().change(|state, _| state.sicknesses = sick).unwrap();
    let titles = |told: &Told| {
        let (workspace, mut told) = (opened(&rehearsed), next_process(told));
        async move {
            let news = workspace.know().await.unwrap().news(&mut told);
            news.into_iter().map(|alert| alert.title).collect::<Vec<_>>()
        }
    };
    assert_eq!(titles(&told).await, ["production is failing"], "it was well in between");

    let told = looked(&workspace).await;
    assert_eq!(titles(&told).await, [""; 0]);
    let also = Sickness { version: "v2.4.0".to_owned(), ..rehearsed.server().state().sicknesses[0].clone() };
    rehearsed.server().change(|state, _| state.sicknesses.push(also)).unwrap();
    rehearsed.dispatch().await;
    rehearsed.pass(jiff::SignedDuration::from_mins(20));
    let told_anew = titles(&told).await;
    assert_eq!(rehearsed.server().live("production").unwrap().tag, "v2.4.0");
    assert!(told_anew.contains(&"production is failing".to_owned()), "the next release fails as well: {told_anew:?}");
}

#[tokio::test]
async fn a_run_that_began_to_wait_during_an_outage_is_told_behind_it() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["on-call".to_owned()]).unwrap();
    let workspace = opened(&rehearsed);
    let mut told = looked(&workspace).await;
    rehearsed.dispatch().await;
    rehearsed.pass(jiff::SignedDuration::from_secs(30));
    rehearsed.arm(Fault::once("/environments", status(502, &[], When::BeforeEffect)));
    assert_eq!(workspace.know().await.unwrap().news(&mut told), [], "GitHub does not answer");
    let news = workspace.know().await.unwrap().news(&mut told);
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].title.ends_with("waits for an approval"), "{news:?}");
}

/// What lies in the file is all that it knows.
fn next_process(told: &Told) -> Told {
    serde_json::from_str(&serde_json::to_string(told).unwrap()).unwrap()
}

async fn looked(workspace: &Workspace) -> Told {
    let mut told = Told::default();
    workspace.know().await.unwrap().news(&mut told);
    told
}

#[tokio::test]
async fn a_service_that_runs_something_else_than_was_deployed_is_told_once_for_each_change() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    let mut told = looked(&workspace).await;
    deployed(&rehearsed, "v2.3.1", "in_progress");
    assert_eq!(workspace.know().await.unwrap().news(&mut told), [], "a deployment under way may differ");
    deployed(&rehearsed, "v2.3.1", "success");
    let news = workspace.know().await.unwrap().news(&mut told);
    assert_eq!(news.len(), 1, "{news:?}");
    assert_eq!(news[0].title, "production runs something else than was deployed");
    assert_eq!(news[0].body, "The service answers v2.4.1, the newest deployment is v2.3.1.");
    assert!(news[0].urgent);
    assert_eq!(workspace.know().await.unwrap().news(&mut told), [], "it was told");

    deployed(&rehearsed, "v2.3.0", "success");
    assert_eq!(workspace.know().await.unwrap().news(&mut told).len(), 1, "it differs in another way");
    deployed(&rehearsed, "v2.4.1", "success");
    assert_eq!(workspace.know().await.unwrap().news(&mut told), [], "they agree again");
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
    let (environment, production, transient) = ("production".to_owned(), true, false);
    Deployment { id, git_ref: tag, environment, production, transient, ..preview(0, at, state) }
}
