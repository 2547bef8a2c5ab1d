//! A repository is opened, armed and rolled back, and the window hears of all of it.

use crate::kit::{Stage, step};

#[tokio::test(flavor = "multi_thread")]
async fn an_armed_repository_is_rolled_back_and_the_inbox_keeps_it() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let repository = window.told("the repository", "repository", |_| true).await;
    assert_eq!(repository["repository"]["name"], "connectias");

    window.roll_back().await;
    let counting = window.rollback("the countdown", |rollback| rollback["canUndo"] == true).await;
    assert_eq!(counting["drivenHere"], true);
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!(ended["phase"], "succeeded", "{ended:#}");
    assert!(step(&ended, "close", "succeeded"));
    assert_eq!((ended["driver"].is_null(), ended["elsewhere"].is_null()), (true, true));
    assert_eq!(stage.dispatches(), 1);
    assert_eq!(stage.server().live("production").unwrap().tag, "v2.4.0");

    let inbox = window.told("the inbox", "inbox", |inbox| inbox["items"][0]["title"] == "production is back on v2.4.0");
    assert_eq!(inbox.await["items"][0]["read"], false);
    assert!(window.alerts().contains(&"production is back on v2.4.0".to_owned()), "{:?}", window.alerts());
    assert!(window.title().starts_with('('), "unread items are counted in the title: {}", window.title());
    window.host.read_inbox().await.unwrap();
    window.told("a read inbox", "inbox", |inbox| inbox["items"][0]["read"] == true).await;
}
