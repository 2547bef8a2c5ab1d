//! Patterns, keys and lock files.

use lastgood_core::ports::history::{ChangeKind, FileChange};
use lastgood_core::risk::keys::{self, KeyChanges};
use lastgood_core::risk::locks::{self, Size};
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
