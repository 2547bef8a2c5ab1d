//! The run of a rollback waits, and is approved from the window.

use lastgood_core::rollback::event::RunOrder;
use lastgood_desktop::controller::Word;

use crate::kit::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_is_approved_from_the_window_with_one_request() {
    let stage = Stage::at_speed(20.0).await;
    let named = |state: &mut lastgood_rehearsal::state::State| {
        state.environments[0].reviewers = vec!["platform-lead".to_owned()];
    };
    stage.server().change(|state, _| named(state)).unwrap();
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let id = window.roll_back().await;
    window.rollback("the waiting run", |rollback| rollback["phase"] == "waiting").await;

    let pending = window.host.approvals(id.clone()).await.unwrap();
    assert_eq!((pending[0].reviewers.as_slice(), pending[0].can_approve), (&["platform-lead".to_owned()][..], true));
    let word = Word {
        order: RunOrder::Approve,
        environment: Some(pending[0].environment.clone()),
        comment: "checkout fails".to_owned(),
    };
    window.host.order(id, word).await.unwrap();
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!(ended["phase"], "succeeded", "{ended:#}");
    assert_eq!((stage.dispatches(), stage.posts("/pending_deployments")), (1, 1));
}
