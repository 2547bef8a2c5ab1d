//! Telling people from a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_core::ids::{ChannelName, IncidentId, UpdateId};
use lastgood_core::incident::Audience;
use lastgood_core::incident::event::{Approval, Event, Outgoing};
use lastgood_core::journal::{NewFact, Subject};
use lastgood_core::message::parse;
use lastgood_core::ports::Journal;
use serde_json::{Value, json};

use crate::kit::{Done, Stage, finish, git};

const TICKET: &str = "\n[channels.ticket]\nkind = \"github\"\nlabels = [\"incident\"]\n";

/// A stage whose repository names these channels.
async fn stage(settings: &str) -> Stage {
    let stage = Stage::start().await;
    let clone = PathBuf::from(&stage.description().clone);
    let file = clone.join("lastgood.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, before + settings).unwrap();
    let who = ["-c", "user.name=Lead", "-c", "user.email=lead@acme.example", "-c", "commit.gpgSign=false"];
    git(&clone, &[&who[..], &["commit", "--quiet", "--all", "--message", "channels"]].concat());
    stage
}

fn opened(stage: &Stage) -> Value {
    let words = [
        "incident",
        "open",
        "Plugins fail",
        "--impact",
        "12 % of calls fail",
        "--surface",
        "API",
        "--environment",
        "production",
    ];
    let done = stage.run(&[&words[..], &["--commander", "@platform-lead", "--json"]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    done.last()
}

fn told(done: &Done) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let last = done.last();
    let sent = last["sent"].as_array().unwrap_or_else(|| panic!("{done:?}"));
    sent.iter().map(|gone| (text(&gone["channel"]), text(&gone["phase"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_opened_told_resolved_and_shown() {
    let stage = stage(TICKET).await;
    let incident = opened(&stage);
    assert_eq!((&incident["stage"], &incident["severity"]), (&json!("investigating"), &json!(2)));
    let done = stage.run(&["incident", "update", "--channel", "ticket", "--text", "We look into it.", "--json"]);
    assert_eq!((done.code, told(&done)), (Some(0), vec![("ticket".to_owned(), "delivered".to_owned())]), "{done:?}");
    let issues = stage.server().state().issues.clone();
    assert_eq!((issues.len(), issues[0].title.as_str()), (1, "SEV 2: Plugins fail"));
    assert!(issues[0].body.as_ref().unwrap().contains("We look into it."), "{issues:?}");
    let shown = stage.run(&["incident", "show", "--json"]).last();
    let delivery = &shown["updates"][0]["deliveries"][0];
    assert_eq!((&delivery["phase"], &delivery["attempts"]), (&json!("delivered"), &json!(1)));
    assert!(delivery["receipt"]["handle"].is_string() && shown["due"]["team"].is_string(), "{shown}");
    assert_eq!(stage.run(&["incident", "resolve", "--cause", "fuel metering", "--json"]).last()["stage"], "resolved");
    assert_eq!(stage.run(&["incident", "list", "--json"]).last()["incidents"], json!([]));
    assert_eq!(stage.run(&["incident", "list", "--all", "--json"]).last()["incidents"].as_array().unwrap().len(), 1);
    stage.records();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_prints_what_would_be_sent_and_does_nothing() {
    let stage = stage(TICKET).await;
    let done = stage.run(&["incident", "open", "Plugins fail", "--dry-run", "--json"]);
    let preview = done.last();
    assert_eq!((&preview["template"], &preview["title"]), (&json!("ticket-opened"), &json!("SEV 2: Plugins fail")));
    assert_eq!(preview["gaps"], json!(["impact", "environment", "surfaces"]));
    assert_eq!((stage.facts("incident_opened"), stage.server().state().issues.len()), (0, 0));
    let plain = stage.run(&["incident", "open", "Plugins \u{1b}[31m", "--template", "team-declared", "--dry-run"]);
    assert!(plain.out.contains("impact is not known") && !plain.out.contains('\u{1b}'), "{}", plain.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_not_known_is_asked_for_and_nothing_is_sent() {
    let stage = stage(TICKET).await;
    stage.run(&["incident", "open", "Plugins fail", "--environment", "production", "--surface", "API"]);
    let done = stage.run(&["incident", "update", "--channel", "ticket", "--json"]);
    assert_eq!((done.trouble().as_str(), stage.server().state().issues.len()), ("value_missing", 0));
    let done = stage.run(&["incident", "update", "--channel", "ticket", "--set", "impact=all fail", "--json"]);
    assert_eq!(told(&done)[0].1, "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_said_before_an_incident_is_opened_or_resolved() {
    let stage = stage(TICKET).await;
    let done = stage.run(&["incident", "open", "Plugins fail", "--channel", "ticket", "--json"]);
    assert_eq!(done.trouble(), "value_missing");
    assert_eq!(stage.facts("incident_opened"), 0, "tried again, it is the first");
    opened(&stage);
    let done = stage.run(&["incident", "resolve", "--channel", "ticket", "--json"]);
    assert_eq!(done.trouble(), "value_missing");
    assert_eq!(stage.run(&["incident", "show", "--json"]).last()["stage"], "investigating");
    let words = ["incident", "resolve", "--channel", "ticket", "--cause", "fuel metering", "--json"];
    let times = ["--impact-started", "2026-11-23T14:02:00Z", "--impact-ended", "2026-11-23T14:42:00Z"];
    let done = stage.run(&[&words[..], &times[..]].concat());
    assert_eq!(told(&done)[0].1, "delivered", "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_opens_its_incident_and_sends_only_what_is_set_to() {
    let quiet = stage(TICKET).await;
    assert_eq!(finish(&mut quiet.rollback(&[])).code, Some(0));
    let incidents = quiet.run(&["incident", "list", "--json"]).last()["incidents"].clone();
    assert_eq!((incidents.as_array().unwrap().len(), &incidents[0]["title"]), (1, &json!("checkout fails")));
    assert_eq!((incidents[0]["updates"].as_array().unwrap().len(), quiet.server().state().issues.len()), (0, 0));
    let automatic = stage(&format!("{TICKET}automatic = true\n")).await;
    assert_eq!(finish(&mut automatic.rollback(&[])).code, Some(0));
    let issues = automatic.server().state().issues.clone();
    assert_eq!((issues.len(), issues[0].title.as_str()), (1, "SEV 2: checkout fails"));
    assert!(!issues[0].body.as_ref().unwrap().contains("Affected"), "what nobody knows is left out: {issues:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollbacks_end_is_told_in_the_notes_of_both_releases() {
    let notes = "kind = \"release_notes\"\nautomatic = true\n";
    let stage = stage(&format!("\n[channels.bad]\n{notes}[channels.good]\n{notes}to = [\"good\"]\n")).await;
    let latest = || lastgood_rehearsal::state::release::latest(&stage.server().state().releases).map(|found| found.id);
    let before = latest();
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let releases = stage.server().state().releases.clone();
    let notes = |tag: &str| {
        let found = releases.iter().find(|release| release.tag == tag).unwrap_or_else(|| panic!("{tag}: {releases:?}"));
        found.body.clone().unwrap_or_default()
    };
    assert!(notes("v2.4.1").contains("## Rolled back"), "{}", notes("v2.4.1"));
    assert!(notes("v2.4.0").contains("## Live again"), "{}", notes("v2.4.0"));
    let bad = releases.iter().find(|release| release.tag == "v2.4.1").unwrap().id;
    assert!(latest() == before || before == Some(bad), "{before:?}");
    let shown = stage.run(&["incident", "show", "--json"]).last();
    assert_eq!(shown["stage"], "monitoring", "its end was told: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_person_reads_first_waits_for_them() {
    let stage = stage(&format!("{TICKET}second_person = true\n")).await;
    let incident = opened(&stage)["incident"].as_str().unwrap().to_owned();
    let done = stage.run(&["incident", "update", "--channel", "ticket", "--json"]);
    assert_eq!((told(&done), stage.server().state().issues.len()), (Vec::new(), 0), "{done:?}");
    let shown = stage.run(&["incident", "show", "--json"]).last();
    assert_eq!(shown["updates"][0]["deliveries"][0]["phase"], "review");
    let update = shown["updates"][0]["update"].as_str().unwrap();
    let author = shown["updates"][0]["by"].as_str().unwrap();
    let own = stage.run(&["incident", "review", &incident, update, "--by", author, "--json"]);
    assert_eq!(own.trouble(), "incident_refused");
    let done = stage.run(&["incident", "review", &incident, update, "--by", "support@acme.example", "--json"]);
    assert_eq!((told(&done)[0].1.as_str(), stage.server().state().issues.len()), ("delivered", 1), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_times_of_an_incident_are_said_and_shown() {
    let stage = stage(TICKET).await;
    let opened = ["incident", "open", "Plugins fail", "--found", "2026-11-23T14:05:00Z", "--json"];
    assert_eq!(stage.run(&opened).last()["found_at"], "2026-11-23T14:05:00Z");
    stage.run(&["incident", "update", "--found", "2026-11-23T14:04:00Z", "--impact-started", "2026-11-23T14:02:00Z"]);
    let shown = stage.run(&["incident", "show", "--json"]).last();
    assert_eq!(
        (&shown["found_at"], &shown["impact_started_at"]),
        (&json!("2026-11-23T14:04:00Z"), &json!("2026-11-23T14:02:00Z"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_say_what_they_lack_and_can_be_tried() {
    let stage = stage(&format!("{TICKET}[channels.incidents]\nkind = \"slack\"\n")).await;
    let listed = stage.run(&["channel", "list", "--json"]).lines();
    assert_eq!(
        (&listed[0]["channel"], listed[0]["lacks"].as_str().unwrap()),
        (&json!("incidents"), "Its secret: `lastgood channel secret incidents`.")
    );
    assert_eq!(listed[1]["lacks"], Value::Null);
    let tried = stage.run(&["channel", "test", "ticket", "--json"]);
    assert!(tried.last()["sentence"].as_str().unwrap().contains("can be read"), "{tried:?}");
    assert_eq!(stage.run(&["channel", "test", "incidents", "--json"]).trouble(), "channel_secret");
    assert_eq!(stage.run(&["channel", "test", "nowhere", "--json"]).trouble(), "channel_unknown");
    let address = "http://hooks.acme.example/T0/secret-part";
    let mut command = stage.lastgood(&["channel", "test", "incidents", "--json"]);
    let done = finish(command.env("LASTGOOD_SECRET_INCIDENTS", address));
    assert_eq!(done.trouble(), "channel_unready", "a secret does not travel in the clear");
    assert!(!format!("{done:?}").contains("secret-part"), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_leaves_once_where_the_settings_want_it_told_and_is_recorded_where_not() {
    for (setting, comments, recorded) in [("send", 1, 0), ("record", 0, 1)] {
        let stage = stage(&format!("\n[incident]\nnothing_new = \"{setting}\"\n{TICKET}")).await;
        opened(&stage);
        stage.run(&["incident", "update", "--channel", "ticket"]);
        let done = stage.run(&["incident", "update", "--nothing-new", "--json"]);
        assert_eq!(done.code, Some(0), "{done:?}");
        if setting == "send" {
            assert_eq!(told(&done), [("ticket".to_owned(), "delivered".to_owned())]);
        }
        assert_eq!(told(&stage.run(&["incident", "send", "--json"])), [], "nothing waits");
        assert_eq!(stage.server().state().issues[0].comments.len(), comments, "{setting}");
        assert_eq!(stage.facts("incident_nothing_new"), recorded, "{setting}");
        stage.records();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_leave_in_time_is_asked_about_and_leaves_once_when_a_person_says_so() {
    let stage = stage(TICKET).await;
    let id = opened(&stage)["incident"].as_str().unwrap().to_owned();
    approved_long_ago(&stage, &id).await;
    let issues = || stage.server().state().issues.len();
    let asked = stage.run(&["incident", "send", "--json"]);
    assert_eq!((asked.code, told(&asked)[0].1.as_str(), issues()), (Some(1), "stale", 0), "{asked:?}");
    let gone = asked.last()["sent"][0].clone();
    assert_eq!(gone["sentence"], "It could not leave in time; what it says may be old.");
    assert_eq!(told(&stage.run(&["incident", "send", "--json"])), [], "the question stays one");
    assert_eq!(stage.run(&["incident", "show", "--json"]).last()["updates"][0]["deliveries"][0]["phase"], "stale");
    let update = gone["update"].as_str().unwrap();
    let decide = |choice| stage.run(&["incident", "decide", &id, update, "ticket", choice, "--json"]);
    assert_eq!(decide("it-arrived").trouble(), "incident_refused", "it surely did not");
    let again = decide("send-again");
    assert_eq!((told(&again)[0].1.as_str(), issues()), ("delivered", 1), "{again:?}");
    assert_eq!((told(&stage.run(&["incident", "send", "--json"])).len(), issues()), (0, 1));
    assert_eq!((decide("send-again").trouble().as_str(), issues()), ("incident_refused", 1));
    stage.records();
}

/// An update that was approved an hour ago, and could leave for half of it.
async fn approved_long_ago(stage: &Stage, incident: &str) {
    let subject = stage.records().iter().find_map(|record| {
        let subject: Subject = serde_json::from_str(&record.subject).unwrap();
        (subject.incident.as_ref().map(IncidentId::as_str) == Some(incident)).then_some(subject)
    });
    let ago = |minutes| Timestamp::now() - SignedDuration::from_mins(minutes);
    let outgoing = Outgoing {
        channel: ChannelName::new("ticket"),
        audience: Audience::Team,
        template: "ticket-opened".to_owned(),
        moment: None,
        stage: None,
        rollback: None,
        message: parse("# Plugins fail\nWe look into it."),
    };
    let approval = Approval {
        update: UpdateId::new("up-old"),
        by: "Lead".to_owned(),
        stage: lastgood_core::incident::Stage::Investigating,
        messages: vec![outgoing],
        at_once: BTreeSet::new(),
        expires_at: ago(30),
        due: BTreeMap::new(),
    };
    let event = Event::IncidentUpdateApproved(Box::new(approval)).into();
    let journal = SqliteJournal::open(&stage.data().join("journal.sqlite"), &"writer".into()).unwrap();
    journal.append(NewFact { at: ago(60), subject: subject.unwrap(), event }).await.unwrap();
}
