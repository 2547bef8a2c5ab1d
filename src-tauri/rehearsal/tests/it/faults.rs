//! Every fault, as a client meets it.

use std::time::{Duration, Instant};

use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::kit::{DEPLOY, Kit, read};

fn status(code: u16, when: When) -> FaultKind {
    let headers = [("retry-after".to_owned(), "3".to_owned())].into();
    FaultKind::Status { code, body: None, headers, when }
}

async fn runs(kit: &Kit) -> Value {
    kit.get("/actions/runs?event=workflow_dispatch").await["total_count"].clone()
}

#[tokio::test]
async fn a_502_before_the_effect_starts_no_run_and_after_it_one() {
    for (when, started) in [(When::BeforeEffect, 13), (When::AfterEffect, 14)] {
        let kit = Kit::start().await;
        kit.github().arm(Fault::once("/dispatches", status(502, when)).on("POST"));
        assert_eq!(kit.dispatch("v2.4.0", json!({})).await.0, StatusCode::BAD_GATEWAY);
        assert_eq!(runs(&kit).await, started, "{when:?}");
        assert_eq!(kit.github().faults(), [], "a fault for one request is gone after it");
    }
}

#[tokio::test]
async fn headers_of_a_fault_reach_the_client() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("/releases", status(429, When::BeforeEffect)).times(2));
    for _ in 0..2 {
        assert_eq!(kit.try_get("/releases").await.unwrap().headers()["retry-after"], "3");
    }
    assert_eq!(kit.try_get("/releases").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_connection_cut_before_the_effect_starts_no_run_and_before_the_answer_one() {
    for (moment, started) in [(Moment::BeforeEffect, 13), (Moment::BeforeAnswer, 14)] {
        let kit = Kit::start().await;
        kit.github().arm(Fault::once("/dispatches", FaultKind::Cut { moment }));
        let body = json!({ "ref": "main", "inputs": { "version_tag": "v2.4.0" } });
        let path = "/repos/acme/connectias/actions/workflows/deploy.yml/dispatches";
        let lost = kit.request(Method::POST, path).body(body.to_string()).send().await;
        assert!(lost.is_err(), "{lost:?}");
        assert_eq!(runs(&kit).await, started, "{moment:?}");
        let request = kit.github().requests().into_iter().find(|request| request.method == "POST");
        assert_eq!(request.unwrap().status, None);
    }
}

#[tokio::test]
async fn a_connection_cut_during_the_answer_leaves_half_of_it() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("/releases", FaultKind::Cut { moment: Moment::DuringAnswer }));
    let half = match kit.try_get("/releases").await {
        Ok(answer) => answer.text().await.err(),
        Err(error) => Some(error),
    };
    assert!(half.is_some());
}

#[tokio::test]
async fn a_connection_cut_after_the_answer_leaves_it_whole() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("/releases", FaultKind::Cut { moment: Moment::AfterAnswer }));
    assert_eq!(kit.get("/releases").await.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_late_answer_is_late() {
    let kit = Kit::start().await;
    let delay = Duration::from_millis(150);
    kit.github().arm(Fault::once("/releases", FaultKind::Delay { milliseconds: delay.as_millis() as u64 }));
    let begun = Instant::now();
    kit.get("/releases").await;
    assert!(begun.elapsed() >= delay);
}

#[tokio::test]
async fn an_outage_may_answer_with_html() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("/releases", FaultKind::Html { code: 200, when: When::BeforeEffect }));
    let answer = kit.try_get("/releases").await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(answer.text().await.unwrap().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_status_may_be_a_word_that_nobody_knows() {
    let kit = Kit::start().await;
    // So slow that the run waits in the queue however long this test takes.
    kit.github().set_speed(0.001).unwrap();
    let id = kit.deploy("v2.4.0").await;
    let fault = Fault::once("/actions/", FaultKind::UnknownStatus { word: "levitating".to_owned() });
    kit.github().arm(fault.for_ever());
    assert_eq!(kit.run(id).await["status"], "levitating");
    assert_eq!(kit.get("/actions/runs").await["workflow_runs"][0]["status"], "levitating");
    assert_eq!(kit.get(&format!("/actions/runs/{id}/jobs")).await["jobs"][0]["status"], "levitating");
    kit.github().clear_faults();
    assert_eq!(kit.run(id).await["status"], "queued");
}

#[tokio::test]
async fn deployments_may_be_in_a_state_that_nobody_knows() {
    let kit = Kit::start().await;
    let id = kit.get("/deployments").await[0]["id"].clone();
    kit.github().arm(Fault::once("", FaultKind::UnknownStatus { word: "levitating".to_owned() }).for_ever());
    assert_eq!(kit.get(&format!("/deployments/{id}/statuses")).await[0]["state"], "levitating");
    let query = "{ repository(owner: \"acme\", name: \"connectias\") { deployments(last: 1) { nodes { state latestStatus { state } } } } }";
    let request = kit.request(Method::POST, "/graphql").body(json!({ "query": query }).to_string());
    let answer = read(request.send().await.unwrap()).await.1;
    let newest = &answer["data"]["repository"]["deployments"]["nodes"][0];
    assert_eq!((&newest["state"], &newest["latestStatus"]["state"]), (&json!("LEVITATING"), &json!("LEVITATING")));
}

#[tokio::test]
async fn what_may_be_null_is_null_and_the_rest_is_true() {
    let kit = Kit::start().await;
    let (id, truth) = (kit.deploy("v2.4.0").await, kit.get("/releases").await);
    kit.github().arm(Fault::once("", FaultKind::Nulls).for_ever());
    let run = kit.run(id).await;
    assert_eq!((&run["name"], &run["head_branch"], &run["head_commit"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(run["id"], id);
    let job = &kit.get(&format!("/actions/runs/{id}/jobs")).await["jobs"][0];
    assert_eq!((&job["html_url"], &job["name"]), (&Value::Null, &json!("Fetch build")));
    let releases = kit.get("/releases").await;
    assert_eq!((&releases[0]["body"], &releases[0]["tag_name"]), (&Value::Null, &truth[0]["tag_name"]));
    assert_eq!(kit.get("/deployments").await[0]["creator"], Value::Null);
}

#[tokio::test]
async fn an_answer_tells_the_time_of_the_rehearsal() {
    let kit = Kit::start().await;
    kit.pass(jiff::SignedDuration::from_hours(24));
    let date = kit.try_get("/releases").await.unwrap().headers()["date"].to_str().unwrap().to_owned();
    assert!(date.starts_with("Mon, 23 Nov 2026 14:4"), "{date}");
}

#[tokio::test]
async fn a_ghes_ignores_or_refuses_the_wish_for_run_details() {
    let kit = Kit::start().await;
    let details = json!({ "return_run_details": true });
    kit.github().arm(Fault::once("", FaultKind::NoRunDetails { refuse: true }));
    assert_eq!(kit.dispatch("v2.4.0", details.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    kit.github().arm(Fault::once("", FaultKind::NoRunDetails { refuse: false }));
    assert_eq!(kit.dispatch("v2.4.0", details).await.0, StatusCode::NO_CONTENT);
    assert_eq!(runs(&kit).await, 14);
}

#[tokio::test]
async fn a_run_may_be_slow_or_fail_at_a_step_or_never_come() {
    let kit = Kit::start().await;
    kit.github().arm(Fault::once("", FaultKind::SlowRun { factor: 3.0 }));
    let slow = kit.deploy("v2.4.0").await;
    kit.pass(DEPLOY);
    assert_eq!(kit.run(slow).await["status"], "in_progress");
    kit.pass(DEPLOY);
    kit.pass(DEPLOY);
    assert_eq!(kit.run(slow).await["conclusion"], "success");

    kit.github().arm(Fault::once("", FaultKind::FailStep { step: "switch traffic".to_owned() }));
    let failing = kit.deploy("v2.3.1").await;
    kit.pass(DEPLOY);
    assert_eq!(kit.run(failing).await["conclusion"], "failure");
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.0");
    let newest = kit.get("/deployments").await[0]["id"].clone();
    assert_eq!(kit.get(&format!("/deployments/{newest}/statuses")).await[0]["state"], "failure");

    let before = runs(&kit).await;
    kit.github().arm(Fault::once("", FaultKind::NoRun));
    assert_eq!(kit.dispatch("v2.3.1", json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(runs(&kit).await, before);
}

#[tokio::test]
async fn other_processes_set_faults_speed_and_time_over_http() {
    let kit = Kit::start().await;
    let post = async |path: &str, body: Value| {
        read(kit.request(Method::POST, path).body(body.to_string()).send().await.unwrap()).await
    };
    let fault = json!({ "path": "/releases", "kind": "status", "code": 503, "when": "after_effect" });
    assert_eq!(post("/_rehearsal/faults", fault).await.0, StatusCode::CREATED);
    assert_eq!(kit.try_get("/releases").await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(post("/_rehearsal/faults", json!({ "kind": "nonsense" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);

    let id = kit.deploy("v2.4.0").await;
    assert_eq!(post("/_rehearsal/advance", json!({ "seconds": 5 })).await.0, StatusCode::NO_CONTENT);
    assert_eq!(kit.run(id).await["status"], "in_progress");
    assert_eq!(post("/_rehearsal/speed", json!({ "speed": 0 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post("/_rehearsal/speed", json!({ "speed": "infinity" })).await.0, StatusCode::NO_CONTENT);
    assert_eq!(kit.run(id).await["conclusion"], "success", "a run under way is sped up");

    let requests = read(kit.request(Method::GET, "/_rehearsal/requests").send().await.unwrap()).await.1;
    assert_eq!(requests[0]["status"], 503);
    let bare = crate::kit::client().get(format!("{}/_rehearsal/requests", kit.description().api));
    assert_eq!(bare.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_clock_that_is_off_moves_every_time_that_is_told_and_that_is_asked_for() {
    const DAY: i64 = 86_400;
    let kit = Kit::start().await;
    let run = kit.deploy("v2.4.0").await;
    let created = |run: Value| run["created_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let truly = created(kit.run(run).await);
    for skew in [DAY, -DAY] {
        kit.github().arm(Fault::once("", FaultKind::Skew { seconds: skew }).for_ever());
        let told = created(kit.run(run).await);
        assert_eq!(told.as_second() - truly.as_second(), skew);
        let headers = kit.try_get("/releases").await.unwrap().headers().clone();
        let date = jiff::fmt::rfc2822::parse(headers["date"].to_str().unwrap()).unwrap().timestamp();
        let now = kit.github().now().as_second() + skew;
        assert!((date.as_second() - now).abs() <= 5, "{date}");
        let reset: i64 = headers["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
        assert!((now..=now + 3_600).contains(&reset), "{reset}");
        let range = told.to_string().replace(':', "%3A");
        let since = kit.get(&format!("/actions/workflows/deploy.yml/runs?created=%3E%3D{range}")).await;
        assert_eq!(since["total_count"], 1, "{since}");
        kit.github().clear_faults();
    }
}
