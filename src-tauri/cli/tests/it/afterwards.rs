//! From the first alarm to the merged post-mortem, from a terminal: what leaves is compared with the whole journal.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::journal::Fact;
use lastgood_core::postmortem::line::LineKind;
use lastgood_rehearsal::{Fault, FaultKind, Moment as Cutting};
use serde_json::{Value, json};

use crate::exported::{self, kind};
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
    // It was found a quarter of an hour before somebody opened it: that silence is shown as one.
    let found = Timestamp::now().checked_sub(SignedDuration::from_mins(15)).unwrap();
    let found = found.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let open = ["incident", "open", "Checkout fails", "--environment", "production", "--found", &found, "--json"];
    let incident = text(&stage.run(&open).last(), "incident");
    let known = ["--severity", "1", "--surface", "API", "--impact", "12 % of calls fail", "--text", "We look into it."];
    say(&stage, &[&["update", incident.as_str()], known.as_slice()].concat());
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    say(&stage, &["update", &incident, "--stage", "identified", "--text", "Found."]);
    say(&stage, &["update", &incident, "--stage", "monitoring", "--cause", "fuel metering", "--text", "It is back."]);
    assert_eq!(stage.run(&["fix", "begin", "--json"]).code, Some(0));
    release(&stage, "v2.4.2");
    let up = ["rollout", "start", "v2.4.2", "--stage", "staging=1s", "--stage", "production=1s", "--yes", "--json"];
    let up = stage.run(&up);
    assert_eq!(up.last()["outcome"], "succeeded", "{up:?}");
    let ended = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    say(
        &stage,
        &["resolve", &incident, "--set", "impact_duration=33 min", "--impact-ended", &ended, "--text", "It is over."],
    );

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
    assert!(kinds.contains(&"gap"), "{kinds:?}");
    for format in ["md", "html", "pdf"] {
        exported::assert_told(&stage, &id, format, &story.told);
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
    let number = format!("#{}", issues[0].number);
    assert_eq!((&open["actions"][0]["ticket"], &open["actions"][0]["ticket_state"]), (&json!(number), &json!("open")));
    stage.server().change(|state, now| state.issues[0].closed_at = Some(now)).unwrap();
    let later = stage.run(&["postmortem", "open", "--json"]).last();
    assert_eq!(later["actions"][0]["ticket_state"], "closed", "the action is open, and its ticket is not: {later}");
    let plain = stage.run(&["postmortem", "open"]);
    assert!(plain.out.contains(&format!("Alert the lead  {number}, closed")), "{plain:?}");
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
