//! The button is armed, and armed no more when that is not true any longer.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::workspace::HoldWish;
use lastgood_core::ids::EnvironmentName;
use lastgood_rehearsal::state::State;
use lastgood_rehearsal::state::run::Run;
use serde_json::Value;

use crate::kit::{Stage, Window, git, production};

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
    assert_eq!(blocked["hint"], "Ask @on-call-lead to lift it, or break it with a reason.");
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

/// Long before an arming grows old and is asked anew by itself.
const SOON: SignedDuration = SignedDuration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_a_deployment_a_run_and_a_probe_that_change_are_seen_and_the_target_is_checked_again() {
    let stage = Stage::at_speed(1.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let tagged = || git(&stage.clone_folder(), &["tag", "v2.2.9", "v2.3.0"]);
    let deployed = || stage.server().change(|state, now| state.runs.push(again(state, now, "production"))).unwrap();
    // Somewhere else, so that it is no deployment of this environment.
    let waits = || stage.server().change(|state, now| state.runs.push(waiting(state, now, "staging"))).unwrap();
    let healthy = || stage.server().change(|state, _| state.sicknesses.clear()).unwrap();
    let changes: [(&str, &dyn Fn()); 4] =
        [("a tag", &tagged), ("a deployment", &deployed), ("a run", &waits), ("the probe", &healthy)];
    for (what, change) in changes {
        let before = checked_at(&production(&window.newest("overview").unwrap()).unwrap()["arming"]).unwrap();
        change();
        let arming = arming(&window, what, |arming| checked_at(arming).is_some_and(|at| at > before)).await;
        assert!(checked_at(&arming).unwrap().duration_since(before) < SOON, "{what}: {arming:#}");
    }
}

/// Somebody deploys once more what was deployed there last.
fn again(state: &State, now: Timestamp, environment: &str) -> Run {
    let is_there = |run: &&Run| run.inputs.get("environment").is_some_and(|name| name == environment);
    let mut run = state.runs.iter().rfind(is_there).unwrap().clone();
    let newest = |number: fn(&Run) -> u64| state.runs.iter().map(number).max().unwrap();
    run.id = newest(|run| run.id) + 1_000_000;
    run.number = newest(|run| run.number) + 1;
    run.attempts.truncate(1);
    // It is over by now.
    run.attempts[0].created_at = now - SignedDuration::from_mins(20);
    // Jobs, checks and the deployment are numbered from here.
    run.attempts[0].first_id = newest(|run| run.attempts[0].first_id) + 1_000_000;
    run
}

/// The same, until somebody approves it.
fn waiting(state: &State, now: Timestamp, environment: &str) -> Run {
    let mut run = again(state, now, environment);
    run.attempts[0].plan.wait_for_approval();
    run.attempts[0].reviews.clear();
    run
}

fn checked_at(arming: &Value) -> Option<Timestamp> {
    arming["checkedAt"].as_str()?.parse().ok()
}

fn is_mistake(title: &str) -> bool {
    title.starts_with("lastgood.toml")
}

async fn arming(window: &Window, what: &str, looks: impl Fn(&Value) -> bool) -> Value {
    let told = window.told(what, "overview", |notice| production(notice).is_some_and(|one| looks(&one["arming"])));
    production(&told.await).unwrap()["arming"].clone()
}
