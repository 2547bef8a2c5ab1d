//! From the first alarm to the merged post-mortem, from a terminal: what leaves is compared with the whole journal.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::tz::TimeZone;
use lastgood_core::journal::Fact;
use lastgood_core::postmortem::line::LineKind;
use lastgood_rehearsal::{Fault, FaultKind, Moment as Cutting};
use serde_json::Value;

use crate::kit::{Stage, finish, git};
use crate::way_up::release;

const CHANNEL: &str = "\n[channels.ticket]\nkind = \"github\"\n";

/// A stage with a channel, and a person whom git knows.
async fn stage() -> Stage {
    let stage = Stage::start().await;
    let clone = PathBuf::from(&stage.description().clone);
    let file = clone.join("lastgood.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, before + CHANNEL).unwrap();
    git(&clone, &["config", "user.name", "platform-lead"]);
    git(&clone, &["config", "user.email", "platform-lead@example.com"]);
    git(&clone, &["-c", "commit.gpgSign=false", "commit", "--quiet", "--all", "--message", "channel"]);
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_its_rollback_three_updates_a_fix_and_a_rollout_are_told_whole_in_every_export() {
    let stage = stage().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let incident = text(&stage.run(&["incident", "list", "--json"]).last()["incidents"][0], "incident");
    let known = ["--severity", "1", "--surface", "API", "--impact", "12 % of calls fail", "--text", "We look into it."];
    say(&stage, &[&["update", incident.as_str()], known.as_slice()].concat());
    say(&stage, &["update", &incident, "--stage", "identified", "--text", "Found."]);
    say(&stage, &["update", &incident, "--stage", "monitoring", "--cause", "fuel metering", "--text", "It is back."]);
    assert_eq!(stage.run(&["fix", "begin", "--json"]).code, Some(0));
    release(&stage, "v2.4.2");
    let up = ["rollout", "start", "v2.4.2", "--stage", "staging=0s", "--stage", "production=0s", "--yes", "--json"];
    let up = stage.run(&up);
    assert_eq!(up.last()["outcome"], "succeeded", "{up:?}");
    say(&stage, &["resolve", &incident, "--set", "impact_duration=33 min", "--text", "It is over."]);

    let facts: Vec<Fact> = stage.records().iter().map(|record| record.read().unwrap()).collect();
    let story = Story::of(&facts, &incident);
    let id = text(&stage.run(&["postmortem", "new", "--incident", &incident, "--json"]).last(), "id");
    let again = stage.run(&["postmortem", "new", &story.rollback, "--json"]).last();
    assert_eq!(text(&again, "id"), id, "the rollback has the same post-mortem");
    for family in ["fix_", "rollout_", "incident_", "rollback_"] {
        assert!(story.told.iter().any(|fact| kind(fact).starts_with(family)), "{family}");
    }
    let messages = facts.iter().filter(|fact| is(fact, "incident_send_ended")).count();
    assert!(messages >= 4, "{messages}");
    let shown = stage.run(&["postmortem", "show", &id, "--json"]).last();
    let kinds: Vec<&str> =
        shown["timeline"].as_array().unwrap().iter().filter_map(|line| line["kind"].as_str()).collect();
    for kind in [LineKind::Detection, LineKind::Decision, LineKind::Message, LineKind::Repair, LineKind::Proof] {
        assert!(kinds.contains(&kind.title().to_lowercase().as_str()), "{kind:?} in {kinds:?}");
    }
    for format in ["md", "html", "pdf"] {
        let out = stage.path(format);
        let out = out.to_str().unwrap();
        let words =
            ["postmortem", "export", &id, "--format", format, "--out", out, "--zone", "Europe/Berlin", "--json"];
        let done = stage.run(&words);
        assert_eq!(done.code, Some(0), "{done:?}");
        let file = done.last()["files"][0].as_str().unwrap().to_owned();
        assert_told(&words_of(&file, format), &facts, &story.told, format);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_opened_once_though_its_answer_is_lost_and_followed_to_the_end() {
    let stage = stage().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let id = text(&stage.run(&["postmortem", "new", "--json"]).last(), "id");
    stage.arm(Fault::once("/pulls", FaultKind::Cut { moment: Cutting::DuringAnswer }).on("POST"));
    let first = publish(&stage, &id);
    let number = first["pull_request"]["number"].as_u64().unwrap_or_else(|| panic!("{first}"));
    let file = stage.path("text.md");
    let written = "# Mine\n\n## Summary\n\nA second look.\n\n<!-- lastgood:timeline -->\n";
    std::fs::write(&file, written).unwrap();
    assert_eq!(stage.run(&["postmortem", "write", &id, "--from", file.to_str().unwrap()]).code, Some(0));
    let done = stage.run(&["postmortem", "publish", &id, "--with-troubleshooting", "--json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let second = done.last();
    let guide = format!("{}:docs/troubleshooting.md", text(&second, "branch"));
    let guide = git(&stage.description().remote, &["show", &guide]);
    let file_name = text(&second, "path").replace("docs/", "");
    assert!(guide.contains("A second look.") && guide.contains(&format!("](<{file_name}>)")), "{guide}");
    assert_eq!(second["pull_request"]["number"].as_u64(), Some(number), "{second}");
    let opened = stage.server().requests().into_iter().filter(|one| one.method == "POST");
    assert_eq!(opened.filter(|one| one.path_and_query.ends_with("/pulls")).count(), 1);
    assert_eq!(stage.facts("postmortem_pull_request_opened"), 1);

    stage.server().merge_pull_request(number).unwrap();
    let shown = stage.run(&["postmortem", "show", &id, "--json"]).last();
    assert_eq!(shown["postmortem"]["stage"], "published", "{shown}");
    std::fs::write(&file, written.replace("second", "third")).unwrap();
    stage.run(&["postmortem", "write", &id, "--from", file.to_str().unwrap()]);
    let third = publish(&stage, &id);
    assert!(text(&third, "branch").ends_with("-2"), "what is written after the merge has a branch of its own: {third}");
    assert_ne!(third["pull_request"]["number"].as_u64(), Some(number));
    stage.records();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_has_one_issue_though_its_answer_is_lost_and_the_document_names_it() {
    let stage = stage().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let id = text(&stage.run(&["postmortem", "new", "--json"]).last(), "id");
    let file = stage.path("text.md");
    let table =
        "| Action | Owner | Priority | Ticket |\n| --- | --- | --- | --- |\n| Alert the lead | @on-call | high | |\n";
    std::fs::write(&file, format!("# Mine\n\n## What we will do\n\n{table}")).unwrap();
    assert_eq!(stage.run(&["postmortem", "write", &id, "--from", file.to_str().unwrap()]).code, Some(0));
    // The answer is lost, and so is the first look for it.
    stage.arm(Fault::once("/issues", FaultKind::Cut { moment: Cutting::DuringAnswer }).on("POST"));
    stage.arm(Fault::once(
        "/issues?",
        FaultKind::Status {
            code: 404,
            body: None,
            headers: std::collections::BTreeMap::new(),
            when: lastgood_rehearsal::When::default(),
        },
    ));
    let lost = stage.run(&["postmortem", "ticket", &id, "Alert the lead", "--json"]);
    assert_eq!((lost.code, lost.trouble().as_str()), (Some(1), "remote_unreachable"), "{lost:?}");
    let found = stage.run(&["postmortem", "ticket", &id, "Alert the lead", "--json"]);
    assert_eq!(found.code, Some(0), "{found:?}");
    let issues = stage.server().state().issues.clone();
    assert_eq!((issues.len(), issues[0].title.as_str()), (1, "Alert the lead"), "{issues:?}");
    let body = issues[0].body.clone().unwrap();
    assert!(body.contains("- Priority: high") && body.contains(&format!("<!-- lastgood:action {id}")), "{body}");
    assert_eq!(issues[0].assignees, ["on-call"]);
    let open = stage.run(&["postmortem", "open", "--json"]).last();
    assert_eq!(open["actions"][0]["ticket"], format!("#{}", issues[0].number), "{open}");
    let twice = stage.run(&["postmortem", "ticket", &id, "Alert the lead", "--json"]);
    assert_eq!((twice.trouble().as_str(), stage.server().state().issues.len()), ("document_conflict", 1));
}

fn say(stage: &Stage, words: &[&str]) {
    let done = stage.run(&[&["incident"], words, &["--channel", "ticket", "--json"]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.last()["sent"][0]["phase"], "delivered", "{done:?}");
}

fn publish(stage: &Stage, id: &str) -> Value {
    let done = stage.run(&["postmortem", "publish", id, "--json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    done.last()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

fn is(fact: &Fact, name: &str) -> bool {
    kind(fact) == name
}

fn kind(fact: &Fact) -> String {
    text(&serde_json::to_value(&fact.event).unwrap(), "kind")
}

/// The facts that the post-mortem must tell.
struct Story {
    told: Vec<Fact>,
    rollback: String,
}

impl Story {
    /// Those of the incident, of the rollback that it names, of the fix and of the rollout; what happens inside a stage of
    /// a rollout is that drive's own story.
    fn of(facts: &[Fact], incident: &str) -> Self {
        let started = facts.iter().filter(|fact| is(fact, "rollback_started")).min_by_key(|fact| fact.at);
        let rollback = started.and_then(|fact| fact.subject.rollback.clone());
        let own = |fact: &&Fact| {
            fact.subject.incident.as_ref().is_some_and(|id| id.as_str() == incident)
                || (fact.subject.rollback.is_some() && fact.subject.rollback == rollback)
                || ["fix_", "rollout_"].iter().any(|family| kind(fact).starts_with(family))
        };
        let told = facts.iter().filter(own).cloned().collect();
        Self { told, rollback: rollback.map(|id| id.to_string()).unwrap_or_default() }
    }
}

/// Each of these once, in the order of time, each with the reader's time and UTC; and no line of the journal's that it has
/// not, nor any twice.
fn assert_told(text: &str, all: &[Fact], told: &[Fact], format: &str) {
    let flat: String = text.split_whitespace().collect();
    let source = |fact: &Fact| format!("journal{}#{}{}", fact.writer, fact.sequence, &fact.hash[..12]);
    let mut places: Vec<(usize, &Fact)> = Vec::new();
    for fact in told {
        assert_eq!(flat.matches(&source(fact)).count(), 1, "{} in {format}: {text}", source(fact));
        places.push((flat.find(&source(fact)).unwrap(), fact));
    }
    let of_journal = all.iter().filter(|fact| flat.matches(&source(fact)).count() == 1).count();
    assert_eq!(flat.matches("journalwriter-").count(), of_journal, "{format}");
    places.sort_by_key(|(place, _)| *place);
    // A detection stands where it was found, which may be before the fact that tells of it.
    let told: Vec<_> = places.iter().map(|(_, fact)| *fact).filter(|fact| !is(fact, "incident_opened")).collect();
    let key = |fact: &&Fact| (fact.at, fact.writer.to_string(), fact.sequence);
    assert!(told.is_sorted_by_key(key), "{format} is out of order");
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    for fact in told {
        assert!(flat.contains(&fact.at.strftime("%H:%M:%SUTC").to_string()), "{} in {format}", fact.at);
        let here = fact.at.to_zoned(zone.clone()).strftime("%H:%M:%S%Z").to_string();
        assert!(flat.contains(&here), "{here} in {format}");
    }
}

fn words_of(file: &str, format: &str) -> String {
    match format {
        "pdf" => {
            let output =
                Command::new("pdftotext").args(["-raw", file, "-"]).output().expect("the tests need pdftotext");
            assert!(output.status.success());
            String::from_utf8(output.stdout).unwrap()
        }
        "html" => {
            let html = std::fs::read_to_string(Path::new(file)).unwrap();
            let mut within = false;
            html[html.find("<body>").unwrap()..]
                .chars()
                .filter(|c| {
                    let shown = !within && *c != '<';
                    within = (within || *c == '<') && *c != '>';
                    shown
                })
                .collect()
        }
        _ => std::fs::read_to_string(file).unwrap(),
    }
}
