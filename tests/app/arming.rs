//! The button is armed, and armed no more when that is not true any longer.

use lastgood_adapters::workspace::HoldWish;
use lastgood_core::ids::EnvironmentName;
use serde_json::Value;

use crate::kit::{Stage, Window, production};

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_another_process_takes_is_seen_and_lifting_it_arms_again() {
    let stage = Stage::at_speed(1.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let another = stage.another();
    let wish = HoldWish {
        environment: EnvironmentName::new("production"),
        owner: "@on-call-lead".to_owned(),
        reason: "migrating the database".to_owned(),
        hours: None,
    };
    another.take_hold(wish).await.unwrap();
    let blocked = arming(&window, "the hold in the way", |arming| arming["state"] == "blocked").await;
    assert_eq!(blocked["sentence"], "@on-call-lead holds it: migrating the database");
    assert!(blocked["checkedAt"].is_string(), "{blocked:#}");
    another.lift_hold(&EnvironmentName::new("production"), "@on-call-lead", "Done").await.unwrap();
    window.armed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_settings_file_is_read_and_checked_without_opening_the_repository_again() {
    let stage = Stage::at_speed(1.0).await;
    let file = stage.clone_folder().join("lastgood.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    std::fs::write(&file, format!("{text}\n[checks.target.artifact]\npolicy = \"block\"\nassets = [\"*.nowhere\"]\n"))
        .unwrap();
    let blocked = arming(&window, "the new check", |arming| arming["state"] == "blocked").await;
    let checks = blocked["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["code"] == "target.artifact"), "{blocked:#}");

    std::fs::write(&file, "[checks").unwrap();
    window.told("the mistake", "inbox", |inbox| inbox["items"][0]["title"].as_str().is_some_and(is_mistake)).await;
    std::fs::write(&file, text).unwrap();
    window.armed().await;
}

fn is_mistake(title: &str) -> bool {
    title.starts_with("lastgood.toml")
}

async fn arming(window: &Window, what: &str, looks: impl Fn(&Value) -> bool) -> Value {
    let told = window.told(what, "overview", |notice| production(notice).is_some_and(|one| looks(&one["arming"])));
    production(&told.await).unwrap()["arming"].clone()
}
