//! A post-mortem in the window: begun, typed by two, pushed while somebody types, with its issue and its files.

use lastgood_desktop::ipc::postmortem::changes::line;
use lastgood_desktop::ipc::postmortem::desk::{begin, open, save};
use lastgood_desktop::ipc::postmortem::news::{news, ticket};
use lastgood_desktop::ipc::postmortem::ways_out::{export_into, push};
use lastgood_desktop::ipc::postmortem::{
    ExportFormat, LineChange, LineOrigin, MergeChoice, MergeSide, PostmortemState, PostmortemView,
};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::kit::{LIMIT, LOOK, Stage, Window};

#[tokio::test(flavor = "multi_thread")]
async fn what_two_windows_type_is_brought_together_and_nothing_of_either_is_lost() {
    let stage = Stage::at_speed(20.0).await;
    let (here, there) = (window(&stage).await, window(&stage).await);
    let paper = begun(&here).await;
    assert_eq!((paper.state, paper.editable), (PostmortemState::Draft, true));
    let same = open(&there.host, &paper.id).await.unwrap();
    assert_eq!((&same.text, &same.revision), (&paper.text, &paper.revision));

    let summary = section(&paper.text, "Summary", "Nobody could pay.");
    let first = save(&here.host, &paper.id, &paper.revision, summary.clone()).await.unwrap();
    assert_eq!((first.text, &first.typed), (None, &first.revision));
    let second =
        save(&there.host, &paper.id, &same.revision, section(&same.text, "Impact", "Everybody.")).await.unwrap();
    let together = section(&summary, "Impact", "Everybody.");
    assert_eq!((second.text.as_ref(), second.note.as_ref()), (Some(&together), None));

    // Who typed on before both texts were there takes nothing away.
    let on = section(&paper.text, "Impact", "Everybody, for an hour.");
    let third = save(&there.host, &paper.id, &second.typed, on).await.unwrap();
    assert!(third.text.unwrap().contains("Nobody could pay."));
    // Both changed one section: the newer stands, the other is said to be in the history.
    let late = save(&here.host, &paper.id, &first.revision, section(&summary, "Impact", "A few.")).await.unwrap();
    assert_eq!(late.note.as_deref(), Some("Somebody else changed Impact too; their text is in the history."));
    let text = open(&there.host, &paper.id).await.unwrap().text;
    assert!(text.contains("A few.") && text.contains("Nobody could pay."), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_typed_during_a_push_are_kept_and_no_draft_is_published() {
    let stage = Stage::at_speed(20.0).await;
    let window = window(&stage).await;
    let paper = begun(&window).await;
    let gate = Gate::before(&stage.description().remote);
    let typing = async {
        gate.reached().await;
        let typed = section(&paper.text, "Summary", "Typed during the push.");
        let saved = save(&window.host, &paper.id, &paper.revision, typed).await.unwrap();
        gate.open();
        saved
    };
    let (pushed, saved) = tokio::join!(push(&window.host, paper.id.clone(), Vec::new(), false), typing);

    let path = pushed.unwrap().path.unwrap();
    let there = published(&stage, &path);
    assert!(there.contains("status: \"published\"") && !there.contains("Typed during"), "{there}");
    let now = open(&window.host, &paper.id).await.unwrap();
    assert!(now.text.contains("Typed during the push.") && now.text.contains("status: \"published\""), "{}", now.text);
    assert_eq!(now.state, PostmortemState::Review);
    // The window types on from what it saved, and pushes again.
    let on = section(&paper.text, "Summary", "Typed during the push. And after it.");
    let together = save(&window.host, &paper.id, &saved.revision, on).await.unwrap();
    assert!(together.text.unwrap().contains("status: \"published\""));
    push(&window.host, paper.id.clone(), Vec::new(), false).await.unwrap();
    assert!(published(&stage, &path).contains("And after it."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_in_review_until_it_is_closed_and_another_push_opens_the_next() {
    let stage = Stage::at_speed(20.0).await;
    let window = window(&stage).await;
    let paper = begun(&window).await;
    push(&window.host, paper.id.clone(), Vec::new(), false).await.unwrap();
    let first = news(&window.host, paper.id.clone()).await.unwrap();
    assert_eq!(first.state, PostmortemState::Review);
    stage.server().close_pull_request(number(first.pull_request.as_deref())).unwrap();
    let closed = news(&window.host, paper.id.clone()).await.unwrap();
    assert_eq!(closed.state, PostmortemState::Closed);

    let revision = open(&window.host, &paper.id).await.unwrap();
    save(&window.host, &paper.id, &revision.revision, section(&revision.text, "Impact", "Better.")).await.unwrap();
    push(&window.host, paper.id.clone(), Vec::new(), false).await.unwrap();
    let second = news(&window.host, paper.id.clone()).await.unwrap();
    assert_eq!(second.state, PostmortemState::Review);
    assert_ne!(second.pull_request, first.pull_request);
    stage.server().merge_pull_request(number(second.pull_request.as_deref())).unwrap();
    assert_eq!(news(&window.host, paper.id).await.unwrap().state, PostmortemState::Published);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_went_apart_is_shown_and_pushed_only_once_somebody_chose() {
    let stage = Stage::at_speed(20.0).await;
    let window = window(&stage).await;
    let paper = begun(&window).await;
    let path = push(&window.host, paper.id.clone(), Vec::new(), false).await.unwrap().path.unwrap();
    let there = published(&stage, &path);
    review(&stage, &path, &section(&there, "Impact", "From the review."));
    let now = open(&window.host, &paper.id).await.unwrap();
    save(&window.host, &paper.id, &now.revision, section(&now.text, "Impact", "From here.")).await.unwrap();

    let shown = push(&window.host, paper.id.clone(), Vec::new(), false).await.unwrap().merge.unwrap();
    assert_eq!(shown.sections.len(), 1);
    assert!(shown.sections[0].mine.contains("From here.") && shown.sections[0].theirs.contains("From the review."));
    assert!(published(&stage, &path).contains("From the review."), "nothing was pushed");
    let both = MergeChoice { section: shown.sections[0].mark.clone(), side: MergeSide::Both };
    let chosen = push(&window.host, paper.id.clone(), vec![both], false).await.unwrap();
    assert!(chosen.merge.is_none());
    let both = published(&stage, &path);
    assert!(both.contains("From here.") && both.contains("From the review."), "{both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_gets_one_issue_whose_number_stands_in_the_text() {
    let stage = Stage::at_speed(20.0).await;
    let window = window(&stage).await;
    let paper = begun(&window).await;
    let list = section(&paper.text, "What we will do", "- [ ] Alert the lead @platform-lead");
    save(&window.host, &paper.id, &paper.revision, list).await.unwrap();
    let action = open(&window.host, &paper.id).await.unwrap().actions[0].id.clone();
    let ticketed = ticket(&window.host, paper.id.clone(), &action).await.unwrap();
    let number = ticketed.actions[0].ticket.clone().unwrap();
    assert!(number.starts_with('#') && ticketed.text.contains(&number), "{}", ticketed.text);
    assert!(ticket(&window.host, paper.id.clone(), &ticketed.actions[0].id).await.is_err(), "it has one");
    assert_eq!(stage.posts("/issues"), 1);
    let told = news(&window.host, paper.id).await.unwrap();
    assert!(told.tickets.iter().any(|known| known.ticket == number && known.open));
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_lines_are_taken_or_refused_and_an_export_writes_its_files() {
    let stage = Stage::at_speed(20.0).await;
    let window = window(&stage).await;
    let paper = begun(&window).await;
    let paste = |text: &str| line(&window.host, paper.id.clone(), LineChange::Paste { text: text.to_owned() });
    let told = paste("14:05 @on-call-lead  I see 503\n14:06 restarted it\n").await.unwrap();
    let who: Vec<Option<&str>> = told.lines.iter().map(|line| line.who.as_deref()).collect();
    assert_eq!(who, [Some("@on-call-lead"), None]);
    assert!(told.lines.iter().all(|line| line.origin == LineOrigin::Pasted));
    assert!(paste("no time in it").await.is_err());
    assert!(paste(&"14:05 the same again\n".repeat(501)).await.is_err(), "that is a log");

    let folder = tempfile::tempdir().unwrap();
    for (format, ending, begins) in [
        (ExportFormat::Markdown, "md", &b"---\n"[..]),
        (ExportFormat::Html, "html", b"<!doctype html>"),
        (ExportFormat::Pdf, "pdf", b"%PDF-"),
    ] {
        let written = export_into(&window.host, paper.id.clone(), format, folder.path()).await.unwrap();
        let path = written.path.unwrap();
        assert!(path.ends_with(ending), "{path}");
        let content = std::fs::read(&path).unwrap();
        assert!(content.starts_with(begins), "{path} begins with {:?}", &content[..20]);
    }
}

/// With a person whom git knows.
async fn window(stage: &Stage) -> Window {
    let clone = stage.clone_folder();
    git(&clone, &["config", "user.name", "platform-lead"]);
    git(&clone, &["config", "user.email", "platform-lead@example.com"]);
    let window = stage.window(&clone);
    window.armed().await;
    window
}

async fn begun(window: &Window) -> PostmortemView {
    begin(&window.host, None, None, Some("Checkout fails".to_owned())).await.unwrap()
}

/// The text with this below that heading, in the place of what stood there.
fn section(text: &str, heading: &str, words: &str) -> String {
    let begins = text.find(&format!("## {heading}\n")).unwrap();
    let body = begins + heading.len() + 4;
    let ends = text[body..].find("\n## ").map_or(text.len(), |at| body + at);
    format!("{}\n{words}\n{}", &text[..body], &text[ends..])
}

/// The file as the newest branch of the remote has it.
fn published(stage: &Stage, path: &str) -> String {
    git(&stage.description().remote, &["show", &format!("{}:{path}", branch(stage))])
}

fn branch(stage: &Stage) -> String {
    git(&stage.description().remote, &["for-each-ref", "--format=%(refname:short)", "refs/heads/postmortem/"])
}

/// Somebody edits the file on the branch.
fn review(stage: &Stage, path: &str, content: &str) {
    let folder = tempfile::tempdir().unwrap();
    let remote = stage.description().remote.to_string_lossy().into_owned();
    git(folder.path(), &["clone", "--quiet", "--branch", &branch(stage), &remote, "."]);
    std::fs::write(folder.path().join(path), content).unwrap();
    let who = ["-c", "user.name=reviewer", "-c", "user.email=reviewer@example.com"];
    git(folder.path(), &[&who[..], &["commit", "--quiet", "--all", "-m", "Review"]].concat());
    git(folder.path(), &["push", "--quiet", "origin", "HEAD"]);
}

fn number(address: Option<&str>) -> u64 {
    address.and_then(|address| address.rsplit('/').next()).unwrap().parse().unwrap()
}

/// A remote that takes a push only once it may.
struct Gate {
    reached: std::path::PathBuf,
    opened: std::path::PathBuf,
}

impl Gate {
    fn before(remote: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let gate = Self { reached: remote.join("reached"), opened: remote.join("opened") };
        let hook = remote.join("hooks/pre-receive");
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        let (reached, opened) = (gate.reached.display(), gate.opened.display());
        let words = format!("#!/bin/sh\n: > '{reached}'\nwhile [ ! -e '{opened}' ]; do sleep 0.05; done\n");
        std::fs::write(&hook, words).unwrap();
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        gate
    }

    async fn reached(&self) {
        let begun = Instant::now();
        while !self.reached.exists() {
            assert!(begun.elapsed() < LIMIT, "no push came to the remote");
            tokio::time::sleep(LOOK).await;
        }
    }

    fn open(&self) {
        std::fs::write(&self.opened, "").unwrap();
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
}
