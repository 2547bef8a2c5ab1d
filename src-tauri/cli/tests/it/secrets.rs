//! The token is nowhere but in the requests.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::kit::{Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_output_no_file_and_no_child() {
    let stage = Stage::start().await;
    let (tools, log) = (stage.path("tools"), stage.path("git.log"));
    record_git(&tools, &log);
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let token = &stage.description().token;
    for arguments in [
        &["status"][..],
        &["rollback", "production", "--reason", "checkout fails", "--yes"],
        &["status", "--json"],
        &["rollback", "production", "--to", "v2.3.1", "--reason", "worse", "--yes", "--json"],
        &["rollback", "moon", "--reason", "r", "--yes", "--json"],
    ] {
        let done = finish(stage.lastgood(arguments).env("PATH", &path).env("RUST_LOG", "trace"));
        assert!(!done.out.contains(token) && !done.err.contains(token), "{arguments:?} {done:?}");
    }
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(told.contains("receive-pack") && told.contains("fetch"), "git was not called: {told}");
    assert!(!told.contains(token), "git was told the token");
    assert_eq!(holding(&stage.data(), token), [""; 0]);
    assert_eq!(holding(&stage.description().clone, token), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_not_repeated() {
    let stage = Stage::start().await;
    for arguments in [&["status"][..], &["status", "--json"], &["rollback", "production", "--reason", "r", "--yes"]] {
        let mut command = stage.lastgood(arguments);
        let done = finish(command.env("LASTGOOD_GITHUB_TOKEN", "canary-token\nwith a line").env("RUST_LOG", "trace"));
        assert_eq!(done.code, Some(1));
        assert!(!done.out.contains("canary") && !done.err.contains("canary"), "{done:?}");
    }
    assert_eq!(holding(&stage.data(), "canary"), [""; 0]);
}

/// A git that writes down its arguments and its environment, then does what it is asked.
fn record_git(folder: &Path, log: &Path) {
    let path = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.exists()).unwrap();
    std::fs::create_dir(folder).unwrap();
    let script = format!(
        "#!/bin/sh\n{{ printf '%s\\n' \"$@\"; env; }} >> '{}'\nexec '{}' \"$@\"\n",
        log.display(),
        real.display()
    );
    let git = folder.join("git");
    std::fs::write(&git, script).unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Files below `folder` that hold this text.
pub(crate) fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}
