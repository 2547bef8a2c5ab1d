//! Whatever a service does, a letter leaves at most once, and what is not a clear yes or no is unknown.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::channel::Sent;
use serde_json::{Value, json};

use super::kit::{KINDS, build, first, taken};
use super::receiver::{Gate, Receiver, Reply, Request};

/// A request on loopback comes sooner.
const COMES_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Delivered,
    Refused,
    NotSent,
    Unknown,
}

fn end(sent: &Sent) -> End {
    match sent {
        Sent::Delivered(_) => End::Delivered,
        Sent::Refused(_) => End::Refused,
        Sent::NotSent { .. } => End::NotSent,
        Sent::Partly { .. } => panic!("{sent:?} of one place"),
        Sent::Unknown(_) => End::Unknown,
    }
}

fn answers(status: u16, more: &'static str, body: &str) -> Reply {
    Reply::Answer(status, more, body.to_owned())
}

/// A service whose clock is years ahead asks for seventeen seconds.
const SKEWED: &str = "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\nRetry-After: Tue, 01 Jan 2030 00:00:17 GMT\r\n";

/// The first, one that follows it, and the last.
fn letters(kind: &str) -> [Letter; 3] {
    let handle = Some(if kind == "slack_bot" { "1.2" } else { "12" }.to_owned());
    let later = Letter { stage: Stage::Monitoring, handle, before: 1, ..first() };
    let last = Letter { stage: Stage::Resolved, ..later.clone() };
    [first(), later, last]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_delivers_a_first_message_once_and_tells_no_from_not_known() {
    every_fault(|[first, ..]| first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_delivers_an_update_once_and_tells_no_from_not_known() {
    every_fault(|[_, update, _]| update).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_delivers_an_end_once_and_tells_no_from_not_known() {
    every_fault(|[.., end]| end).await;
}

async fn every_fault(which: fn([Letter; 3]) -> Letter) {
    let html = "<!DOCTYPE html><title>Sign in</title>";
    let faults = [
        (answers(400, "", r#"{"message":"no"}"#), End::Refused),
        (answers(401, "", "{}"), End::Refused),
        (answers(403, "", ""), End::Refused),
        (answers(404, "", "no_service"), End::Refused),
        (answers(409, "", "{}"), End::Refused),
        (answers(413, "", ""), End::Refused),
        (answers(422, "", r#"{"errors":["name is too long"]}"#), End::Refused),
        (answers(301, "Location: https://elsewhere.example\r\n", ""), End::Refused),
        (answers(302, "Location: https://elsewhere.example\r\n", ""), End::Refused),
        (answers(429, "Retry-After: 17\r\n", ""), End::NotSent),
        (answers(429, "", "rate_limited"), End::NotSent),
        (answers(429, SKEWED, ""), End::NotSent),
        (answers(420, "Retry-After: 17\r\n", ""), End::NotSent),
        (answers(500, "", "oops"), End::Unknown),
        (answers(502, "", html), End::Unknown),
        (answers(503, "Retry-After: 5\r\n", ""), End::Unknown),
        (answers(200, "Content-Type: text/html\r\n", html), End::Unknown),
        (answers(200, "Content-Type: application/json\r\n", "null"), End::Unknown),
        (answers(200, "Content-Type: application/json\r\n", r#"{"ok":"maybe","id":null}"#), End::Unknown),
        (Reply::CutBefore, End::Unknown),
        (Reply::CutDuring, End::Unknown),
        (Reply::CutAfter, End::Unknown),
        (Reply::CutAnswer, End::Unknown),
    ];
    for (kind, more) in KINDS {
        let letter = which(letters(kind));
        for (fault, wanted) in &faults {
            let broken = fault.clone();
            let receiver = Receiver::start(move |request| match (request.method.as_str(), &broken) {
                // Release notes are read before they are written; reading works here.
                ("GET", _) => taken(request),
                _ => broken.clone(),
            });
            let reads_first = kind == "release_notes" && matches!(fault, Reply::CutBefore | Reply::CutDuring);
            // The document is yours: what its server says in its body is no matter. A workflow and a webhook say nothing that
            // could be read, and an edit of a release is taken by any answer in JSON; a web page is none of them.
            let page = matches!(fault, Reply::Answer(200, _, body) if body == html);
            let any_page = matches!(fault, Reply::Answer(200, ..))
                && (kind == "notice" || (matches!(kind, "teams" | "webhook" | "release_notes") && !page));
            let wanted = if reads_first {
                End::NotSent
            } else if any_page {
                End::Delivered
            } else if matches!(fault, Reply::Answer(420, ..)) && matches!(kind, "github" | "release_notes") {
                // GitHub never says it.
                End::Refused
            } else {
                *wanted
            };
            let sent = build(kind, more, &receiver).send(&letter).await;
            assert_eq!(end(&sent), wanted, "{kind}, {:?}, {fault:?}: {sent:?}", letter.stage);
            assert!(receiver.written().len() <= 1, "{kind}, {fault:?}: {:?}", receiver.written());
            assert!(!format!("{sent:?}").contains("sig=secret"), "{kind}: {sent:?}");
            if let (Sent::NotSent { again_in, .. }, Reply::Answer(429, more, _)) = (&sent, fault)
                && more.contains("17")
                // GitHub names seconds, never a date.
                && !(*more == SKEWED && matches!(kind, "github" | "release_notes"))
            {
                assert_eq!(again_in.unwrap().as_secs(), 17, "{kind}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_silent_leaves_it_unknown() {
    for silence in [Reply::Silent, Reply::HalfSilent] {
        let fault = silence.clone();
        let receiver =
            Receiver::start(move |request| if request.method == "GET" { taken(request) } else { fault.clone() });
        let mut all = tokio::task::JoinSet::new();
        for ((kind, more), letter) in KINDS.into_iter().flat_map(|kind| letters(kind.0).map(|letter| (kind, letter))) {
            let channel = build(kind, more, &receiver);
            all.spawn(async move { (kind, channel.send(&letter).await) });
        }
        while let Some(ended) = all.join_next().await {
            let (kind, sent) = ended.unwrap();
            assert_eq!(end(&sent), End::Unknown, "{kind}, {silence:?}: {sent:?}");
        }
        assert_eq!(receiver.written().len(), 3 * KINDS.len(), "{silence:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_byte_that_comes_late_but_in_time_is_waited_for_and_nothing_goes_twice() {
    for ((kind, more), letter) in KINDS.into_iter().flat_map(|kind| letters(kind.0).map(|letter| (kind, letter))) {
        let gate = Arc::new(Gate::default());
        let held = Arc::clone(&gate);
        let receiver = Receiver::start(move |request| match request.method.as_str() {
            "GET" => taken(request),
            _ => Reply::Held(Arc::clone(&held), Box::new(taken(request))),
        });
        let (channel, letter) = (build(kind, more, &receiver), letter);
        let stage = letter.stage;
        let sending = tokio::spawn(async move { channel.send(&letter).await });
        let begun = Instant::now();
        while receiver.written().is_empty() {
            assert!(begun.elapsed() < COMES_WITHIN, "{kind}: no request came");
            tokio::task::yield_now().await;
        }
        assert!(!sending.is_finished(), "{kind} waits for an answer");
        gate.open();
        let sent = sending.await.unwrap();
        assert_eq!(end(&sent), End::Delivered, "{kind}, {stage:?}: {sent:?}");
        let paths: Vec<String> = receiver.written().iter().map(|one| format!("{} {}", one.method, one.path)).collect();
        assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len(), "{kind}, {stage:?}: {paths:?}");
    }
}

/// What the service says, with words that nobody knows yet and nothing where nothing is allowed.
fn odd(request: &Request) -> Reply {
    let Reply::Answer(status, more, body) = taken(request) else { panic!("it answers") };
    let Ok(mut body) = serde_json::from_str::<Value>(&body) else { return Reply::Answer(status, more, body) };
    for part in [true, false] {
        let whole = if part && body["data"].is_object() { &mut body["data"] } else { &mut body };
        let Some(whole) = whole.as_object_mut() else { continue };
        for (name, value) in [
            ("state", json!("dreaming")),
            ("status", json!("dreaming")),
            ("impact", json!("cosmic")),
            ("type", json!("dream")),
            ("state_reason", Value::Null),
            ("shortlink", Value::Null),
            ("body", Value::Null),
            ("resolved_at", Value::Null),
            ("labels", json!([])),
        ] {
            whole.insert(name.to_owned(), value);
        }
    }
    Reply::Answer(status, more, body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_nobody_knows_and_a_null_that_is_allowed_change_nothing() {
    for ((kind, more), letter) in KINDS.into_iter().flat_map(|kind| letters(kind.0).map(|letter| (kind, letter))) {
        let plain = Receiver::start(taken);
        let receiver = Receiver::start(odd);
        let sent = build(kind, more, &receiver).send(&letter).await;
        assert_eq!(end(&sent), End::Delivered, "{kind}, {:?}: {sent:?}", letter.stage);
        build(kind, more, &plain).send(&letter).await;
        assert_eq!(receiver.written().len(), plain.written().len(), "{kind}: no more than else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_moved_is_not_followed_and_that_is_said() {
    for ((kind, more), letter) in KINDS.into_iter().flat_map(|kind| letters(kind.0).map(|letter| (kind, letter))) {
        for status in [301, 308] {
            let receiver = Receiver::start(move |request| match request.method.as_str() {
                "GET" => taken(request),
                _ => answers(status, "Location: /moved\r\n", ""),
            });
            let sent = build(kind, more, &receiver).send(&letter).await;
            let Sent::Refused(trouble) = &sent else { panic!("{kind}, {status}: {sent:?}") };
            // GitHub's moves are known by what they mean.
            let is_said = ["moved on GitHub", &status.to_string()].iter().any(|words| trouble.message.contains(words));
            assert!(is_said, "{kind}: {trouble:?}");
            assert!(receiver.seen().iter().all(|request| request.path != "/moved"), "{kind}, {status}");
            assert_eq!(receiver.written().len(), 1, "{kind}, {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_nobody_reaches_got_nothing() {
    let receiver = Receiver::start(taken);
    // A port on which nobody listens any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = Receiver { address: format!("http://{gone}"), ..receiver };
    for (kind, more) in KINDS {
        let sent = build(kind, more, &nowhere).send(&first()).await;
        assert_eq!(end(&sent), End::NotSent, "{kind}: {sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_says_no_with_a_yes_around_it() {
    for (error, wanted) in [
        ("channel_not_found", End::Refused),
        ("invalid_auth", End::Refused),
        ("ratelimited", End::NotSent),
        ("internal_error", End::Unknown),
    ] {
        let body = format!(r#"{{"ok":false,"error":"{error}"}}"#);
        let receiver = Receiver::start(move |_| answers(200, "Retry-After: 3\r\n", &body));
        let sent = build("slack_bot", "to = ['C1']", &receiver).send(&first()).await;
        assert_eq!(end(&sent), wanted, "{error}: {sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_step_that_fails_is_told_and_the_first_is_not_done_again() {
    let [_, later, last] = letters("slack_bot");
    for (kind, more, letter, second, words) in [
        ("slack_bot", "to = ['C1']", later, "/chat.update", "the headline above is old"),
        ("github", "", Letter { handle: Some("12".to_owned()), ..last }, "PATCH", "the issue stays open"),
    ] {
        for broken in [Reply::CutAfter, answers(500, "", "oops"), answers(403, "", "{}"), answers(429, "", "")] {
            let receiver = Receiver::start(move |request| {
                let is_second = request.path.contains(second) || request.method == second;
                if is_second { broken.clone() } else { taken(request) }
            });
            let sent = build(kind, more, &receiver).send(&letter).await;
            let Sent::Delivered(receipt) = &sent else { panic!("{kind}: {sent:?}") };
            assert!(receipt.sentence.contains(words), "{kind}: {receipt:?}");
            assert_eq!(receiver.written().len(), 2, "{kind}");
        }
    }
}
