//! "Nothing new", by setting: told in the short words, or only written down.

use std::path::Path;

use lastgood_adapters::telling::Wish;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::Audience;
use lastgood_core::incident::event::{Edit, Event};
use lastgood_core::incident::outbox::SendPhase;

use super::kit::taken;
use super::outbox::{approve as approve_ticket, open, telling};
use super::receiver::Receiver;
use crate::again;

/// A room of the team's, and a ticket that was told nothing yet.
fn settings(setting: &str) -> String {
    format!("[channels.room]\nkind = 'slack'\n[incident]\nnothing_new = '{setting}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_told_once_in_short_words_or_only_written_down() {
    const NAME: &str = "channel::nothing_new::nothing_new_is_told_once_in_short_words_or_only_written_down";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let (setting, folder) = told.split_once('|').unwrap();
        return act(setting, Path::new(folder)).await;
    }
    for (setting, posts) in [("send", 2), ("record", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::start(taken);
        let told = format!("{setting}|{}", folder.path().display());
        let room = format!("{}/hook", receiver.address);
        // A secret of one process stands in its environment.
        let child = again::start(NAME, Path::new(&told), |command| command.env("LASTGOOD_SECRET_ROOM", room));
        let (words, status) = child.end();
        assert!(status.success(), "{setting}: {words:?}");
        let told: Vec<String> = receiver.written().iter().map(|post| post.json()["text"].to_string()).collect();
        assert_eq!(told.len(), posts, "{setting}: {told:?}");
        assert_eq!(told.iter().filter(|title| title.contains("Nothing new")).count(), posts - 1, "{told:?}");
        let telling = telling(folder.path(), &receiver.address, &settings(setting));
        let incident = telling.incidents().await.unwrap().pop().unwrap();
        let templates: Vec<&str> =
            incident.updates.iter().map(|update| update.deliveries[0].template.as_str()).collect();
        assert_eq!(templates, &["team-declared", "team-nothing-new"][..posts], "{setting}");
        assert!(incident.updates.iter().all(|update| update.deliveries[0].phase == SendPhase::Delivered));
        assert!(incident.due[&Audience::Team] > incident.updates[0].at, "{setting}: more is promised");
    }
}

/// Who left the release must not be told by "nothing new" that the good one is bad, nor again what stands there.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_leaves_the_notes_of_releases_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let settings = "automatic = true
[channels.bad]
kind = 'release_notes'
[channels.good]
kind = 'release_notes'
to = ['good']
[incident]
nothing_new = 'send'
";
    let telling = telling(folder.path(), &receiver.address, settings);
    let incident = open(&telling).await;
    let mut words = Vec::new();
    for name in ["bad", "good"] {
        let wish = Wish { body: Some("# Noted\nSo it is.".to_owned()), ..Wish::default() };
        words.push(telling.compose(&incident, &ChannelName::new(name), &wish).await.unwrap().unwrap());
    }
    let told = telling.approve(&incident, &words).await.unwrap();
    assert_eq!(told.due.get(&Audience::Customers), None, "a release's notes promise nobody more");
    let after = telling.nothing_new(&incident.id, Audience::Customers).await.unwrap();
    assert_eq!(after.updates.len(), 1, "{:?}", after.updates);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_told_where_nobody_knows_the_impact() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let telling = telling(folder.path(), &receiver.address, "[incident]\nnothing_new = 'send'");
    let incident = open(&telling).await;
    let told = approve_ticket(&telling, &incident).await;
    let edit = Event::IncidentEdited { by: "@team-lead".to_owned(), edit: Edit::Impact(None) };
    telling.write(&incident.id, edit).await.unwrap();
    let after = telling.nothing_new(&incident.id, Audience::Team).await.unwrap();
    assert_eq!(after.updates.len(), told.updates.len() + 1, "{:?}", after.updates);
    assert_eq!(after.updates[1].deliveries[0].template, "ticket-update");
}

async fn act(setting: &str, folder: &Path) {
    let telling = telling(folder, "http://127.0.0.1:9", &settings(setting));
    let incident = open(&telling).await;
    let words = telling.compose(&incident, &ChannelName::new("room"), &Wish::default()).await.unwrap().unwrap();
    let told = telling.approve(&incident, &[words]).await.unwrap();
    telling.send_queued().await.unwrap();
    let after = telling.nothing_new(&incident.id, Audience::Team).await.unwrap();
    assert!(after.due[&Audience::Team] >= told.due[&Audience::Team]);
    for _ in 0..2 {
        telling.send_queued().await.unwrap();
    }
}
