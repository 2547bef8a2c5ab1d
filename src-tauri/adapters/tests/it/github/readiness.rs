//! Rights, runs under way, gates and files of releases, as the rehearsal's GitHub tells them.

use lastgood_core::ports::Readiness;

use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn a_token_that_may_write_says_so_with_its_scopes() {
    let rehearsed = Rehearsed::start().await;
    let rights = rehearsed.github().rights().await.unwrap();
    assert!(rights.push && !rights.archived && rights.private);
    assert_eq!(rights.scopes.unwrap(), ["repo", "workflow"]);
    rehearsed.server().change(|state, _| state.access = lastgood_rehearsal::state::Access::Read).unwrap();
    assert!(!rehearsed.github().rights().await.unwrap().push);
}

#[tokio::test]
async fn a_run_that_is_not_over_is_under_way() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    assert_eq!(github.under_way("deploy.yml").await.unwrap(), []);
    rehearsed.dispatch().await;
    let found = github.under_way("deploy.yml").await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_ne!(found[0].status, "completed");
    assert_eq!(github.under_way("nowhere.yml").await.unwrap(), []);
}

#[tokio::test]
async fn an_environment_without_rules_and_a_tag_without_a_release_are_no_trouble() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    github.gates(&"production".into()).await.unwrap();
    assert_eq!(github.gates(&"nowhere".into()).await.unwrap(), Default::default());
    assert!(github.assets(&"v2.4.0".into()).await.unwrap().is_some());
    assert_eq!(github.assets(&"v0.0.0".into()).await.unwrap(), None);
}
