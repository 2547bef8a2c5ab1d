//! Who drives a rollback: what breaks off is said and gone on with, and what another process left is taken up.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use lastgood_adapters::desk::desk;
use lastgood_adapters::workspace::{Audience, Workspace};
use lastgood_core::journal::Fact;
use lastgood_core::planning::Wish;
use lastgood_core::ports::world::{Alert, Request};
use lastgood_core::ports::{Desktop, Watcher};
use lastgood_core::rollback::Rollback;
use lastgood_core::rollback::event::Choice;
use lastgood_core::rollback::plan::Plan;
use lastgood_desktop::controller::Wanted;
use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::{Value, json};

use crate::kit::{Stage, step};

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_takes_nothing_more_is_said_and_gone_on_with() {
    let stage = Stage::at_speed(2.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let id = window.roll_back().await;
    window.rollback("the run", |rollback| step(rollback, "follow", "running")).await;
    stage.fill_disk();

    let broken = window.rollback("the trouble", |rollback| rollback["driver"]["kind"] == "broken").await;
    assert!(broken["driver"]["sentence"].as_str().unwrap().contains("disk is full"), "{broken:#}");
    assert_eq!((&broken["drivenHere"], &broken["canStop"]), (&Value::Bool(false), &Value::Bool(false)));
    let inbox = window.told("the inbox", "inbox", |inbox| still(inbox).is_some()).await;
    assert_eq!(still(&inbox).unwrap()["place"], json!({ "name": "rollback", "id": id.as_str() }));
    let refused = window.host.ask(id.clone(), Request::StopAfterThisStep).await.unwrap_err();
    assert_eq!(refused.message, "This rollback is not driven from this window.");

    stage.make_room();
    window.host.take_up(id).await.unwrap();
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!(ended["phase"], "succeeded", "{ended:#}");
    assert_eq!(stage.dispatches(), 1);
    let called = window.alerts().iter().filter(|title| title.contains("stands still")).count();
    assert_eq!(called, 1, "a person is called once for one trouble");
    window.told("an inbox without it", "inbox", |inbox| still(inbox).is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_drives_is_shown_as_such_and_taken_up_when_that_ends() {
    let stage = Stage::at_speed(1.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;

    let another = stage.another();
    let plan = plan(&another).await;
    let drive = another.begin(plan, nobody()).await.unwrap();
    let id = drive.rollback().id.clone();
    let driven = tokio::spawn(drive.to_the_end());
    let shown = window.rollback("another's rollback", |rollback| rollback["driver"]["kind"] == "another").await;
    assert!(shown["driver"]["sentence"].as_str().unwrap().contains("driven by another Lastgood"), "{shown:#}");
    assert_eq!(shown["canStop"], false);
    window.rollback("its run", |rollback| step(rollback, "follow", "running")).await;

    driven.abort();
    assert!(driven.await.unwrap_err().is_cancelled());
    window.rollback("it is driven here", |rollback| rollback["drivenHere"] == true).await;
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!((ended["id"].as_str(), ended["phase"].as_str()), (Some(id.as_str()), Some("succeeded")), "{ended:#}");
    assert_eq!(stage.dispatches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_drives_is_shown_to_its_end() {
    let stage = Stage::at_speed(2.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let another = stage.another();
    let drive = another.begin(plan(&another).await, nobody()).await.unwrap();
    drive.to_the_end().await.unwrap();
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!((ended["phase"].as_str(), ended["driver"].is_null()), (Some("succeeded"), true), "{ended:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_stays_within_reach_when_another_repository_is_opened_in_the_countdown() {
    let stage = Stage::at_speed(1.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let id = window.roll_back().await;
    window.host.open(Wanted::Folder(stage.other_repository())).await.unwrap();

    let elsewhere = window.told("what goes on elsewhere", "elsewhere", |told| told["rollbacks"][0]["canUndo"] == true);
    assert_eq!(elsewhere.await["rollbacks"][0]["repository"], "acme/connectias");
    window.host.ask(id.clone(), Request::Undo).await.unwrap();
    window.told("nothing goes on elsewhere", "elsewhere", |told| told["rollbacks"][0].is_null()).await;
    let view = serde_json::to_value(window.host.rollback(id).await.unwrap()).unwrap();
    assert_eq!((view["phase"].as_str(), view["elsewhere"].is_null()), (Some("aborted"), false), "{view:#}");
    assert_eq!(stage.dispatches(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_for_days_asks_before_it_goes_on() {
    let stage = Stage::at_speed(2.0).await;
    let another = stage.another();
    let plan = plan(&another).await;
    let begun = plan.started.checked_sub(SignedDuration::from_hours(72)).unwrap();
    let drive = another.begin(Plan { started: begun, undo_until: begun, ..plan }, nobody()).await.unwrap();
    let id = drive.rollback().id.clone();
    drop(drive);

    let window = stage.window(&stage.clone_folder());
    let asked = window.rollback("the question", |rollback| rollback["phase"] == "inconclusive").await;
    let choices = asked["choices"].as_array().unwrap();
    let titles: Vec<&str> = choices.iter().filter_map(|choice| choice["title"].as_str()).collect();
    assert_eq!((titles, &asked["standsStill"]), (vec!["Go on", "Give up"], &Value::Bool(true)), "{asked:#}");
    let sentence = "Rollback to v2.4.0 stood still: it was begun 3 d ago, and nothing was sent yet.";
    assert!(window.alerts().iter().any(|title| title == sentence), "{:?}", window.alerts());
    assert_eq!(stage.dispatches(), 0);

    window.host.ask(id, Request::Choose(Choice::LookAgain)).await.unwrap();
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!((ended["phase"].as_str(), stage.dispatches()), (Some("succeeded"), 1), "{ended:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_waits_for_githubs_limit_says_so_itself() {
    let stage = Stage::at_speed(2.0).await;
    let headers = [("retry-after".to_owned(), "3".to_owned())].into();
    let limit = FaultKind::Status { code: 429, body: None, headers, when: When::BeforeEffect };
    stage.server().arm(Fault::once("/dispatches", limit));
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    window.roll_back().await;
    let waits = |rollback: &Value| sentence(rollback, "dispatch").starts_with("GitHub asks for fewer calls");
    let waiting = window.rollback("the wait on its step", waits).await;
    assert_eq!((step(&waiting, "dispatch", "running"), &waiting["proved"]), (true, &Value::Bool(false)), "{waiting:#}");
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!((&ended["phase"], &ended["proved"]), (&json!("succeeded"), &json!(true)), "{ended:#}");
}

fn sentence(rollback: &Value, name: &str) -> String {
    let step = rollback["steps"].as_array().into_iter().flatten().find(|step| step["name"] == name);
    step.and_then(|step| step["sentence"].as_str()).unwrap_or_default().to_owned()
}

/// The note that a rollback stands still.
fn still(inbox: &Value) -> Option<&Value> {
    let mut items = inbox["items"].as_array().into_iter().flatten();
    items.find(|item| item["title"] == "The rollback of production stands still")
}

async fn plan(workspace: &Workspace) -> Plan {
    let known = workspace.know().await.unwrap();
    let wish = Wish {
        to: None,
        reason: "checkout fails".to_owned(),
        who: "@platform-lead".to_owned(),
        countdown: SignedDuration::ZERO,
        rehearsal: true,
    };
    workspace.plan("production", wish, &known).unwrap()
}

/// Nobody looks on.
fn nobody() -> Audience {
    let (desk, _) = desk();
    Audience { desktop: Arc::new(Nobody), person: Arc::new(desk), watcher: Arc::new(Nobody) }
}

struct Nobody;

#[async_trait]
impl Desktop for Nobody {
    async fn alert(&self, _: &Alert) {}
}

impl Watcher for Nobody {
    fn saw(&self, _: &Fact, _: &Rollback) {}
}
