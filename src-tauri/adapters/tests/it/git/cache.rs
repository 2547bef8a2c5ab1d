//! What is kept between starts: faster, and never wrong.

use std::fs;
use std::path::PathBuf;

use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_core::release::{PointsAt, Release};

use super::sample::{Sample, by_name};

#[test]
fn a_second_listing_reads_no_object_that_the_first_has_read() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    sample.git(&["tag", "v1.0.1"]);
    let first = listing(&sample);
    // Without objects, only what was kept can be listed.
    fs::rename(sample.path().join(".git/objects"), sample.beside("objects")).unwrap();
    fs::create_dir(sample.path().join(".git/objects")).unwrap();
    assert_eq!(listing(&sample), first);
}

#[test]
fn a_tag_that_moved_is_read_where_it_is_now() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    listing(&sample);
    let second = sample.commit("Second\n");
    sample.git(&["tag", "-f", "-m", "Two", "v1.0.0"]);
    sample.git(&["tag", "-m", "New", "v2.0.0"]);
    for _ in 0..2 {
        let found = listing(&sample);
        assert_eq!(found, sample.releases());
        assert_eq!((found[0].title.as_str(), found[0].commit()), ("Two", Some(&second)));
    }
}

#[test]
fn a_broken_a_foreign_and_a_cut_file_are_written_anew() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    let expected = listing(&sample);
    let file = file(&sample);
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut lies = good.clone();
    lies[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    for bad in [&flipped, &lies, &good[..good.len() - 3], &good[..5], b"", b"lastgood tags 0\nsomething"] {
        fs::write(&file, bad).unwrap();
        assert_eq!(listing(&sample), expected);
        assert_eq!(fs::read(&file).unwrap(), good, "written anew");
    }
}

#[test]
fn what_was_missing_is_looked_for_again() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    let (objects, away) = (sample.path().join(".git/objects"), sample.beside("objects"));
    fs::rename(&objects, &away).unwrap();
    fs::create_dir(&objects).unwrap();
    assert!(matches!(listing(&sample)[0].points_at, PointsAt::Missing(_)));
    fs::remove_dir(&objects).unwrap();
    fs::rename(&away, &objects).unwrap();
    assert!(listing(&sample)[0].is_deployable());
}

#[test]
fn facts_of_deleted_tags_are_dropped_in_the_end() {
    let sample = Sample::new();
    let mut stream = String::new();
    for number in 0..1_200 {
        let text = format!("tag v{number}\nfrom refs/heads/main\ntagger A <a@example.com> {number} +0000\ndata 1\nx\n");
        stream.push_str(&text);
    }
    sample.git_reading(&["fast-import", "--quiet"], format!("feature done\n{stream}done\n").as_bytes());
    assert_eq!(listing(&sample).len(), 1_200);
    let before = fs::metadata(file(&sample)).unwrap().len();
    let doomed: String = (3..1_200).map(|number| format!("delete refs/tags/v{number}\n")).collect();
    sample.git_reading(&["update-ref", "--stdin"], doomed.as_bytes());
    assert_eq!(listing(&sample).len(), 3);
    assert!(fs::metadata(file(&sample)).unwrap().len() < before / 100);
    assert_eq!(listing(&sample), sample.releases());
}

#[test]
fn many_listings_at_once_leave_a_sound_file() {
    let sample = Sample::new();
    listing(&sample);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    listing(&sample);
                }
            });
        }
        for number in 0..20 {
            sample.git(&["tag", "-m", "x", &format!("v{number}")]);
        }
    });
    assert_eq!(listing(&sample), sample.releases());
    let settled = fs::read(file(&sample)).unwrap();
    assert_eq!(listing(&sample).len(), 20);
    assert_eq!(fs::read(file(&sample)).unwrap(), settled, "nothing is left to learn");
}

#[test]
fn a_folder_that_cannot_be_written_is_no_trouble() {
    let sample = Sample::new();
    sample.git(&["tag", "v1.0.0"]);
    fs::write(sample.beside("cache"), "a file in the way").unwrap();
    assert_eq!(listing(&sample), sample.releases());
}

fn listing(sample: &Sample) -> Vec<Release> {
    let options = OpenOptions { cache: Some(sample.beside("cache")), ..sample.options() };
    by_name(GitRepository::open(sample.path(), options).unwrap().releases_now().unwrap())
}

fn file(sample: &Sample) -> PathBuf {
    let mut kept = fs::read_dir(sample.beside("cache")).unwrap().map(|entry| entry.unwrap().path());
    kept.find(|path| path.extension().is_some_and(|extension| extension == "tags")).unwrap()
}
