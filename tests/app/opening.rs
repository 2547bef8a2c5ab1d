//! A repository is opened, armed and rolled back, and the window hears of all of it.

use lastgood_rehearsal::{Fault, FaultKind, Fill};

use crate::kit::{LIMIT, Stage, production, step};

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

#[tokio::test(flavor = "multi_thread")]
async fn of_thousands_of_releases_the_first_page_is_on_the_screen_before_the_rest_has_come() {
    let stage = Stage::at_speed(20.0).await;
    stage.server().fill(Fill { releases: 3_000, ..Fill::default() }).unwrap();
    // No page behind the first answer comes while this test lasts.
    let milliseconds = u64::try_from(LIMIT.as_millis()).unwrap() * 2;
    stage.server().arm(Fault::once("/releases?", FaultKind::Delay { milliseconds }).for_ever());
    let window = stage.window(&stage.clone_folder());
    let live = |told: &serde_json::Value| production(told).is_some_and(|one| one["live"]["tag"] == "v2.4.1");
    let first = window.told("the first look", "overview", live).await;
    assert_eq!(production(&first).unwrap()["lastGood"]["tag"], "v2.4.0");
    assert!(window.count("releases") > 1, "the list hears of GitHub's first page");
    let rows = window.host.releases().await.unwrap();
    assert!(rows.iter().any(|row| row.tag == "v2.4.1" && row.github.is_some()), "{rows:#?}");
    let requests = stage.server().requests();
    let answered = requests.iter().filter(|one| one.path_and_query.contains("/releases?") && one.status.is_some());
    assert_eq!(answered.count(), 0, "the rest is still to come");
}
