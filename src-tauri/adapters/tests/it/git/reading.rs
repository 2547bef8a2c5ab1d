//! What is listed, from every kind of repository and tag.

use std::fs;

use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_core::error::Code;
use lastgood_core::release::{Moment, PointsAt, TagKind};

use super::sample::{DATE, Sample, by_name};

#[test]
fn an_annotated_tag_is_told_by_its_tagger() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "First release\nin two lines\n\nNotes", "api-v1.2.0-rc.1"]);
    let release = sample.release("api-v1.2.0-rc.1");
    assert_eq!(release.kind, TagKind::Annotated);
    assert_eq!(release.title, "First release in two lines");
    assert_eq!(release.author, "platform-lead");
    assert_eq!(release.date, Some(DATE));
    assert_eq!(release.series, "api");
    assert!(release.prerelease && !release.signed);
    assert_eq!(release.object.as_str(), sample.git(&["rev-parse", "api-v1.2.0-rc.1"]));
    assert_eq!(release.commit().unwrap().as_str(), sample.git(&["rev-parse", "HEAD"]));
}

#[test]
fn a_lightweight_tag_is_told_by_its_commit() {
    let sample = Sample::new();
    sample.git(&["tag", "v1.0.0"]);
    let release = sample.release("v1.0.0");
    assert_eq!((release.kind, release.title.as_str()), (TagKind::Lightweight, "The beginning"));
    assert_eq!((release.author.as_str(), release.date), ("platform-lead", Some(DATE)));
    assert_eq!(Some(&release.object), release.commit());
}

#[test]
fn nested_tags_lead_to_the_commit_and_others_to_trees_and_files() {
    let sample = Sample::new();
    sample.write("file", b"content");
    sample.git(&["add", "file"]);
    let head = sample.commit("With a file\n");
    sample.git(&["tag", "-m", "inner", "inner"]);
    sample.git(&["tag", "-m", "outer", "outer", "inner"]);
    sample.git(&["tag", "-m", "tree", "tree", "HEAD^{tree}"]);
    sample.git(&["tag", "blob", "HEAD:file"]);
    assert_eq!(sample.release("outer").points_at, PointsAt::Commit(head));
    let tree = sample.release("tree");
    assert_eq!(tree.points_at, PointsAt::Tree(sample.git(&["rev-parse", "HEAD^{tree}"]).as_str().into()));
    assert!(!tree.is_deployable());
    let blob = sample.release("blob");
    assert_eq!(blob.points_at, PointsAt::Blob(sample.git(&["rev-parse", "HEAD:file"]).as_str().into()));
    assert_eq!(blob.date, None);
}

#[test]
fn a_tag_from_before_taggers_has_its_commits_date() {
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]);
    let raw = format!("object {head}\ntype commit\ntag old\n\nAncient\n");
    let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--literally", "--stdin"], raw.as_bytes());
    sample.git(&["update-ref", "refs/tags/old", &id]);
    let release = sample.release("old");
    assert_eq!((release.title.as_str(), release.author.as_str(), release.date), ("Ancient", "", Some(DATE)));
}

#[test]
fn loose_refs_win_over_packed_ones_and_links_are_followed() {
    let sample = Sample::new();
    sample.git(&["tag", "v1.0.0"]);
    sample.git(&["tag", "team/v1.0.0"]);
    sample.git(&["pack-refs", "--all"]);
    let second = sample.commit("Second\n");
    sample.git(&["tag", "-f", "v1.0.0"]);
    sample.git(&["tag", "team/v2.0.0"]);
    sample.git(&["symbolic-ref", "refs/tags/latest", "refs/tags/v1.0.0"]);
    sample.git(&["symbolic-ref", "refs/tags/nowhere", "refs/tags/gone"]);
    let found: Vec<String> = sample.releases().iter().map(|release| release.tag.to_string()).collect();
    assert_eq!(found, ["latest", "team/v1.0.0", "team/v2.0.0", "v1.0.0"]);
    assert_eq!(sample.release("v1.0.0").object, second);
    assert_eq!(sample.release("latest").object, second);
}

#[test]
fn a_damaged_tag_is_missing_and_the_others_are_listed() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "good", "good"]);
    sample.git(&["tag", "-m", "bad", "bad"]);
    let id = sample.git(&["rev-parse", "bad"]);
    let file = sample.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, b"this is no zlib").unwrap();
    let head = sample.git(&["rev-parse", "HEAD"]);
    let absent = "1".repeat(40);
    sample.write(".git/refs/tags/absent", format!("{absent}\n").as_bytes());
    sample.write(".git/refs/tags/garbled", b"what is this?\n");
    let releases = sample.releases();
    let leads = |tag: &str| releases.iter().find(|release| release.tag.as_str() == tag).unwrap().points_at.clone();
    assert_eq!(releases.len(), 3);
    assert_eq!(leads("good"), PointsAt::Commit(head.as_str().into()));
    assert_eq!(leads("bad"), PointsAt::Missing(id.as_str().into()));
    assert_eq!(leads("absent"), PointsAt::Missing(absent.as_str().into()));
}

#[test]
fn a_tag_whose_commit_is_not_here_is_missing() {
    let sample = Sample::new();
    let absent = "2".repeat(40);
    let raw = format!("object {absent}\ntype commit\ntag v1\ntagger A <a@example.com> 1 +0000\n\nGone\n");
    let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--literally", "--stdin"], raw.as_bytes());
    sample.git(&["update-ref", "refs/tags/v1", &id]);
    let release = sample.release("v1");
    assert_eq!(release.points_at, PointsAt::Missing(absent.as_str().into()));
    assert_eq!((release.kind, release.title.as_str()), (TagKind::Annotated, "Gone"));
}

#[test]
fn rollbacks_are_no_releases_but_their_namesakes_are() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "Rollback to v1.0.0", "rollback-20261122-101500"]);
    sample.git(&["tag", "-m", "Rollback to v1.0.0", "rollback-20261122-101500-2"]);
    sample.git(&["tag", "-m", "A name by chance", "rollback-20261122-101501"]);
    sample.git(&["tag", "rollback-20261122-101502"]);
    let found: Vec<String> = sample.releases().iter().map(|release| release.tag.to_string()).collect();
    assert_eq!(found, ["rollback-20261122-101501", "rollback-20261122-101502"]);
}

#[test]
fn bytes_that_are_no_text_are_shown_as_such() {
    let sample = Sample::new();
    let head = sample.git(&["rev-parse", "HEAD"]);
    let raw = [
        format!("object {head}\ntype commit\ntag v1\ntagger Ren").as_bytes(),
        b"\xe9 <r@example.com> 1700000000 -0330\n\nCaf\xe9\n",
    ]
    .concat();
    let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--stdin"], &raw);
    sample.git(&["update-ref", "refs/tags/v1", &id]);
    let release = sample.release("v1");
    assert_eq!((release.author.as_str(), release.title.as_str()), ("Ren\u{fffd}", "Caf\u{fffd}"));
    assert_eq!(release.date, Some(Moment { seconds: 1_700_000_000, offset: -210 }));
}

#[test]
fn work_trees_subfolders_bare_and_shallow_clones_read_alike() {
    let sample = Sample::new();
    sample.git(&["tag", "-m", "One", "v1.0.0"]);
    sample.commit("Two\n");
    sample.git(&["tag", "-m", "Two", "v2.0.0"]);
    let expected = sample.releases();
    let at = |name: &str| by_name(sample.open_at(&sample.beside(name)).releases_now().unwrap());
    let from = format!("file://{}", sample.path().display());
    sample.git(&["worktree", "add", "--quiet", "--detach", "../tree"]);
    sample.git(&["clone", "--quiet", "--bare", &from, "../bare.git"]);
    sample.git(&["clone", "--quiet", "--depth=1", "--no-single-branch", &from, "../shallow"]);
    sample.git(&["clone", "--quiet", "--filter=blob:none", "--no-checkout", &from, "../partial"]);
    fs::create_dir_all(sample.path().join("deep/er")).unwrap();
    assert_eq!(at("tree"), expected);
    assert_eq!(at("bare.git"), expected);
    assert_eq!(at("partial"), expected);
    assert_eq!(at("repository/deep/er"), expected);
    let shallow = at("shallow");
    assert!(!shallow.is_empty() && shallow.iter().all(|release| expected.contains(release)), "{shallow:?}");
    assert_eq!(sample.open_at(&sample.beside("bare.git")).work_dir(), None);
    assert_eq!(sample.open_at(&sample.beside("tree")).head_branch(), None);
    assert_eq!(sample.open().head_branch().as_deref(), Some("main"));
}

#[test]
fn a_folder_that_is_no_repository_says_which_kind_of_none() {
    let sample = Sample::empty(&[]);
    let code = |path: &std::path::Path| GitRepository::open(path, OpenOptions::default()).unwrap_err().code;
    let outside = tempfile::tempdir().unwrap();
    assert_eq!(code(&outside.path().join("nothing")), Code::FolderMissing);
    assert_eq!(code(outside.path()), Code::NotARepository);
    assert_eq!(sample.open().releases_now().unwrap_err().code, Code::RepositoryEmpty);
    sample.commit("Begun\n");
    assert_eq!(sample.releases(), []);
}

#[cfg(unix)]
#[test]
fn somebody_elses_repository_is_refused_with_the_command_that_trusts_it() {
    const NOBODY: u32 = 65_534;
    for format in ["sha1", "sha256"] {
        let sample = Sample::empty(&["--object-format", format]);
        for path in [sample.path().to_owned(), sample.path().join(".git")] {
            if std::os::unix::fs::chown(path, Some(NOBODY), None).is_err() {
                // Only root can give files away; elsewhere there is nobody else's repository to try.
                return;
            }
        }
        let trouble = GitRepository::open(sample.path(), sample.options()).unwrap_err();
        assert_eq!(trouble.code, Code::RepositoryNotOwned);
        let command = format!("git config --global --add safe.directory {}", sample.path().display());
        assert!(trouble.hint.ends_with(&command), "{}", trouble.hint);
    }
}
