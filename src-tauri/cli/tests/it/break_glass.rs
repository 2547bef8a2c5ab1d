//! `lastgood break-glass`: the page is prepared while GitHub answers and printed while nothing else does. Its commands are
//! run as they stand on it; those of `gh` are in `tests/clients`.

use std::process::Output;

#[cfg(unix)]
use lastgood_rehearsal::{Fault, FaultKind, Moment};

use crate::kit::{Stage, finish, git};
#[cfg(unix)]
use crate::snippet;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_printed_without_any_network_and_its_commands_roll_back() {
    let stage = Stage::start().await;
    let clone = stage.description().clone.clone();
    let settings = std::fs::read_to_string(clone.join("lastgood.toml")).unwrap();
    let contacts = "\n[contacts]\n\"@on-call\" = \"pager 555 0100\"\n\"@platform-lead\" = \"phone 555 0101\"\n";
    std::fs::write(clone.join("lastgood.toml"), format!("{settings}{contacts}")).unwrap();
    assert_eq!(stage.run(&["break-glass", "production"]).code, Some(1), "nothing was prepared yet");
    assert_eq!(stage.run(&["status", "--all"]).code, Some(0));

    let mut asking = stage.lastgood(&["break-glass", "production"]);
    let page = finish(asking.env("LASTGOOD_GITHUB_API", "http://127.0.0.1:1").env_remove("LASTGOOD_GITHUB_TOKEN"));
    assert_eq!(page.code, Some(0), "{page:?}");
    let commit = git(&clone, &["rev-parse", "v2.4.0^{commit}"]);
    for (name, digest) in assets(&stage, "v2.4.0") {
        let line = page.out.lines().find(|line| line.contains(&digest));
        assert!(line.is_some_and(|line| line.contains(&name)), "{name} {digest}: {}", page.out);
    }
    for words in [
        "Break glass: production back to v2.4.0",
        "Live was   v2.4.1",
        &format!("commit   {commit}"),
        "@on-call: pager 555 0100",
        "gh workflow run deploy.yml",
        "-f version_tag=v2.4.0",
        "curl -fsS -X POST",
    ] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    assert!(!page.out.contains(&stage.description().token), "no secret is on the page");

    let looked = run_in(&stage, &commands(&page.out, "Look that the target is what it was"));
    let object = git(&clone, &["rev-parse", "refs/tags/v2.4.0"]);
    assert_eq!(looked, format!("{object}\n{object}\trefs/tags/v2.4.0\n"));
    assert_eq!(tried_in(&stage, &commands(&page.out, "See who holds")).stdout, b"", "nobody does");
    run_in(&stage, &commands(&page.out, "Mark the rollback"));
    assert_eq!(stage.rollback_tags().len(), 1);
    let tag = stage.rollback_tags().remove(0);
    assert_eq!(git(&stage.description().remote, &["rev-parse", &format!("{tag}^{{commit}}")]), commit);
    run_in(&stage, curl(&commands(&page.out, "Deploy")));
    assert_eq!((stage.dispatches(), stage.started()), (1, 1));
    let proved = run_in(&stage, &commands(&page.out, "Prove it"));
    assert!(proved.contains("v2.4.0"), "what production answers by now: {proved}");
}

/// The page and the deploy workflow's own step, on one remote.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_hold_of_a_rollback_that_got_no_further_is_seen_and_lifted_so_that_the_page_can_deploy() {
    let stage = Stage::start().await;
    assert_eq!(stage.run(&["status", "--all"]).code, Some(0));
    stage.arm(Fault::once("/dispatches", FaultKind::Cut { moment: Moment::BeforeEffect }).for_ever());
    let stuck = finish(&mut stage.rollback(&[]));
    assert_eq!((stuck.code, &stuck.last()["outcome"]), (Some(1), &serde_json::json!("inconclusive")), "{stuck:?}");
    let page = stage.run(&["break-glass", "production"]).out;

    let held = run_in(&stage, &commands(&page, "See who holds"));
    for words in ["refs/lastgood/hold/production", "Owner: @platform-lead", "Reason: checkout fails", "Rollback: rb-"] {
        assert!(held.contains(words), "{words}: {held}");
    }
    let by_hand = by_hand(curl(&commands(&page, "Deploy")));
    assert_eq!(snippet::deploy(&stage, "production", &by_hand).code, Some(1), "the page alone is refused");
    run_in(&stage, &commands(&page, "Only if it is held"));
    assert_eq!(snippet::deploy(&stage, "production", &by_hand).code, Some(0));
    assert_eq!(tried_in(&stage, &commands(&page, "See who holds")).stdout, b"", "nobody does any more");
    assert_eq!(stage.started(), 0);

    stage.server().clear_faults();
    let taken_up = finish(&mut stage.rollback(&["--choose", "send-again"]));
    assert_ne!(taken_up.last()["outcome"], "succeeded", "whoever lifted it gave that rollback up: {taken_up:?}");
    assert_eq!(stage.started(), 0);
}

/// The files of a release and what GitHub says that they are.
fn assets(stage: &Stage, tag: &str) -> Vec<(String, String)> {
    let state = stage.server().state();
    let release = state.releases.iter().find(|release| release.tag == tag).unwrap();
    let assets: Vec<_> =
        release.assets.iter().map(|asset| (asset.name.clone(), format!("sha256:{}", asset.sha256))).collect();
    assert!(assets.len() > 1, "the sample's releases have files");
    assets
}

/// Of the step whose title begins so, or of what stands in the place of all steps.
pub(crate) fn commands(page: &str, title: &str) -> String {
    let is_title =
        |line: &&str| line.trim_start_matches(|c: char| c.is_ascii_digit() || ". ".contains(c)).starts_with(title);
    let behind: Vec<&str> = page.lines().skip_while(|line| !is_title(line)).skip(1).collect();
    let commands: Vec<&str> = behind.iter().map_while(|line| line.strip_prefix("   ")).collect();
    assert!(!commands.is_empty(), "{title}: {page}");
    commands.join("\n")
}

fn curl(ways: &str) -> &str {
    ways.lines().find(|line| line.contains("| curl")).unwrap()
}

#[cfg(unix)]
/// What the page tells the workflow in the place of a rollback's id.
fn by_hand(curl: &str) -> String {
    let body = curl.split_once("-d '").unwrap().1.split_once('\'').unwrap().0;
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let named = body["inputs"].as_object().unwrap().values().find(|value| *value == "by-hand");
    named.unwrap().as_str().unwrap().to_owned()
}

/// As a person types it; what it printed.
pub(crate) fn run_in(stage: &Stage, commands: &str) -> String {
    let output = tried_in(stage, commands);
    assert!(output.status.success(), "{commands}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn tried_in(stage: &Stage, commands: &str) -> Output {
    std::process::Command::new("sh")
        .args(["-ec", commands])
        .current_dir(&stage.description().clone)
        .env("GITHUB_TOKEN", &stage.description().token)
        .envs([("GIT_COMMITTER_NAME", "on-call"), ("GIT_COMMITTER_EMAIL", "on-call@example.com")])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}
