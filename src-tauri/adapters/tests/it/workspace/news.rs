//! What a look shows that the one before did not.

use lastgood_rehearsal::state::Sickness;
use lastgood_rehearsal::{Fault, When};

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
