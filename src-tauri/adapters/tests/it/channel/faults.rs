//! Whatever a service does, a letter leaves at most once, and what is not a clear yes or no is unknown.

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
        (answers(302, "Location: https://elsewhere.example\r\n", ""), End::Refused),
        (answers(429, "Retry-After: 17\r\n", ""), End::NotSent),
        (answers(429, "", "rate_limited"), End::NotSent),
        (answers(500, "", "oops"), End::Unknown),
        (answers(502, "", html), End::Unknown),
        (answers(503, "Retry-After: 5\r\n", ""), End::Unknown),
        (answers(200, "Content-Type: text/html\r\n", html), End::Unknown),
        (Reply::CutBefore, End::Unknown),
        (Reply::CutDuring, End::Unknown),
        (Reply::CutAfter, End::Unknown),
        (Reply::CutAnswer, End::Unknown),
    ];
    for (kind, more) in KINDS {
        for (fault, wanted) in &faults {
            let broken = fault.clone();
            let receiver = Receiver::start(move |request| match (request.method.as_str(), &broken) {
                // Release notes are read before they are written; reading works here.
                ("GET", _) => taken(request),
                _ => broken.clone(),
            });
            let reads_first = kind == "release_notes" && matches!(fault, Reply::CutBefore | Reply::CutDuring);
            // The document is yours: what its server says in its body is no matter.
            let any_page = kind == "notice" && matches!(fault, Reply::Answer(200, ..));
            let wanted = if reads_first {
                End::NotSent
            } else if any_page {
                End::Delivered
            } else {
                *wanted
            };
            let sent = build(kind, more, &receiver).send(&first()).await;
            assert_eq!(end(&sent), wanted, "{kind}, {fault:?}: {sent:?}");
            assert!(receiver.written().len() <= 1, "{kind}, {fault:?}: {:?}", receiver.written());
            assert!(!format!("{sent:?}").contains("sig=secret"), "{kind}: {sent:?}");
            if let (Sent::NotSent { again_in, .. }, Reply::Answer(429, more, _)) = (&sent, fault)
                && more.contains("17")
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
