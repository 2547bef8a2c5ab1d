//! The window's words for the host's commands and codes are the host's own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn the_window_knows_every_command_of_the_host_and_no_other() {
    let host = listed(&read("src-tauri/src/ipc.rs"));
    // Asked for by the wire itself, with a channel.
    let mut window = BTreeSet::from(["watch".to_owned()]);
    for file in below("ui/src/ipc", "ts")
        .iter()
        .filter(|file| named(file).starts_with("commands") || parent(file) == "commands")
    {
        window.extend(named_commands(&std::fs::read_to_string(file).unwrap()));
    }
    assert!(host.len() > 50 && window.len() > 50, "{} and {} were found", host.len(), window.len());
    assert_eq!(host.difference(&window).collect::<Vec<_>>(), Vec::<&String>::new(), "the window cannot ask for these");
    assert_eq!(window.difference(&host).collect::<Vec<_>>(), Vec::<&String>::new(), "the host does not know these");
}

#[test]
fn every_code_that_the_window_plays_or_tests_is_one_of_the_hosts() {
    let codes = codes(&read("src-tauri/core/src/error.rs"));
    assert!(codes.len() > 50 && codes.contains("token_rejected"), "{codes:?}");
    let mut unknown = Vec::new();
    let mut seen = 0;
    for file in below("ui/src", "ts").into_iter().chain(below("ui/src", "svelte")).chain(below("ui/tests", "ts")) {
        for code in spoken(&std::fs::read_to_string(&file).unwrap()) {
            seen += 1;
            // What broke in the window itself is no trouble of the host's.
            if !codes.contains(&code) && code != "window.unexpected" {
                unknown.push(format!("{code} in {}", file.display()));
            }
        }
    }
    assert!(seen > 10, "no code was found: the way they are written changed");
    assert_eq!(unknown, Vec::<String>::new());
}

/// `group::name` in the list of handlers.
fn listed(text: &str) -> BTreeSet<String> {
    let list = text.split("generate_handler![").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    list.split(',')
        .filter_map(|one| one.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `name: [arguments, answer]`, as types of commands are written.
fn named_commands(text: &str) -> BTreeSet<String> {
    let line = |line: &str| {
        let (name, rest) = line.trim().split_once(": [")?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let arguments = rest.is_empty() || rest.starts_with(|first: char| first == '{' || first.is_ascii_uppercase());
        (is_name && !name.is_empty() && arguments).then(|| name.to_owned())
    };
    text.lines().filter_map(line).collect()
}

/// The variants, as serde writes them.
fn codes(text: &str) -> BTreeSet<String> {
    let body = text.split("pub enum Code {").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap();
    let variant = |line: &str| {
        let name = line.trim().strip_suffix(',')?;
        name.starts_with(|first: char| first.is_ascii_uppercase()).then(|| snake(name))
    };
    body.lines().filter_map(variant).collect()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for (place, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && place > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// The code of each trouble: beside a message, or as the second word of a refusal that a test plays.
fn spoken(text: &str) -> Vec<String> {
    let beside = text.match_indices("code: \"").filter_map(|(at, mark)| {
        let (code, behind) = text[at + mark.len()..].split_once('"')?;
        // Checks and sign-ins have codes as well, without a message beside them.
        behind.trim_start_matches([',', ' ', '\n']).starts_with("message").then(|| code.to_owned())
    });
    let refused = text
        .match_indices(".refuse(")
        .filter_map(|(at, mark)| text[at + mark.len()..].split('"').nth(3).map(str::to_owned));
    beside.chain(refused).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|found| found == ending) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn named(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

fn parent(file: &Path) -> String {
    file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
