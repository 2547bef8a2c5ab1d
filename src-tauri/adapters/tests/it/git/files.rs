//! Remotes, and files in the work tree and in commits.

use std::fs;

use lastgood_core::error::Code;

use super::sample::Sample;

#[test]
fn the_remote_is_origin_or_the_only_one() {
    let sample = Sample::new();
    let address = || sample.open().remote_url();
    assert_eq!(address().unwrap_err().code, Code::NoRemote);
    sample.git(&["remote", "add", "upstream", "https://github.com/team/shop.git"]);
    assert_eq!(address().unwrap(), "https://github.com/team/shop.git");
    sample.git(&["remote", "add", "fork", "git@github.com:person/shop.git"]);
    assert_eq!(address().unwrap_err().code, Code::NoRemote);
    sample.git(&["remote", "add", "origin", "ssh://git@github.com/team/origin-shop.git"]);
    assert_eq!(sample.open().slug().unwrap().to_string(), "team/origin-shop");
}

#[test]
fn rewriting_rules_count_when_they_are_the_persons_own() {
    let sample = Sample::new();
    sample.git(&["remote", "add", "origin", "work:shop"]);
    sample.git(&["config", "url.https://evil.example/.insteadOf", "work:"]);
    assert_eq!(sample.open().remote_url().unwrap(), "work:shop");
    fs::write(sample.global(), "[url \"git@github.com:team/\"]\n\tinsteadOf = work:\n").unwrap();
    assert_eq!(sample.open().remote_url().unwrap(), "git@github.com:team/shop");
    assert_eq!(sample.open().slug().unwrap().to_string(), "team/shop");
}

#[test]
fn a_file_is_read_from_the_work_tree_or_from_head() {
    let sample = Sample::new();
    sample.write("lastgood.toml", b"committed");
    sample.git(&["add", "lastgood.toml"]);
    sample.commit("Settings\n");
    sample.write("lastgood.toml", b"changed");
    sample.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let read = |name: &str| sample.open_at(&sample.beside(name)).read_head_file("lastgood.toml").unwrap();
    assert_eq!(read("repository").unwrap(), b"changed");
    assert_eq!(read("bare.git").unwrap(), b"committed");
    assert_eq!(sample.open().read_head_file("no such file").unwrap(), None);
}

#[cfg(unix)]
#[test]
fn links_folders_and_giants_are_not_read() {
    let sample = Sample::new();
    std::os::unix::fs::symlink("/etc/hostname", sample.path().join("link")).unwrap();
    fs::create_dir(sample.path().join("folder")).unwrap();
    sample.write("folder/file", b"x");
    sample.write("giant", &vec![b'x'; (4 << 20) + 1]);
    sample.git(&["add", "--all"]);
    let head = sample.commit("Everything\n");
    let repository = sample.open();
    for name in ["link", "folder"] {
        assert_eq!(repository.read_head_file(name).unwrap(), None, "{name}");
        assert_eq!(repository.file_at(&head, name).unwrap(), None, "{name}");
    }
    assert_eq!(repository.file_at(&head, "folder/file").unwrap().unwrap(), b"x");
    assert_eq!(repository.read_head_file("giant").unwrap_err().code, Code::RepositoryUnreadable);
    assert_eq!(repository.file_at(&head, "giant").unwrap_err().code, Code::RepositoryUnreadable);
}

#[test]
fn the_distance_names_what_a_rollback_takes_away() {
    let sample = Sample::new();
    let target = sample.commit("Target\n");
    sample.commit("Faster checkout\n\nBody\n");
    let live = sample.commit("Merge pull request #412 from team/logo\n\nNew logo\n\nWith a body\n");
    sample.git(&["checkout", "--quiet", "-b", "fix", target.as_str()]);
    let fix = sample.commit("Fix\n");
    let repository = sample.open();
    let distance = repository.commits_between(&fix, &live).unwrap();
    assert_eq!((distance.undone, distance.gained), (2, 1));
    let mut titles = distance.titles;
    titles.sort();
    assert_eq!(titles, ["Faster checkout", "New logo (#412)"]);
    let absent = "1".repeat(40).as_str().into();
    assert_eq!(repository.commits_between(&absent, &live).unwrap_err().code, Code::RepositoryUnreadable);
}
