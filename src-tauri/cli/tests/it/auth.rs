//! `lastgood auth`, with a real keychain in a session of its own.

mod session;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use lastgood_rehearsal::{Decision, SignInSwitches, TokenSwitches};
use serde_json::json;

use crate::kit::{Done, Running, Stage, finish, wait};
use session::Session;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_on_standard_input_is_proved_kept_used_and_forgotten() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let done = login(&stage, &session, &["--with-token", "--json"], &format!("{}\n", token(&stage)));
    let told = done.last();
    assert_eq!((done.code, &told["login"], &told["token"]), (Some(0), &json!("platform-lead"), &json!("keychain")));

    let status = finish(&mut auth(&stage, &session, &["status", "--json", "--repo", "."]));
    let host = status.last()["hosts"][0].clone();
    assert_eq!(
        (host["login"].clone(), host["scopes"].clone()),
        (json!("platform-lead"), json!(["read:org", "repo", "workflow"]))
    );
    assert_eq!(host["rights"]["push_tags"], "yes");
    assert!(host["calls"]["left"].as_u64().unwrap() < 5000);
    let overview = finish(&mut signed_in(&stage, &session, &["status", "--json"]));
    assert_eq!(overview.last()["github"]["account"], "platform-lead", "the other verbs use it as well");

    assert_eq!(finish(&mut auth(&stage, &session, &["logout"])).out, "Signed out of 127.0.0.1.\n");
    let status = finish(&mut auth(&stage, &session, &["status", "--json"]));
    assert_eq!((status.code, code(&status)), (Some(1), json!("signed_out")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_not_kept() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let done = login(&stage, &session, &["--with-token", "--json"], "wrong");
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "token_rejected"));
    let done = login(&stage, &session, &["--with-token", "--json"], " \n");
    assert_eq!((done.code, done.trouble().as_str()), (Some(2), "usage"));
    let status = finish(&mut auth(&stage, &session, &["status", "--json"]));
    assert_eq!(code(&status), "signed_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_states_of_the_keychain_are_four_sentences() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let absent = finish(&mut auth(&stage, &session, &["status"]));
    assert!(absent.err.contains("You are not signed in to 127.0.0.1."), "{absent:?}");
    assert_eq!(login(&stage, &session, &["--with-token"], token(&stage)).code, Some(0));
    session.lock();
    let locked = finish(&mut auth(&stage, &session, &["status"]));
    assert!(locked.err.contains("Your keychain is locked."), "{locked:?}");
    let mut elsewhere = auth(&stage, &session, &["status"]);
    let missing = finish(elsewhere.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus"));
    assert!(missing.err.contains("This system has no keychain to ask."), "{missing:?}");
    let double = Session::unlocked();
    double.file("one");
    double.file("two");
    let refused = finish(&mut auth(&stage, &double, &["status"]));
    assert!(refused.err.contains("Your keychain refused: it holds several entries"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_on_githubs_page_signs_in() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let at_once = SignInSwitches { interval: 0, ..SignInSwitches::default() };
    stage.server().set_sign_in(at_once.clone());
    let mut command = auth(&stage, &session, &["login", "--device", "--json"]);
    let mut running = Running::start(command.env("LASTGOOD_GITHUB_CLIENT_ID", "Iv1.rehearsal"));
    let told: serde_json::Value = serde_json::from_str(&running.line().unwrap()).unwrap();
    assert_eq!((told["code"].clone(), told["expires_in_seconds"].clone()), (json!("WDJB-0000"), json!(900)));
    stage.server().set_sign_in(SignInSwitches { decision: Decision::Approve, ..at_once });
    let done = running.finish();
    assert_eq!((done.code, done.last()["login"].clone()), (Some(0), json!("platform-lead")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_app_the_sign_in_by_code_says_so_in_one_sentence() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let done = finish(&mut auth(&stage, &session, &["login", "--device", "--json"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "sign_in_unavailable"));
    assert!(done.err.contains("Paste a token instead"), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_gh_stays_with_gh_and_is_asked_for_each_time() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let path = fake_gh(&stage, &format!("echo {}", token(&stage)));
    let done = finish(auth(&stage, &session, &["login", "--from-gh", "--json"]).env("PATH", &path));
    assert_eq!((done.code, done.last()["token"].clone()), (Some(0), json!("gh")));
    let status = finish(auth(&stage, &session, &["status", "--json"]).env("PATH", &path));
    assert_eq!(status.last()["hosts"][0]["token"], "gh");
    let asked = std::fs::read_to_string(stage.path("gh.log")).unwrap();
    assert!(asked.lines().all(|line| line == "auth token --hostname 127.0.0.1"), "{asked}");
    fake_gh(&stage, "exit 1");
    let status = finish(auth(&stage, &session, &["status", "--json"]).env("PATH", &path));
    assert_eq!(code(&status), "gh_silent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_gh_gives_the_token_that_it_keeps_and_none_for_another_host() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let folder = stage.path("gh-settings");
    let keeps = |host: &str| {
        std::fs::create_dir_all(&folder).unwrap();
        let entry =
            format!("{host}:\n    oauth_token: {}\n    user: platform-lead\n    git_protocol: https\n", token(&stage));
        std::fs::write(folder.join("hosts.yml"), entry).unwrap();
    };
    let asked = |arguments: &[&str]| {
        let mut command = auth(&stage, &session, arguments);
        // A token in its surroundings is not the one that it keeps.
        finish(command.env("GH_CONFIG_DIR", &folder).env("GH_TOKEN", "another").env("GH_ENTERPRISE_TOKEN", "another"))
    };
    keeps("127.0.0.1");
    let done = asked(&["login", "--from-gh", "--json"]);
    assert_eq!((done.code, done.last()["login"].clone()), (Some(0), json!("platform-lead")), "{done:?}");
    let status = asked(&["status", "--json"]);
    assert_eq!((status.code, &status.last()["hosts"][0]["token"]), (Some(0), &json!("gh")), "{status:?}");
    assert_eq!(status.last()["hosts"][0]["login"], "platform-lead");
    keeps("github.example.com");
    assert_eq!(code(&asked(&["status", "--json"])), "gh_silent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_http_address_gets_no_token() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let api = ["--api", "http://github.example.com/api/v3", "--with-token", "--json"];
    let done = login(&stage, &session, &api, token(&stage));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "address_insecure"));
    let mut command = signed_in(&stage, &session, &["status", "--json"]);
    command.env("LASTGOOD_GITHUB_API", "http://github.example.com/api/v3").env("LASTGOOD_GITHUB_TOKEN", token(&stage));
    assert_eq!(finish(&mut command).last()["github"]["error"]["code"], "address_insecure");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_the_environment_goes_to_no_other_host() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    assert_eq!(login(&stage, &session, &["--with-token"], token(&stage)).code, Some(0));
    let before = stage.server().requests().len();
    let mut command = auth(&stage, &session, &["status", "--json"]);
    // The shell means github.com now, which this machine need not reach.
    command.env_remove("LASTGOOD_GITHUB_API").env("LASTGOOD_GITHUB_TOKEN", "canary-for-github-com");
    command.env("https_proxy", "http://127.0.0.1:9");
    let done = finish(&mut command);
    let hosts = done.last()["hosts"].clone();
    assert_eq!(
        (hosts[0]["host"].clone(), hosts[0]["error"]["code"].clone()),
        (json!("github.com"), json!("github_unreachable"))
    );
    assert_eq!((hosts[1]["host"].clone(), hosts[1]["token"].clone()), (json!("127.0.0.1"), json!("keychain")));
    assert!(
        stage.server().requests()[before..].iter().all(|request| request.status == Some(200)),
        "its own token is good"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_takes_no_token_and_says_what_is_left() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    session.lock();
    let done = login(&stage, &session, &["--with-token", "--json"], token(&stage));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "keychain_locked"));
    assert!(done.err.contains("LASTGOOD_GITHUB_TOKEN"), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_said_so() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    assert_eq!(login(&stage, &session, &["--with-token"], token(&stage)).code, Some(0));
    stage.server().set_token(TokenSwitches { revoked: true, ..TokenSwitches::default() });
    let status = finish(&mut auth(&stage, &session, &["status", "--json"]));
    assert_eq!((status.code, code(&status)), (Some(1), json!("token_rejected")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_in_no_output_no_argument_and_no_file_but_the_keychains() {
    let stage = Stage::start().await;
    let session = Session::unlocked();
    let canary = token(&stage).to_owned();
    let mut outputs = vec![login(&stage, &session, &["--with-token"], &canary)];
    for arguments in [&["auth", "status"][..], &["auth", "status", "--json"], &["status"], &["auth", "logout"]] {
        let mut command = signed_in(&stage, &session, arguments);
        let running = command.env("RUST_LOG", "trace").spawn().unwrap();
        let line = std::fs::read(format!("/proc/{}/cmdline", running.id())).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains(&canary), "in its command line");
        outputs.push(wait(running));
    }
    assert!(outputs.iter().all(|done| !done.out.contains(&canary) && !done.err.contains(&canary)), "{outputs:?}");
    assert_eq!(crate::secrets::holding(&stage.data(), &canary), [""; 0]);
}

fn login(stage: &Stage, session: &Session, arguments: &[&str], input: &str) -> Done {
    let mut command = auth(stage, session, &[&["login"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    wait(child)
}

fn auth(stage: &Stage, session: &Session, arguments: &[&str]) -> Command {
    signed_in(stage, session, &[&["auth"], arguments].concat())
}

/// The program in the session with the keychain, and without a token in its environment.
fn signed_in(stage: &Stage, session: &Session, arguments: &[&str]) -> Command {
    let mut command = stage.lastgood(arguments);
    command.env_remove("LASTGOOD_GITHUB_TOKEN").env("DBUS_SESSION_BUS_ADDRESS", session.address());
    command
}

fn token(stage: &Stage) -> &str {
    &stage.description().token
}

fn code(status: &Done) -> serde_json::Value {
    status.last()["hosts"][0]["error"]["code"].clone()
}

/// A `gh` that writes down its arguments; the search path with it in front.
fn fake_gh(stage: &Stage, answer: &str) -> String {
    let (folder, log) = (stage.path("tools"), stage.path("gh.log"));
    std::fs::create_dir_all(&folder).unwrap();
    let gh = folder.join("gh");
    std::fs::write(&gh, format!("#!/bin/sh\necho \"$@\" >> '{}'\n{answer}\n", log.display())).unwrap();
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}
