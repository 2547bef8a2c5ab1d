//! The task that keeps the outbox and the clocks: what waits leaves by itself, and who must write is called.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::telling::{Telling, Wish};
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Audience, Incident};
use serde_json::Value;

use crate::kit::{LIMIT, Stage, opening};

/// One message for a document that nobody serves yet, as another process on this machine approves it.
async fn approved(telling: &Telling) -> Incident {
    let incident = telling.open(opening(BTreeMap::new())).await.unwrap();
    let words = telling.compose(&incident, &ChannelName::new("banner"), &Wish::default()).await.unwrap().unwrap();
    telling.approve(&incident, &[words]).await.unwrap()
}

/// Each request that came whole.
fn serve(at: SocketAddr) -> mpsc::Receiver<String> {
    let listener = TcpListener::bind(at).unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Some(body) = take(stream) {
                drop(sender.send(body));
            }
        }
    });
    receiver
}

fn take(mut stream: TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").ok()?;
    String::from_utf8(body).ok()
}

fn sent(notice: &Value) -> bool {
    notice["incidents"].as_array().is_some_and(|all| all.iter().any(|one| one["updatesSent"] == 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_network_leaves_by_itself_and_once_when_it_is_back() {
    let stage = Stage::at_speed(20.0).await;
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.add_settings(&format!("\n[channels.banner]\nkind = \"notice\"\nurl = \"http://{nobody}/notice\"\n"));
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let telling = stage.another().telling().unwrap();
    let incident = approved(&telling).await;
    let tried = async || {
        let standing = telling.incident(&incident.id).await.unwrap();
        standing.updates[0].deliveries[0].clone()
    };
    let begun = std::time::Instant::now();
    while tried().await.attempts == 0 {
        assert!(begun.elapsed() < LIMIT, "nobody tries it");
        tokio::task::yield_now().await;
    }
    assert_ne!(tried().await.phase, SendPhase::Delivered);
    let documents = serve(nobody);
    window.told("the update that left", "incidents", sent).await;
    let document = documents.recv_timeout(LIMIT).unwrap();
    assert!(document.contains("12 % of calls fail"), "{document}");
    assert!(documents.try_recv().is_err(), "once");
    assert_eq!(tried().await.phase, SendPhase::Delivered);
}

/// A service that takes a connection and says nothing holds up the outbox, and nobody who must write.
#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_in_time_while_the_outbox_waits_for_a_service_that_is_silent() {
    const NOW: &str = "An update to the team is due";
    let stage = Stage::at_speed(20.0).await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    stage.add_settings(&format!("\n[channels.banner]\nkind = \"notice\"\nurl = \"http://{address}/notice\"\n"));
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let telling = stage.another().telling().unwrap();
    let incident = approved(&telling).await;
    let phase = async || telling.incident(&incident.id).await.unwrap().updates[0].deliveries[0].phase;
    let begun = std::time::Instant::now();
    while phase().await != SendPhase::Sending {
        assert!(begun.elapsed() < LIMIT, "nobody sends it");
        tokio::task::yield_now().await;
    }
    let due = Timestamp::now() + SignedDuration::from_secs(1);
    telling.open(opening(BTreeMap::from([(Audience::Team, due)]))).await.unwrap();
    let named =
        |notice: &Value| notice["items"].as_array().is_some_and(|items| items.iter().any(|item| item["title"] == NOW));
    window.told("the alert", "inbox", named).await;
    assert_eq!(phase().await, SendPhase::Sending, "the service is still silent");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_called_for_before_it_is_due_and_when_it_is_each_once() {
    const SOON: &str = "An update to the team is due soon";
    const NOW: &str = "An update to the team is due";
    let stage = Stage::at_speed(20.0).await;
    let window = stage.window(&stage.clone_folder());
    window.armed().await;
    let telling = stage.another().telling().unwrap();
    let due = Timestamp::now() + SignedDuration::from_secs(12);
    telling.open(opening(BTreeMap::from([(Audience::Team, due)]))).await.unwrap();
    let named = |notice: &Value, wanted: &str| {
        notice["items"].as_array().is_some_and(|items| items.iter().any(|item| item["title"] == wanted))
    };
    window.told("the alert before it is due", "inbox", |notice| named(notice, SOON)).await;
    assert!(Timestamp::now() < due, "in time");
    window.told("the alert when it is due", "inbox", |notice| named(notice, NOW)).await;
    assert!(Timestamp::now() >= due);
    for title in [SOON, NOW] {
        assert_eq!(window.alerts().iter().filter(|alert| *alert == title).count(), 1, "{title}");
    }
}
