//! `lastgood rollback`: a whole rollback, and what keeps one from beginning.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::kit::{Stage, finish, git};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_json_and_the_last_tells_the_outcome() {
    let stage = Stage::start().await;
    let done = finish(&mut stage.rollback(&[]));
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    let mut lines = done.lines();
    let last = lines.pop().unwrap();
    assert_eq!(last["outcome"], "succeeded");
    assert_eq!((&last["from"], &last["to"]), (&json!("v2.4.1"), &json!("v2.4.0")));
    assert_eq!((&last["environment"], &last["hint"].is_string()), (&json!("production"), &true));
    assert!(last["duration_ms"].as_u64().is_some_and(|time| time > 0));
    assert_eq!(last["tag"], stage.rollback_tags()[0]);
    assert_eq!(last["run"], stage.server().state().runs.last().unwrap().id);
    let sequences: Vec<u64> = lines.iter().map(|fact| fact["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=lines.len() as u64).collect::<Vec<_>>());
    assert_eq!(lines[0]["kind"], "rollback_started");
    assert_eq!(lines.last().unwrap()["kind"], "rollback_ended");
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 1, "v2.4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_tells_what_will_happen_and_then_what_did() {
    let stage = Stage::start().await;
    let done = stage.run(&["rollback", "production", "--reason", "checkout fails", "--yes"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines[0], "Roll back production from v2.4.1 to v2.4.0");
    assert!(
        lines[1].starts_with("  deploy.yml on main, ") && lines[1].contains("version_tag = v2.4.0"),
        "{}",
        done.out
    );
    for step in ["Hold", "Check", "Tag and push", "Dispatch", "Deploy", "Prove", "Close"] {
        assert!(lines.iter().any(|line| line.starts_with(&format!("✓ {step}: "))), "{step} in {}", done.out);
    }
    assert!(done.out.contains("\nproduction is back on v2.4.0\n"), "{}", done.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_holds_everything_and_the_home_stays_empty() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    assert_eq!(stage.run(&["status"]).code, Some(0));
    assert_eq!(files(&stage.path("home")), Vec::<PathBuf>::new());
    assert!(stage.data().join("journal.sqlite").exists());
    assert_eq!(git(&stage.description().clone, &["status", "--porcelain"]), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_named_by_a_relative_path_is_used_where_it_is() {
    let stage = Stage::start().await;
    let mut command = stage.rollback(&[]);
    command.env("LASTGOOD_DATA_DIR", "data").current_dir(stage.path(""));
    let done = finish(command.args(["--repo", stage.description().clone.to_str().unwrap()]));
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(stage.facts("rollback_ended"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_yes_and_without_a_terminal_nothing_begins() {
    let stage = Stage::start().await;
    for more in [&[][..], &["--json"]] {
        let arguments = [&["rollback", "production", "--reason", "checkout fails"], more].concat();
        let done = stage.run(&arguments);
        assert_eq!(done.code, Some(2), "{done:?}");
        assert!(done.err.contains("--yes"), "{done:?}");
    }
    assert_untouched(&stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_two_and_begins_nothing() {
    let stage = Stage::start().await;
    for arguments in [
        &[][..],
        &["nonsense"],
        &["rollback"],
        &["rollback", "production"],
        &["rollback", "production", "--reason"],
        &["rollback", "production", "--reason", " \t", "--yes"],
        &["rollback", "production", "--reason", "r", "--yes", "--choose", "send-again"],
        &["rollback", "production", "--reason", "r", "--choose", "perhaps"],
        &["timeline", "--sort", "colour"],
        &["timeline", "--limit", "-1"],
        &["rehearse", "--speed", "0"],
        &["rehearse", "--speed", "NaN"],
        &["rehearsal"],
        &["rehearsal", "serve", "--port", "99999"],
    ] {
        let done = stage.run(arguments);
        assert_eq!(done.code, Some(2), "{arguments:?} {done:?}");
        assert!(!done.err.is_empty(), "{arguments:?}");
    }
    assert_untouched(&stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_that_is_unknown_is_refused_with_those_that_are_known() {
    let stage = Stage::start().await;
    let done = stage.run(&["rollback", "moon", "--reason", "r", "--yes", "--json"]);
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "environment_unknown"));
    assert!(done.err.contains("production, staging"), "{}", done.err);
    assert_untouched(&stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_missing_or_hostile_is_no_target_and_nothing_more() {
    let stage = Stage::start().await;
    for tag in [
        "v9.9.9",
        "",
        "--help",
        "../../../etc/passwd",
        "$(touch pwned)",
        "; touch pwned",
        "main",
        "HEAD",
        "v2.4.0^{}",
        "v2\u{1b}[31m",
    ] {
        let done = finish(&mut stage.rollback(&[&format!("--to={tag}")]));
        assert_eq!((done.code, done.trouble().as_str()), (Some(1), "tag_missing"), "{tag}");
        assert!(!done.err.contains('\u{1b}'), "{:?}", done.err);
    }
    assert_eq!(files(&stage.description().clone).iter().filter(|path| path.ends_with("pwned")).count(), 0);
    assert_untouched(&stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_tag_that_exists_is_only_a_name() {
    let stage = Stage::start().await;
    let tag = "v2.4.0-$(touch${IFS}pwned);`touch${IFS}pwned`";
    let clone = &stage.description().clone;
    git(clone, &["tag", "-a", tag, "-m", "Odd", "v2.4.0^{commit}"]);
    git(clone, &["push", "--quiet", "origin", &format!("refs/tags/{tag}")]);
    let done = finish(&mut stage.rollback(&[&format!("--to={tag}")]));
    assert_eq!(stage.dispatches(), 1, "{done:?}");
    assert!(stage.server().requests().iter().any(|request| request.body.contains("touch${IFS}pwned")));
    for folder in [clone, &stage.description().remote, &stage.path("home")] {
        assert!(!files(folder).iter().any(|path| path.ends_with("pwned")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_settings_file_is_named_with_line_and_column() {
    let stage = Stage::start().await;
    let text = "[environments.production]\nworkflow = \"deploy.yml\"\n  colour = \"red\"\n";
    std::fs::write(stage.description().clone.join("lastgood.toml"), text).unwrap();
    for arguments in [&["status", "--json"][..], &["rollback", "production", "--reason", "r", "--yes", "--json"]] {
        let done = stage.run(arguments);
        assert_eq!((done.code, done.trouble().as_str()), (Some(1), "settings_invalid"), "{done:?}");
        assert!(done.err.contains("lastgood.toml, line 3, column 3:"), "{}", done.err);
    }
    assert_eq!(stage.run(&["timeline"]).code, Some(0), "releases need no settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_github_that_is_down_begin_nothing() {
    let stage = Stage::start().await;
    let done = finish(stage.rollback(&[]).env("LASTGOOD_GITHUB_TOKEN", "wrong"));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "token_rejected"));
    let done = finish(stage.rollback(&[]).env("LASTGOOD_GITHUB_API", "http://127.0.0.1:9"));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "github_unreachable"));
    assert_untouched(&stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_is_a_failed_rollback() {
    let stage = Stage::start().await;
    let fail = lastgood_rehearsal::FaultKind::FailStep { step: "switch traffic".to_owned() };
    stage.arm(lastgood_rehearsal::Fault::once("", fail));
    let done = finish(&mut stage.rollback(&[]));
    let last = done.last();
    assert_eq!((done.code, &last["outcome"]), (Some(1), &json!("failed")));
    assert!(last["sentence"].as_str().unwrap().contains("Switch traffic"), "{last}");
    assert_eq!(stage.live(), "v2.4.1");
}

/// No fact, no tag, no dispatch.
fn assert_untouched(stage: &Stage) {
    assert_eq!(stage.records(), []);
    assert_eq!(stage.rollback_tags(), [""; 0]);
    assert_eq!(git(&stage.description().clone, &["tag", "--list", "rollback-*"]), "");
    // A query in GraphQL writes nothing.
    let writes = |request: &&lastgood_rehearsal::RecordedRequest| {
        request.method != "GET" && !request.path_and_query.ends_with("/graphql")
    };
    assert_eq!(stage.server().requests().iter().filter(writes).count(), 0);
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
