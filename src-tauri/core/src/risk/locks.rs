//! Lock files: which dependencies differ between two releases, majors first.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

/// Lock files that are understood, by name.
const READ: [&str; 4] = ["Cargo.lock", "package-lock.json", "npm-shrinkwrap.json", "pubspec.lock"];

/// Lock files that are known by their names, and not understood.
const UNREAD: [&str; 19] = [
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "go.sum",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "Gemfile.lock",
    "composer.lock",
    "mix.lock",
    "packages.lock.json",
    "Package.resolved",
    "Podfile.lock",
    "gradle.lockfile",
    "flake.lock",
    "conan.lock",
];

/// One dependency that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    /// Oldest first; empty where it is not there.
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub size: Size,
}

/// By what the versions promise each other (SemVer: before 1.0.0 the second number is the major one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    Major,
    ComesOrGoes,
    Minor,
}

type Packages = BTreeMap<String, BTreeSet<String>>;

/// Whether a path is a lock file, understood or not.
pub fn is_lock(path: &str) -> bool {
    names().any(|known| known == name(path))
}

/// The names of all lock files that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    READ.into_iter().chain(UNREAD)
}

/// What going from one state of the lock file to the other does, majors first. `None` where it is not understood, or cannot
/// be read.
pub fn compare(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Option<Vec<Change>> {
    if !READ.contains(&name(path)) {
        return None;
    }
    let read = |bytes: Option<&[u8]>| bytes.map_or_else(|| Some(Packages::new()), |bytes| packages(path, bytes));
    let (before, after) = (read(before)?, read(after)?);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let none = BTreeSet::new();
    let mut changes: Vec<Change> = names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (before.get(name).unwrap_or(&none), after.get(name).unwrap_or(&none));
            let gone = sorted(before.difference(after));
            let come = sorted(after.difference(before));
            let size = size(&gone, &come, before, after)?;
            Some(Change { name: name.clone(), before: gone, after: come, size })
        })
        .collect();
    changes.sort_by(|a, b| a.size.cmp(&b.size).then_with(|| a.name.cmp(&b.name)));
    Some(changes)
}

impl Change {
    /// `serde 2.0.1 → 1.0.3 (major)`.
    pub fn words(&self) -> String {
        let versions = |versions: &[String]| if versions.is_empty() { "none".to_owned() } else { versions.join(", ") };
        let mark = if self.size == Size::Major { " (major)" } else { "" };
        format!("{} {} → {}{mark}", self.name, versions(&self.before), versions(&self.after))
    }
}

/// `None` where nothing changed.
fn size(gone: &[String], come: &[String], before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<Size> {
    if gone.is_empty() && come.is_empty() {
        return None;
    }
    if before.is_empty() || after.is_empty() {
        return Some(Size::ComesOrGoes);
    }
    // A new line of versions beside the old ones breaks nobody who keeps to theirs; a line that is gone might.
    let lines = |versions: &mut dyn Iterator<Item = &String>| -> BTreeSet<_> {
        versions.map(|version| line(version)).collect()
    };
    let (old, new) = (lines(&mut before.iter()), lines(&mut after.iter()));
    Some(if old == new { Size::Minor } else { Size::Major })
}

/// The part of a version that changes when it breaks its users.
fn line(version: &str) -> String {
    match Version::parse(version) {
        Ok(version) if version.major > 0 => version.major.to_string(),
        Ok(version) if version.minor > 0 => format!("0.{}", version.minor),
        Ok(version) => format!("0.0.{}", version.patch),
        Err(_) => version.to_owned(),
    }
}

fn sorted<'a>(versions: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut versions: Vec<String> = versions.cloned().collect();
    versions.sort_by(|a, b| match (Version::parse(a), Version::parse(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    });
    versions
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn packages(path: &str, bytes: &[u8]) -> Option<Packages> {
    let text = std::str::from_utf8(bytes).ok()?;
    match name(path) {
        "Cargo.lock" => cargo(text),
        "package-lock.json" | "npm-shrinkwrap.json" => npm(text),
        "pubspec.lock" => dart(text),
        _ => None,
    }
}

/// Packages without a source are the repository's own.
fn cargo(text: &str) -> Option<Packages> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let mut found = Packages::new();
    for package in table.get("package").and_then(toml::Value::as_array).into_iter().flatten() {
        let field = |name: &str| package.get(name).and_then(toml::Value::as_str);
        if let (Some(name), Some(version), Some(_)) = (field("name"), field("version"), field("source")) {
            found.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    Some(found)
}

/// Versions 2 and 3 list `packages` by folder, version 1 lists `dependencies` by name.
fn npm(text: &str) -> Option<Packages> {
    let lock: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut found = Packages::new();
    let mut add = |name: &str, package: &serde_json::Value| {
        if let Some(version) = package.get("version").and_then(serde_json::Value::as_str) {
            found.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    };
    if let Some(packages) = lock.get("packages").and_then(serde_json::Value::as_object) {
        for (folder, package) in packages {
            if let Some((_, name)) = folder.rsplit_once("node_modules/") {
                add(name, package);
            }
        }
    } else {
        for (name, package) in lock.get("dependencies")?.as_object()? {
            add(name, package);
        }
    }
    Some(found)
}

fn dart(text: &str) -> Option<Packages> {
    let lock: serde_json::Value = serde_yaml_ng::from_str(text).ok()?;
    let mut found = Packages::new();
    for (name, package) in lock.get("packages")?.as_object()? {
        if let Some(version) = package.get("version").and_then(serde_json::Value::as_str) {
            found.entry(name.clone()).or_default().insert(version.to_owned());
        }
    }
    Some(found)
}
