//! What each service is sent, against its documentation.

use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::message::{Block, Inline};
use lastgood_core::ports::channel::Sent;
use serde_json::{Value, json};

use super::kit::{KINDS, build, first, letter, taken};
use super::receiver::{Receiver, Reply, Request};

/// The first, a second with what the first was called, and the last.
async fn story(kind: &str) -> Vec<Request> {
    let more = KINDS.iter().find(|(name, _)| *name == kind).unwrap().1;
    let receiver = Receiver::start(taken);
    let channel = build(kind, more, &receiver);
    let Sent::Delivered(receipt) = channel.send(&first()).await else { panic!("{kind} takes the first") };
    let second = Letter { stage: Stage::Monitoring, handle: receipt.handle, ..letter("# Rolled back\nWe watch it.") };
    let last = Letter { stage: Stage::Resolved, ..second.clone() };
    for letter in [second, last] {
        let sent = channel.send(&letter).await;
        assert!(matches!(sent, Sent::Delivered(_)), "{kind}: {sent:?}");
    }
    receiver.seen()
}

fn lines(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

#[tokio::test]
async fn a_slack_bot_keeps_one_headline_with_a_thread_below() {
    let seen = story("slack_bot").await;
    let post = "POST /chat.postMessage";
    assert_eq!(lines(&seen), [post, post, "POST /chat.update", post, "POST /chat.update"]);
    assert_eq!(seen[0].header("authorization"), "Bearer key-1");
    assert_eq!((&seen[0].json()["channel"], &seen[0].json()["thread_ts"]), (&json!("C0123"), &Value::Null));
    assert_eq!(seen[1].json()["thread_ts"], "1.2");
    assert_eq!((&seen[2].json()["ts"], &seen[2].json()["text"]), (&json!("1.2"), &json!("Rolled back")));
    assert!(seen.iter().all(|request| request.json()["blocks"].as_array().unwrap().len() <= 50));
}

#[tokio::test]
async fn a_webhook_of_slack_and_a_workflow_of_teams_get_what_they_show() {
    let slack = story("slack").await[0].json();
    assert_eq!((&slack["text"], &slack["blocks"][0]["type"]), (&json!("Plugins fail"), &json!("header")));
    let teams = story("teams").await[0].json();
    let card = &teams["attachments"][0];
    assert_eq!(
        (&teams["type"], &card["contentType"]),
        (&json!("message"), &json!("application/vnd.microsoft.card.adaptive"))
    );
    assert_eq!((&card["content"]["version"], &card["contentUrl"]), (&json!("1.4"), &Value::Null));
}

#[tokio::test]
async fn statuspage_gets_one_incident_and_its_updates() {
    let seen = story("statuspage").await;
    let patch = "PATCH /v1/pages/page1/incidents/in1";
    assert_eq!(lines(&seen), ["POST /v1/pages/page1/incidents", patch, patch]);
    assert_eq!(seen[0].header("authorization"), "OAuth key-1");
    let (first, last) = (&seen[0].json()["incident"], &seen[2].json()["incident"]);
    assert_eq!((&first["status"], &last["status"]), (&json!("investigating"), &json!("resolved")));
    assert_eq!(
        (&first["components"]["comp1"], &last["components"]["comp1"]),
        (&json!("partial_outage"), &json!("operational"))
    );
    assert_eq!((&first["deliver_notifications"], &first["body"]), (&json!(true), &json!("We are looking into it.")));
}

#[tokio::test]
async fn instatus_and_cachet_get_one_incident_and_its_updates() {
    let seen = story("instatus").await;
    let update = "POST /v1/page1/incidents/in1/incident-updates";
    assert_eq!(lines(&seen), ["POST /v1/page1/incidents", update, update]);
    assert_eq!((&seen[0].json()["status"], &seen[2].json()["status"]), (&json!("INVESTIGATING"), &json!("RESOLVED")));
    let seen = story("cachet").await;
    let update = "POST /api/incidents/41/updates";
    assert_eq!(lines(&seen), ["POST /api/incidents", update, update]);
    assert_eq!((&seen[0].json()["status"], &seen[2].json()["status"]), (&json!(1), &json!(4)));
    assert_eq!(seen[0].json()["components"], json!([{ "component_id": 7, "component_status": 3 }]));
}

#[tokio::test]
async fn a_github_issue_is_opened_commented_and_closed() {
    let seen = story("github").await;
    let comment = "POST /repos/acme/shop/issues/12/comments";
    assert_eq!(lines(&seen), ["POST /repos/acme/shop/issues", comment, comment, "PATCH /repos/acme/shop/issues/12"]);
    let issue = seen[0].json();
    assert_eq!((&issue["title"], &issue["labels"]), (&json!("Plugins fail"), &json!(["incident"])));
    assert!(issue["body"].as_str().unwrap().ends_with("<!-- lastgood:up-1.it -->\n"), "{issue}");
    assert_eq!(seen[3].json()["state"], "closed");
}

#[tokio::test]
async fn pagerduty_gets_one_alert_and_its_end_under_one_key() {
    let seen = story("pagerduty").await;
    let events: Vec<Value> = seen.iter().map(Request::json).collect();
    assert!(events.iter().all(|event| event["dedup_key"] == "lastgood-inc-4f1c" && event["routing_key"] == "key-1"));
    assert_eq!((&events[0]["event_action"], &events[2]["event_action"]), (&json!("trigger"), &json!("resolve")));
    assert_eq!(events[0]["payload"]["severity"], "error");
}

#[tokio::test]
async fn the_notes_of_a_release_keep_what_they_said() {
    let seen = story("release_notes").await;
    assert_eq!(lines(&seen)[..2], ["GET /repos/acme/shop/releases/tags/v2.4.1", "PATCH /repos/acme/shop/releases/5"]);
    let body = seen[1].json()["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("<!-- lastgood:inc-4f1c -->\n## Plugins fail") && body.ends_with("old notes"), "{body}");
    assert_eq!(seen[1].json()["make_latest"], "false", "what was rolled back from does not become the latest");
}

#[tokio::test]
async fn the_notes_of_the_good_release_leave_the_latest_where_it_is() {
    for (latest, said) in [(5, "true"), (7, "false")] {
        let receiver = Receiver::start(move |request| match request.path.as_str() {
            path if path.ends_with("/releases/latest") => Reply::Answer(200, "", format!(r#"{{"id":{latest}}}"#)),
            _ => taken(request),
        });
        let sent = build("release_notes", "to = ['good']", &receiver).send(&first()).await;
        assert!(matches!(sent, Sent::Delivered(_)), "{sent:?}");
        let seen = receiver.seen();
        assert_eq!(lines(&seen)[0], "GET /repos/acme/shop/releases/tags/v2.4.0");
        assert_eq!(seen.last().unwrap().json()["make_latest"], said);
    }
}

#[tokio::test]
async fn ten_thousand_characters_are_taken_by_every_service() {
    let long = "word ".repeat(2_000);
    for (kind, more) in KINDS {
        let receiver = Receiver::start(taken);
        let mut letter =
            Letter { title: long.clone(), ..letter(&format!("# {long}\n{long}\n\nImpact:: {long}\n- {long}")) };
        let channel = build(kind, more, &receiver);
        let sent = channel.send(&letter).await;
        assert!(matches!(sent, Sent::Delivered(_)), "{kind}: {sent:?}");
        letter.handle = Some("12".to_owned());
        let sent = channel.send(&letter).await;
        assert!(matches!(sent, Sent::Delivered(_)), "{kind}, the second: {sent:?}");
    }
}

#[tokio::test]
async fn a_hostile_title_is_no_heading_link_or_mention_in_any_request() {
    let hostile = "<img src=x> @everyone [x](https://evil.example) ![y](https://evil.example) #1 {{ 7 }} \u{1b}[31m";
    for (kind, more) in KINDS {
        let receiver = Receiver::start(taken);
        let mut letter = first();
        letter.title = hostile.to_owned();
        letter.message.title = vec![Inline::Text(hostile.to_owned())];
        letter.message.blocks.push(Block::Paragraph(vec![Inline::Text(hostile.to_owned())]));
        let channel = build(kind, more, &receiver);
        for handle in [None, Some("12".to_owned())] {
            letter.handle = handle;
            let sent = channel.send(&letter).await;
            assert!(matches!(sent, Sent::Delivered(_)), "{kind}: {sent:?}");
        }
        for request in receiver.written() {
            let body = request.json();
            for text in markdown(kind, &body) {
                let bare = text.replace("\\]", "").replace("\\!", "").replace("\\[", "");
                for forbidden in ["<img", "@everyone", "](https://evil", "#1 "] {
                    assert!(!bare.contains(forbidden), "{kind}: {forbidden} in {text}");
                }
            }
            assert!(!request.path.contains("evil"), "{kind}");
            assert!(request.headers.iter().all(|(_, value)| !value.contains("evil")), "{kind}: {request:?}");
        }
    }
}

/// What the service reads as Markdown.
fn markdown(kind: &str, body: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match kind {
        "github" | "release_notes" => text(&body["body"]).into_iter().collect(),
        "instatus" | "cachet" => text(&body["message"]).into_iter().collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_notice_and_a_webhook_get_the_promised_document() {
    let seen = story("notice").await;
    assert_eq!((seen[0].method.as_str(), seen[0].header("authorization")), ("PUT", "Bearer key-1"));
    let (first, last) = (seen[0].json(), seen[2].json());
    assert_eq!((&first["active"], &last["active"], &first["version"]), (&json!(true), &json!(false), &json!(1)));
    assert_eq!((&first["stage"], &first["severity"]), (&json!("investigating"), &json!(2)));
    let signed = &story("webhook").await[0];
    let (timestamp, signature) = (signed.header("lastgood-timestamp"), signed.header("lastgood-signature"));
    assert_eq!((signed.header("lastgood-delivery"), signature.len()), ("up-1.it", 3 + 64));
    assert_eq!(signature, format!("v1={}", hmac("key-1", &format!("{timestamp}.{}", signed.body))));
}

/// As a receiver would compute it, with a program of its own.
fn hmac(key: &str, text: &str) -> String {
    let script =
        "import hmac,sys; print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), 'sha256').hexdigest())";
    let mut child = std::process::Command::new("python3")
        .args(["-c", script, key])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn what_is_affected_no_more_is_shown_as_well_again() {
    let more = "page = 'page1'\ncomponents = { API = 'comp1', Web = 'comp2', Mail = 'comp3' }";
    for stage in [Stage::Identified, Stage::Resolved] {
        let handle = Some("in1".to_owned());
        let recovered = vec!["web".to_owned(), "api".to_owned()];
        let letter = Letter { surfaces: vec!["API".to_owned()], recovered, stage, handle, ..first() };
        let over = stage == Stage::Resolved;
        let receiver = Receiver::start(taken);
        build("statuspage", more, &receiver).send(&letter).await;
        let incident = receiver.seen()[0].json()["incident"].clone();
        let state = if over { "operational" } else { "partial_outage" };
        assert_eq!(incident["components"], json!({ "comp1": state, "comp2": "operational" }), "{stage:?}");
        assert_eq!(incident["component_ids"], json!(["comp1", "comp2"]));
        let receiver = Receiver::start(taken);
        build("instatus", more, &receiver).send(&letter).await;
        let state = if over { "OPERATIONAL" } else { "PARTIALOUTAGE" };
        let statuses = json!([{ "id": "comp1", "status": state }, { "id": "comp2", "status": "OPERATIONAL" }]);
        assert_eq!(receiver.seen()[0].json()["statuses"], statuses, "{stage:?}");
    }
}

#[tokio::test]
async fn a_surface_is_a_component_however_its_letters_are_cased() {
    for (kind, place) in [("statuspage", "/incident/component_ids"), ("instatus", "/components")] {
        let more = KINDS.iter().find(|(name, _)| *name == kind).unwrap().1;
        let receiver = Receiver::start(taken);
        let letter = Letter { surfaces: vec!["api".to_owned()], ..first() };
        build(kind, more, &receiver).send(&letter).await;
        let sent = receiver.seen()[0].json();
        assert_eq!(sent.pointer(place), Some(&json!(["comp1"])), "{kind}: {sent}");
    }
}
