//! A rollout in the window: told as it goes, decided by a person, left alone by a second window.

use jiff::Timestamp;
use lastgood_adapters::workspace::Asked;
use lastgood_core::ids::RolloutId;
use lastgood_core::ports::Repository;
use lastgood_core::release::Release;
use lastgood_core::rollout::Choice;
use lastgood_core::rollout::plan::{Gate, RolloutPlan, StagePlan};
use serde_json::Value;

use crate::kit::{Stage, Window};

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_is_told_as_it_goes_and_goes_on_when_a_person_opens_its_gate() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let id = begin(&stage, &window, &[("staging", 1, Gate::Person)]).await;
    let deploying = rollout(&window, "the deploy", |rollout| phase(rollout) == "deploying").await;
    assert_eq!(deploying["driven"], true);
    window.rollback("the stage's own drive", |rollback| rollback["to"] == TAG && rollback["drivenHere"] == true).await;
    rollout(&window, "the watch", |rollout| rollout["stages"][0]["watchedSeconds"].is_number()).await;
    let waits = rollout(&window, "the gate", |rollout| rollout["needsPerson"] == true).await;
    assert_eq!(waits["choices"], serde_json::json!(["go", "again", "roll_back", "stop"]));

    window.host.ask_rollout(id, Some(asked(Choice::Go))).await.unwrap();
    let ended = rollout(&window, "the end", |rollout| !rollout["endedAt"].is_null()).await;
    assert_eq!(ended["outcome"], "succeeded", "{ended:#}");
    assert_eq!(stage.dispatches(), 1);
    assert!(window.alerts().iter().any(|title| title.contains("a person opens the gate")), "{:?}", window.alerts());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_window_shows_the_rollout_of_the_first_and_leaves_it_alone() {
    let stage = Stage::at_speed(20.0).await;
    let first = stage.window(&stage.clone_folder());
    first.armed().await;
    let id = begin(&stage, &first, &[("staging", 600, Gate::Automatic)]).await;
    rollout(&first, "the watch", |rollout| phase(rollout) == "soaking").await;

    // While the first one drives it, another only shows it.
    let second = stage.window(&stage.clone_folder());
    let shown = rollout(&second, "the foreign rollout", |rollout| rollout["id"] == id.as_str()).await;
    assert_eq!(shown["driven"], false);
    let refused = second.host.ask_rollout(id.clone(), Some(asked(Choice::Stop))).await.unwrap_err();
    assert!(refused.message.contains("another Lastgood"), "{refused}");

    first.host.ask_rollout(id.clone(), Some(asked(Choice::Stop))).await.unwrap();
    let ended = rollout(&second, "the end", |rollout| !rollout["endedAt"].is_null()).await;
    assert_eq!(ended["outcome"], "stopped");
    assert_eq!(stage.dispatches(), 1);
}

/// Staging had it once; production went back from it.
const TAG: &str = "v2.4.1";

async fn begin(stage: &Stage, window: &Window, stages: &[(&str, u32, Gate)]) -> RolloutId {
    let releases = stage.another().repository().releases().await.unwrap();
    let release: &Release = releases.iter().find(|release| release.tag.as_str() == TAG).unwrap();
    let plan = RolloutPlan {
        tag: release.tag.clone(),
        object: release.object.clone(),
        commit: release.commit().unwrap().clone(),
        bad: None,
        rollback: None,
        fix: None,
        reason: "It was not to blame".to_owned(),
        who: stage.another().account().await.unwrap(),
        started: Timestamp::now(),
        stages: stages
            .iter()
            .map(|(name, soak_seconds, gate)| StagePlan {
                environment: (*name).into(),
                soak_seconds: *soak_seconds,
                gate: *gate,
            })
            .collect(),
        lifts: Vec::new(),
        rehearsal: true,
    };
    RolloutId::new(window.host.start_rollout(plan).await.unwrap().id)
}

async fn rollout(window: &Window, what: &str, looks: impl Fn(&Value) -> bool) -> Value {
    window.told(what, "rollout", |notice| looks(&notice["rollout"])).await["rollout"].clone()
}

fn phase(rollout: &Value) -> &str {
    rollout["stages"][0]["phase"].as_str().unwrap_or_default()
}

fn asked(choice: Choice) -> Asked {
    Asked { choice, by: "@release-manager".to_owned(), reason: "Seen enough".to_owned() }
}
