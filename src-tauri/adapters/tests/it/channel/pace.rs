//! Services count by token: channels with one secret share their turns, and none hears a second message within a second.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use lastgood_adapters::telling::Wish;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::pace::PACE;

use super::kit::taken;
use super::outbox::{open, telling};
use super::receiver::{Receiver, Reply};
use crate::again;

const NAMES: [&str; 6] = ["one", "other", "bot", "headline", "page", "status"];

fn settings(address: &str) -> String {
    let of = |(name, kind): (&str, &str)| {
        let own = if kind == "slack" { String::new() } else { format!("url = '{address}'\n") };
        format!("[channels.{name}]\nkind = '{kind}'\n{own}to = ['C1']\npage = 'page1'\n")
    };
    let kinds = ["slack", "slack", "slack_bot", "slack_bot", "statuspage", "statuspage"];
    NAMES.into_iter().zip(kinds).map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_service_that_counts_hears_a_second_message_within_a_second() {
    const NAME: &str = "channel::pace::no_service_that_counts_hears_a_second_message_within_a_second";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let (folder, address) = told.split_once('|').unwrap();
        return act(Path::new(folder), address).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let refused: Arc<Mutex<Vec<String>>> = Arc::default();
    let (noted, last) = (Arc::clone(&refused), Mutex::new(BTreeMap::<String, Instant>::new()));
    let receiver = Receiver::start(move |request| {
        // Who has not said yet what they want has written nothing.
        if request.method.is_empty() || request.method == "GET" {
            return taken(request);
        }
        let before = last.lock().unwrap().insert(request.path.clone(), Instant::now());
        if before.is_some_and(|before| before.elapsed() < PACE) {
            noted.lock().unwrap().push(request.path.clone());
            return Reply::Answer(429, "Retry-After: 1\r\n", String::new());
        }
        taken(request)
    });
    let hook = format!("{}/hook", receiver.address);
    let told = format!("{}|{}", folder.path().display(), receiver.address);
    let child = again::start(NAME, Path::new(&told), |command| {
        for (name, secret) in NAMES.into_iter().zip([&*hook, &*hook, "xoxb-1", "xoxb-1", "key-1", "key-1"]) {
            command.env(format!("LASTGOOD_SECRET_{}", name.to_uppercase()), secret);
        }
        command
    });
    let (words, status) = child.end();
    assert!(status.success(), "{words:?}");
    assert_eq!(refused.lock().unwrap().as_slice(), [""; 0], "none came too soon");
    assert_eq!(receiver.written().len(), NAMES.len());
}

async fn act(folder: &Path, address: &str) {
    let telling = telling(folder, "http://127.0.0.1:9", &settings(address));
    let incident = open(&telling).await;
    let mut words = Vec::new();
    for name in NAMES {
        words.push(telling.compose(&incident, &ChannelName::new(name), &Wish::default()).await.unwrap().unwrap());
    }
    telling.approve(&incident, &words).await.unwrap();
    let gone = telling.send_queued().await.unwrap();
    let all = gone.len() == NAMES.len();
    assert!(all && gone.iter().all(|gone| gone.phase == SendPhase::Delivered), "{gone:?}");
}
