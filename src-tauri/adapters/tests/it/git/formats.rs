//! The same tags in every format that git has, against git's own listing.

use lastgood_core::ports::repository::Repository;
use lastgood_core::release::{PointsAt, Release, TagKind};
use proptest::prelude::*;

use super::sample::{Sample, create, order};

/// `git init` arguments of every format. The last three need the git program to read; git has them since 2.45.
const FORMATS: [&[&str]; 4] = [
    &[],
    &["--object-format=sha256"],
    &["--ref-format=reftable"],
    &["--object-format=sha256", "--ref-format=reftable"],
];

#[test]
fn every_kind_of_tag_reads_as_git_lists_it_in_every_format() {
    for format in FORMATS {
        let sample = Sample::of_format(format);
        every_kind_of_tag(&sample);
        let ours: Vec<String> = sample.releases().iter().map(line).collect();
        assert_eq!(ours, git_lines(&sample), "{format:?}");
    }
}

#[test]
fn files_branches_and_distances_read_alike_in_every_format() {
    for format in FORMATS {
        let sample = Sample::of_format(format);
        let first = sample.git(&["rev-parse", "HEAD"]).as_str().into();
        sample.write("lastgood.toml", b"# two\n");
        sample.git(&["add", "lastgood.toml"]);
        let second = sample.commit("Settings\n");
        sample.write("lastgood.toml", b"# three\n");
        let repository = sample.open();
        assert_eq!(repository.head_branch().as_deref(), Some("main"), "{format:?}");
        assert_eq!(repository.read_head_file("lastgood.toml").unwrap().unwrap(), b"# three\n");
        assert_eq!(repository.file_at(&second, "lastgood.toml").unwrap().unwrap(), b"# two\n");
        assert_eq!(repository.file_at(&first, "lastgood.toml").unwrap(), None);
        let distance = repository.commits_between(&first, &second).unwrap();
        assert_eq!((distance.undone, distance.gained), (1, 0));
        assert_eq!(distance.titles, ["Settings"]);
        assert!(repository.work_dir().unwrap().join("lastgood.toml").exists());
    }
}

#[tokio::test]
async fn a_tag_is_made_found_and_pushed_in_every_format() {
    for format in FORMATS {
        let sample = Sample::of_format(format);
        sample.with_remote();
        let head = sample.git(&["rev-parse", "HEAD"]).as_str().into();
        let repository = sample.open();
        let order = order("rollback-20261122-101500", &head);
        let made = create(&repository, &order).await.unwrap();
        assert_eq!(create(&repository, &order).await.unwrap(), made, "{format:?}: again");
        sample.git(&["fsck", "--strict"]);
        repository.push_tag(&order.name, &made).await.unwrap();
        let local = repository.local_tag(&order.name).await.unwrap().unwrap();
        let remote = repository.remote_tag(&order.name).await.unwrap().unwrap();
        assert_eq!(local, remote, "{format:?}");
        assert_eq!((local.object, local.commit), (made, Some(head)));
    }
}

#[test]
fn an_empty_repository_is_told_in_every_format() {
    for format in FORMATS {
        let trouble = Sample::empty(format).open().releases_now().unwrap_err();
        assert_eq!(trouble.code, lastgood_core::error::Code::RepositoryEmpty, "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_message_reads_as_git_reads_it(messages in prop::collection::vec("[ -~\u{e9}\u{202e}\n]{1,60}", 1..12)) {
        let sample = Sample::new();
        for (number, message) in messages.iter().enumerate() {
            let raw = raw_tag(&sample, &format!("v{number}"), message);
            let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--stdin"], raw.as_bytes());
            sample.git(&["update-ref", &format!("refs/tags/v{number}"), &id]);
        }
        let ours: Vec<String> = sample.releases().iter().map(line).collect();
        prop_assert_eq!(ours, git_lines(&sample));
    }
}

fn every_kind_of_tag(sample: &Sample) {
    sample.write("file", b"content");
    sample.git(&["add", "file"]);
    sample.commit("Ein Titel mit Ümlaut\nund zweiter Zeile\n\nBody\n");
    sample.git(&["tag", "light"]);
    sample.git(&["tag", "-m", "annotated", "annotated"]);
    sample.git(&["tag", "-m", "outer", "outer", "annotated"]);
    sample.git(&["tag", "-m", "tree", "tree", "HEAD^{tree}"]);
    sample.git(&["tag", "blob", "HEAD:file"]);
    sample.git(&["tag", "-m", "folder", "team/api/v1.0.0"]);
    sample.git(&["symbolic-ref", "refs/tags/latest", "refs/tags/annotated"]);
    let signed =
        raw_tag(sample, "signed", "Signed\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n");
    let id = sample.git_reading(&["hash-object", "-t", "tag", "-w", "--stdin"], signed.as_bytes());
    sample.git(&["update-ref", "refs/tags/signed", &id]);
}

fn raw_tag(sample: &Sample, name: &str, message: &str) -> String {
    let head = sample.git(&["rev-parse", "HEAD"]);
    format!("object {head}\ntype commit\ntag {name}\ntagger A B <a@example.com> 1700000000 +0530\n\n{message}")
}

/// One release as [`git_lines`] writes it. Runs of blanks count as one: git keeps those at line ends.
fn line(release: &Release) -> String {
    let (kind, id) = match &release.points_at {
        PointsAt::Commit(id) => ("commit", id),
        PointsAt::Tree(id) => ("tree", id),
        PointsAt::Blob(id) => ("blob", id),
        PointsAt::Missing(id) => ("missing", id),
    };
    let annotated = release.kind == TagKind::Annotated;
    let date = release.date.map_or(String::new(), |date| {
        let sign = if date.offset < 0 { '-' } else { '+' };
        format!("{} {sign}{:02}{:02}", date.seconds, date.offset.abs() / 60, date.offset.abs() % 60)
    });
    // A file has no title; git would take its first line for one.
    let title = if kind == "blob" && !annotated { "" } else { &release.title };
    squeezed(&format!("{} {annotated} {} {kind} {id} {date} {} {title}", release.tag, release.object, release.author))
}

fn git_lines(sample: &Sample) -> Vec<String> {
    let format = "%(refname:lstrip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00\
        %(creatordate:raw)%00%(taggername)%00%(authorname)%00%(contents:subject)";
    let listing = sample.raw(&["for-each-ref", "--format", format, "refs/tags"]);
    let mut lines: Vec<Vec<String>> =
        String::from_utf8_lossy(&listing).lines().map(|line| line.split('\0').map(str::to_owned).collect()).collect();
    lines.sort();
    lines.iter().map(|fields| of_git(fields)).collect()
}

fn of_git(fields: &[String]) -> String {
    let [name, kind, object, peeled_kind, peeled, date, tagger, author, title] = fields else {
        panic!("nine fields: {fields:?}")
    };
    let annotated = kind == "tag";
    let (end_kind, end) = if annotated { (peeled_kind, peeled) } else { (kind, object) };
    let title = if kind == "blob" { "" } else { title };
    let person = if annotated { tagger } else { author };
    squeezed(&format!("{name} {annotated} {object} {end_kind} {end} {date} {person} {title}"))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
