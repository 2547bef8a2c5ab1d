//! `lastgood rehearse` and `lastgood rehearsal serve`.

use serde_json::Value;

use crate::kit::{Running, finish, lastgood};

#[test]
fn a_rehearsal_goes_through_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (temporary, data) = (folder.path().join("tmp"), folder.path().join("data"));
    std::fs::create_dir(&temporary).unwrap();
    let done = finish(lastgood(folder.path(), &["rehearse", "--json", "--speed", "100"]).env("TMPDIR", &temporary));
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    assert_eq!(done.last()["outcome"], "succeeded");
    assert!(done.last()["duration_ms"].as_u64().unwrap() > 0);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
    assert!(!data.exists(), "no fact of a rehearsal among the real ones");
}

#[test]
fn a_rehearsal_needs_no_proxy_and_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = lastgood(folder.path(), &["rehearse", "--speed", "100"]);
    command.env("http_proxy", "http://127.0.0.1:9").env("LASTGOOD_GITHUB_API", "http://127.0.0.1:9");
    let done = finish(&mut command);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.out.starts_with("A rehearsal: nothing here is real.\n"), "{}", done.out);
    assert!(done.out.contains("production is back on v2.4.0"), "{}", done.out);
}

#[cfg(unix)]
#[test]
fn a_served_rehearsal_prints_one_line_ends_on_a_signal_and_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let serve = || lastgood(folder.path(), &["rehearsal", "serve", "--speed", "1000", "--dir", kept.to_str().unwrap()]);
    let mut descriptions = Vec::new();
    for signal in ["TERM", "INT"] {
        let mut running = Running::start(&mut serve());
        let description: Value = serde_json::from_str(&running.line().unwrap()).unwrap();
        let second = finish(&mut serve());
        assert_eq!(second.code, Some(1), "one process for each folder");
        assert!(second.err.contains("already runs"), "{}", second.err);
        assert_eq!(finish(&mut rollback(folder.path(), &description, signal)).code, Some(0));
        crate::kit::signal(running.child.id(), signal);
        let done = running.finish();
        assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (Some(0), "", ""));
        descriptions.push(description);
    }
    assert_eq!(descriptions[0]["token"], descriptions[1]["token"]);
    assert_eq!(descriptions[0]["clone"], descriptions[1]["clone"]);
    let keys: Vec<&String> = descriptions[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["api", "clone", "owner", "remote", "repo", "service", "token"]);
    let tags = crate::kit::git(&kept.join("remote/acme/connectias.git"), &["tag", "--list", "rollback-*"]);
    assert_eq!(tags.lines().count(), 2, "the second start knew of the first rollback");
}

/// Back to v2.4.0 the first time, further back the second.
#[cfg(unix)]
fn rollback(folder: &std::path::Path, description: &Value, signal: &str) -> std::process::Command {
    let target = if signal == "TERM" { "v2.4.0" } else { "v2.3.1" };
    let mut command = lastgood(folder, &["rollback", "production", "--to", target, "--reason", "r", "--yes"]);
    command
        .current_dir(description["clone"].as_str().unwrap())
        .env("LASTGOOD_GITHUB_API", description["api"].as_str().unwrap())
        .env("LASTGOOD_GITHUB_TOKEN", description["token"].as_str().unwrap());
    command
}

#[test]
fn a_port_that_is_taken_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let done = finish(&mut lastgood(folder.path(), &["rehearsal", "serve", "--port", &port]));
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(done.err.contains(&port), "{}", done.err);
}
