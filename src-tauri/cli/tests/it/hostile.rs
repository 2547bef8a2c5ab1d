//! A repository that nobody trusts, from the first look to a rolled back environment: nothing of it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::kit::{Stage, finish, git};
use crate::status::environment;

#[tokio::test(flavor = "multi_thread")]
async fn a_booby_trapped_repository_is_looked_at_checked_held_and_rolled_back_and_runs_nothing() {
    let stage = Stage::start().await;
    let canary = booby_trap(&stage);
    let silent = |after: &str| {
        assert!(!canary.exists(), "{after} ran: {}", fs::read_to_string(&canary).unwrap_or_default());
    };
    assert_eq!(stage.run(&["timeline", "--json"]).code, Some(0));
    silent("timeline");
    let status = stage.run(&["status", "--json"]);
    assert_eq!(environment(&status.last(), "production")["last_good"], "v2.4.0", "{status:?}");
    silent("status");
    let check = stage.run(&["check", "production", "--json"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    silent("check");
    assert_eq!(stage.run(&["hold", "production", "take", "--reason", "Looking", "--json"]).last()["shared"], true);
    assert_eq!(stage.run(&["hold", "production", "lift", "--json"]).last()["lifted"], true);
    silent("hold");
    let bad = ["quarantine", "v2.3.0", "add", "--reason", "Broken", "--json"];
    assert_eq!(stage.run(&bad).last()["shared"], true);
    silent("quarantine");
    // The whole look prepares the page.
    assert_eq!(stage.run(&["status", "--all"]).code, Some(0));
    silent("the whole look");
    assert_eq!(stage.run(&["break-glass", "production"]).code, Some(0));
    silent("break-glass");
    let done = finish(&mut stage.rollback(&[]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{done:?}");
    assert_eq!((stage.live().as_str(), stage.rollback_tags().len()), ("v2.4.0", 1));
    silent("rollback");

    // Git itself runs them, and may well fail of what they answer.
    let status = Command::new("git").arg("status").current_dir(&stage.description().clone).output().unwrap();
    assert!(canary.exists(), "the traps do work: {status:?}");
}

/// Everything that git would run for a repository leaves a mark in the file that this returns.
fn booby_trap(stage: &Stage) -> PathBuf {
    let (trap, canary) = (stage.path("trap"), stage.path("CANARY"));
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", canary.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let clone = &stage.description().clone;
    let hooks = clone.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["pre-push", "reference-transaction", "post-checkout", "fsmonitor-watchman", "post-index-change"] {
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    fs::create_dir_all(clone.join(".git/info")).unwrap();
    fs::write(clone.join(".git/info/attributes"), "* filter=trap diff=trap\n").unwrap();
    for (name, value) in settings(&trap, &hooks, stage) {
        git(clone, &["config", &name, &value]);
    }
    drop(fs::remove_file(&canary));
    canary
}

fn settings(trap: &Path, hooks: &Path, stage: &Stage) -> Vec<(String, String)> {
    let run = trap.display().to_string();
    let commands = [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "diff.external",
        "diff.trap.textconv",
        "gpg.program",
        "gpg.ssh.program",
        "remote.origin.receivepack",
        "remote.origin.uploadpack",
    ];
    let mut all: Vec<(String, String)> = commands.iter().map(|name| ((*name).to_owned(), run.clone())).collect();
    for alias in ["push", "ls-remote", "cat-file", "fetch", "worktree"] {
        all.push((format!("alias.{alias}"), format!("!{run}")));
    }
    all.push(("push.gpgSign".to_owned(), "if-asked".to_owned()));
    all.push(("tag.gpgSign".to_owned(), "true".to_owned()));
    all.push(("protocol.ext.allow".to_owned(), "always".to_owned()));
    all.push((format!("url.ext::{run} .insteadOf"), stage.description().remote.display().to_string()));
    all.push(("core.hooksPath".to_owned(), hooks.display().to_string()));
    all
}
