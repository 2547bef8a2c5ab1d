//! What the window knows of what is live: kept while GitHub tells nothing, corrected by a person, told in the title.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::ids::{EnvironmentName, TagName};
use lastgood_core::incident::Audience;
use lastgood_core::incident::event::Opening;
use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::Value;

use crate::kit::{Stage, opening, production};

#[tokio::test(flavor = "multi_thread")]
async fn one_failed_look_wipes_nothing_and_a_start_without_github_shows_what_was_known() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let fault = FaultKind::Status { code: 502, body: None, headers: [].into(), when: When::BeforeEffect };
    stage.server().arm(Fault::once("/environments", fault).for_ever());
    window.host.refresh();
    let failed = window.told("a look that failed", "overview", |told| !told["overview"]["github"]["knownAt"].is_null());
    whole(&failed.await);
    drop(window);

    let later = stage.window(&stage.clone_folder());
    let first = later.told("what was known", "overview", |told| !told["overview"]["github"]["knownAt"].is_null());
    whole(&first.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_calls_a_release_good_and_the_window_hears_of_it_at_once() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let (name, tag) = (EnvironmentName::new("production"), TagName::new("v2.3.0"));
    window.host.mark_good(name.clone(), tag.clone(), "It served the sale".to_owned(), true).await.unwrap();
    let marked = |told: &Value| production(told).is_some_and(|one| one["markedGood"][0]["tag"] == "v2.3.0");
    let told = window.told("the mark", "overview", marked).await;
    let words = production(&told).unwrap()["markedGood"][0]["words"].as_str().unwrap().to_owned();
    assert_eq!(words, "marked good by @platform-lead: It served the sale");
    window.host.mark_good(name, tag, "I was wrong".to_owned(), false).await.unwrap();
    let gone =
        |told: &Value| production(told).is_some_and(|one| one["markedGood"].as_array().is_some_and(Vec::is_empty));
    window.told("no mark", "overview", gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_builds_of_releases_and_since_when_health_fails_reach_the_window() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    let built = window.told("the builds", "overview", |told| told["overview"]["ci"][0]["tag"].is_string()).await;
    let state = built["overview"]["ci"][0]["state"].as_str().unwrap();
    assert!(["passed", "failed", "running"].contains(&state), "{state}");
    window
        .told("since when health fails", "overview", |told| {
            production(told).is_some_and(|one| one["live"]["health"]["since"].is_string())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_and_the_tray_name_the_repository_what_is_unread_and_the_next_update() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    // What failed already was told at the first look.
    window.titled("the repository's name", |title| title == "(1) connectias (rehearsal) – Lastgood").await;
    window.host.read_inbox().await.unwrap();
    window.titled("nothing unread", |title| title == "connectias (rehearsal) – Lastgood").await;
    assert_eq!(window.tray(), (0, None));
    let telling = stage.another().telling().unwrap();
    telling.open(incident()).await.unwrap();
    window.titled("the clock", |title| title.contains(" (rehearsal) · next update in ")).await;
    assert!(window.tray().1.unwrap().starts_with("next update in "));

    window.roll_back().await;
    window.titled("what is unread", |title| title.starts_with('(') && title.ends_with(" – Lastgood")).await;
    assert!(window.tray().0 > 0);
    window.host.read_inbox().await.unwrap();
    window.titled("nothing unread", |title| title.starts_with("connectias")).await;
    assert_eq!(window.tray().0, 0);
}

/// The team hears more in a quarter of an hour.
fn incident() -> Opening {
    opening(BTreeMap::from([(Audience::Team, Timestamp::now() + SignedDuration::from_mins(15))]))
}

/// What is live and what was last good are there, and the lanes.
fn whole(told: &Value) {
    let production = production(told).unwrap();
    assert_eq!((&production["live"]["tag"], &production["lastGood"]["tag"]), (&"v2.4.1".into(), &"v2.4.0".into()));
    assert!(!production["lane"].as_array().unwrap().is_empty());
    assert_eq!(production["arming"]["state"], "unavailable");
}
