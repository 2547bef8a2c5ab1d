//! Texts and their versions in a real file, and what a kill leaves of them.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::documents::{Autosave, Documents, Saved};
use lastgood_core::error::Code;
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::About;
use lastgood_core::postmortem::document::Document;

use crate::again;

/// What a person may lose.
const LOST: Duration = Duration::from_millis(300);

#[test]
fn a_text_comes_back_byte_by_byte_with_its_versions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    let documents = Documents::open(&path).unwrap();
    let text = "🚒 توقف\r\n<script>\u{202e}</script>\0\n".to_owned() + &"log line\n".repeat(230_000);
    assert_eq!(documents.save("pm-1", "first", at(0), Some("created")), Ok(1));
    assert_eq!(documents.save("pm-1", &text, at(1), None), Ok(2));
    assert_eq!(documents.save("pm-1", &text, at(2), None), Ok(2), "the same text is no new version");
    assert_eq!(documents.save("pm-2", "other", at(2), None), Ok(1));
    drop(documents);
    let documents = Documents::open(&path).unwrap();
    assert_eq!(documents.text("pm-1").unwrap().as_ref(), Some(&text));
    assert_eq!(documents.go_back("pm-1", 1, at(3)), Ok(3));
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("first"));
    let named: Vec<_> = documents.versions("pm-1").unwrap().into_iter().map(|version| version.named).collect();
    assert_eq!(named, [Some("created".to_owned()), None, Some("back to version 1".to_owned())]);
    assert_eq!(documents.text_of("pm-1", 2).unwrap(), Some(text));
    assert_eq!(documents.go_back("pm-1", 9, at(4)).unwrap_err().code, Code::DocumentUnknown);
}

#[test]
fn old_versions_become_fewer_and_those_with_a_name_stay() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    for second in 0..600 {
        let named = (second == 7).then_some("published");
        documents.save("pm-1", &format!("text {second}"), at(second), named).unwrap();
    }
    let versions = documents.versions("pm-1").unwrap();
    let recent = versions.iter().filter(|version| version.at > at(540)).count();
    assert_eq!(recent, 59, "every version of the last minute is there");
    assert!(versions.len() < 75, "{}", versions.len());
    assert_eq!(documents.newest_named("pm-1", "published").unwrap().as_deref(), Some("text 7"));
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("text 599"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_on_the_disk_when_flush_returns() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    let autosave = Autosave::start(documents.clone(), "pm-1".to_owned());
    for number in 0..500 {
        autosave.typed(format!("text {number}")).unwrap();
    }
    assert!(matches!(autosave.flush().await.unwrap(), Saved::At { .. }));
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("text 499"));
    assert!(documents.versions("pm-1").unwrap().len() < 20, "not every key is a version");
}

#[test]
fn a_newer_file_is_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    drop(Documents::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    assert_eq!(Documents::open(&path).err().unwrap().code, Code::DocumentsUnwritable);
}

/// The second process types without an end, and says each time what it has typed and for how long it has.
#[test]
fn a_kill_in_the_middle_of_typing_costs_at_most_the_last_moment_and_never_a_section() {
    if let Some(path) = again::told() {
        return type_until_killed(std::path::Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let slowest = slowest_save(&folder.path().join("measured.sqlite"));
    let mut worst = Duration::ZERO;
    for kill in 0..100_u32 {
        let path = folder.path().join(format!("documents-{kill}.sqlite"));
        let test = "documents::a_kill_in_the_middle_of_typing_costs_at_most_the_last_moment_and_never_a_section";
        let mut typist = again::start(test, &path, |command| command);
        // A point that no other kill has, within the first seconds' saves.
        let until = Duration::from_millis(u64::from(kill * 37 % 400));
        let mut typed: Vec<Duration> = Vec::new();
        while let Some(word) = typist.word() {
            typed.push(Duration::from_micros(word.parse().unwrap()));
            if typed.last().is_some_and(|last| *last >= until) {
                break;
            }
        }
        typist.kill();
        let text = Documents::open(&path).unwrap().text("pm-1").unwrap().unwrap_or_else(|| whole(0));
        let number: usize = text.rsplit("typed ").next().unwrap().trim().parse().unwrap();
        assert_eq!(text, whole(number), "a version is whole or not there");
        assert_eq!(Document::parse(&text).sections.len(), 8);
        let lost = typed.last().unwrap().saturating_sub(typed.get(number).copied().unwrap_or(Duration::MAX));
        worst = worst.max(lost);
        assert!(lost <= LOST + slowest * 2, "kill {kill}: {lost:?} of typing are missing");
    }
    again::say(format!("{worst:?} at most were missing, the slowest save took {slowest:?}"));
}

fn type_until_killed(path: &std::path::Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let autosave = Autosave::start(Documents::open(path).unwrap(), "pm-1".to_owned());
        let begun = Instant::now();
        for number in 1.. {
            autosave.typed(whole(number)).unwrap();
            again::say(begun.elapsed().as_micros());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
}

/// A document of some size with every section, and how far it was typed at its end.
fn whole(number: usize) -> String {
    let about = About { title: "Typed".to_owned(), environment: None, rollbacks: Vec::new(), incident: None };
    let document = Document::new(&PostmortemId::new("pm-1"), &about, "2026-03-02", "@platform-lead").text();
    format!("{document}{}typed {number}\n", "what was written before\n".repeat(2_000))
}

fn slowest_save(path: &std::path::Path) -> Duration {
    let documents = Documents::open(path).unwrap();
    let save = |number: usize| {
        let begun = Instant::now();
        documents.save("pm-1", &whole(number), Timestamp::now(), None).unwrap();
        begun.elapsed()
    };
    (0..20).map(save).max().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_400_000).unwrap().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}
