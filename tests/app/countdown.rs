//! The countdown is a person's choice, and stays chosen.

use lastgood_desktop::ipc::settings::Countdown;

use crate::kit::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_countdown_a_rollback_goes_ahead_at_once_and_the_choice_stays() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    assert_eq!(window.host.startup().await.unwrap().undo_seconds, 5);
    let settings = window.host.choose_countdown(Countdown::None).await.unwrap();
    assert_eq!(settings.countdown, Countdown::None);
    window.told("the choice", "settings", |told| told["settings"]["countdown"] == "none").await;

    window.roll_back().await;
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!((ended["phase"].as_str(), ended["undoUntil"].is_null()), (Some("succeeded"), true), "{ended:#}");

    let again = stage.window(&stage.clone_folder());
    let startup = again.host.startup().await.unwrap();
    assert_eq!((startup.undo_seconds, startup.ask_first), (0, false));
    again.host.choose_countdown(Countdown::Ask).await.unwrap();
    assert!(again.host.startup().await.unwrap().ask_first);
}
