//! Limits are kept, and GitHub is left alone when it asks for it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use lastgood_core::error::Code;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::Limit;
use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::json;

use super::dispatching::outcome;
use crate::rehearsed::{PATIENCE, Rehearsed, order, status};

#[tokio::test]
async fn after_a_refusal_nothing_is_sent_until_the_time_that_github_names() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.arm(Fault::once("", status(429, &[("retry-after", "1")], When::BeforeEffect)));
    assert_eq!(github.environments().await.unwrap_err().code, Code::RateLimited);
    assert_eq!(github.waiting().unwrap().why, Limit::Secondary);
    let trouble = github.deployments().await.unwrap_err();
    assert_eq!(trouble.code, Code::RateLimited);
    assert_eq!(
        outcome(&github.dispatch(&order(&[("version_tag", "v2.4.0")])).await),
        ("not sent", Some(Code::RateLimited))
    );
    assert_eq!(rehearsed.server().requests().len(), 1);
    let begun = Instant::now();
    while github.waiting().is_some() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
    assert_eq!(github.environments().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_hour_that_is_used_up_ends_when_github_says() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.server().set_remaining_calls(0);
    github.environments().await.unwrap_err();
    let waiting = github.waiting().unwrap();
    assert_eq!(waiting.why, Limit::Primary);
    let left = waiting.until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((3_000..=3_660).contains(&left), "{left}");
}

#[tokio::test]
async fn an_hour_that_is_used_up_ends_when_github_says_also_where_the_clocks_are_a_day_apart() {
    for seconds in [86_400, -86_400] {
        let rehearsed = Rehearsed::start().await;
        let github = rehearsed.github();
        rehearsed.arm(Fault::once("", FaultKind::Skew { seconds }).for_ever());
        rehearsed.server().set_remaining_calls(0);
        let trouble = github.environments().await.unwrap_err();
        let until = github.waiting().unwrap().until;
        let left = until.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((3_000..=3_660).contains(&left), "{left} s where GitHub is {seconds} s ahead");
        assert_eq!(trouble.hint, format!("Wait until {} UTC.", until.strftime("%H:%M")), "by this machine's clock");
    }
}

#[tokio::test]
async fn points_that_are_used_up_are_not_asked_for_again_and_rest_goes_on() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.server().set_remaining_points(0);
    assert!(github.first_look().await.is_none());
    assert!(!github.deployments().await.unwrap().is_empty());
    assert!(!github.releases().await.unwrap().is_empty());
    assert_eq!((rehearsed.queries(), github.waiting()), (1, None));
}

#[tokio::test]
async fn without_a_time_it_is_a_minute_at_least() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.arm(Fault::once("", status(429, &[], When::BeforeEffect)));
    github.environments().await.unwrap_err();
    let left = github.waiting().unwrap().until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((50..=60).contains(&left), "{left}");
}

#[tokio::test]
async fn a_permission_that_is_lacking_shuts_nothing() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.arm(Fault::once("", status(403, &[], When::BeforeEffect)));
    assert_eq!(github.environments().await.unwrap_err().code, Code::TokenTooWeak);
    assert_eq!(github.waiting(), None);
}

#[tokio::test]
async fn requests_that_write_leave_a_second_apart() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    let begun = Instant::now();
    let order = order(&[("version_tag", "v2.4.0")]);
    tokio::join!(github.dispatch(&order), github.dispatch(&order));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(rehearsed.started(), 2);
}

#[tokio::test]
async fn a_write_that_waits_for_its_turn_stays_here_where_the_one_before_it_met_a_limit() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.arm(Fault::once("/dispatches", status(429, &[("retry-after", "60")], When::BeforeEffect)));
    let order = order(&[("version_tag", "v2.4.0")]);
    let answers = tokio::join!(github.dispatch(&order), github.dispatch(&order));
    let told = [outcome(&answers.0), outcome(&answers.1)];
    assert_eq!(told, [("refused", Some(Code::RateLimited)), ("not sent", Some(Code::RateLimited))]);
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 0));
}

#[tokio::test]
async fn a_github_that_keeps_breaking_is_said_to() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    assert_eq!(github.degraded().await, None);
    for _ in 0..4 {
        github.environments().await.unwrap();
    }
    assert_eq!(github.degraded().await, None);
    rehearsed.arm(Fault::once("", status(502, &[], When::BeforeEffect)).times(2));
    for _ in 0..2 {
        github.environments().await.unwrap_err();
    }
    assert_eq!(github.degraded().await.unwrap(), "2 of the last 6 calls to GitHub broke.");
}

#[tokio::test]
async fn its_status_page_is_believed_about_the_parts_that_matter() {
    let rehearsed = Rehearsed::start().await;
    let part = |name: &str, status: &str| json!({ "name": name, "status": status });
    let page = |parts| json!({ "status": { "indicator": "minor" }, "components": parts }).to_string();
    let well = served(page(vec![part("Actions", "operational"), part("Codespaces", "major_outage")]));
    assert_eq!(rehearsed.github().with_status_page(&well).degraded().await, None);
    let ill = served(page(vec![part("Actions", "partial_outage"), part("Git Operations", "operational")]));
    let words = rehearsed.github().with_status_page(&ill).degraded().await.unwrap();
    assert_eq!(words, "GitHub reports trouble with Actions (partial outage).");
    let broken = served("<html>".to_owned());
    assert_eq!(rehearsed.github().with_status_page(&broken).degraded().await, None);
}

#[tokio::test]
async fn a_slow_answer_is_told_apart_from_none() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("/environments", FaultKind::Delay { milliseconds: 50 }));
    assert_eq!(rehearsed.github().environments().await.unwrap().len(), 2);
}

/// Answers one request with this text.
fn served(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/summary.json", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = line.read(&mut request).unwrap();
        assert!(read > 0);
        write!(line, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
    });
    address
}
