//! Rights and files of releases, as the rehearsal's GitHub tells them.

use lastgood_core::ports::Readiness;

use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn a_token_that_may_write_says_so_with_its_scopes() {
    let rehearsed = Rehearsed::start().await;
    let rights = rehearsed.github().rights().await.unwrap();
    assert!(rights.push && !rights.archived && rights.private);
    assert_eq!(rights.scopes.unwrap(), ["read:org", "repo", "workflow"]);
    rehearsed.server().change(|state, _| state.access = lastgood_rehearsal::state::Access::Read).unwrap();
    assert!(!rehearsed.github().rights().await.unwrap().push);
}

#[tokio::test]
async fn a_tag_without_a_release_has_no_files_and_is_no_trouble() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    assert!(github.assets(&"v2.4.0".into()).await.unwrap().is_some());
    assert_eq!(github.assets(&"v0.0.0".into()).await.unwrap(), None);
}

#[tokio::test]
async fn asking_again_what_the_account_may_do_costs_no_call() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let first = github.rights().await.unwrap();
    let left = github.calls_left();
    for _ in 0..3 {
        assert_eq!(github.rights().await.unwrap(), first);
    }
    assert_eq!((github.calls_left(), rehearsed.sent("GET").len()), (left, 4));
    // Another token may do something else: what was known of the first one is forgotten.
    github.renew(&rehearsed.token()).unwrap();
    github.rights().await.unwrap();
    let asked = rehearsed.sent("GET").pop().unwrap().headers;
    assert!(!asked.iter().any(|(name, _)| name == "if-none-match"), "{asked:?}");
}
