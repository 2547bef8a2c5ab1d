//! The in-app notice: one document for all incidents that are open.

use lastgood_adapters::telling::{Telling, Wish};
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Incident, Stage};
use serde_json::{Value, json};

use super::kit::{build, first, taken};
use super::outbox::{open, telling};
use super::receiver::{Receiver, Reply};

/// The document that stands there once this was told.
async fn told(telling: &Telling, receiver: &Receiver, incident: &Incident, stage: Stage) -> Value {
    let incident = telling.incident(&incident.id).await.unwrap();
    let body = Some(format!("# {}\nIn a few words.", incident.id));
    let wish = Wish { body, stage: Some(stage), ..Wish::default() };
    let words = telling.compose(&incident, &ChannelName::new("banner"), &wish).await.unwrap().unwrap();
    telling.approve(&incident, &[words]).await.unwrap();
    assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    receiver.written().pop().unwrap().json()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_is_over_leaves_the_notice_of_another_one_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let banner = format!("[channels.banner]\nkind = 'notice'\nurl = '{}/notice'\n", receiver.address);
    let telling = telling(folder.path(), "http://127.0.0.1:9", &banner);
    let (one, other, untold) = (open(&telling).await, open(&telling).await, open(&telling).await);
    told(&telling, &receiver, &other, Stage::Investigating).await;
    let newest = told(&telling, &receiver, &other, Stage::Identified).await;
    let document = told(&telling, &receiver, &one, Stage::Investigating).await;
    assert_eq!(document["incident"], one.id.as_str(), "what was told last shows");

    let document = told(&telling, &receiver, &one, Stage::Resolved).await;
    let last = telling.incident(&one.id).await.unwrap().updates[1].id.clone();
    assert_eq!((&document["active"], &document["stage"]), (&json!(true), &json!("identified")));
    for name in ["id", "incident", "title", "text"] {
        assert_eq!(document[name], newest[name], "{name} is the other's, as it was told last");
    }
    assert_eq!(document["ended"], format!("{last}.banner"));
    let receipt = telling.incident(&one.id).await.unwrap().updates[1].deliveries[0].receipt.clone().unwrap();
    assert!(receipt.sentence.contains(other.id.as_str()), "{receipt:?}");

    let document = told(&telling, &receiver, &other, Stage::Resolved).await;
    assert_eq!((&document["active"], &document["incident"]), (&json!(false), &json!(other.id.as_str())));
    assert!(telling.incident(&untold.id).await.unwrap().is_open(), "of which nobody was told there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_incident_is_found_in_the_document_that_stands_after_it() {
    for (document, found) in [
        (json!({ "id": "up-1.it" }), true),
        (json!({ "id": "up-9.it", "ended": "up-1.it" }), true),
        (json!({ "id": "up-9.it", "ended": "up-8.it" }), false),
    ] {
        let receiver = Receiver::start(move |_| Reply::Answer(200, "", document.to_string()));
        assert_eq!(build("notice", "", &receiver).look_up(&first()).await.is_some(), found);
    }
}
