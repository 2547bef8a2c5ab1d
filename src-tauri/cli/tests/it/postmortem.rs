//! `lastgood postmortem`: what leaves is compared with the journal.

use std::path::Path;

use lastgood_core::journal::Fact;
use serde_json::Value;

use crate::exported;
use crate::kit::{Stage, finish, git};

#[tokio::test(flavor = "multi_thread")]
async fn every_export_tells_every_fact_once_in_order_and_none_besides() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let facts: Vec<Fact> = stage.records().iter().map(|record| record.read().unwrap()).collect();
    let id = begin(&stage);
    for format in ["md", "html", "pdf"] {
        exported::assert_told(&stage, &id, format, &facts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_markdown_stands_beside_its_pictures() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let done = export(&stage, &begin(&stage), "md");
    let files: Vec<String> = serde_json::from_value(done["files"].clone()).unwrap();
    let text = std::fs::read_to_string(&files[0]).unwrap();
    for picture in ["rollback.svg", "probes.svg", "steps.svg"] {
        let path = files.iter().find(|file| file.ends_with(picture)).unwrap();
        assert!(std::fs::read_to_string(path).unwrap().starts_with("<svg "));
        let folder = Path::new(&files[0]).file_stem().unwrap().to_str().unwrap();
        assert!(text.contains(&format!("({folder}/{picture})")), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_lines_and_a_written_text_are_in_what_is_shown_and_exported() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let id = begin(&stage);
    let chat = stage.path("chat.txt");
    std::fs::write(&chat, "on-call  14:02\nHealth is red <script>alert(1)</script>\n14:03\nlooking\n").unwrap();
    let pasted = stage.run(&["postmortem", "paste", &id, "--from", chat.to_str().unwrap(), "--zone", "UTC", "--json"]);
    assert_eq!((pasted.code, pasted.last()["added"].as_u64()), (Some(0), Some(2)), "{pasted:?}");
    let shown = stage.run(&["postmortem", "show", &id, "--zone", "UTC", "--json"]).last();
    let messages: Vec<&Value> =
        shown["timeline"].as_array().unwrap().iter().filter(|line| line["kind"] == "message").collect();
    assert_eq!((messages.len(), &messages[0]["who"]), (2, &Value::from("on-call")));
    let text = stage.path("text.md");
    std::fs::write(&text, "# Mine\r\n\r\n## Summary\r\n\r\nwritten\r\n\r\n<!-- lastgood:timeline -->\r\n").unwrap();
    assert_eq!(stage.run(&["postmortem", "write", &id, "--from", text.to_str().unwrap()]).code, Some(0));
    let done = export(&stage, &id, "html");
    let html = std::fs::read_to_string(done["files"][0].as_str().unwrap()).unwrap();
    assert!(html.contains("written") && !html.contains("<script") && html.contains("&lt;script&gt;alert(1)"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_pushes_a_branch_merges_what_others_changed_and_shows_conflicts() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let clone = stage.description().clone.clone();
    let id = begin(&stage);
    git(&clone, &["config", "user.name", ""]);
    assert_eq!(stage.run(&["postmortem", "publish", &id, "--json"]).trouble(), "author_unknown");
    git(&clone, &["config", "user.name", "platform-lead"]);
    git(&clone, &["config", "user.email", "platform-lead@example.com"]);
    let first = publish(&stage, &id, &[]);
    let remote = stage.description().remote.clone();
    let (branch, path) = (text(&first, "branch"), text(&first, "path"));
    assert!(text(&first, "link").contains("/compare/main...postmortem/"), "{first}");
    assert_eq!(git(&remote, &["rev-parse", &branch]), text(&first, "commit"));
    let there = git(&remote, &["show", &format!("{branch}:{path}")]);
    assert!(there.contains("| Kind | What | Source |") && there.contains("## What happened"));

    // Somebody edits the branch, as in a review; another section is written here.
    let theirs = there.replace("## Impact\n", "## Impact\n\nFrom the review.\n");
    push(&stage, &branch, &path, &theirs);
    let own = without_what_was_made(&stage, &id).replace("## Summary\n", "## Summary\n\nFrom here.\n");
    write(&stage, &id, &own);
    publish(&stage, &id, &[]);
    let both = git(&remote, &["show", &format!("{branch}:{path}")]);
    assert!(both.contains("From the review.") && both.contains("From here."), "{both}");

    // Both change one section: nothing is pushed until somebody says which counts.
    push(&stage, &branch, &path, &both.replace("From here.", "From the review, too."));
    write(&stage, &id, &own.replace("From here.", "From here, again."));
    let refused = stage.run(&["postmortem", "publish", &id, "--json"]);
    assert_eq!(refused.trouble(), "document_conflict", "{refused:?}");
    assert!(refused.err.contains("Summary"), "{refused:?}");
    publish(&stage, &id, &["--take", "both"]);
    let settled = git(&remote, &["show", &format!("{branch}:{path}")]);
    assert!(settled.contains("From here, again.") && settled.contains("From the review, too."), "{settled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_holds_what_lies_in_the_repository_and_the_measures_know_the_rollback() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let id = begin(&stage);
    let folder = stage.description().clone.join("docs/postmortems");
    std::fs::create_dir_all(&folder).unwrap();
    let old = "---\ntitle: Checkout slow\ndate: 2025-11-02\n---\n## Contributing factors\n\n- No alert\n\n## What we will do\n\n- [ ] Add one @on-call\n";
    std::fs::write(folder.join("old.md"), old).unwrap();
    git(&stage.description().clone, &["add", "docs"]);
    git(&stage.description().clone, &["commit", "--quiet", "-m", "An old one"]);
    let all = stage.run(&["postmortem", "list", "--json"]).last();
    let titles: Vec<&str> =
        all["postmortems"].as_array().unwrap().iter().filter_map(|entry| entry["title"].as_str()).collect();
    assert_eq!((titles.len(), titles[1], &all["postmortems"][0]["id"]), (2, "Checkout slow", &Value::from(id)));
    let found = stage.run(&["postmortem", "list", "--search", "ALERT", "--json"]).last();
    assert_eq!(found["postmortems"].as_array().unwrap().len(), 1);
    let open = stage.run(&["postmortem", "open", "--json"]).last();
    assert_eq!(
        (&open["actions"][0]["owner"], &open["factors"][0]["factor"]),
        (&Value::from("@on-call"), &Value::from("No alert"))
    );
    let measured = stage.run(&["metrics", "--environment", "production", "--json"]).last();
    let production = &measured["environments"][0];
    assert!(production["failed"].as_u64().is_some_and(|count| count >= 1), "{measured}");
    assert!(production["recovery_seconds"].as_i64().is_some_and(|seconds| seconds >= 0), "{measured}");
    assert_eq!(measured["definitions"].as_array().unwrap().len(), 3);
}

fn begin(stage: &Stage) -> String {
    let done = stage.run(&["postmortem", "new", "--json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    text(&done.last(), "id")
}

fn export(stage: &Stage, id: &str, format: &str) -> Value {
    let out = stage.path(format);
    let arguments = [
        "postmortem",
        "export",
        id,
        "--format",
        format,
        "--out",
        out.to_str().unwrap(),
        "--zone",
        "Europe/Berlin",
        "--json",
    ];
    let done = stage.run(&arguments);
    assert_eq!(done.code, Some(0), "{done:?}");
    done.last()
}

fn publish(stage: &Stage, id: &str, more: &[&str]) -> Value {
    let done = stage.run(&[&["postmortem", "publish", id, "--json"], more].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    done.last()
}

fn write(stage: &Stage, id: &str, content: &str) {
    let file = stage.path("written.md");
    std::fs::write(&file, content).unwrap();
    assert_eq!(stage.run(&["postmortem", "write", id, "--from", file.to_str().unwrap()]).code, Some(0));
}

/// The document as it is kept, which the terminal shows to nobody: an export, reduced.
fn without_what_was_made(stage: &Stage, id: &str) -> String {
    let done = export(stage, id, "md");
    let text = std::fs::read_to_string(done["files"][0].as_str().unwrap()).unwrap();
    lastgood_core::postmortem::place::reduced(&text)
}

fn push(stage: &Stage, branch: &str, path: &str, content: &str) {
    let folder = stage.path("reviewer");
    drop(std::fs::remove_dir_all(&folder));
    let remote = stage.description().remote.to_str().unwrap().to_owned();
    git(&stage.path(""), &["clone", "--quiet", "--branch", branch, &remote, "reviewer"]);
    std::fs::write(folder.join(path), format!("{}\n", content.trim_end())).unwrap();
    git(&folder, &["commit", "--quiet", "--all", "-m", "Review"]);
    git(&folder, &["push", "--quiet", "origin", branch]);
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}
