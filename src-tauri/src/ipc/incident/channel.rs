//! Channels: where updates can go, and whether this machine holds what it takes to send there.

use lastgood_adapters::channel_secret;
use lastgood_adapters::clock::SystemClock;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ChannelName;
use lastgood_core::ports::Clock;
use lastgood_core::settings::telling::ChannelSettings;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::{ChannelKind, view};
use crate::controller::Host;
use crate::ipc::error::UiError;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChannelView {
    pub id: String,
    pub title: String,
    pub kind: ChannelKind,
    pub target: String,
    pub audiences: Vec<String>,
    pub secret: SecretState,
    pub secret_sentence: String,
    pub secret_hint: String,
    pub last_test: Option<ChannelTest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretState {
    /// In the keychain.
    Kept,
    /// In this process only, until it ends.
    ThisSession,
    Missing,
    /// The keychain did not open.
    Locked,
    NoKeychain,
    /// This channel needs none.
    NotNeeded,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChannelTest {
    pub at: String,
    pub passed: bool,
    pub sentence: String,
    pub hint: String,
}

/// Asks the keychain for each, which may take as long as a person takes to unlock it.
#[tauri::command]
pub(crate) async fn channels(host: State<'_, Host>) -> Result<Vec<ChannelView>, UiError> {
    let people = host.people().await?;
    let key = people.workspace.key().to_owned();
    let settings = people.telling.settings().channels.clone();
    let read = move || settings.iter().map(|(name, settings)| channel(&key, name, settings)).collect();
    Ok(tokio::task::spawn_blocking(read)
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Try again."))?)
}

/// Asks the service whether it would take something; nothing is told to anybody.
#[tauri::command]
pub(crate) async fn test_channel(host: State<'_, Host>, id: String) -> Result<ChannelTest, UiError> {
    let people = host.people().await?;
    let answer = people.telling.test(&ChannelName::new(id)).await;
    let at = SystemClock.now().to_string();
    let bare = |sentence: String| sentence.trim_end_matches('.').to_owned();
    Ok(match answer {
        Ok(sentence) => ChannelTest { at, passed: true, sentence: bare(sentence), hint: String::new() },
        Err(trouble) => ChannelTest { at, passed: false, sentence: bare(trouble.message), hint: trouble.hint },
    })
}

fn channel(key: &str, name: &str, settings: &ChannelSettings) -> ChannelView {
    let (secret, secret_sentence, secret_hint) = secret(key, name, settings);
    ChannelView {
        id: name.to_owned(),
        title: view::destination_title(name, settings),
        kind: view::kind(settings.kind),
        target: view::target(name, settings),
        audiences: vec![view::audience_title(settings.audience()).to_owned()],
        secret,
        secret_sentence,
        secret_hint,
        last_test: None,
    }
}

fn secret(key: &str, name: &str, settings: &ChannelSettings) -> (SecretState, String, String) {
    let Some(what) = settings.kind.secret().filter(|_| settings.needs_secret()) else {
        return (SecretState::NotNeeded, "This channel needs none".to_owned(), String::new());
    };
    let keep = format!("Keep {what} with `lastgood channel secret {name}`.");
    match channel_secret::state(key, name) {
        channel_secret::SecretState::Kept => (SecretState::Kept, format!("The keychain has {what}"), String::new()),
        channel_secret::SecretState::ThisSession => {
            let hint = format!("It comes from {} and goes with this process.", channel_secret::variable(name));
            (SecretState::ThisSession, format!("This process has {what}"), hint)
        }
        channel_secret::SecretState::Missing => (SecretState::Missing, "It is not in the keychain".to_owned(), keep),
        channel_secret::SecretState::Locked => {
            (SecretState::Locked, "The keychain did not open".to_owned(), "Unlock it, then look again.".to_owned())
        }
        channel_secret::SecretState::NoKeychain => {
            let hint = format!("Start a keychain, or set {} for one process.", channel_secret::variable(name));
            (SecretState::NoKeychain, "This session has no keychain".to_owned(), hint)
        }
    }
}
