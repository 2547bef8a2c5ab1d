//! `kill -9` at each state of the outbox: nothing is lost, and nothing leaves twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lastgood_adapters::drafts::Draft;
use lastgood_adapters::telling::Wish;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::Incident;
use lastgood_core::incident::event::SendChoice;
use lastgood_core::incident::outbox::SendPhase;
use rusqlite::Connection;

use super::kit::taken;
use super::outbox::{approve, approve_long_ago, open, phase, telling, ticket};
use super::receiver::{Receiver, Reply};
use crate::again;

/// A request on loopback comes sooner.
const COMES_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_any_state_a_message_leaves_at_most_once() {
    const NAME: &str = "channel::killed::killed_in_any_state_a_message_leaves_at_most_once";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let mut words = told.split('|');
        let (state, folder, address) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        act(state, Path::new(folder), address).await;
        return again::wait_to_be_killed();
    }
    for (state, wanted, requests) in [
        ("drafted", None, 0),
        ("queued", Some(SendPhase::Delivered), 1),
        ("sending", Some(SendPhase::Unknown), 1),
        ("found", Some(SendPhase::Delivered), 1),
        ("delivered", Some(SendPhase::Delivered), 1),
        ("refused", Some(SendPhase::Refused), 1),
        ("unknown", Some(SendPhase::Unknown), 1),
        ("dropped", Some(SendPhase::Dropped), 0),
        ("review", Some(SendPhase::Review), 0),
        ("stale", Some(SendPhase::Stale), 0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::start(move |request| match (request.method.as_str(), state) {
            ("POST", "sending" | "found") => Reply::Silent,
            ("POST", "refused") => Reply::Answer(403, "", "{}".to_owned()),
            ("POST", "unknown") => Reply::CutAfter,
            // The issue that the lost answer was about.
            ("GET", "found") => Reply::Answer(200, "", issues(request.path.contains("issues"))),
            ("GET", _) => Reply::Answer(200, "", "[]".to_owned()),
            _ => taken(request),
        });
        let told = format!("{state}|{}|{}", folder.path().display(), receiver.address);
        let mut child = again::start(NAME, Path::new(&told), |command| command);
        if state == "sending" || state == "found" {
            wait_for_a_request(&receiver);
        } else {
            child.hear("ready");
        }
        if state == "found" {
            let body = receiver.written()[0].json()["body"].as_str().unwrap().to_owned();
            *FOUND.lock().unwrap() = body;
        }
        child.kill();
        let telling = telling(folder.path(), &receiver.address, settings(state));
        telling.send_queued().await.unwrap();
        telling.send_queued().await.unwrap();
        let incident = telling.incidents().await.unwrap().pop().unwrap();
        match wanted {
            Some(wanted) => assert_eq!(phase(&telling, &incident).await, wanted, "{state}"),
            None => assert_eq!(telling.drafts().of(&incident.id).unwrap()[0].body, "half a sen", "{state}"),
        }
        assert_eq!(receiver.written().len(), requests, "{state}");
    }
}

/// Slack's webhook cannot be asked whether it has a message: nobody knows, and a person says.
#[tokio::test(flavor = "multi_thread")]
async fn killed_in_any_state_a_message_to_a_room_that_cannot_be_asked_leaves_at_most_once() {
    const NAME: &str =
        "channel::killed::killed_in_any_state_a_message_to_a_room_that_cannot_be_asked_leaves_at_most_once";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let (state, folder) = told.split_once('|').unwrap();
        return act_in_room(state, Path::new(folder)).await;
    }
    for (state, wanted, requests) in [
        ("queued", SendPhase::Delivered, 1),
        ("sending", SendPhase::Unknown, 1),
        ("delivered", SendPhase::Delivered, 1),
        ("refused", SendPhase::Refused, 1),
        ("unknown", SendPhase::Unknown, 1),
        ("dropped", SendPhase::Dropped, 0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::start(move |request| match state {
            "sending" => Reply::Silent,
            "refused" => Reply::Answer(403, "", "action_prohibited".to_owned()),
            "unknown" => Reply::CutAfter,
            _ => taken(request),
        });
        let hook = format!("{}/hook?sig=secret", receiver.address);
        // Each is a process of its own: the secret stands in its environment.
        let start = |act: &str| {
            let told = format!("{act}|{}", folder.path().display());
            again::start(NAME, Path::new(&told), |command| command.env("LASTGOOD_SECRET_ROOM", &hook))
        };
        let mut child = start(state);
        if state == "sending" {
            wait_for_a_request(&receiver);
        } else {
            child.hear("ready");
        }
        child.kill();
        let (words, status) = start("afterwards").end();
        assert!(status.success(), "{state}");
        assert_eq!((words, receiver.written().len()), (vec![wanted.as_str().to_owned()], requests), "{state}");
    }
}

/// What the processes do of which the first one is killed.
async fn act_in_room(state: &str, folder: &Path) {
    let telling = telling(folder, "http://127.0.0.1:9", "[channels.room]\nkind = 'slack'");
    let room = ChannelName::new("room");
    if state == "afterwards" {
        telling.send_queued().await.unwrap();
        telling.send_queued().await.unwrap();
        let incident = telling.incidents().await.unwrap().pop().unwrap();
        return again::say(phase(&telling, &incident).await.as_str());
    }
    let incident = open(&telling).await;
    let wish = Wish { body: Some("# Plugins fail\nWe are looking into it.".to_owned()), ..Wish::default() };
    let words = telling.compose(&incident, &room, &wish).await.unwrap().unwrap();
    let approved = telling.approve(&incident, &[words]).await.unwrap();
    if state == "dropped" {
        let update = &approved.updates[0].id;
        telling.decide(&incident.id, update, &room, SendChoice::Drop, "").await.unwrap();
    } else if state != "queued" {
        telling.send_queued().await.unwrap();
    }
    again::say("ready");
    again::wait_to_be_killed();
}

/// The text of the issue that arrived.
static FOUND: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());

fn issues(asked: bool) -> String {
    let body = FOUND.lock().unwrap().clone();
    let issue = serde_json::json!([{
        "id": 1, "number": 12, "html_url": "https://x.example", "title": "Plugins fail", "state": "open", "body": body,
    }]);
    if asked { issue.to_string() } else { "[]".to_owned() }
}

fn settings(state: &str) -> &'static str {
    if state == "review" { "second_person = true" } else { "" }
}

/// What the process does that is killed.
async fn act(state: &str, folder: &Path, address: &str) {
    let telling = telling(folder, address, settings(state));
    let incident = open(&telling).await;
    if state == "drafted" {
        telling.drafts().save(&typed(&incident, "half a sen")).unwrap();
        return again::say("ready");
    }
    if state == "stale" {
        approve_long_ago(folder, &telling, &incident).await;
        telling.send_queued().await.unwrap();
        return again::say("ready");
    }
    let approved = approve(&telling, &incident).await;
    if state == "dropped" {
        let update = &approved.updates[0].id;
        telling.decide(&incident.id, update, &ticket(), SendChoice::Drop, "").await.unwrap();
    } else if state != "queued" {
        telling.send_queued().await.unwrap();
    }
    again::say("ready");
}

fn typed(incident: &Incident, words: &str) -> Draft {
    Draft {
        incident: incident.id.clone(),
        channel: ticket(),
        template: "ticket-opened".to_owned(),
        body: words.to_owned(),
        given: BTreeMap::new(),
        stage: None,
        typed: true,
        saved_at: Timestamp::UNIX_EPOCH,
    }
}

/// A draft goes with the fact that approves its words. Killed between the two, neither happened.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_words_are_approved_their_draft_is_neither_lost_nor_sent_twice() {
    const NAME: &str = "channel::killed::killed_while_words_are_approved_their_draft_is_neither_lost_nor_sent_twice";
    const TYPED: &str = "# {{ title }}\nWe are on it.";
    if let Some(folder) = again::told() {
        let telling = telling(Path::new(&folder), "http://127.0.0.1:9", "");
        let incident = open(&telling).await;
        telling.drafts().save(&typed(&incident, TYPED)).unwrap();
        let file = Connection::open(Path::new(&folder).join("data/journal.sqlite")).unwrap();
        file.execute_batch(ENDLESS).unwrap();
        again::say("approving");
        approve(&telling, &incident).await;
        unreachable!("the draft never goes");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = again::start(NAME, folder.path(), |command| command);
    child.hear("approving");
    let file = Connection::open(folder.path().join("data/journal.sqlite")).unwrap();
    wait_for_a_writer(&file);
    child.kill();
    file.busy_timeout(COMES_WITHIN).unwrap();
    file.execute_batch("DROP TRIGGER stays; DROP VIEW endless").unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "");
    let incident = telling.incidents().await.unwrap().pop().unwrap();
    assert_eq!((telling.send_queued().await.unwrap(), incident.updates.len()), (Vec::new(), 0));
    assert_eq!(telling.drafts().of(&incident.id).unwrap()[0].body, TYPED);
    approve(&telling, &incident).await;
    telling.send_queued().await.unwrap();
    telling.send_queued().await.unwrap();
    assert_eq!((receiver.written().len(), telling.drafts().of(&incident.id).unwrap()), (1, Vec::new()));
}

/// From now on a draft takes for ever to go.
const ENDLESS: &str = "
    CREATE VIEW endless (x) AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c;
    CREATE TRIGGER stays BEFORE DELETE ON draft BEGIN SELECT count(*) FROM endless; END;
";

/// Somebody is in the middle of a transaction.
fn wait_for_a_writer(file: &Connection) {
    file.busy_timeout(Duration::ZERO).unwrap();
    let begun = Instant::now();
    while file.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok() {
        assert!(begun.elapsed() < COMES_WITHIN, "nobody writes");
        std::thread::yield_now();
    }
}

fn wait_for_a_request(receiver: &Receiver) {
    let begun = Instant::now();
    while receiver.written().is_empty() {
        assert!(begun.elapsed() < COMES_WITHIN, "no request came");
        std::thread::yield_now();
    }
}
