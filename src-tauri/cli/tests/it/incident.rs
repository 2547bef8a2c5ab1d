//! Telling people from a terminal.

use std::path::PathBuf;

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
async fn a_rollback_opens_its_incident_and_sends_only_what_is_set_to() {
    let quiet = stage(TICKET).await;
    assert_eq!(finish(&mut quiet.rollback(&[])).code, Some(0));
    let incidents = quiet.run(&["incident", "list", "--json"]).last()["incidents"].clone();
    assert_eq!((incidents.as_array().unwrap().len(), &incidents[0]["title"]), (1, &json!("checkout fails")));
    assert_eq!((incidents[0]["updates"].as_array().unwrap().len(), quiet.server().state().issues.len()), (0, 0));
    let set = format!(
        "{TICKET}automatic = true\n[incident.templates]\nticket-opened = \"# {{{{ title }}}}\\nBack to {{{{ to }}}}.\"\n"
    );
    let automatic = stage(&set).await;
    assert_eq!(finish(&mut automatic.rollback(&[])).code, Some(0));
    let issues = automatic.server().state().issues.clone();
    assert_eq!((issues.len(), issues[0].title.as_str()), (1, "checkout fails"));
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
