//! `lastgood status`: what is live, what was last good, and why.

use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::{Value, json};

use crate::kit::{Stage, finish, git};
use crate::sample::Sample;

#[tokio::test(flavor = "multi_thread")]
async fn the_json_tells_live_last_good_and_their_evidence() {
    let stage = Stage::start().await;
    let done = stage.run(&["status", "--json"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    let status = done.last();
    let production = environment(&status, "production");
    assert_eq!(production["live"]["tag"], "v2.4.1");
    assert_eq!(production["live"]["source"], "probe");
    assert_eq!(production["live"]["health"]["verdict"], "failed");
    assert_eq!(production["last_good"], "v2.4.0");
    assert!(production["why"].as_str().unwrap().contains("v2.4.0"));
    assert!(production["candidates"].as_array().unwrap().len() > 1);
    assert_eq!((&production["hold"], &production["unfinished"]), (&Value::Null, &Value::Null));
    assert_eq!(production["url"], stage.description().service.as_str());
    assert_eq!(environment(&status, "staging")["live"]["health"]["verdict"], "passed");
    assert_eq!(status["github"]["account"], "platform-lead");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rollback_it_tells_the_hold_and_the_quarantine() {
    let stage = Stage::start().await;
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    let status = stage.run(&["status", "--json"]).last();
    let production = environment(&status, "production");
    assert_eq!(production["live"]["tag"], "v2.4.0");
    assert_eq!(production["hold"]["owner"], "@platform-lead");
    assert_eq!(production["hold"]["reason"], "checkout fails");
    assert_eq!(production["quarantined"], json!(["v2.4.1"]));
    assert_eq!(production["unfinished"], Value::Null);
    let text = stage.run(&["status"]).out;
    assert!(text.contains("held       by @platform-lead until ") && text.contains(": checkout fails"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_deployment_tells_it_says_what_does() {
    let stage = Stage::start().await;
    let answer =
        |code, body| FaultKind::Status { code, body: Some(body), headers: [].into(), when: When::BeforeEffect };
    stage.arm(Fault::once("/graphql", answer(404, json!({}))).for_ever());
    stage.arm(Fault::once("/deployments?", answer(200, json!([]))).for_ever());
    let text = stage.run(&["status"]).out;
    assert!(
        text.lines().any(|line| line.contains("v2.4.1") && line.ends_with("(no deployment tells; by the newest run)")),
        "{text}"
    );
    let live = environment(&stage.run(&["status", "--json"]).last(), "production")["live"].clone();
    assert_eq!((&live["tag"], &live["source"]), (&json!("v2.4.1"), &json!("run")));

    // Only this machine's own rollback is known where runs tell nothing either.
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(0));
    stage.arm(
        Fault::once("/runs?status=success", answer(200, json!({ "total_count": 0, "workflow_runs": [] }))).for_ever(),
    );
    let text = stage.run(&["status"]).out;
    assert!(text.contains("(no deployment tells; by this machine's journal)"), "{text}");
    let live = environment(&stage.run(&["status", "--json"]).last(), "production")["live"].clone();
    assert_eq!((&live["tag"], &live["source"]), (&json!("v2.4.0"), &json!("journal")));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_title_names_a_release_it_says_what_was_deployed_from_where_and_by_which_run() {
    let stage = Stage::start().await;
    // Nobody asks the service.
    std::fs::remove_file(stage.description().clone.join("lastgood.toml")).unwrap();
    let rename = |state: &mut lastgood_rehearsal::state::State| {
        let deploys = state.runs.iter_mut().filter(|run| run.workflow == "deploy.yml");
        deploys.for_each(|run| run.title = "Deploy".to_owned());
    };
    stage.server().change(|state, _| rename(state)).unwrap();
    let status = stage.run(&["status", "--json"]).last();
    let production = environment(&status, "production");
    let live = &production["live"];
    assert_eq!(
        (&live["tag"], &live["source"], &production["last_good"]),
        (&Value::Null, &json!("deployment"), &Value::Null)
    );
    assert!(live["version"].as_str().unwrap().starts_with("main@"), "{live}");
    assert!(live["untold"].as_str().unwrap().ends_with("Put the version into the workflow's run-name."), "{live}");
    let text = stage.run(&["status"]).out;
    assert!(text.contains("             ! Run ") && text.contains("names no release"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_lines_up_and_shows_harmlessly_what_would_move_the_cursor() {
    let stage = Stage::start().await;
    let odd = "pre\u{1b}[2Jview\u{202e}";
    let make = move |state: &mut lastgood_rehearsal::state::State| state.environments[1].name = odd.to_owned();
    stage.server().change(|state, _| make(state)).unwrap();
    let done = stage.run(&["status"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert!(!done.out.contains(['\u{1b}', '\u{202e}']), "{:?}", done.out);
    assert!(done.out.contains("pre\u{fffd}[2Jview\u{fffd}\n"), "{:?}", done.out);
    let lines: Vec<&str> = done.out.lines().collect();
    assert!(lines[0] == "production" && lines[1].starts_with("  live       v2.4.1, for "), "{}", done.out);
    assert!(
        lines[1].contains("▲ failing: health 503") && lines[2].starts_with("  last good  v2.4.0  ("),
        "{}",
        done.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_shown_without_github_and_the_code_says_that_it_was_not_asked() {
    let stage = Stage::start().await;
    finish(&mut stage.rollback(&[]));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut asking = stage.lastgood(&["status", "--json"]);
    let done = finish(asking.env("LASTGOOD_GITHUB_API", format!("http://{nobody}")));
    assert_eq!(done.code, Some(1));
    let status = done.last();
    assert_eq!(status["github"]["error"]["code"], "github_unreachable");
    assert_eq!(environment(&status, "production")["live"]["tag"], "v2.4.0", "the journal remembers");
    assert!(done.err.starts_with("lastgood: GitHub did not answer"), "{}", done.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_no_token_are_two_troubles() {
    let stage = Stage::start().await;
    let done = finish(stage.lastgood(&["status", "--json"]).env("LASTGOOD_GITHUB_TOKEN", "wrong"));
    assert_eq!((done.code, &done.last()["github"]["error"]["code"]), (Some(1), &json!("token_rejected")));
    let done = finish(stage.lastgood(&["status", "--json"]).env_remove("LASTGOOD_GITHUB_TOKEN"));
    assert_eq!((done.code, &done.last()["github"]["error"]["code"]), (Some(1), &json!("signed_out")));
    assert!(done.err.contains("LASTGOOD_GITHUB_TOKEN"), "{}", done.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_not_asked_for_what_runs_on_this_machine() {
    let stage = Stage::start().await;
    let mut asking = stage.lastgood(&["status", "--json"]);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"] {
        asking.env(name, "http://127.0.0.1:9");
    }
    let done = finish(&mut asking);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(environment(&done.last(), "production")["live"]["source"], "probe");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_environment_it_says_so() {
    let stage = Stage::start().await;
    let clone = &stage.description().clone;
    std::fs::write(clone.join("lastgood.toml"), "").unwrap();
    git(clone, &["commit", "--quiet", "-am", "No settings"]);
    let none = |code: u16, body: Value| FaultKind::Status {
        code,
        body: Some(body),
        headers: [].into(),
        when: When::BeforeEffect,
    };
    stage.arm(Fault::once("/graphql", none(404, json!({ "message": "Not Found" }))).for_ever());
    stage.arm(Fault::once("/environments", none(200, json!({ "total_count": 0, "environments": [] }))).for_ever());
    stage.arm(Fault::once("/deployments", none(200, json!([]))).for_ever());
    let done = stage.run(&["status"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.out.starts_with("No environments"), "{}", done.out);
}

#[test]
fn a_repository_without_a_remote_has_no_github() {
    let sample = Sample::new();
    let done = sample.run(&["status", "--json"]);
    assert_eq!((done.code, &done.last()["github"]["error"]["code"]), (Some(1), &json!("no_remote")));
}

#[test]
fn a_secret_in_the_remote_s_address_is_not_shown() {
    let sample = Sample::new();
    sample.git(&["remote", "add", "origin", "https://lead:canary@elsewhere.invalid/acme/shop.git"]);
    for arguments in [&["status"][..], &["status", "--json"]] {
        let done = sample.run(arguments);
        assert_eq!(done.code, Some(1));
        assert!(!done.out.contains("canary") && !done.err.contains("canary"), "{done:?}");
    }
}

pub(crate) fn environment<'v>(status: &'v Value, name: &str) -> &'v Value {
    let found = status["environments"].as_array().unwrap().iter().find(|found| found["environment"] == name);
    found.unwrap_or_else(|| panic!("{status}"))
}
