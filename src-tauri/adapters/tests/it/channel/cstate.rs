//! cState: a real repository, built by Hugo with cState's own theme, its pages and JSON read back.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use lastgood_adapters::channel::{Keys, channel};
use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::Settings;
use serde_json::{Value, json};

use super::kit::{PATIENCE, letter};
use super::mail::venv;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args([
        "-c",
        "user.name=Site",
        "-c",
        "user.email=site@acme.example",
        "-c",
        "commit.gpgSign=false",
    ]);
    let done = command.args(arguments).stderr(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// A bare repository with a site in it.
fn site(folder: &Path) {
    let work = folder.join("work");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cstate"), &work);
    std::fs::create_dir_all(work.join("content/issues")).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "--quiet", "--message", "site"]);
    git(folder, &["clone", "--quiet", "--bare", "work", "site.git"]);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}

fn hook(folder: &Path, name: &str, script: &str) {
    let hook = folder.join("site.git/hooks").join(name);
    std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

fn cstate(folder: &Path) -> Arc<dyn Channel> {
    let text = format!("[channels.it]\nkind = 'cstate'\nrepository = '{}'\n", folder.join("site.git").display());
    let settings = Settings::parse(&text).unwrap();
    let keys = Keys { secret: None, github: None, repository: None, authorizer: None, deadline: Some(PATIENCE) };
    channel("it", &settings.channels["it"], &keys).unwrap()
}

/// The site as Hugo builds it: the overview's JSON, the page's JSON, the page.
fn build(folder: &Path, round: &str) -> (Value, Value, String) {
    let work = folder.join(round);
    git(folder, &["clone", "--quiet", "site.git", round]);
    let built =
        Command::new(venv("hugo")).args(["--quiet", "--destination", "public"]).current_dir(&work).output().unwrap();
    assert!(built.status.success(), "{built:?}");
    let read = |path: &str| std::fs::read_to_string(work.join("public").join(path)).unwrap();
    let json = |path: &str| serde_json::from_str(&read(path)).unwrap();
    let page = "issues/2026-11-23-inc-4f1c/index";
    (json("index.json"), json(&format!("{page}.json")), read(&format!("{page}.html")))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_a_page_that_hugo_builds_and_its_updates_stand_on_it() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    let channel = cstate(folder.path());
    let hostile = "# Plugins \"fail\": {{< x >}}\nWe look <script>alert(1)</script> into {{ it }} and {{% that %}}.";
    let first = letter(hostile);
    assert!(matches!(channel.send(&first).await, Sent::Delivered(_)));
    let (index, page, html) = build(folder.path(), "first");
    assert_eq!((&index["summaryStatus"], &index["systems"][0]["status"]), (&json!("disrupted"), &json!("disrupted")));
    assert_eq!((&page["resolved"], &page["severity"]), (&json!(false), &json!("disrupted")));
    assert!(!html.contains("<script>alert(1)"), "{html}");
    assert!(html.contains("14:44"), "the time of the update shows");

    assert!(channel.look_up(&first).await.is_some(), "it can be found there");
    assert!(matches!(channel.send(&first).await, Sent::Delivered(_)), "sent twice it is there once");
    let last = Letter { stage: Stage::Resolved, key: "up-2.it".to_owned(), ..letter("# Over\nIt works again.") };
    assert!(channel.look_up(&last).await.is_none());
    assert!(matches!(channel.send(&last).await, Sent::Delivered(_)));
    let (index, page, html) = build(folder.path(), "second");
    assert_eq!((&index["summaryStatus"], &page["resolved"]), (&json!("ok"), &json!(true)));
    assert!(html.find("It works again.").unwrap() < html.find("We look").unwrap(), "the newest stands on top");
    assert_eq!(git(&folder.path().join("second"), &["rev-list", "--count", "HEAD"]).trim(), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_corrects_when_it_began_writes_on_the_page_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    let channel = cstate(folder.path());
    let other = Letter { incident: "x-inc-4f1c".to_owned(), key: "up-9.it".to_owned(), ..letter("# Another\nText.") };
    for letter in [&letter("# Plugins fail\nWe look into it."), &other] {
        assert!(matches!(channel.send(letter).await, Sent::Delivered(_)));
    }
    let began = "2026-11-22T23:50:00Z".parse().unwrap();
    let last = Letter { stage: Stage::Resolved, key: "up-2.it".to_owned(), began, ..letter("# Over\nIt works again.") };
    assert!(matches!(channel.send(&last).await, Sent::Delivered(_)));
    assert!(channel.look_up(&last).await.is_some(), "it can be found there");
    let files = git(&folder.path().join("site.git"), &["ls-tree", "--name-only", "main", "content/issues/"]);
    let pages = ["content/issues/2026-11-23-inc-4f1c.md", "content/issues/2026-11-23-x-inc-4f1c.md"];
    assert_eq!(files.lines().collect::<Vec<_>>(), pages);
    let page = git(&folder.path().join("site.git"), &["show", &format!("main:{}", pages[0])]);
    assert!(page.contains("resolved: true") && page.contains("date: \"2026-11-22 23:50:00\""), "{page}");
    assert!(page.contains("We look into it."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_test_tells_a_site_that_can_be_read_from_one_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let trouble = cstate(folder.path()).test().await.unwrap_err();
    assert_eq!(trouble.message, "The site cannot be cloned, or has no config.yml.");
    site(folder.path());
    let before = git(&folder.path().join("site.git"), &["rev-parse", "main"]);
    assert!(matches!(cstate(folder.path()).test().await.unwrap(), Tested::Answered(words) if words.contains("cloned")));
    assert_eq!(git(&folder.path().join("site.git"), &["rev-parse", "main"]), before, "nothing was pushed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_says_no_is_told_from_one_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    let channel = cstate(folder.path());
    hook(folder.path(), "pre-receive", "echo frozen >&2; exit 1");
    let sent = channel.send(&letter("Text.")).await;
    assert!(matches!(&sent, Sent::Refused(trouble) if trouble.message.contains("frozen")), "{sent:?}");
    std::fs::remove_dir_all(folder.path().join("site.git")).unwrap();
    let sent = channel.send(&letter("Text.")).await;
    assert!(matches!(sent, Sent::NotSent { .. }), "{sent:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_push_whose_answer_is_lost_or_never_comes_is_looked_up_and_is_there_at_most_once() {
    for (when, script, arrived) in [
        ("post-receive", "exec sleep 600", true),
        ("post-receive", "kill -9 $PPID", true),
        ("pre-receive", "exec sleep 600", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        site(folder.path());
        let channel = cstate(folder.path());
        hook(folder.path(), when, script);
        let first = letter("# Plugins fail\nWe look into it.");
        let sent = channel.send(&first).await;
        let commits = git(&folder.path().join("site.git"), &["rev-list", "--count", "main"]);
        assert_eq!(commits.trim(), if arrived { "2" } else { "1" }, "{when}, {script}");
        match &sent {
            Sent::Delivered(_) => assert!(arrived, "{when}, {script}: {sent:?}"),
            Sent::Unknown(_) => assert!(!arrived, "{when}, {script}: {sent:?}"),
            Sent::Refused(_) | Sent::NotSent { .. } | Sent::Partly { .. } => panic!("{when}, {script}: {sent:?}"),
        }
        assert_eq!(channel.look_up(&first).await.is_some(), arrived, "{when}, {script}");
        std::fs::remove_file(folder.path().join("site.git/hooks").join(when)).unwrap();
        assert!(matches!(channel.send(&first).await, Sent::Delivered(_)), "a person sends it again");
        let commits = git(&folder.path().join("site.git"), &["rev-list", "--count", "main"]);
        assert_eq!(commits.trim(), "2", "{when}, {script}: once");
    }
}
