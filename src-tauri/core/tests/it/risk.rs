//! Patterns, keys and lock files.

use lastgood_core::ports::history::{ChangeKind, FileChange};
use lastgood_core::risk::keys::{self, KeyChanges};
use lastgood_core::risk::locks::{self, Size};
use lastgood_core::risk::workflows::{Files, Parts, started_by};
use lastgood_core::risk::{CONFIG, MIGRATIONS, matching};

#[test]
fn the_usual_places_are_found_and_others_are_not() {
    let cases = [
        (&MIGRATIONS[..], "db/migrations/1.sql", true),
        (&MIGRATIONS, "migrations/1.sql", true),
        (&MIGRATIONS, "db/migrate/20260101_people.rb", true),
        (&MIGRATIONS, "src/main/resources/db/V12__people.sql", true),
        (&MIGRATIONS, "alembic/versions/1.py", true),
        (&MIGRATIONS, "src/migrations_test.rs", false),
        (&MIGRATIONS, "docs/report.sql", false),
        (&CONFIG, ".env", true),
        (&CONFIG, "deploy/.env.production", true),
        (&CONFIG, "config/app/web.yaml", true),
        (&CONFIG, "appsettings.Production.json", true),
        (&CONFIG, "charts/values-prod.yaml", true),
        (&CONFIG, "src/config.rs", false),
        (&CONFIG, "README.md", false),
    ];
    for (patterns, path, found) in cases {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let files = [FileChange { path: path.to_owned(), kind: ChangeKind::Added }];
        assert_eq!(!matching(&patterns, &files).is_empty(), found, "{path}");
    }
}

#[test]
fn keys_are_read_from_every_format_and_values_are_not_told() {
    for (path, before, after) in [
        (".env.production", "A=1\nB=2\n", "export A=9\nC=3\n"),
        ("app.properties", "A: 1\nB: 2\n", "A: 9\nC: 3\n"),
        ("config/a.toml", "A = 1\nB = 2\n", "A = 9\nC = 3\n"),
        ("config/a.json", r#"{"A": 1, "B": 2}"#, r#"{"A": 9, "C": 3}"#),
        ("config/a.yaml", "A: 1\nB: 2\n", "A: 9\nC: 3\n"),
    ] {
        let changes = keys::compare(path, Some(before.as_bytes()), Some(after.as_bytes())).unwrap();
        let one = |key: &str| vec![key.to_owned()];
        assert_eq!(changes, KeyChanges { added: one("C"), removed: one("B"), changed: one("A") }, "{path}");
        assert_eq!(changes.words(), "adds C; removes B; changes the value of A");
    }
    let nested = keys::compare("a.yml", None, Some(b"db:\n  host: x\n  ports: [1, 2]\n")).unwrap();
    assert_eq!(nested.added, ["db.host", "db.ports"]);
}

#[test]
fn what_cannot_be_read_is_not_guessed() {
    assert_eq!(keys::compare("a.json", Some(b"{"), Some(b"{}")), None);
    assert_eq!(keys::compare("a.bin", Some(b"x"), None), None);
    assert_eq!(locks::compare("Cargo.lock", Some(b"= ="), None), None);
}

#[test]
fn lock_files_of_three_kinds_tell_their_majors_first() {
    let cargo = |version: &str| {
        format!(
            "[[package]]\nname = 'a'\nversion = '{version}'\nsource = 'r'\n[[package]]\nname = 'own'\nversion = '{version}'\n"
        )
    };
    let npm = |version: &str| {
        format!(
            r#"{{"packages": {{"": {{"version": "{version}"}}, "node_modules/x/node_modules/a": {{"version": "{version}"}}}}}}"#
        )
    };
    let npm_1 = |version: &str| format!(r#"{{"dependencies": {{"a": {{"version": "{version}"}}}}}}"#);
    let dart = |version: &str| format!("packages:\n  a:\n    version: \"{version}\"\n");
    for (path, old, new) in [
        ("Cargo.lock", cargo("1.2.0"), cargo("2.0.0")),
        ("web/package-lock.json", npm("1.2.0"), npm("2.0.0")),
        ("package-lock.json", npm_1("1.2.0"), npm_1("2.0.0")),
        ("pubspec.lock", dart("1.2.0"), dart("2.0.0")),
    ] {
        let changes = locks::compare(path, Some(old.as_bytes()), Some(new.as_bytes())).unwrap();
        assert_eq!(changes.len(), 1, "{path} {changes:?}");
        assert_eq!((changes[0].size, changes[0].words().as_str()), (Size::Major, "a 1.2.0 → 2.0.0 (major)"), "{path}");
    }
    for (old, new, size) in [
        ("1.2.0", "1.9.0", Size::Minor),
        ("0.2.0", "0.3.0", Size::Major),
        ("0.0.1", "0.0.2", Size::Major),
        ("0.3.1", "0.3.9", Size::Minor),
    ] {
        let changes = locks::compare("Cargo.lock", Some(cargo(old).as_bytes()), Some(cargo(new).as_bytes())).unwrap();
        assert_eq!(changes[0].size, size, "{old} {new}");
    }
    let gone = locks::compare("pubspec.lock", Some(dart("1.0.0").as_bytes()), None).unwrap();
    assert_eq!((gone[0].size, gone[0].words().as_str()), (Size::ComesOrGoes, "a 1.0.0 → none"));
}

#[test]
fn a_tag_starts_what_asks_for_it_in_any_form() {
    let push = |filter: &str| format!("on:\n  push:\n    {filter}\n");
    for (text, starts) in [
        ("on: push".to_owned(), true),
        ("on: [push]".to_owned(), true),
        ("true:\n  push:".to_owned(), true),
        ("'on': { push: {} }".to_owned(), true),
        ("on: create".to_owned(), true),
        ("on:\n  create:".to_owned(), true),
        ("on: [workflow_dispatch, pull_request]".to_owned(), false),
        ("on: { release: { types: [published] } }".to_owned(), false),
        (push("paths: ['src/**']"), true),
        (push("branches: [main]"), false),
        (push("branches-ignore: [main]"), false),
        (push("branches: ['**']"), false),
        (push("{ branches: [main], tags: ['*'] }"), true),
        (push("tags: rollback-*"), true),
        (push("tags: ['v*']"), false),
        (push("tags: ['**']"), true),
        (push("tags: ['v*', '*-*']"), true),
        (push("tags: ['*', '!rollback-*']"), false),
        (push("tags: ['!rollback-*', '*']"), true),
        (push("tags: []"), false),
        (push("tags-ignore: ['rollback-*']"), false),
        (push("tags-ignore: ['v*']"), true),
        ("on: [push\n".to_owned(), false),
        ("push".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(started_by(&text, "rollback-20260302-100000").is_some(), starts, "{text}");
    }
}

/// The rows of GitHub's own table, and where it is silent what git allows.
#[test]
fn patterns_of_tags_are_githubs_own() {
    for (pattern, name, fits) in [
        ("feature/*", "feature/my-branch", true),
        ("feature/*", "feature/a/b", false),
        ("feature/**", "feature/beta-a/my-branch", true),
        ("main", "main", true),
        ("main", "mainly", false),
        ("*", "v2", true),
        ("*", "feature/v2", false),
        ("**", "every/branch", true),
        ("*feature", "mona-feature", true),
        ("v2*", "v2.9", true),
        ("v[12].[0-9]+.[0-9]+", "v1.10.1", true),
        ("v[12].[0-9]+.[0-9]+", "v3.0.0", false),
        ("v2.0.0?", "v2.0.", true),
        ("rollback-[0-9]+-[0-9]+", "rollback-20260302-100000", true),
        ("a\\+b", "a+b", true),
        ("v1.0", "v1x0", false),
        ("[", "[", false),
    ] {
        let text = serde_json::json!({ "on": { "push": { "tags": [pattern] } } }).to_string();
        assert_eq!(started_by(&text, name).is_some(), fits, "{pattern} {name}");
    }
}

#[test]
fn the_parts_of_a_deploy_are_followed_and_a_circle_is_left() {
    let file = |uses: &str| format!("jobs:\n  a:\n    uses: {uses}\n");
    let files: Files = [
        (".github/workflows/deploy.yml", file("./.github/workflows/build.yml")),
        (".github/workflows/build.yml", file("./.github/workflows/sign.yml")),
        (
            ".github/workflows/sign.yml",
            "jobs:\n  a:\n    steps:\n      - run: x\n      - uses: ./tools/sign/\n".to_owned(),
        ),
        (".github/workflows/ci.yml", file("acme/other/.github/workflows/ci.yml@v1")),
        (".github/workflows/round.yml", file("./.github/workflows/round.yml")),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into();
    let parts = Parts::of(".github/workflows/deploy.yml", &files);
    assert_eq!(parts.workflows.len(), 3);
    assert!(parts.has("tools/sign/action.yml") && parts.has(".github/actions/any/action.yml"), "{parts:?}");
    assert!(!parts.has("tools/signature") && !parts.has(".github/workflows/ci.yml"));
    for alone in ["ci.yml", "round.yml", "nowhere.yml"] {
        let parts = Parts::of(&format!(".github/workflows/{alone}"), &files);
        assert_eq!((parts.workflows.len(), parts.actions.len()), (1, 0), "{alone}");
    }
}
