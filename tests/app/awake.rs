//! A computer that slept, or whose clock was set: it is said, nothing is armed any more, and all is asked anew.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use lastgood_adapters::clock;
use lastgood_core::awake::Reading;
use lastgood_desktop::controller::Clocks;
use serde_json::Value;

use crate::kit::{Stage, production};

/// How far the clocks run ahead of this machine's own: the one that people set, and the one that counts a sleep.
#[derive(Clone, Copy, Default)]
struct Ahead {
    wall: SignedDuration,
    boot: Duration,
}

const SLEEP: Duration = Duration::from_secs(2 * 3600);

/// The clocks are read one after the other, and a sentence leaves out what is less than a second.
const MARGIN: SignedDuration = SignedDuration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_slept_says_so_and_arms_nothing_before_all_was_asked_anew() {
    let wall = SignedDuration::try_from(SLEEP).unwrap();
    let slept = Ahead { wall, boot: SLEEP };
    gap(slept, "This computer slept for 2 h 0 min.", "being asked again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_is_said_and_nothing_is_armed_before_all_was_asked_anew() {
    let back = Ahead { wall: SignedDuration::from_hours(-1) - MARGIN, ..Ahead::default() };
    gap(back, "The clock of this computer was set back by 1 h 0 min.", "Check the clock").await;
    let ahead = Ahead { wall: SignedDuration::from_mins(10) + MARGIN, ..Ahead::default() };
    gap(ahead, "The clock of this computer was set forward by 10 min 0 s.", "Check the clock").await;
}

async fn gap(ahead: Ahead, sentence: &str, hint: &str) {
    let stage = Stage::at_speed(1.0).await;
    let (clocks, moved) = clocks();
    let window = stage.window_by(&stage.clone_folder(), clocks);
    window.armed().await;
    assert_eq!(window.count("gap"), 0, "time goes by as it does");
    let before = checked_at(&window.newest("overview").unwrap());

    *moved.lock().unwrap() = ahead;
    let told = window.told("the gap", "gap", |_| true).await["gap"].clone();
    assert_eq!(told["sentence"], sentence);
    assert!(told["hint"].as_str().unwrap().contains(hint), "{told}");
    window
        .told("an arming since then", "overview", |notice| state(notice) == "armed" && checked_at(notice) != before)
        .await;
    let since = window.since("gap");
    let overviews: Vec<&Value> = since.iter().filter(|notice| notice["kind"] == "overview").collect();
    assert_eq!(state(overviews[0]), "checking", "nothing is armed at first: {:#}", overviews[0]);
    assert_eq!(window.count("gap"), 1, "it is said once");
}

/// The clocks of this machine, and what moves them.
fn clocks() -> (Clocks, Arc<Mutex<Ahead>>) {
    let moved = Arc::new(Mutex::new(Ahead::default()));
    let read = Arc::clone(&moved);
    let clocks = move || {
        let (own, ahead) = (clock::reading(), *read.lock().unwrap());
        Reading { wall: own.wall + ahead.wall, boot: Some(own.steady + ahead.boot), ..own }
    };
    (Arc::new(clocks), moved)
}

fn state(overview: &Value) -> &str {
    production(overview).and_then(|production| production["arming"]["state"].as_str()).unwrap_or_default()
}

fn checked_at(overview: &Value) -> Option<String> {
    Some(production(overview)?["arming"]["checkedAt"].as_str()?.to_owned())
}
