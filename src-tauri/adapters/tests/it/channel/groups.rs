//! Groups of addresses, by name, through a real mail server.

use std::path::Path;

use lastgood_adapters::telling::Wish;
use lastgood_core::error::Code;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use serde_json::json;

use super::mail::{PASSWORD, Server};
use super::outbox::{open, telling};
use crate::again;

fn settings(port: &str, authority: &str, to: &str) -> String {
    format!(
        "[channels.mail]\nkind = 'email'\nurl = 'localhost:{port}'\nfrom = 'lastgood@acme.example'\n\
         to = ['{to}', 'ops@acme.example']\nuser = 'lastgood'\nauthority = '{authority}'\n\
         [incident.groups]\nleads = ['One <one@acme.example>', 'two@acme.example', 'ops@acme.example']\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_each_of_its_addresses_once_and_an_unknown_one_is_said_before_anything_leaves() {
    const NAME: &str =
        "channel::groups::a_group_is_each_of_its_addresses_once_and_an_unknown_one_is_said_before_anything_leaves";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let words: Vec<&str> = told.split('|').collect();
        return act(words[0], words[1], words[2], Path::new(words[3])).await;
    }
    for (to, letters) in [("leads", 1), ("lead", 0)] {
        let mut server = Server::start("starttls");
        let folder = tempfile::tempdir().unwrap();
        let authority = server.folder.path().join("authority.pem");
        let told = format!("{to}|{}|{}|{}", server.port, authority.display(), folder.path().display());
        let child = again::start(NAME, Path::new(&told), |command| command.env("LASTGOOD_SECRET_MAIL", PASSWORD));
        let (words, status) = child.end();
        assert!(status.success(), "{to}: {words:?}");
        if letters == 1 {
            let all = ["one@acme.example", "two@acme.example", "ops@acme.example"];
            assert_eq!(server.line()["recipients"], json!(all));
        }
        assert_eq!(server.rest(), 0, "{to}: nothing more");
    }
}

async fn act(to: &str, port: &str, authority: &str, folder: &Path) {
    let telling = telling(folder, "http://127.0.0.1:9", &settings(port, authority, to));
    let incident = open(&telling).await;
    let mail = ChannelName::new("mail");
    let words = telling.compose(&incident, &mail, &Wish::default()).await.unwrap().unwrap();
    let approved = telling.approve(&incident, &[words]).await;
    if to == "leads" {
        approved.unwrap();
        assert_eq!(telling.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
        return;
    }
    let trouble = approved.unwrap_err();
    assert_eq!(trouble.code, Code::ChannelUnready);
    assert!(trouble.message.contains("group lead") && trouble.hint.contains("[incident.groups]"), "{trouble:?}");
    assert_eq!(telling.incident(&incident.id).await.unwrap().updates, [], "nothing is on its way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_mailbox_is_tried_again_alone_and_holds_up_nothing_that_is_written_after_it() {
    const NAME: &str =
        "channel::groups::a_busy_mailbox_is_tried_again_alone_and_holds_up_nothing_that_is_written_after_it";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let words: Vec<&str> = told.split('|').collect();
        return write_twice(words[0], words[1], Path::new(words[2])).await;
    }
    let mut server = Server::start("busy-at-first");
    let folder = tempfile::tempdir().unwrap();
    let authority = server.folder.path().join("authority.pem");
    let told = format!("{}|{}|{}", server.port, authority.display(), folder.path().display());
    let child = again::start(NAME, Path::new(&told), |command| command.env("LASTGOOD_SECRET_MAIL", PASSWORD));
    let (words, status) = child.end();
    assert!(status.success(), "{words:?}");
    let mut letter = || server.line()["recipients"].clone();
    assert_eq!(letter(), json!(["ops@acme.example"]), "who is not busy has it at once");
    assert_eq!(letter(), json!(["other@acme.example", "ops@acme.example"]), "and what is written after it");
    assert_eq!(letter(), json!(["other@acme.example"]), "who was busy gets the first alone");
    assert_eq!(server.rest(), 0);
}

async fn write_twice(port: &str, authority: &str, folder: &Path) {
    let telling = telling(folder, "http://127.0.0.1:9", &settings(port, authority, "other@acme.example"));
    let incident = open(&telling).await;
    let mail = ChannelName::new("mail");
    for _ in 0..2 {
        let incident = telling.incident(&incident.id).await.unwrap();
        let words = telling.compose(&incident, &mail, &Wish::default()).await.unwrap().unwrap();
        telling.approve(&incident, &[words]).await.unwrap();
    }
    let phases: Vec<_> = telling.send_queued().await.unwrap().iter().map(|gone| gone.phase).collect();
    assert_eq!(phases, [SendPhase::Queued, SendPhase::Delivered]);
    let standing = telling.incident(&incident.id).await.unwrap();
    let first = &standing.updates[0].deliveries[0];
    assert_eq!(first.reached, ["ops@acme.example"]);
    assert!(first.sentence.contains("not yet for other@acme.example"), "{first:?}");
    assert_eq!(telling.send_now().await.unwrap()[0].phase, SendPhase::Delivered);
    assert_eq!(telling.send_now().await.unwrap(), []);
}
