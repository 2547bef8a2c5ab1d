//! `lastgood timeline`: what other programs read, and what people see.

use serde_json::{Value, json};

use crate::kit::Running;
use crate::sample::Sample;

const KEYS: [&str; 11] =
    ["tag", "version", "series", "kind", "object", "commit", "date", "title", "author", "prerelease", "signed"];

#[test]
fn the_json_is_one_line_of_exactly_this_shape() {
    let sample = Sample::new();
    let done = sample.run(&["timeline", "--json", "--series", ""]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    let id = |revision: &str| sample.git(&["rev-parse", revision]);
    let expected = json!({ "releases": [
        {
            "tag": "v1.10.0-rc.1", "version": "1.10.0-rc.1", "series": "", "kind": "lightweight",
            "object": id("v1.10.0-rc.1"), "commit": id("v1.10.0-rc.1"), "date": "2023-11-15T00:13:20+02:00",
            "title": "Two", "author": "platform-lead", "prerelease": true, "signed": false,
        },
        {
            "tag": "v1.9.0", "version": "1.9.0", "series": "", "kind": "annotated",
            "object": id("v1.9.0"), "commit": id("v1.9.0^{commit}"), "date": "2023-11-15T00:13:20+02:00",
            "title": "First of the month", "author": "platform-lead", "prerelease": false, "signed": false,
        },
    ] });
    let found = done.last();
    assert_eq!(done.lines().len(), 1);
    assert_eq!(found, expected);
    for key in KEYS {
        assert_eq!(done.out.matches(&format!("\"{key}\":")).count(), 2, "{key}");
    }
    assert_eq!(found["releases"][0].as_object().unwrap().len(), KEYS.len());
}

#[test]
fn releases_are_sorted_by_date_or_version_and_cut_to_a_limit_and_a_series() {
    let sample = Sample::new();
    sample.git(&["-c", "user.name=a", "tag", "-a", "v1.2.0", "-m", "Late patch", "v1.9.0^{commit}"]);
    assert_eq!(tags(&sample, &["--sort", "version", "--series", ""]), ["v1.10.0-rc.1", "v1.9.0", "v1.2.0"]);
    assert_eq!(tags(&sample, &["--sort", "version", "--series", "", "--limit", "2"]), ["v1.10.0-rc.1", "v1.9.0"]);
    assert_eq!(tags(&sample, &["--limit", "0"]), [""; 0]);
    for series in ["api", "api-"] {
        assert_eq!(tags(&sample, &["--series", series]), ["api-v0.2.0"]);
    }
    assert_eq!(tags(&sample, &["--series", "web"]), [""; 0]);
    assert_eq!(tags(&sample, &[]).len(), 4);
}

#[test]
fn any_folder_of_the_repository_will_do() {
    let sample = Sample::new();
    std::fs::create_dir_all(sample.path().join("a/b")).unwrap();
    let done = crate::kit::finish(sample.lastgood(&["timeline", "--json", "--repo", "a/b"]).current_dir(sample.path()));
    assert_eq!(done.last()["releases"].as_array().unwrap().len(), 3);
}

#[test]
fn the_table_lines_up_and_shows_harmlessly_what_would_move_the_cursor() {
    let sample = Sample::new();
    sample.git(&["tag", "-a", "v1.10.0", "-m", "Red \u{1b}[31m alarm\u{7} and \u{202e}back"]);
    let done = sample.run(&["timeline"]);
    assert_eq!(done.code, Some(0));
    assert!(!done.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", done.out);
    let line = |tag: &str| done.out.lines().find(|line| line.starts_with(&format!("{tag} "))).unwrap();
    assert!(line("v1.10.0").contains("Red \u{fffd}[31m alarm"), "{:?}", done.out);
    let columns: Vec<_> = done.out.lines().map(|line| line.find("2023-11-1").unwrap()).collect();
    assert!(columns.iter().all(|column| *column == columns[0]), "{}", done.out);
    assert!(line("v1.10.0-rc.1").ends_with("pre-release"));
}

#[test]
fn a_repository_without_tags_has_no_releases() {
    let sample = Sample::empty();
    sample.commit("One");
    assert_eq!(sample.run(&["timeline", "--json"]).last(), json!({ "releases": [] }));
    assert!(sample.run(&["timeline"]).out.starts_with("No releases"));
}

#[test]
fn what_cannot_be_listed_has_a_code_and_a_hint() {
    let sample = Sample::empty();
    let bare = sample.folder().join("plain");
    std::fs::create_dir(&bare).unwrap();
    for (folder, code) in
        [(bare.to_str().unwrap(), "not_a_repository"), ("no/such/folder", "folder_missing"), (".", "repository_empty")]
    {
        let done = sample.run(&["timeline", "--json", "--repo", folder]);
        assert_eq!((done.code, done.trouble().as_str()), (Some(1), code));
        let done = sample.run(&["timeline", "--repo", folder]);
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "people read it on standard error");
        assert_eq!(done.err.lines().count(), 2, "{}", done.err);
    }
}

#[test]
fn a_reader_that_had_enough_is_no_failure() {
    let sample = Sample::empty();
    sample.commit("One");
    let head = sample.git(&["rev-parse", "HEAD"]);
    let title = "x".repeat(100);
    let packed: String = (0..3_000).map(|n| format!("{head} refs/tags/v1.0.{n}-{title}\n")).collect();
    std::fs::write(sample.path().join(".git/packed-refs"), packed).unwrap();
    for arguments in [&["timeline"][..], &["timeline", "--json"]] {
        let mut running = Running::start(&mut sample.lastgood(arguments));
        if arguments.len() == 1 {
            assert!(running.line().unwrap().starts_with("v1.0."));
        }
        let done = running.walk_away();
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_data_folder_that_cannot_be_used_changes_nothing() {
    let sample = Sample::new();
    std::fs::write(sample.folder().join("file"), "").unwrap();
    let mut command = sample.lastgood(&["timeline", "--json"]);
    let done = crate::kit::finish(command.env("LASTGOOD_DATA_DIR", sample.folder().join("file/data")));
    assert_eq!(done.last()["releases"].as_array().unwrap().len(), 3);
}

fn tags(sample: &Sample, arguments: &[&str]) -> Vec<String> {
    let done = sample.run(&[&["timeline", "--json"], arguments].concat());
    let releases: Vec<Value> = done.last()["releases"].as_array().unwrap().clone();
    releases.iter().map(|release| release["tag"].as_str().unwrap().to_owned()).collect()
}
