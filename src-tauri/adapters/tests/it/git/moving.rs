//! Refs that move while what their files held is kept: none is ever told as it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_core::ids::ObjectId;

use super::sample::Sample;

/// Enough that keeping them is worth a file.
const TAGS: usize = 300;

/// What is kept has to be a few seconds old.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_ref_that_moved_is_read_again_however_it_moved() {
    let (sample, second) = settled();
    let target = format!("{second}\n");
    sample.git(&["update-ref", "refs/tags/v0", second.as_str()]);
    fs::write(tag(&sample, "v1"), &target).unwrap();
    disguised(&sample, "v2", |path| fs::write(path, &target).unwrap());
    disguised(&sample, "v3", |path| {
        fs::write(sample.beside("next"), &target).unwrap();
        fs::rename(sample.beside("next"), path).unwrap();
    });
    disguised(&sample, "v4", |path| {
        fs::remove_file(&path).unwrap();
        fs::hard_link(tag(&sample, "v0"), path).unwrap();
    });
    fs::remove_file(tag(&sample, "v5")).unwrap();
    std::os::unix::fs::symlink("v0", tag(&sample, "v5")).unwrap();
    sample.git(&["symbolic-ref", "refs/tags/v6", "refs/tags/v0"]);
    fs::rename(tag(&sample, "v0"), sample.beside("swapped")).unwrap();
    fs::rename(tag(&sample, "v7"), tag(&sample, "v0")).unwrap();
    fs::rename(sample.beside("swapped"), tag(&sample, "v7")).unwrap();
    sample.git(&["update-ref", "-d", "refs/tags/v8"]);
    for _ in 0..2 {
        let found = listed(&sample);
        assert_eq!(found, told_by_git(&sample));
        let moved: Vec<&str> =
            found.iter().filter(|(_, object)| **object == second.as_str()).map(|(tag, _)| tag.as_str()).collect();
        assert_eq!(moved, ["v1", "v2", "v3", "v4", "v7"]);
    }
}

#[test]
fn a_ref_that_moves_many_times_in_one_second_is_never_told_late() {
    let (sample, second) = unsettled();
    let first = sample.git(&["rev-parse", "v0"]);
    for turn in 0..40 {
        let target = if turn % 2 == 0 { second.as_str() } else { first.as_str() };
        if turn % 4 < 2 {
            sample.git(&["update-ref", "refs/tags/v0", target]);
        } else {
            fs::write(tag(&sample, "v0"), format!("{target}\n")).unwrap();
        }
        assert_eq!(listed(&sample)["v0"], target, "turn {turn}");
    }
}

#[test]
fn another_repository_in_the_same_place_is_read_for_itself() {
    let (sample, second) = settled();
    let copied = Command::new("cp").arg("-a").arg(sample.path()).arg(sample.beside("copy")).status().unwrap();
    assert!(copied.success());
    fs::rename(sample.path(), sample.beside("away")).unwrap();
    fs::rename(sample.beside("copy"), sample.path()).unwrap();
    disguised(&sample, "v0", |path| fs::write(path, format!("{second}\n")).unwrap());
    assert_eq!(listed(&sample), told_by_git(&sample));
    assert_eq!(listed(&sample)["v0"], second.as_str());
}

#[test]
fn stamps_that_are_damaged_are_not_used() {
    let (sample, _) = settled();
    let expected = told_by_git(&sample);
    let file = stamps(&sample).unwrap();
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for bad in [&flipped, &good[..good.len() - 3], &good[..20], b"", b"lastgood refs 0\nsomething"] {
        fs::write(&file, bad).unwrap();
        assert_eq!(listed(&sample), expected);
        // Files that were too new to be kept the first time may be kept by now.
        assert!(fs::metadata(&file).unwrap().len() >= good.len() as u64, "written anew");
    }
}

/// A repository with many loose tags on its first commit, all known by their stamps, and its second commit.
fn settled() -> (Sample, ObjectId) {
    let (sample, second) = unsettled();
    let start = Instant::now();
    while stamps(&sample).is_none() {
        assert!(start.elapsed() < PATIENCE, "nothing was kept");
        listed(&sample);
    }
    (sample, second)
}

fn unsettled() -> (Sample, ObjectId) {
    let sample = Sample::new();
    let orders: String = (0..TAGS).map(|number| format!("create refs/tags/v{number} HEAD\n")).collect();
    sample.git_reading(&["update-ref", "--stdin"], orders.as_bytes());
    let second = sample.commit("Second\n");
    listed(&sample);
    (sample, second)
}

/// Changes a tag's file and puts its old time back.
fn disguised(sample: &Sample, name: &str, change: impl FnOnce(PathBuf)) {
    let before = fs::metadata(tag(sample, name)).unwrap().modified().unwrap();
    change(tag(sample, name));
    File::options().append(true).open(tag(sample, name)).unwrap().set_modified(before).unwrap();
}

fn listed(sample: &Sample) -> BTreeMap<String, String> {
    let options = OpenOptions { cache: Some(sample.beside("cache")), ..sample.options() };
    let releases = GitRepository::open(sample.path(), options).unwrap().releases_now().unwrap();
    releases.into_iter().map(|release| (release.tag.to_string(), release.object.to_string())).collect()
}

fn told_by_git(sample: &Sample) -> BTreeMap<String, String> {
    let told = sample.git(&["for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags"]);
    told.lines().filter_map(|line| line.split_once(' ')).map(|(tag, id)| (tag.to_owned(), id.to_owned())).collect()
}

fn tag(sample: &Sample, name: &str) -> PathBuf {
    sample.path().join(".git/refs/tags").join(name)
}

fn stamps(sample: &Sample) -> Option<PathBuf> {
    let mut kept = fs::read_dir(sample.beside("cache")).ok()?.map(|entry| entry.unwrap().path());
    kept.find(|path| path.extension().is_some_and(|extension| extension == "refs"))
}
