//! The way back up: a fix, and its release from stage to stage.

use std::path::Path;

use lastgood_rehearsal::state::pull_request::NewPullRequest;
use lastgood_rehearsal::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::kit::{Done, Running, Stage, finish, git};
use crate::status::environment;

const FIXED: &str = "v2.4.2";

#[tokio::test(flavor = "multi_thread")]
async fn from_the_rollback_over_the_fix_to_production_each_stage_is_proved_watched_and_left_through_its_gate() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let rolled_back = notes(&stage, "v2.4.1");
    for words in ["**Rolled back from in production**", "to v2.4.0: checkout fails"] {
        assert!(rolled_back.contains(words), "{words} in {rolled_back}");
    }
    assert!(!rolled_back.contains("Mended"), "{rolled_back}");
    let fix = stage.run(&["fix", "begin", "--json"]).last();
    assert_eq!((&fix["branch"], &fix["bad"]), (&json!("fix/checkout-fails"), &json!("v2.4.1")));
    release(&stage, FIXED);

    let waits = start(&stage, &["--stage", "staging=1s:person", "--stage", "production=1s", "--lift-quarantine"]);
    let last = waits.last();
    assert_eq!((waits.code, &last["outcome"]), (Some(1), &json!("waiting")), "{waits:?}");
    assert_eq!(last["choices"], json!(["go", "again", "back", "stop"]));
    assert_eq!((phase(&last, 0), phase(&last, 1)), ("green".to_owned(), "pending".to_owned()));
    assert_eq!((live(&stage, "staging"), stage.live()), (FIXED.to_owned(), "v2.4.0".to_owned()));
    assert_eq!(notes(&stage, "v2.4.1"), rolled_back, "nothing is mended before it is in production");

    let done = stage.run(&["rollout", "go", "--json"]);
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{done:?}");
    assert_eq!(stage.live(), FIXED);
    let mended = notes(&stage, "v2.4.1");
    assert_eq!(mended.matches("> Mended in **v2.4.2**").count(), 1, "{mended}");
    assert_eq!(mended.matches("Rolled back from in production").count(), 1, "{mended}");
    let status = stage.run(&["status", "--json"]).last();
    for name in ["production", "staging"] {
        let found = environment(&status, name);
        assert_eq!((&found["hold"], &found["quarantined"]), (&Value::Null, &json!([])), "{name}");
    }
    assert_eq!((stage.facts("quarantined"), stage.facts("quarantine_lifted")), (1, 1), "the last good is not blamed");
    assert_eq!((stage.facts("rollout_gate_opened"), stage.facts("rollout_hold_lifted")), (2, 2));
    assert_eq!(stage.dispatches(), 3);
    let listed = stage.run(&["timeline", "--json"]).last();
    let tags: Vec<&str> =
        listed["releases"].as_array().unwrap().iter().map(|release| release["tag"].as_str().unwrap()).collect();
    assert!(!tags.iter().any(|tag| tag.starts_with("rollback-")), "acts are no releases: {tags:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_fails_stops_and_is_deployed_once_more_on_request() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    release(&stage, FIXED);
    stage.arm(Fault::once("", FaultKind::FailStep { step: "switch traffic".to_owned() }));
    let waits = start(&stage, &["--stage", "staging=0s", "--stage", "production=0s"]);
    assert_eq!(
        (phase(&waits.last(), 0), &waits.last()["choices"]),
        ("failed".to_owned(), &json!(["back", "again", "stop"]))
    );
    assert_eq!(stage.dispatches(), 2, "production is left alone");

    let again = stage.run(&["rollout", "again", "--json"]);
    assert_eq!(again.last()["outcome"], "succeeded", "{again:?}");
    assert_eq!((live(&stage, "staging"), stage.live()), (FIXED.to_owned(), FIXED.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_fails_goes_back_on_request_and_the_next_rollout_is_about_production_all_the_same() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let before = live(&stage, "staging");
    release(&stage, FIXED);
    stage.arm(Fault::once("", FaultKind::FailStep { step: "switch traffic".to_owned() }));
    let waits = start(&stage, &["--stage", "staging=0s", "--stage", "production=0s"]);
    assert_eq!(phase(&waits.last(), 0), "failed");

    let back = stage.run(&["rollout", "back", "--json"]);
    assert_eq!((back.code, &back.last()["outcome"]), (Some(1), &json!("rolled_back")), "{back:?}");
    assert_eq!((live(&stage, "staging"), stage.live()), (before, "v2.4.0".to_owned()));
    assert_eq!((stage.facts("rollout_back_ended"), stage.dispatches()), (1, 3));
    assert!(!notes(&stage, "v2.4.1").contains("Mended"));

    release(&stage, "v2.4.3");
    let next = stage.run(&["rollout", "start", "v2.4.3"]);
    for words in ["v2.4.3: Mends: checkout fails", "  staging, ", "  production, "] {
        assert!(next.out.contains(words), "{words} in {next:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_no_further_than_staging_mends_nothing_and_what_is_mended_is_mended_once() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    release(&stage, FIXED);
    let short = start(&stage, &["--stage", "staging=0s", "--lift-quarantine"]);
    assert_eq!((&short.last()["outcome"], &short.last()["bad"]), (&json!("succeeded"), &Value::Null), "{short:?}");
    let status = stage.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["quarantined"], json!(["v2.4.1"]));
    assert!(!environment(&status, "production")["hold"].is_null());
    assert!(!notes(&stage, "v2.4.1").contains("Mended"));

    let whole = start(&stage, &["--stage", "production=0s"]);
    assert_eq!((&whole.last()["outcome"], &whole.last()["bad"]), (&json!("succeeded"), &json!("v2.4.1")), "{whole:?}");
    let mended = notes(&stage, "v2.4.1");
    assert!(mended.contains("Mended in **v2.4.2**"), "{mended}");

    release(&stage, "v2.6.0");
    let later = ["rollout", "start", "v2.6.0", "--reason", "newer", "--stage", "production=0s", "--yes", "--json"];
    let later = stage.run(&later).last();
    assert_eq!((&later["outcome"], &later["bad"]), (&json!("succeeded"), &Value::Null), "{later}");
    assert_eq!(notes(&stage, "v2.4.1"), mended, "a later release has nothing to do with it");
    assert_eq!(stage.run(&["fix", "begin", "--json"]).trouble(), "rollback_unknown", "nothing is left to be mended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_stay_well_goes_back_to_what_ran_before_and_is_quarantined_there() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    release(&stage, FIXED);
    let mut running = Running::start(
        &mut stage.lastgood(&START.iter().copied().chain(["--stage", "production=60s"]).collect::<Vec<_>>()),
    );
    assert!(running.reads("rollout_soak_seen"));
    let sick = lastgood_rehearsal::state::Sickness {
        environment: "production".to_owned(),
        version: FIXED.to_owned(),
        reason: "out of memory".to_owned(),
    };
    stage.server().change(|state, _| state.sicknesses.push(sick)).unwrap();
    assert!(running.reads("rollout_soak_ended"));
    assert_eq!(running.walk_away().code, Some(1));
    let shown = stage.run(&["rollout", "show", "--json"]).last();
    assert_eq!((phase(&shown, 0), &shown["choices"]), ("red".to_owned(), &json!(["back", "again", "stop"])));

    let back = stage.run(&["rollout", "back", "--json"]);
    assert_eq!(back.last()["outcome"], "rolled_back", "{back:?}");
    assert_eq!(stage.live(), "v2.4.0");
    let status = stage.run(&["status", "--json"]).last();
    assert_eq!(environment(&status, "production")["quarantined"], json!(["v2.4.1", FIXED]));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_it_is_taken_up_deploys_once_and_watches_anew() {
    for moment in ["rollout_stage_begun", "rollback_started", "run_found", "rollout_stage_ended", "rollout_soak_begun"]
    {
        let stage = Stage::start().await;
        release(&stage, FIXED);
        let more = ["--reason", "newer", "--stage", "staging=1s"];
        let mut running = Running::start(&mut stage.lastgood(&START.iter().copied().chain(more).collect::<Vec<_>>()));
        assert!(running.reads(moment), "{moment}");
        running.kill();
        let done = stage.run(&["rollout", "resume", "--json"]);
        assert_eq!(done.last()["outcome"], "succeeded", "{moment}: {done:?}");
        assert_eq!((stage.dispatches(), live(&stage, "staging")), (1, FIXED.to_owned()), "{moment}");
        assert_eq!((stage.facts("rollout_stage_begun"), stage.facts("rollout_ended")), (1, 1), "{moment}");
        // Behind the end of the stage it may have begun to watch before the kill came.
        let most = if matches!(moment, "rollout_stage_ended" | "rollout_soak_begun") { 2 } else { 1 };
        let least = if moment == "rollout_soak_begun" { 2 } else { 1 };
        assert!((least..=most).contains(&stage.facts("rollout_soak_begun")), "{moment}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_rollout_at_a_time_and_a_choice_that_is_none_is_refused() {
    let stage = Stage::start().await;
    release(&stage, FIXED);
    let none = stage.run(&["rollout", "go", "--json"]);
    assert_eq!(none.trouble(), "rollout_unknown");
    let more = ["--reason", "newer", "--stage", "staging=0s:person"];
    assert_eq!(start(&stage, &more).last()["outcome"], "waiting");
    assert_eq!(start(&stage, &more).trouble(), "already_running");
    let stopped = stage.run(&["rollout", "stop", "--reason", "Not today", "--json"]);
    assert_eq!(stopped.last()["outcome"], "stopped");
    assert_eq!(stopped.last()["sentence"], "The rollout of v2.4.2 stopped at staging: Not today");
    let unknown = start(&stage, &["--reason", "r", "--stage", "moon"]);
    assert_eq!(unknown.trouble(), "environment_unknown");
    let unknown = stage.run(&["rollout", "start", "v9.9.9", "--reason", "r", "--yes", "--json"]);
    assert_eq!(unknown.trouble(), "tag_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_has_a_branch_here_a_checklist_and_is_pushed_where_the_remote_has_none_of_its_name() {
    let stage = Stage::start().await;
    assert_eq!(stage.run(&["fix", "begin", "--json"]).trouble(), "rollback_unknown");
    assert_eq!(stage.run(&["fix", "show", "--json"]).trouble(), "fix_unknown");
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let (clone, remote) = (stage.description().clone.clone(), stage.description().remote.clone());

    let begun = stage.run(&["fix", "begin", "--from", "bad", "--json"]).last();
    let branch = begun["branch"].as_str().unwrap().to_owned();
    assert_eq!(git(&clone, &["rev-parse", &branch]), git(&clone, &["rev-parse", "v2.4.1^{commit}"]));
    assert_eq!(git(&clone, &["branch", "--show-current"]), "main", "nothing is checked out");
    assert_eq!(stage.run(&["fix", "begin", "--json"]).last()["commit"], begun["commit"], "twice is once");
    assert_eq!(stage.facts("fix_began"), 1);

    let items = begun["checklist"].as_array().unwrap().len();
    assert!(items > 2 && begun["playbook"].is_null());
    let ticked = stage.run(&["fix", "check", "2", "--json"]).last();
    assert!(ticked["checklist"][1]["done"]["by"].as_str().unwrap().starts_with('@'));
    assert_eq!(stage.run(&["fix", "check", "2", "--json"]).trouble(), "fix_refused");
    assert_eq!(stage.run(&["fix", "check", "2", "--undo", "--json"]).last()["checklist"][1]["done"], Value::Null);

    let pushed = stage.run(&["fix", "push", "--json"]).last();
    assert_eq!(pushed["pushed"], begun["commit"]);
    assert_eq!(git(&remote, &["rev-parse", &branch]), pushed["pushed"].as_str().unwrap());
    let other = git(&clone, &["rev-parse", "v2.4.0^{commit}"]);
    git(&remote, &["update-ref", &format!("refs/heads/{branch}"), &other]);
    assert_eq!(stage.run(&["fix", "push", "--json"]).trouble(), "branch_taken", "nobody's commits are lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_has_the_playbooks_checklist_and_the_pull_request_that_brings_it() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).last()["outcome"], "succeeded");
    let (clone, remote) = (stage.description().clone.clone(), stage.description().remote.clone());
    std::fs::create_dir_all(clone.join("docs/playbooks")).unwrap();
    let playbook =
        "# Rollback\n\n- [ ] not this\n\n## The way back up\n\n- [ ] Reproduce it\n- [ ] Ask the team\n\n## After\n";
    std::fs::write(clone.join("docs/playbooks/rollback.md"), playbook).unwrap();
    git(&clone, &["add", "docs"]);
    git(&clone, &["commit", "--quiet", "-m", "A playbook"]);

    let begun = stage.run(&["fix", "begin", "--json"]).last();
    let branch = begun["branch"].as_str().unwrap().to_owned();
    assert_eq!(begun["playbook"], "docs/playbooks/rollback.md");
    let items = |shown: &Value| {
        let all = shown["checklist"].as_array().unwrap().iter();
        all.map(|item| (item["text"].as_str().unwrap().to_owned(), !item["done"].is_null())).collect::<Vec<_>>()
    };
    assert_eq!(items(&begun), [("Reproduce it".to_owned(), false), ("Ask the team".to_owned(), false)]);
    let ticked = stage.run(&["fix", "check", "2", "--json"]).last();
    assert_eq!(items(&ticked), [("Reproduce it".to_owned(), false), ("Ask the team".to_owned(), true)]);
    assert_eq!(stage.run(&["fix", "link", "--json"]).trouble(), "not_on_github", "none was opened yet");

    git(&clone, &["switch", "--quiet", &branch]);
    git(&clone, &["commit", "--quiet", "--allow-empty", "-m", "Meter fuel once"]);
    assert_eq!(stage.run(&["fix", "push", "--json"]).code, Some(0));
    let commit = |name: &str| git(&remote, &["rev-parse", name]);
    let new = NewPullRequest {
        title: "Meter fuel once".to_owned(),
        body: String::new(),
        head: branch.clone(),
        base: "main".to_owned(),
        head_commit: commit(&branch),
        base_commit: commit("main"),
        draft: false,
    };
    let number = stage.server().change(|state, now| state.open_pull_request(new, now).number).unwrap();
    let linked = stage.run(&["fix", "link", "--json"]).last();
    let told = |shown: &Value| (shown["pull_request"]["number"].as_u64(), shown["pull_request"]["state"].clone());
    assert_eq!(told(&linked), (Some(number), json!("open")), "{linked}");
    let address = linked["pull_request"]["url"].as_str().unwrap().to_owned();
    assert_eq!(told(&stage.run(&["fix", "link", &address, "--json"]).last()).0, Some(number));
    assert_eq!(stage.facts("fix_pull_request_linked"), 1, "linked again it is the same");
    assert_eq!(stage.run(&["fix", "link", "9999", "--json"]).trouble(), "not_on_github");
    assert_eq!(stage.run(&["fix", "link", "moon", "--json"]).trouble(), "usage");

    stage.server().merge_pull_request(number).unwrap();
    let shown = stage.run(&["fix", "show", "--json"]).last();
    assert_eq!(told(&shown), (Some(number), json!("merged")), "{shown}");
    let plain = stage.run(&["fix", "show"]);
    assert!(plain.out.contains(&format!("#{number} Meter fuel once, merged: ")), "{plain:?}");
}

const START: [&str; 5] = ["rollout", "start", FIXED, "--yes", "--json"];

fn start(stage: &Stage, more: &[&str]) -> Done {
    stage.run(&[&START, more].concat())
}

/// A release that is newer than all, as a merged fix would be.
pub(crate) fn release(stage: &Stage, tag: &str) {
    let clone: &Path = &stage.description().clone;
    git(clone, &["commit", "--quiet", "--allow-empty", "-m", "Meter fuel once (#431)"]);
    git(clone, &["tag", "-a", tag, "-m", "Meter fuel once"]);
    git(clone, &["push", "--quiet", "origin", "HEAD:main", tag]);
}

/// What the release's page on GitHub says.
fn notes(stage: &Stage, tag: &str) -> String {
    let releases = stage.server().state().releases.clone();
    let found = releases.iter().find(|release| release.tag == tag).unwrap_or_else(|| panic!("{tag}: {releases:?}"));
    found.body.clone().unwrap_or_default()
}

fn live(stage: &Stage, environment: &str) -> String {
    stage.server().live(environment).unwrap().tag
}

fn phase(outcome: &Value, stage: usize) -> String {
    outcome["stages"][stage]["phase"].as_str().unwrap().to_owned()
}
