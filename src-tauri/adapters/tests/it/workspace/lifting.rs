//! A person lifts a hold while a rollback takes it over.

use lastgood_core::error::Code;
use lastgood_core::hold::change::{self, Change};
use lastgood_core::hold::record::HoldRecord;
use lastgood_core::ports::Clock;
use lastgood_core::rollback::Outcome;

use super::audience::{audience, opened, plan};
use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn the_hold_that_a_rollback_has_just_taken_is_not_lifted_though_nothing_tells_of_it_yet() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    let id = drive.rollback().id.clone();
    // Its process ends between the remote's yes and the fact.
    drop(drive);
    let since = lastgood_adapters::clock::SystemClock.now();
    let hold = HoldRecord {
        environment: "production".into(),
        owner: "@platform-lead".to_owned(),
        reason: "Checkout fails".to_owned(),
        since,
        expires: HoldRecord::expiry(since, 24),
        rollback: Some(id.clone()),
        over: None,
    };
    assert!(matches!(change::take(&**workspace.repository(), &hold, |_| false).await, Change::Done(_)));

    let trouble = workspace.lift_hold(&"production".into(), "@platform-lead", "Done").await.unwrap_err();
    assert_eq!((trouble.code, trouble.hint.as_str()), (Code::AlreadyRunning, "Stop the rollback first."));
    let rollback = workspace.resume(&id, audience().0).await.unwrap().to_the_end().await.unwrap();
    assert_eq!(rollback.end.unwrap().outcome, Outcome::Succeeded);
    assert_eq!(workspace.lift_hold(&"production".into(), "@platform-lead", "Done").await, Ok(true));
    assert_eq!(workspace.rollbacks().await.unwrap().len(), 1, "all of it can be read");
}
