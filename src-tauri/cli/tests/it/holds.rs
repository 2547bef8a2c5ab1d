//! `lastgood hold` and `lastgood quarantine`: one team, several machines, one remote.

use serde_json::{Value, json};

use crate::kit::{Done, Stage, facts_in, finish, git};
use crate::status::environment;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_taken_seen_by_everybody_and_lifted() {
    let stage = Stage::start().await;
    let taken = stage.run(&["hold", "production", "take", "--reason", "Migrating", "--json"]);
    assert_eq!((taken.code, &taken.last()["shared"]), (Some(0), &json!(true)), "{taken:?}");
    let mate = Mate::of(&stage);
    let seen = mate.run(&["hold", "production", "--json"]).last();
    assert_eq!((&seen["hold"]["owner"], &seen["hold"]["reason"]), (&json!("@platform-lead"), &json!("Migrating")));
    assert_eq!((&seen["hold"]["blocks"], &seen["hold"]["shared"]), (&json!(true), &json!(true)));
    let status = mate.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["hold"]["reason"], "Migrating");
    let text = mate.run(&["status"]).out;
    assert!(text.contains("held       by @platform-lead until ") && text.contains(": Migrating"), "{text}");

    assert_eq!(stage.run(&["hold", "production", "lift", "--json"]).last()["lifted"], true);
    assert_eq!(mate.run(&["hold", "production", "--json"]).last()["hold"], Value::Null);
    assert_eq!(stage.run(&["hold", "production", "lift", "--json"]).last()["lifted"], false);
    assert_eq!((stage.facts("hold_taken"), stage.facts("hold_lifted")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teammates_hold_is_not_lifted_but_broken_with_a_reason_that_everybody_reads() {
    let stage = Stage::start().await;
    theirs(&stage, "Migrating", 86_400);
    for verb in [&["take", "--reason", "Mine"][..], &["lift"]] {
        let refused = stage.run(&[&["hold", "production"], verb, &["--json"]].concat());
        assert_eq!((refused.code, refused.trouble().as_str()), (Some(1), "held"));
        assert!(
            refused.err.contains("held by @on-call until ") && refused.err.contains("Migrating"),
            "{}",
            refused.err
        );
        assert!(refused.err.contains("Ask @on-call to lift it, or break it with a reason."), "{}", refused.err);
        assert!(refused.err.contains("`lastgood hold production break --reason TEXT`"), "{}", refused.err);
    }
    let silent = stage.run(&["hold", "production", "break", "--json"]);
    assert_eq!((silent.code, silent.trouble().as_str()), (Some(2), "usage"));

    let broken = stage.run(&["hold", "production", "break", "--reason", "Customers cannot pay", "--json"]).last();
    assert_eq!((&broken["over"]["owner"], &broken["over"]["reason"]), (&json!("@on-call"), &json!("Migrating")));
    let text = git(&stage.description().remote, &["log", "-1", "--format=%B", "refs/lastgood/hold/production"]);
    assert!(text.contains("Reason: Customers cannot pay") && text.contains("\"owner\":\"@on-call\""), "{text}");
    let fact: Value = serde_json::from_str(&stage.records().last().unwrap().event).unwrap();
    assert_eq!((&fact["kind"], &fact["payload"]["over"]["owner"]), (&json!("hold_taken"), &json!("@on-call")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_does_not_begin_while_a_teammate_holds_and_does_when_the_hold_has_expired() {
    let stage = Stage::start().await;
    theirs(&stage, "Migrating", 86_400);
    let refused = finish(&mut stage.rollback(&[]));
    assert_eq!((refused.code, &refused.last()["outcome"]), (Some(1), &json!("failed")));
    assert!(refused.last()["sentence"].as_str().unwrap().contains("production is held by @on-call until "));
    let hint = refused.last()["hint"].as_str().unwrap().to_owned();
    assert!(hint.ends_with("To break it: `lastgood hold production break --reason TEXT`."), "{hint}");
    assert_eq!((stage.dispatches(), stage.rollback_tags().len(), stage.facts("hold_taken")), (0, 0, 0));

    git(&stage.description().remote, &["update-ref", "-d", "refs/lastgood/hold/production"]);
    theirs(&stage, "Migrating", -60);
    let status = stage.run(&["status"]).out;
    assert!(status.contains("held       by @on-call, expired "), "{status}");
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_machines_that_roll_back_one_wins_and_the_other_sees_who() {
    let stage = Stage::at_speed(10.0).await;
    one_wins(&stage, &Mate::of(&stage));
}

/// Both begin at once; the remote decides.
pub(crate) fn one_wins(stage: &Stage, mate: &Mate<'_>) {
    let people = [
        ("@platform-lead", "checkout fails", stage.data()),
        ("@on-call", "orders are lost", stage.path("mate").join("data")),
    ];
    let begun = [stage.rollback(&[]).spawn().unwrap(), mate.rollback(people[1].1).spawn().unwrap()];
    let done = begun.map(crate::kit::wait);
    let won = done.iter().position(|done| done.code == Some(0)).unwrap_or_else(|| panic!("one wins: {done:?}"));
    let (winner, loser) = (&people[won], &people[1 - won]);
    let (won, lost) = (&done[won], &done[1 - won]);
    assert_eq!((lost.code, &lost.last()["outcome"]), (Some(1), &json!("failed")), "{done:?}");
    let sentence = lost.last()["sentence"].as_str().unwrap().to_owned();
    let held = sentence.contains(&format!("production is held by {} until ", winner.0)) && sentence.contains(winner.1);
    assert!(held && !sentence.contains(loser.0), "the other sees who, and why: {sentence}");

    let remote = &stage.description().remote;
    let hold = git(remote, &["for-each-ref", "--format=%(refname)%0a%(contents)", "refs/lastgood/hold/"]);
    assert_eq!(hold.matches("refs/lastgood/hold/").count(), 1, "{hold}");
    let (id, owner) = (won.last()["rollback"].as_str().unwrap().to_owned(), winner.0);
    assert!(hold.contains(&format!("\nRollback: {id}\n")) && hold.contains(&format!("\nOwner: {owner}\n")), "{hold}");
    assert_eq!((facts_in(&winner.2, "hold_taken"), facts_in(&loser.2, "hold_taken")), (1, 0));
    assert_eq!((stage.dispatches(), stage.rollback_tags().len(), stage.started()), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarantine_is_seen_by_everybody_until_it_is_lifted() {
    let stage = Stage::start().await;
    let mate = Mate::of(&stage);
    let added = stage.run(&["quarantine", "v2.4.0", "add", "--reason", "Loses orders", "--json"]);
    assert_eq!((added.code, &added.last()["shared"]), (Some(0), &json!(true)), "{added:?}");
    let listed = mate.run(&["quarantine", "--json"]).last();
    let rows: Vec<(&Value, &Value)> =
        listed["quarantined"].as_array().unwrap().iter().map(|row| (&row["tag"], &row["environment"])).collect();
    assert_eq!(rows, [(&json!("v2.4.0"), &json!("production")), (&json!("v2.4.0"), &json!("staging"))]);
    let status = mate.run(&["status", "--json"]).last();
    assert_ne!(environment(&status, "production")["last_good"], "v2.4.0");
    assert_eq!(mate.run(&["quarantine", "v2.4.0", "lift", "--reason", "Mended", "--json"]).last()["lifted"], true);
    assert_eq!(stage.run(&["quarantine", "--json"]).last()["quarantined"], json!([]));
    let status = stage.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["last_good"], "v2.4.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_remote_what_was_read_last_is_shown_and_the_code_says_so() {
    let stage = Stage::start().await;
    theirs(&stage, "Migrating", 86_400);
    assert_eq!(stage.run(&["hold", "production"]).code, Some(0));
    let clone = &stage.description().clone;
    git(clone, &["remote", "set-url", "origin", "http://127.0.0.1:1/connectias/connectias.git"]);
    let shown = stage.run(&["hold", "production", "--json"]);
    assert_eq!((shown.code, &shown.last()["hold"]["owner"]), (Some(1), &json!("@on-call")), "{shown:?}");
    assert_eq!(shown.last()["error"]["code"], "remote_unreachable");
}

/// A teammate at another machine: a name, a token, a clone and a data folder of their own.
pub(crate) struct Mate<'s> {
    stage: &'s Stage,
    clone: std::path::PathBuf,
}

impl<'s> Mate<'s> {
    pub(crate) fn of(stage: &'s Stage) -> Self {
        let clone = stage.path("mate").join("connectias");
        git(
            stage.path("").as_path(),
            &["clone", "--quiet", stage.description().remote.to_str().unwrap(), clone.to_str().unwrap()],
        );
        stage.server().let_in(TOKEN, "on-call");
        Self { stage, clone }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        finish(&mut self.lastgood(arguments))
    }

    pub(crate) fn rollback(&self, reason: &str) -> std::process::Command {
        self.lastgood(&["rollback", "production", "--reason", reason, "--yes", "--json"])
    }

    fn lastgood(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.stage.lastgood(arguments);
        command.current_dir(&self.clone).env("LASTGOOD_DATA_DIR", self.stage.path("mate").join("data"));
        command.env("LASTGOOD_GITHUB_TOKEN", TOKEN);
        command
    }
}

/// The teammate's.
const TOKEN: &str = "rehearsal-token-of-on-call";

/// A hold as @on-call's Lastgood writes it, so many seconds from now.
pub(crate) fn theirs(stage: &Stage, reason: &str, seconds: i64) {
    use lastgood_core::hold::record::{HoldRecord, Record};
    let now = jiff::Timestamp::now();
    let expires = now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    let hold = HoldRecord {
        environment: "production".into(),
        owner: "@on-call".to_owned(),
        reason: reason.to_owned(),
        since: now,
        expires,
        rollback: None,
        over: None,
    };
    write(stage, "production", &Record::Hold(hold).text().unwrap());
}

/// Puts a text where the hold of an environment lies.
pub(crate) fn write(stage: &Stage, name: &str, text: &str) {
    let remote = &stage.description().remote;
    let tree = git(remote, &["hash-object", "-t", "tree", "-w", "/dev/null"]);
    let commit = git(remote, &["commit-tree", &tree, "-m", text]);
    git(remote, &["update-ref", &format!("refs/lastgood/hold/{name}"), &commit]);
}
