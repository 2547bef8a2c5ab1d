//! What calls a person is in the inbox, whether or not anything showed it, and leads to what it is about.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::ids::{IncidentId, RollbackId};
use lastgood_core::incident::Audience;
use lastgood_core::incident::event::Opening;
use lastgood_core::ports::world::About;
use serde_json::{Value, json};

use crate::kit::{Stage, opening};

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_has_everything_that_called_a_person_once() {
    let stage = Stage::at_speed(20.0).await;
    let named = |state: &mut lastgood_rehearsal::state::State| {
        state.environments[0].reviewers = vec!["platform-lead".to_owned()];
    };
    stage.server().change(|state, _| named(state)).unwrap();
    let window = stage.window(&stage.clone_folder());
    window.told("what is failing already", "inbox", |notice| titles(notice).contains(&"production is failing")).await;
    window.armed().await;
    let id = window.roll_back().await;
    let waits = |notice: &Value| titles(notice).iter().any(|title| title.ends_with("waits for an approval"));
    let inbox = window.told("the run that waits", "inbox", waits).await;
    let place = json!({ "name": "rollback", "id": id.to_string() });
    let item = inbox["items"].as_array().unwrap().iter().find(|item| item["place"] == place);
    assert!(item.is_some_and(|item| item["read"] == false), "{inbox:#}");
    let run = stage.server().state().runs.last().unwrap().id;
    stage.server().change(|state, now| state.cancel(run, now)).unwrap();
    let ended = window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!(ended["phase"], "failed", "{ended:#}");
    let whole = |notice: &Value| window.alerts().iter().all(|alert| titles(notice).contains(&alert.as_str()));
    let inbox = window.told("every alert", "inbox", whole).await;
    let mut found = titles(&inbox);
    let all = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), all, "each once: {inbox:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_already_calls_a_person_at_the_first_start_and_not_at_the_next() {
    const FAILS: &str = "production is failing";
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.told("what is failing already", "inbox", |notice| titles(notice).contains(&FAILS)).await;
    window.armed().await;
    assert_eq!(window.alerts(), [FAILS]);
    drop(window);

    let later = stage.window(&stage.clone_folder());
    later.armed().await;
    assert_eq!(later.alerts(), [""; 0], "it called for that before");
    later.titled("it is unread still", |title| title == "(1) connectias (rehearsal) – Lastgood").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_of_an_alert_leads_to_what_it_is_about() {
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    for (number, (about, place)) in (1..).zip([
        (About::Rollback(RollbackId::new("r-1")), json!({ "name": "rollback", "id": "r-1" })),
        (About::Incident(IncidentId::new("i-1")), json!({ "name": "incident", "id": "i-1" })),
        (About::Settings, json!({ "name": "settings" })),
        (About::Timeline, json!({ "name": "timeline" })),
    ]) {
        window.press(about);
        window.told("the place", "show", |notice| notice["place"] == place).await;
        assert_eq!(window.shows(), number, "the window comes to the front");
    }
    assert_eq!(stage.dispatches(), 0, "it shows, and does nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_due_calls_a_person_once_and_leads_to_its_incident() {
    const DUE: &str = "An update to the team is due";
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let before = window.shows();
    let incident = stage.another().telling().unwrap().open(overdue()).await.unwrap();
    let has = |notice: &Value| titles(notice).contains(&DUE);
    let inbox = window.told("the update that is due", "inbox", has).await;
    let calls: Vec<About> = window.calls().into_iter().filter(|(title, _)| title == DUE).map(|call| call.1).collect();
    assert_eq!(calls, [About::Incident(incident.id.clone())]);
    let place = json!({ "name": "incident", "id": incident.id.to_string() });
    let items = inbox["items"].as_array().unwrap();
    let ours: Vec<&Value> = items.iter().filter(|item| item["title"] == DUE).collect();
    assert_eq!((ours.len(), &ours[0]["place"]), (1, &place), "{inbox:#}");

    // The same moment calls nobody again, whatever else is looked at.
    window.host.refresh();
    window.roll_back().await;
    window.rollback("the end", |rollback| !rollback["endedAt"].is_null()).await;
    assert_eq!(window.alerts().iter().filter(|title| *title == DUE).count(), 1);
    window.press(calls[0].clone());
    window.told("the incident", "show", |notice| notice["place"] == place).await;
    assert_eq!(window.shows(), before + 1);
}

/// The team should have heard more a minute ago.
fn overdue() -> Opening {
    opening(BTreeMap::from([(Audience::Team, Timestamp::now() - SignedDuration::from_mins(1))]))
}

fn titles(notice: &Value) -> Vec<&str> {
    notice["items"].as_array().into_iter().flatten().filter_map(|item| item["title"].as_str()).collect()
}
