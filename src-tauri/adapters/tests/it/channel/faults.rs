//! Whatever a service does, a letter leaves at most once, and what is not a clear yes or no is unknown.

use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::channel::Sent;

use super::kit::{KINDS, build, first, taken};
use super::receiver::{Receiver, Reply};

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
async fn every_channel_delivers_once_and_tells_no_from_not_known() {
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
    for ((kind, more), letter) in KINDS.into_iter().flat_map(|kind| letters(kind.0).map(|letter| (kind, letter))) {
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
    let receiver = Receiver::start(|request| if request.method == "GET" { taken(request) } else { Reply::Silent });
    let mut all = tokio::task::JoinSet::new();
    for (kind, more) in KINDS {
        let channel = build(kind, more, &receiver);
        all.spawn(async move { (kind, channel.send(&first()).await) });
    }
    while let Some(ended) = all.join_next().await {
        let (kind, sent) = ended.unwrap();
        assert_eq!(end(&sent), End::Unknown, "{kind}: {sent:?}");
    }
    assert_eq!(receiver.written().len(), KINDS.len());
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
