//! Services count by token: two channels with one secret share their turns.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use lastgood_adapters::telling::Wish;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::pace::PACE;

use super::kit::taken;
use super::outbox::{open, telling};
use super::receiver::Receiver;
use crate::again;

const TWO: &str = "[channels.one]\nkind = 'slack'\n[channels.other]\nkind = 'slack'";

#[tokio::test(flavor = "multi_thread")]
async fn two_channels_with_one_secret_keep_the_pace_together() {
    const NAME: &str = "channel::pace::two_channels_with_one_secret_keep_the_pace_together";
    if let Some(told) = again::told() {
        return act(Path::new(&told)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&times);
    let receiver = Receiver::start(move |request| {
        if request.method == "POST" {
            noted.lock().unwrap().push(Instant::now());
        }
        taken(request)
    });
    let hook = format!("{}/hook", receiver.address);
    let child = again::start(NAME, folder.path(), |command| {
        command.env("LASTGOOD_SECRET_ONE", &hook).env("LASTGOOD_SECRET_OTHER", &hook)
    });
    let (words, status) = child.end();
    assert!(status.success(), "{words:?}");
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 2);
    // What is written when its turn comes arrives a little later; a machine that is busy may hold up the first.
    assert!(times[1] - times[0] > PACE / 2, "{:?}", times[1] - times[0]);
}

async fn act(folder: &Path) {
    let telling = telling(folder, "http://127.0.0.1:9", TWO);
    let incident = open(&telling).await;
    let mut words = Vec::new();
    for name in ["one", "other"] {
        words.push(telling.compose(&incident, &ChannelName::new(name), &Wish::default()).await.unwrap().unwrap());
    }
    telling.approve(&incident, &words).await.unwrap();
    let gone = telling.send_queued().await.unwrap();
    assert!(gone.len() == 2 && gone.iter().all(|gone| gone.phase == SendPhase::Delivered), "{gone:?}");
}
