//! `lastgood check`, `trust` and `evidence`: what is asked, what may run, and what was written.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::holds::theirs;
#[cfg(unix)]
use crate::kit::signal;
use crate::kit::{Running, Stage, finish, git, wait};

/// A loaded machine starts a command in less.
const LIMIT: Duration = Duration::from_secs(60);

/// What is asked of the sample without any settings, in its order.
const ALL: [&str; 12] = [
    "target.exists",
    "workflow.ready",
    "target.quarantine",
    "access.ready",
    "target.ran",
    "target.signature",
    "environment.idle",
    "risk.migrations",
    "risk.config",
    "risk.workflow",
    "risk.dependencies",
    "risk.changes",
];

/// What the sample answers; nothing blocks.
const SAMPLE: [(&str, &str); 12] = [
    ("passed", "block"),
    ("passed", "block"),
    ("passed", "block"),
    ("passed", "block"),
    ("passed", "warn"),
    ("failed", "warn"),
    ("passed", "warn"),
    ("passed", "warn"),
    ("failed", "warn"),
    ("passed", "warn"),
    ("passed", "info"),
    ("failed", "info"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_told_whole_and_nothing_is_changed() {
    let stage = Stage::start().await;
    let begun = Timestamp::now();
    let done = stage.run(&["check", "production", "--json"]);
    let took = Timestamp::now().duration_since(begun);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{}", done.out);
    let told = done.last();
    assert_eq!((told["to"].as_str(), &told["blocked"]), (Some("v2.4.0"), &Value::Null));
    assert_eq!((&told["stopped"], &told["open"]), (&Value::Bool(false), &Value::Array(Vec::new())));
    let checks = told["checks"].as_array().unwrap();
    // The sample is a Rust project: what fits it is asked for, and runs once it is trusted.
    let is_preset = |check: &&Value| ["dependency.check", "security.scan"].iter().any(|code| check["code"] == *code);
    let (presets, asked): (Vec<&Value>, Vec<&Value>) = checks.iter().partition(is_preset);
    assert_eq!(asked.iter().map(|check| check["code"].as_str().unwrap()).collect::<Vec<_>>(), ALL);
    for (check, (verdict, policy)) in asked.iter().zip(SAMPLE) {
        assert_eq!((check["verdict"].as_str(), check["policy"].as_str()), (Some(verdict), Some(policy)), "{check}");
    }
    for check in presets.iter().chain(&asked) {
        whole(check, begun, took);
    }
    for preset in presets {
        assert_eq!((preset["verdict"].as_str(), preset["policy"].as_str()), (Some("inconclusive"), Some("info")));
    }
    assert_eq!((stage.records().len(), stage.dispatches(), stage.rollback_tags().len()), (0, 0, 0));
}

/// All fields, each with sense in it.
fn whole(check: &Value, begun: Timestamp, took: SignedDuration) {
    let passed = check["verdict"] == "passed";
    let text = |name: &str| check[name].as_str().unwrap_or_else(|| panic!("{name}: {check}"));
    assert!(!text("title").is_empty() && !text("sentence").is_empty(), "{check}");
    assert_eq!(check["blocks"], !passed && check["policy"] == "block", "{check}");
    assert_eq!(check["warns"], !passed && check["policy"] == "warn", "{check}");
    let milliseconds = i128::from(check["milliseconds"].as_u64().unwrap());
    assert!(milliseconds <= took.as_millis(), "{check}");
    let asked: Timestamp = text("asked_at").parse().unwrap();
    assert!(asked >= begun && asked <= begun + took, "{check}");
    assert!(i128::from(check["age_seconds"].as_u64().unwrap()) <= i128::from(took.as_secs()), "{check}");
    let lines = check["evidence"].as_array().unwrap();
    assert!(lines.iter().all(|line| line.as_str().is_some_and(|line| !line.trim().is_empty())), "{check}");
    // A tag without a signature has nothing to show.
    let shows = passed || check["code"] == "target.signature";
    assert!(shows || !lines.is_empty(), "what did not pass shows why: {check}");
    assert_eq!(check["outputs"], Value::Array(Vec::new()), "nothing ran: {check}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocking_reason_comes_first_and_the_end_says_so() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let done = stage.run(&["check", "production", "--to", "v2.4.1"]);
    assert_eq!(done.code, Some(1));
    let first = done.out.lines().next().unwrap();
    assert!(first.starts_with("Blocked: v2.4.1 is quarantined: checkout fails"), "{}", done.out);
    assert!(done.out.contains("✗ target.quarantine"), "{}", done.out);
    let json = stage.run(&["check", "production", "--to", "v2.4.1", "--json"]).last();
    assert!(json["blocked"].as_str().unwrap().starts_with("v2.4.1 is quarantined"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_forbids_it_is_said_first_and_blocks() {
    let stage = Stage::start().await;
    assert_eq!(stage.run(&["hold", "production", "take", "--reason", "Mine"]).code, Some(0));
    assert_eq!(stage.run(&["check", "production"]).code, Some(0), "one's own is replaced");
    git(&stage.description().remote, &["update-ref", "-d", "refs/lastgood/hold/production"]);
    theirs(&stage, "Migrating", 86_400);

    let done = stage.run(&["check", "production"]);
    let mut lines = done.out.lines();
    let (first, second) = (lines.next().unwrap(), lines.next().unwrap());
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(first.starts_with("Blocked: production is held by @on-call until ") && first.ends_with(": Migrating"));
    assert!(
        second.contains("Ask @on-call to lift it") && second.contains("lastgood hold production break"),
        "{second}"
    );
    let json = stage.run(&["check", "production", "--json"]).last();
    assert!(json["blocked"].as_str().unwrap().starts_with("production is held by @on-call"), "{json}");
    assert_eq!((&json["hold"]["owner"], &json["unfinished"]), (&json!("@on-call"), &Value::Null));
    let other = stage.run(&["check", "staging"]);
    assert!(!other.out.contains("is held by"), "another environment is free: {other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_rollback_is_said_first_with_what_takes_it_up() {
    let stage = Stage::start().await;
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("hold_taken"));
    running.kill();
    let done = stage.run(&["check", "production"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.out.starts_with("Blocked: a rollback is unfinished: rb-"), "{}", done.out);
    assert!(done.out.contains("take it up: lastgood rollback production\n"), "{}", done.out);
    let json = stage.run(&["check", "production", "--json"]).last();
    assert!(json["unfinished"].is_string() && json["blocked"].is_string(), "{json}");
    let status = stage.run(&["status"]).out;
    assert!(status.contains("take it up: lastgood rollback production\n"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_has_its_policy_and_on_request_what_is_behind_it() {
    let stage = Stage::start().await;
    let brief = stage.run(&["check", "production"]).out;
    assert!(brief.contains("  ✓ target.exists       block  "), "{brief}");
    let passed = |text: &str| -> Vec<String> {
        let after = text.lines().skip_while(|line| !line.contains("✓ target.exists")).skip(1);
        after.take_while(|line| line.starts_with("        ")).map(str::to_owned).collect()
    };
    let whole = stage.run(&["check", "production", "--evidence"]).out;
    assert_eq!((passed(&brief).len(), passed(&whole).is_empty()), (0, false), "{whole}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_once_it_is_trusted_and_its_output_is_kept() {
    let stage = Stage::start().await;
    let file = stage.description().clone.join("lastgood.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let scan =
        "[checks.security.scan]\npolicy = \"block\"\ncommands = [[\"sh\", \"-c\", \"cat Cargo.toml; exit 4\"]]\n";
    std::fs::write(&file, format!("{settings}\n{scan}")).unwrap();

    let before = stage.run(&["check", "production", "--json"]);
    assert_eq!(before.code, Some(1), "what blocks and cannot be asked blocks");
    let scan = find(before.last()["checks"].as_array().unwrap(), "security.scan").clone();
    assert_eq!(scan["verdict"], "inconclusive");
    assert!(scan["sentence"].as_str().unwrap().ends_with("the repository is not trusted yet."), "{scan}");

    let text = stage.run(&["check", "production"]).out;
    assert!(text.contains("  ? security.scan       block  could not tell, blocks: "), "{text}");

    let listed = stage.run(&["trust", "--json"]).last();
    assert_eq!(listed["repository"]["trusted"], false);
    let commands = listed["commands"].as_array().unwrap();
    let command = commands.iter().find(|command| command["question"] == "security.scan").unwrap();
    assert_eq!(command["command"][2], "cat Cargo.toml; exit 4", "it is shown in full");
    let hash = command["hash"].as_str().unwrap();
    assert_eq!(stage.run(&["trust", "--repository", "--grant", &hash[..12]]).code, Some(0));
    let text = stage.run(&["trust", "--list"]).out;
    assert!(text.contains(&format!("{}  may run  sh -c ", &hash[..12])), "{text}");

    let after = stage.run(&["check", "production", "--json"]).last();
    let scan = find(after["checks"].as_array().unwrap(), "security.scan").clone();
    assert_eq!((scan["verdict"].as_str(), scan["outputs"].as_array().unwrap().len()), (Some("failed"), 1));
    let kept = stage.run(&["evidence", scan["outputs"][0].as_str().unwrap()]).out;
    assert!(kept.starts_with("$ sh -c ") && kept.contains("[package]"), "{kept}");

    assert_eq!(stage.run(&["trust", "--revoke", hash]).code, Some(0));
    let revoked = stage.run(&["check", "production", "--json"]).last();
    let scan = find(revoked["checks"].as_array().unwrap(), "security.scan").clone();
    assert!(scan["sentence"].as_str().unwrap().ends_with("it is not trusted yet."), "{scan}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn interrupted_it_tells_what_came_and_keeps_what_a_command_wrote() {
    for json in [true, false] {
        let stage = Stage::start().await;
        let begun = stage.path("begun");
        let script = format!("echo half way; touch {}; exec sleep 600", begun.display());
        trusts_a_scan(&stage, &script);
        let format = if json { &["--json"][..] } else { &[] };
        let running = stage.lastgood(&[&["check", "production"], format].concat()).spawn().unwrap();
        until("the command has begun", || begun.exists());
        signal(running.id(), "INT");
        let done = wait(running);
        assert_eq!(done.code, Some(130), "{done:?}");
        if !json {
            assert!(done.out.starts_with("Stopped after "), "{done:?}");
            assert!(done.out.contains("was stopped") && done.out.contains("        half way"), "{done:?}");
            continue;
        }
        let told = done.last();
        assert_eq!(told["stopped"], true);
        let checks = told["checks"].as_array().unwrap();
        let scan = find(checks, "security.scan");
        assert_eq!(scan["verdict"], "inconclusive");
        assert!(scan["sentence"].as_str().unwrap().ends_with("was stopped."), "{scan}");
        let kept = stage.run(&["evidence", scan["outputs"][0].as_str().unwrap()]).out;
        assert!(kept.ends_with("\nhalf way\n"), "{kept}");
        let open = told["open"].as_array().unwrap();
        let told: Vec<&Value> = checks.iter().map(|check| &check["code"]).chain(open).collect();
        assert!(
            ALL.iter().all(|code| told.contains(&&Value::from(*code))),
            "each has an answer, or is said to have none"
        );
    }
}

/// Until the command itself is ended nothing of it is left running.
#[cfg(unix)]
fn trusts_a_scan(stage: &Stage, script: &str) {
    let file = stage.description().clone.join("lastgood.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let scan = format!("[checks.security.scan]\ncommands = [[\"sh\", \"-c\", \"{script}\"]]\n");
    std::fs::write(&file, format!("{settings}\n{scan}")).unwrap();
    let listed = stage.run(&["trust", "--json"]).last();
    let commands = listed["commands"].as_array().unwrap();
    let command = commands.iter().find(|command| command["question"] == "security.scan").unwrap();
    let hash = command["hash"].as_str().unwrap();
    assert_eq!(stage.run(&["trust", "--repository", "--grant", &hash[..12]]).code, Some(0));
}

#[cfg(unix)]
fn until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_that_fits_nothing_is_refused() {
    let stage = Stage::start().await;
    for arguments in [&["trust", "--grant", "ffffffffffff"][..], &["trust", "--revoke", "ffff"], &["evidence", "ffff"]]
    {
        assert_eq!(stage.run(arguments).code, Some(2), "{arguments:?}");
    }
}

fn find<'a>(checks: &'a [Value], code: &str) -> &'a Value {
    checks.iter().find(|check| check["code"] == code).unwrap_or_else(|| panic!("{code} was not asked: {checks:?}"))
}
