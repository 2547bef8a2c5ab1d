//! What channels sign in with, in a real keychain.
#![cfg(target_os = "linux")]

use std::path::Path;

use lastgood_adapters::channel_secret::SecretState;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::telling::{Gone, Telling, Wish};
use lastgood_core::error::Code;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::event::SendChoice;
use lastgood_core::incident::outbox::SendPhase;

use super::kit::taken;
use super::outbox::{open, telling};
use super::receiver::Receiver;
use crate::again;
use crate::vault::Keychain;

/// It is looked for where it must not be.
const CANARY: &str = "canary-that-signs";

fn hook() -> ChannelName {
    ChannelName::new("hook")
}

fn at(folder: &str, address: &str) -> Telling {
    let settings = format!("[channels.hook]\nkind = 'webhook'\nurl = '{address}'");
    telling(Path::new(folder), "http://127.0.0.1:9", &settings)
}

async fn approve(telling: &Telling) {
    let incident = match telling.incidents().await.unwrap().pop() {
        Some(incident) => incident,
        None => open(telling).await,
    };
    let words = telling.compose(&incident, &hook(), &Wish::default()).await.unwrap().unwrap();
    telling.approve(&incident, &[words]).await.unwrap();
}

/// As it is written on the wire.
fn code(code: Code) -> String {
    serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()
}

fn say(gone: &[Gone]) {
    for gone in gone {
        again::say(format!("{} {} {}", gone.phase.as_str(), gone.code.map_or_else(String::new, code), gone.sentence));
    }
    again::say(gone.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_locked_keychain_an_update_waits_and_goes_when_it_is_unlocked() {
    const NAME: &str = "channel::secrets::behind_a_locked_keychain_an_update_waits_and_goes_when_it_is_unlocked";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let words: Vec<&str> = told.split('|').collect();
        let telling = at(words[1], words[2]);
        match words[0] {
            "keep" => {
                telling.keep_secret(&hook(), Secret::new(CANARY)).await.unwrap();
                return approve(&telling).await;
            }
            "send" => say(&telling.send_queued().await.unwrap()),
            _ => say(&telling.send_now().await.unwrap()),
        }
        return;
    }
    let mut keychain = Keychain::unlocked();
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let ask = |keychain: &Keychain, what: &str| {
        keychain.ask_told(NAME, &format!("{what}|{}|{}", folder.path().display(), receiver.address))
    };
    assert_eq!(ask(&keychain, "keep"), [""; 0]);
    keychain.lock();
    for word in ["send", "now"] {
        let said = ask(&keychain, word);
        let waits = "queued keychain_locked Your keychain is locked, and the secret of hook lies in it.";
        assert_eq!(said, [waits, "1"], "{word}");
    }
    assert_eq!(receiver.seen().len(), 0);
    keychain.unlock();
    let said = ask(&keychain, "now");
    assert!(said[0].starts_with("delivered"), "{said:?}");
    assert_eq!(receiver.written().len(), 1);
    for file in std::fs::read_dir(folder.path().join("data")).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "{:?}", file.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_address_gets_no_secret_that_was_kept_for_another() {
    const NAME: &str = "channel::secrets::a_changed_address_gets_no_secret_that_was_kept_for_another";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let words: Vec<&str> = told.split('|').collect();
        return change(words[0], words[1], words[2]).await;
    }
    let keychain = Keychain::unlocked();
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Receiver::start(taken), Receiver::start(taken));
    let said = keychain.ask_told(NAME, &format!("{}|{}|{}", folder.path().display(), one.address, other.address));
    assert_eq!(said.last().map(String::as_str), Some("whole"), "{said:?}");
    assert_eq!((one.written().len(), other.written().len()), (1, 1), "only what was given for it");
    assert!(!other.written()[0].header("lastgood-signature").is_empty(), "{:?}", other.written());
}

async fn change(folder: &str, one: &str, other: &str) {
    let before = at(folder, one);
    before.keep_secret(&hook(), Secret::new(CANARY)).await.unwrap();
    assert_eq!(before.secret_state(&hook()).unwrap(), SecretState::Kept);
    approve(&before).await;
    assert_eq!(before.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    let moved = at(folder, other);
    assert_eq!(moved.secret_state(&hook()).unwrap(), SecretState::Missing);
    approve(&moved).await;
    let gone = moved.send_queued().await.unwrap();
    assert_eq!((gone[0].phase, gone[0].code), (SendPhase::Refused, Some(Code::ChannelSecret)));
    let bare = |address: &str| address.trim_start_matches("http://").to_owned();
    let named = [bare(one), bare(other)];
    assert!(named.iter().all(|name| gone[0].sentence.contains(name.as_str())), "{gone:?}");
    assert!(moved.test(&hook()).await.unwrap_err().message.contains(&named[0]));
    moved.keep_secret(&hook(), Secret::new("another")).await.unwrap();
    let incident = moved.incidents().await.unwrap().pop().unwrap();
    let update = gone[0].update.clone();
    moved.decide(&incident.id, &update, &hook(), SendChoice::SendAgain, "").await.unwrap();
    assert_eq!(moved.send_queued().await.unwrap()[0].phase, SendPhase::Delivered);
    moved.forget_secret(&hook()).await.unwrap();
    assert_eq!(moved.secret_state(&hook()).unwrap(), SecretState::Missing);
    assert_eq!(before.secret_state(&hook()).unwrap(), SecretState::Kept, "what was kept for the other stays there");
    moved.keep_secret(&hook(), Secret::new("another")).await.unwrap();
    before.forget_secret(&hook()).await.unwrap();
    assert_eq!(before.secret_state(&hook()).unwrap(), SecretState::Missing);
    assert_eq!(moved.secret_state(&hook()).unwrap(), SecretState::Missing, "nor where it was kept last");
    again::say("whole");
}

/// Two channels, and what each signs in with.
const HOOKS: [&str; 2] = ["hook", "other"];

fn with_two(folder: &str, address: &str) -> Telling {
    let hook = |name: &&str| format!("[channels.{name}]\nkind = 'webhook'\nurl = '{address}/{name}'\n");
    telling(Path::new(folder), "http://127.0.0.1:9", &HOOKS.iter().map(hook).collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_of_the_outbox_asks_the_keychain_once_for_each_secret_and_for_none_where_nothing_is_due() {
    const NAME: &str = "channel::secrets::a_round_of_the_outbox_asks_the_keychain_once_for_each_secret_and_for_none_where_nothing_is_due";
    if let Some(told) = again::told() {
        let told = told.into_string().unwrap();
        let words: Vec<&str> = told.split('|').collect();
        let telling = with_two(words[1], words[2]);
        match words[0] {
            "keep" => {
                for name in HOOKS {
                    telling.keep_secret(&ChannelName::new(name), Secret::new(CANARY)).await.unwrap();
                }
            }
            "write" => write_to_both(&telling).await,
            _ => say(&telling.send_queued().await.unwrap()),
        }
        return;
    }
    let keychain = Keychain::unlocked();
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(taken);
    let ask = |what: &str| keychain.ask_told(NAME, &format!("{what}|{}|{}", folder.path().display(), receiver.address));
    assert_eq!(ask("keep"), [""; 0]);
    let watch = keychain.watch();
    assert_eq!((ask("send"), keychain.reads(&watch)), (vec!["0".to_owned()], 0), "nothing is due");
    assert_eq!((ask("write"), keychain.reads(&watch)), (Vec::new(), 0), "writing sends nothing");
    assert_eq!(ask("send").last().map(String::as_str), Some("4"));
    assert_eq!((keychain.reads(&watch), receiver.written().len()), (2, 4), "four messages, two secrets");
    assert_eq!((ask("send"), keychain.reads(&watch)), (vec!["0".to_owned()], 0), "all have left");
}

/// Two messages for each.
async fn write_to_both(telling: &Telling) {
    let incident = open(telling).await;
    for _ in 0..2 {
        let incident = telling.incident(&incident.id).await.unwrap();
        let mut words = Vec::new();
        for name in HOOKS {
            words.push(telling.compose(&incident, &ChannelName::new(name), &Wish::default()).await.unwrap().unwrap());
        }
        telling.approve(&incident, &words).await.unwrap();
    }
}
