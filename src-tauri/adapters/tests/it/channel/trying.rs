//! The *Test* button: whether a service would take something, and nothing is told to anybody.

use lastgood_core::ports::channel::Tested;

use super::kit::{KINDS, build, taken};
use super::receiver::{Receiver, Reply, Request};

/// These cannot be asked without telling somebody something.
const SILENT: [&str; 3] = ["teams", "pagerduty", "webhook"];

/// What a service says to a question.
fn answers(request: &Request) -> Reply {
    let body = match (request.path.as_str(), request.body.as_str()) {
        // A webhook that works refuses an empty message as such.
        (path, "{}") if path.contains("/hook") => return Reply::Answer(400, "", "invalid_payload".to_owned()),
        // Reading is open to everybody; what writes asks for the token, and then for a name.
        (path, "{}") if path.contains("/api/incidents") => {
            return Reply::Answer(422, "", r#"{"message":"The name field is required."}"#.to_owned());
        }
        (path, _) if path.contains("auth.test") => r#"{"ok":true,"team":"acme","user":"lastgood"}"#,
        (path, _) if path.contains("/repos/") => r#"{"id":1,"full_name":"acme/shop","default_branch":"main"}"#,
        (path, _) if path.ends_with("/pages/page1") => r#"{"id":"page1","name":"Acme"}"#,
        _ => "[]",
    };
    Reply::Answer(200, "Content-Type: application/json\r\n", body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_that_can_be_asked_says_that_it_would_take_something_and_nobody_hears_of_it() {
    for (kind, more) in KINDS {
        let receiver = Receiver::start(answers);
        let tested = build(kind, more, &receiver).test().await;
        match tested.unwrap_or_else(|trouble| panic!("{kind}: {trouble:?}")) {
            Tested::Answered(sentence) => {
                assert!(!SILENT.contains(&kind) && !sentence.is_empty(), "{kind}: {sentence}");
                assert!(!receiver.seen().is_empty(), "{kind} was asked");
            }
            Tested::NotAsked(sentence) => {
                assert!(SILENT.contains(&kind) && !sentence.is_empty(), "{kind}: {sentence}");
                assert!(receiver.seen().is_empty(), "{kind}: nothing left");
            }
        }
        let telling = |request: &Request| request.method != "GET" && !matches!(request.body.as_str(), "{}" | "");
        assert!(!receiver.seen().iter().any(telling), "{kind}: {:?}", receiver.seen());
        if kind == "slack" {
            let taken = Receiver::start(taken);
            assert!(build(kind, more, &taken).test().await.is_ok(), "it refuses what is empty");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_everybody_may_read_still_tells_that_it_does_not_accept_the_token() {
    let receiver = Receiver::start(|request| match request.method.as_str() {
        "GET" => Reply::Answer(200, "", r#"{"data":[]}"#.to_owned()),
        _ => Reply::Answer(401, "", r#"{"message":"Unauthenticated."}"#.to_owned()),
    });
    let trouble = build("cachet", "", &receiver).test().await.unwrap_err();
    assert!(trouble.message.contains("does not accept the secret"), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_accepts_no_secret_or_is_not_there_fails_its_test_in_a_sentence() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (kind, more) in KINDS.into_iter().filter(|(kind, _)| !SILENT.contains(kind)) {
        let refusing = Receiver::start(|_| Reply::Answer(401, "", r#"{"message":"Bad credentials"}"#.to_owned()));
        let trouble = build(kind, more, &refusing).test().await.unwrap_err();
        assert!(!trouble.message.is_empty() && !trouble.hint.is_empty(), "{kind}: {trouble:?}");
        assert!(!format!("{trouble:?}").contains("sig=secret"), "{kind}: {trouble:?}");
        let gone = Receiver { address: format!("http://{nobody}"), ..refusing };
        let trouble = build(kind, more, &gone).test().await.unwrap_err();
        assert!(!trouble.message.is_empty() && !trouble.hint.is_empty(), "{kind}: {trouble:?}");
    }
}
