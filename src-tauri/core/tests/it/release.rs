//! What names and objects of tags say, and in which order releases are shown.

use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::release::name::{is_rollback_tag, is_version, names_version, read};
use lastgood_core::release::tag_object::{parse_commit, parse_tag};
use lastgood_core::release::{Moment, PointsAt, Release, Sort, TagKind, sort};
use proptest::prelude::*;

#[test]
fn a_name_is_read_into_series_version_and_prerelease() {
    for (tag, series, version, prerelease) in [
        ("v1.2.0", "", Some("1.2.0"), false),
        ("1.2.0", "", Some("1.2.0"), false),
        ("V1.2.0", "", Some("1.2.0"), false),
        ("api-v1.2.0", "api", Some("1.2.0"), false),
        ("web/v3.0.1", "web", Some("3.0.1"), false),
        ("team/api/v1.0.0", "team/api", Some("1.0.0"), false),
        ("@scope/pkg@1.2.0", "@scope/pkg", Some("1.2.0"), false),
        ("lib_2.0.0", "lib", Some("2.0.0"), false),
        ("v1.2.0-rc.1", "", Some("1.2.0-rc.1"), true),
        ("v1.2.0-3.4.5", "", Some("1.2.0-3.4.5"), true),
        ("jdk-11.0.2+9", "jdk", Some("11.0.2+9"), false),
        ("release-2024.05", "release", None, false),
        ("2024.05-rc1", "", None, true),
        ("v7", "", None, false),
        ("1.2.3.4", "", None, false),
        ("py3-v1.0.0", "py3", Some("1.0.0"), false),
        ("nightly", "", None, true),
        ("latest", "", None, false),
        ("prerequisites", "", None, false),
        ("v01.2.3", "", None, false),
        ("émoji-🚀-v1.0.0", "émoji-🚀", Some("1.0.0"), false),
        ("-", "", None, false),
        ("", "", None, false),
    ] {
        let reading = read(tag);
        let found = reading.version.map(|version| version.to_string());
        let found = (reading.series.as_str(), found.as_deref(), reading.prerelease);
        assert_eq!(found, (series, version, prerelease), "{tag}");
    }
}

#[test]
fn only_the_names_that_rollbacks_make_mark_rollbacks() {
    for tag in ["rollback-20261122-101500", "rollback-20261122-101500-2", "rollback-20261122-101500-12"] {
        assert!(is_rollback_tag(tag), "{tag}");
    }
    for tag in [
        "rollback-20261122",
        "rollback-20261122-10150",
        "rollback-20261122-101500-",
        "rollback-20261122-101500-hotfix",
        "rollback-20261122-101500-2-3",
        "v1-rollback-20261122-101500",
        "rollback-v1.0.0",
    ] {
        assert!(!is_rollback_tag(tag), "{tag}");
    }
}

#[test]
fn a_name_with_a_version_in_it_is_told_from_one_that_moves() {
    for tag in ["v1.2.0", "1.2.0", "api-v1.2.0", "@scope/pkg@1.2.0", "v1.2.0-rc.1", "release-2024.05", "v7", "1.2.3.4"]
    {
        assert!(names_version(tag), "{tag}");
    }
    for tag in ["latest", "production", "stable-x", "main", "nightly", "-", ""] {
        assert!(!names_version(tag), "{tag}");
    }
}

#[test]
fn what_a_service_says_of_its_version_means_a_tag_with_and_without_its_prefix() {
    for (said, tag) in [
        ("2.4.0", "v2.4.0"),
        ("v2.4.0\n", "2.4.0"),
        ("api-v2.4.0", "api-v2.4.0"),
        ("2.4.0", "api-v2.4.0"),
        ("v2.4.0", "api-2.4.0"),
        ("1.2.0", "@scope/pkg@1.2.0"),
        ("2.4.0-rc.1+build.7", "api/v2.4.0-rc.1+build.7"),
        ("2024.05", "release-2024.05"),
    ] {
        assert!(is_version(said, tag), "{said} and {tag}");
    }
    for (said, tag) in [
        ("2.4.1", "api-v2.4.0"),
        ("web-v2.4.0", "api-v2.4.0"),
        ("api", "api-v2.4.0"),
        ("2.4.0", "api-v2.4.0-rc.1"),
        ("", "api-v2.4.0"),
        ("", "production"),
    ] {
        assert!(!is_version(said, tag), "{said} and {tag}");
    }
}

#[test]
fn by_date_the_newest_comes_first_and_versions_decide_between_equals() {
    let mut releases = [
        release("v1.0.0", Some(10)),
        release("v1.10.0", Some(20)),
        release("v1.9.0", Some(20)),
        release("nameless-b", None),
        release("nameless-a", None),
    ];
    sort(&mut releases, Sort::Date);
    assert_eq!(names(&releases), ["v1.10.0", "v1.9.0", "v1.0.0", "nameless-a", "nameless-b"]);
}

#[test]
fn by_version_semver_decides_and_the_rest_follows_by_date() {
    let mut releases = [
        release("release-2024.05", Some(50)),
        release("v1.0.0-rc.2", Some(1)),
        release("v1.0.0", Some(2)),
        release("v1.0.0-rc.10", Some(3)),
        release("v2.0.0+build.2", Some(4)),
        release("v2.0.0+build.1", Some(9)),
        release("release-2024.06", Some(60)),
    ];
    sort(&mut releases, Sort::Version);
    let expected = [
        "v2.0.0+build.1",
        "v2.0.0+build.2",
        "v1.0.0",
        "v1.0.0-rc.10",
        "v1.0.0-rc.2",
        "release-2024.06",
        "release-2024.05",
    ];
    assert_eq!(names(&releases), expected);
}

#[test]
fn a_moment_is_shown_where_its_writer_was() {
    let at = |seconds, offset| Moment { seconds, offset }.rfc3339();
    assert_eq!(at(1_700_000_000, 120).unwrap(), "2023-11-15T00:13:20+02:00");
    assert_eq!(at(0, -210).unwrap(), "1969-12-31T20:30:00-03:30");
    assert_eq!(at(i64::MAX, 0), None);
    assert_eq!(at(0, i16::MAX), None);
}

#[test]
fn a_tag_object_is_read_into_its_parts() {
    let raw = b"object 1111111111111111111111111111111111111111\ntype commit\ntag v1.0.0\n\
        tagger Platform Lead <lead@example.com> 1700000000 -0330\n\nFirst line\nsecond line\n\nBody\n";
    let tag = parse_tag(raw).unwrap();
    assert_eq!((tag.target.as_str(), tag.target_type.as_str()), ("1".repeat(40).as_str(), "commit"));
    assert_eq!(tag.title, "First line second line");
    let tagger = tag.tagger.unwrap();
    assert_eq!((tagger.name.as_str(), tagger.date), ("Platform Lead", Moment { seconds: 1_700_000_000, offset: -210 }));
    assert!(!tag.signed);
}

#[test]
fn signatures_are_seen_and_do_not_show_in_titles() {
    for mark in ["PGP SIGNATURE", "PGP MESSAGE", "SSH SIGNATURE", "SIGNED MESSAGE"] {
        let tag = tag_with(&format!("Signed\n-----BEGIN {mark}-----\nabc\n-----END {mark}-----\n"));
        assert_eq!((tag.title.as_str(), tag.signed), ("Signed", true), "{mark}");
    }
    assert!(!tag_with("About -----BEGIN PGP SIGNATURE----- lines\n").signed);
    let commit = b"tree 1\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0100\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n\nTitle\n";
    let commit = parse_commit(commit);
    assert_eq!(commit.title, "Title");
    assert_eq!((commit.author.unwrap().name.as_str(), commit.committer.unwrap().date.seconds), ("A", 2));
}

#[test]
fn a_title_ends_where_git_ends_it() {
    for (message, title) in [
        ("", ""),
        ("\n\n", ""),
        ("\n\r\nTitle\r\nmore\r\n\r\nBody", "Title more"),
        ("One \n \n two\n\nBody", "One two"),
        (" \n!", "!"),
    ] {
        assert_eq!(tag_with(message).title, title, "{message:?}");
    }
    let long = tag_with(&"é".repeat(900)).title;
    assert!(long.len() <= 1000 && long.chars().all(|c| c == 'é'), "cut between characters");
}

#[test]
fn people_are_read_however_damaged_their_line_is() {
    for (line, expected) in [
        ("A <a@x> 5 +0000", Some(("A", 5, 0))),
        ("<> 5 +0000", Some(("", 5, 0))),
        ("A <a@x> 5", Some(("A", 5, 0))),
        ("A <a@x> -5 -1200", Some(("A", -5, -720))),
        ("A <a@x> 5 nonsense", Some(("A", 5, 0))),
        ("A <a@x>", None),
        ("A <a@x> later +0000", None),
        ("no mail 5 +0000", None),
    ] {
        let raw = format!("object 1\ntype commit\ntag v\ntagger {line}\n\nx\n");
        let tagger = parse_tag(raw.as_bytes()).unwrap().tagger;
        let found = tagger.as_ref().map(|person| (person.name.as_str(), person.date.seconds, person.date.offset));
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn bytes_that_are_no_tag_are_none() {
    for raw in [&b""[..], b"\n\n", b"tree 1\nauthor A <a@x> 1 +0000\n\nTitle", b"object 1\n\ntype commit"] {
        assert_eq!(parse_tag(raw), None);
    }
}

proptest! {
    #[test]
    fn no_name_and_no_bytes_are_too_strange(name in any::<String>(), raw in any::<Vec<u8>>()) {
        let reading = read(&name);
        prop_assert!(name.starts_with(&reading.series));
        is_rollback_tag(&name);
        parse_tag(&raw);
        prop_assert!(parse_commit(&raw).title.len() <= 1000);
    }

    #[test]
    fn a_version_behind_a_prefix_is_found(prefix in "[a-z]{1,8}", a in 0_u64..99, b in 0_u64..99, c in 0_u64..99) {
        let reading = read(&format!("{prefix}-v{a}.{b}.{c}"));
        prop_assert_eq!(reading.series, prefix);
        prop_assert_eq!(reading.version.unwrap().to_string(), format!("{a}.{b}.{c}"));
    }

    #[test]
    fn sorting_is_an_order(dates in prop::collection::vec(prop::option::of(0_i64..5), 0..40)) {
        let mut releases: Vec<Release> =
            dates.iter().enumerate().map(|(number, date)| release(&format!("v{}.{number}", number % 3), *date)).collect();
        for order in [Sort::Date, Sort::Version] {
            sort(&mut releases, order);
            let once = names(&releases).into_iter().map(str::to_owned).collect::<Vec<_>>();
            releases.reverse();
            sort(&mut releases, order);
            prop_assert_eq!(names(&releases), once);
        }
    }
}

fn tag_with(message: &str) -> lastgood_core::release::tag_object::TagObject {
    parse_tag(format!("object 1\ntype commit\ntag v\n\n{message}").as_bytes()).unwrap()
}

fn release(tag: &str, seconds: Option<i64>) -> Release {
    let reading = read(tag);
    Release {
        tag: TagName::new(tag),
        series: reading.series,
        version: reading.version,
        kind: TagKind::Annotated,
        object: ObjectId::new("1".repeat(40)),
        points_at: PointsAt::Commit(ObjectId::new("2".repeat(40))),
        date: seconds.map(|seconds| Moment { seconds, offset: 0 }),
        title: String::new(),
        author: String::new(),
        prerelease: reading.prerelease,
        signed: false,
    }
}

fn names(releases: &[Release]) -> Vec<&str> {
    releases.iter().map(|release| release.tag.as_str()).collect()
}

#[test]
fn releases_are_ordered_by_version_as_the_window_orders_them() {
    let table: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../ui/tests/version-order.json")).unwrap();
    let release = |row: &serde_json::Value| {
        let moment = |seconds| Moment { seconds, offset: 0 };
        let version = row["version"].as_str().map(|text| text.parse().unwrap());
        Release {
            version,
            date: row["second"].as_i64().map(moment),
            ..crate::live::kit::release(row["tag"].as_str().unwrap(), 0)
        }
    };
    let told: Vec<Release> = table.iter().map(release).collect();
    let mut sorted: Vec<_> = told.iter().rev().cloned().collect();
    sort(&mut sorted, Sort::Version);
    let tags =
        |releases: &[Release]| -> Vec<String> { releases.iter().map(|release| release.tag.to_string()).collect() };
    assert_eq!(tags(&sorted), tags(&told));
}
