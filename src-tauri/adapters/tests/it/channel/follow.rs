//! What there is to tell follows a rollback: its countdown, its beginning, and whichever end it has.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::telling::{Telling, Wish};
use lastgood_core::ids::{ChannelName, RollbackId};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::{Incident, Stage};
use lastgood_core::rollback::{End, Outcome, Rollback, next};
use serde_json::json;

use super::kit::taken;
use super::outbox::{telling, ticket};
use super::receiver::Receiver;

/// A ticket that is sent by itself, in words that lack nothing, and a page that is not.
const SET: &str = "automatic = true
[channels.page]
kind = 'statuspage'
page = 'page1'
[incident.templates]
ticket-opened = '# {{ title }}'
ticket-update = '# {{ title }}: {{ rollback_state }}'
";

/// One whose countdown ends this many seconds from now.
fn rollback(undo: i64) -> Rollback {
    let now = Timestamp::now();
    let plan = json!({
        "environment": "production",
        "from": "v2.4.1",
        "to": "v2.4.0",
        "object": "a".repeat(40),
        "commit": "c".repeat(40),
        "reason": "plugins fail",
        "who": "@release-manager",
        "started": now,
        "undo_until": now + SignedDuration::from_secs(undo),
        "rollback_tag": "rollback-20261123-144100",
        "deploy": { "workflow": "deploy.yml", "branch": "main", "version_input": "version", "inputs": {}, "key_input": null },
        "proofs": { "version": null, "health": null, "health_times": 3 },
        "budget": 300,
        "rehearsal": false,
    });
    next::begin(RollbackId::new("rb-4f1c"), serde_json::from_value(plan).unwrap())
}

fn ended(rollback: &Rollback, outcome: Outcome) -> Rollback {
    let end = End { at: Timestamp::now(), outcome, sentence: "So it ended.".to_owned(), hint: String::new() };
    Rollback { end: Some(end), ..rollback.clone() }
}

async fn followed(telling: &Telling, rollback: &Rollback) -> Incident {
    telling.follow(rollback).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_taken_back_in_time_was_told_to_nobody_and_closes_its_incident() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let begun = rollback(60);
    let incident = followed(&telling, &begun).await;
    assert!(incident.is_open() && incident.updates.is_empty(), "nobody hears of it in the countdown");
    assert_eq!(telling.drafts().of(&incident.id).unwrap().len(), 2);
    let taken_back = Rollback { undo_asked: true, ..ended(&begun, Outcome::Aborted) };
    let closed = followed(&telling, &taken_back).await;
    assert!(!closed.is_open() && closed.due.is_empty() && closed.updates.is_empty(), "{closed:?}");
    assert_eq!(telling.drafts().of(&incident.id).unwrap(), []);
    assert_eq!(followed(&telling, &taken_back).await, closed, "and once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_to_it_tells_of_the_beginning_once_and_of_the_end_once() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, SET);
    let begun = rollback(-1);
    for _ in 0..3 {
        followed(&telling, &begun).await;
    }
    telling.send_queued().await.unwrap();
    let over = ended(&begun, Outcome::Succeeded);
    for _ in 0..3 {
        followed(&telling, &over).await;
    }
    let incident = followed(&telling, &over).await;
    let told: Vec<_> = incident.to_channel(&ticket()).map(|delivery| delivery.moment).collect();
    assert_eq!(told, [Some(Moment::RollingBack), Some(Moment::RolledBack)]);
    assert_eq!(incident.stage, Stage::Monitoring, "the stage is what was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_and_the_stage_of_an_untouched_draft_are_those_of_what_happened_last() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let page = ChannelName::new("page");
    let begun = rollback(60);
    let incident = followed(&telling, &begun).await;
    for (outcome, template, stage) in [
        (None, "status-identified", Stage::Identified),
        (Some(Outcome::Succeeded), "status-monitoring", Stage::Monitoring),
        (Some(Outcome::Failed), "status-investigating", Stage::Investigating),
    ] {
        let rollback = outcome.map_or_else(|| begun.clone(), |outcome| ended(&begun, outcome));
        assert_eq!(Moment::of(&incident, Some(&rollback), &page).stage(incident.stage), stage, "{outcome:?}");
        let kind = lastgood_core::settings::telling::ChannelKind::Statuspage;
        let moment = Moment::of(&incident, Some(&rollback), &page);
        assert_eq!(moment.template(kind, kind.audience(), true), template, "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_heard_of_a_rollback_that_did_not_work_hears_that() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, SET);
    let begun = rollback(-1);
    followed(&telling, &begun).await;
    let failed = followed(&telling, &ended(&begun, Outcome::Failed)).await;
    let told: Vec<_> = failed.to_channel(&ticket()).map(|delivery| delivery.moment).collect();
    assert_eq!(told, [Some(Moment::RollingBack), Some(Moment::NotRolledBack)]);
    assert!(failed.is_open(), "it is not over by that");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_a_person_chose_brings_the_words_that_fit_it() {
    let folder = tempfile::tempdir().unwrap();
    let telling = telling(folder.path(), "http://127.0.0.1:9", SET);
    let incident = followed(&telling, &rollback(60)).await;
    let page = ChannelName::new("page");
    let wish = Wish { stage: Some(Stage::Resolved), ..Wish::default() };
    let words = telling.compose(&incident, &page, &wish).await.unwrap().unwrap();
    assert_eq!((words.template.as_str(), words.stage), ("status-resolved", Stage::Resolved));
}
