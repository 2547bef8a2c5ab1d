//! The dependency law, read from the manifests and from `Cargo.lock`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use toml::{Table, Value};

use crate::tree::root;

/// Our own crates that each of our crates may use, in its normal and build dependencies.
const OURS: [(&str, &[&str]); 9] = [
    ("lastgood-core", &[]),
    ("lastgood-rehearsal", &[]),
    ("lastgood-desk", &[]),
    ("lastgood-adapters", &["lastgood-core"]),
    ("lastgood-cli", &["lastgood-adapters", "lastgood-core", "lastgood-rehearsal"]),
    ("lastgood-desktop", &["lastgood-adapters", "lastgood-core", "lastgood-rehearsal"]),
    ("lastgood-clients", &["lastgood-rehearsal"]),
    ("lastgood-e2e", &["lastgood-desk"]),
    ("xtask", &["lastgood-desk"]),
];
/// What a crate's tests may use on top.
const OURS_IN_TESTS: [(&str, &[&str]); 4] = [
    ("lastgood-clients", &["lastgood-adapters", "lastgood-core"]),
    ("lastgood-adapters", &["lastgood-desk", "lastgood-rehearsal"]),
    ("lastgood-cli", &["lastgood-desk"]),
    ("lastgood-e2e", &["lastgood-rehearsal"]),
];
/// The outside world, which the core knows by its ports alone.
const OUTSIDE_CORE: [&str; 13] = [
    "axum",
    "directories",
    "fs4",
    "git2",
    "keyring-core",
    "lettre",
    "notify-rust",
    "octocrab",
    "reqwest",
    "rusqlite",
    "tempfile",
    "tokio",
    "ureq",
];
/// Crates that bring the web view.
const WEB_VIEW: [&str; 4] = ["tauri", "tao", "wry", "webkit2gtk"];

/// One crate of the workspace: the names of what it depends on.
struct Manifest {
    name: String,
    normal: BTreeSet<String>,
    in_tests: BTreeSet<String>,
}

#[test]
fn every_crate_keeps_to_the_dependency_law() {
    let manifests = workspace();
    assert!(manifests.len() >= OURS.len(), "not every member of the workspace was read");
    let faults: Vec<String> = manifests.iter().flat_map(faults).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn the_command_line_and_everything_below_it_link_no_web_view() {
    let lock: Table = toml::from_str(&read("Cargo.lock")).unwrap();
    for name in ["lastgood-cli", "lastgood-adapters", "lastgood-core", "lastgood-rehearsal", "xtask"] {
        let reached = reachable(&lock, name);
        assert!(reached.len() > 1, "{name} is not in Cargo.lock");
        let views: Vec<&str> = WEB_VIEW.into_iter().filter(|view| reached.contains(*view)).collect();
        assert_eq!(views, [""; 0], "{name} must work where no window can");
    }
}

#[test]
fn forbidden_edges_are_found() {
    let core = manifest(
        "lastgood-core",
        "[dependencies]\ntokio = '1'\nlastgood-adapters.workspace = true\n[dev-dependencies]\ntokio = '1'",
    );
    assert_eq!(faults(&core), ["lastgood-core may not use lastgood-adapters", "lastgood-core may not use tokio"]);
    let adapters = manifest(
        "lastgood-adapters",
        "[target.'cfg(unix)'.dependencies]\ntauri = '2'\n[dependencies]\nshop = { package = 'lastgood-rehearsal' }\n[dev-dependencies]\nlastgood-rehearsal.workspace = true",
    );
    assert_eq!(
        faults(&adapters),
        ["lastgood-adapters may not use lastgood-rehearsal", "lastgood-adapters may not use tauri"]
    );
    let unknown = manifest("lastgood-new", "");
    assert_eq!(faults(&unknown), ["lastgood-new has no place in the dependency law; give it one in this test"]);
}

#[test]
fn a_web_view_is_found_behind_another_crate() {
    let lock: Table = toml::from_str(
        "[[package]]\nname = 'cli'\nversion = '1'\ndependencies = ['middle 1.0.0']\n\
         [[package]]\nname = 'middle'\nversion = '1'\ndependencies = ['wry']\n\
         [[package]]\nname = 'wry'\nversion = '1'",
    )
    .unwrap();
    assert!(reachable(&lock, "cli").contains("wry"));
}

fn faults(manifest: &Manifest) -> Vec<String> {
    let name = manifest.name.as_str();
    let Some(ours) = look_up(&OURS, name) else {
        return vec![format!("{name} has no place in the dependency law; give it one in this test")];
    };
    let in_tests: Vec<&str> = ours.iter().chain(look_up(&OURS_IN_TESTS, name).into_iter().flatten()).copied().collect();
    let normal = manifest.normal.iter().filter(|other| !may_use(name, other, ours));
    // A test may use the outside world; a crate of ours only by the law.
    let tests = manifest.in_tests.iter().filter(|other| is_ours(other) && !may_use(name, other, &in_tests));
    normal.chain(tests).map(|other| format!("{name} may not use {other}")).collect()
}

fn may_use(name: &str, other: &str, ours: &[&str]) -> bool {
    if is_ours(other) {
        ours.contains(&other)
    } else if other == "tauri" || other.starts_with("tauri-") {
        name == "lastgood-desktop"
    } else {
        name != "lastgood-core" || !OUTSIDE_CORE.contains(&other)
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("lastgood-") || name == "xtask"
}

fn look_up(table: &[(&str, &'static [&'static str])], name: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(own, _)| *own == name).map(|(_, others)| *others)
}

/// Every crate of the workspace, the root package too.
fn workspace() -> Vec<Manifest> {
    let text = read("Cargo.toml");
    let table: Table = toml::from_str(&text).unwrap();
    let members = table["workspace"]["members"].as_array().unwrap();
    let folders = members.iter().map(|member| format!("{}/Cargo.toml", member.as_str().unwrap()));
    std::iter::once(text).chain(folders.map(|path| read(&path))).map(|text| parse(&text)).collect()
}

fn parse(text: &str) -> Manifest {
    let table: Table = toml::from_str(text).unwrap();
    let name = table["package"]["name"].as_str().unwrap().to_owned();
    let mut manifest = Manifest { name, normal: BTreeSet::new(), in_tests: BTreeSet::new() };
    let targets = table.get("target").and_then(Value::as_table);
    let conditional = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    for section in std::iter::once(&table).chain(conditional) {
        manifest.normal.extend(names(section, "dependencies"));
        manifest.normal.extend(names(section, "build-dependencies"));
        manifest.in_tests.extend(names(section, "dev-dependencies"));
    }
    manifest
}

/// The packages that a section names, whatever it calls them.
fn names(section: &Table, kind: &str) -> Vec<String> {
    let entries = section.get(kind).and_then(Value::as_table).into_iter().flatten();
    entries.map(|(key, value)| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()).collect()
}

/// Every package that `start` depends on, tests and all systems included.
fn reachable(lock: &Table, start: &str) -> BTreeSet<String> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let others = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        // An entry is a name, with a version when there are several.
        let others = others.filter_map(|other| other.as_str()?.split(' ').next());
        edges.entry(package["name"].as_str().unwrap()).or_default().extend(others);
    }
    let mut reached = BTreeSet::new();
    let mut ahead = vec![start];
    while let Some(name) = ahead.pop() {
        if edges.contains_key(name) && reached.insert(name.to_owned()) {
            ahead.extend(&edges[name]);
        }
    }
    reached
}

fn manifest(name: &str, sections: &str) -> Manifest {
    parse(&format!("package.name = '{name}'\n{sections}"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}
