//! Channels: where updates can go, and whether this machine holds what it takes to send there.

use std::sync::Arc;

use lastgood_adapters::channel_secret;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::telling::{LastTest, Telling};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ChannelName;
use lastgood_core::ports::Clock;
use lastgood_core::ports::channel::Tested;
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
    /// What its secret is; `None` where it needs none.
    pub secret_wanted: Option<String>,
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
    pub verdict: TestVerdict,
    pub sentence: String,
    pub hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TestVerdict {
    /// The service answered well.
    Passed,
    Failed,
    /// It cannot be asked without telling somebody something: no request was made.
    NotAsked,
}

/// Asks the keychain for each, which may take as long as a person takes to unlock it.
#[tauri::command]
pub(crate) async fn channels(host: State<'_, Host>) -> Result<Vec<ChannelView>, UiError> {
    let people = host.people().await?;
    let settings = people.telling.settings().channels.clone();
    let telling = Arc::clone(&people.telling);
    let read = move || settings.iter().map(|(name, settings)| channel(&telling, name, settings)).collect();
    Ok(tokio::task::spawn_blocking(read)
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Try again."))?)
}

/// Asks the service whether it would take something; nothing is told to anybody.
#[tauri::command]
pub(crate) async fn test_channel(host: State<'_, Host>, id: String) -> Result<ChannelTest, UiError> {
    let people = host.people().await?;
    let answer = people.telling.test(&ChannelName::new(id)).await;
    let answer = answer.map_err(|trouble| (trouble.message, trouble.hint));
    Ok(shown(LastTest { at: SystemClock.now(), answer }))
}

/// A secret crosses once, inward: it is kept in place of the one before, and shown nowhere.
#[tauri::command]
pub(crate) async fn keep_channel_secret(
    host: State<'_, Host>,
    id: String,
    secret: String,
) -> Result<Vec<ChannelView>, UiError> {
    let secret = Secret::new(secret.trim());
    if secret.reveal().is_empty() {
        return Err(Trouble::new(Code::Usage, "There is no secret in the field.", "Paste it, then keep it.").into());
    }
    host.people().await?.telling.keep_secret(&ChannelName::new(id), secret).await?;
    channels(host).await
}

#[tauri::command]
pub(crate) async fn forget_channel_secret(host: State<'_, Host>, id: String) -> Result<Vec<ChannelView>, UiError> {
    host.people().await?.telling.forget_secret(&ChannelName::new(id)).await?;
    channels(host).await
}

fn shown(test: LastTest) -> ChannelTest {
    let bare = |sentence: &str| sentence.trim_end_matches('.').to_owned();
    let (verdict, sentence, hint) = match &test.answer {
        Ok(Tested::Answered(sentence)) => (TestVerdict::Passed, bare(sentence), String::new()),
        Ok(Tested::NotAsked(sentence)) => (TestVerdict::NotAsked, bare(sentence), String::new()),
        Err((sentence, hint)) => (TestVerdict::Failed, bare(sentence), hint.clone()),
    };
    ChannelTest { at: test.at.to_string(), verdict, sentence, hint }
}

fn channel(telling: &Telling, name: &str, settings: &ChannelSettings) -> ChannelView {
    let (secret, secret_sentence, secret_hint) = secret(telling, &ChannelName::new(name), settings);
    let last_test = telling.last_test(&ChannelName::new(name)).map(shown);
    ChannelView {
        id: name.to_owned(),
        title: view::destination_title(name, settings),
        kind: view::kind(settings.kind),
        target: view::target(name, settings),
        audiences: vec![view::audience_title(settings.audience()).to_owned()],
        secret,
        secret_sentence,
        secret_hint,
        secret_wanted: settings.kind.secret().filter(|_| settings.needs_secret()).map(str::to_owned),
        last_test,
    }
}

fn secret(telling: &Telling, name: &ChannelName, settings: &ChannelSettings) -> (SecretState, String, String) {
    let Some(what) = settings.kind.secret().filter(|_| settings.needs_secret()) else {
        return (SecretState::NotNeeded, "This channel needs none".to_owned(), String::new());
    };
    let keep = format!("Keep {what} here, or with `lastgood channel secret {name}`.");
    let variable = channel_secret::variable(name.as_str());
    match telling.secret_state(name).unwrap_or(channel_secret::SecretState::Missing) {
        channel_secret::SecretState::Kept => (SecretState::Kept, format!("The keychain has {what}"), String::new()),
        channel_secret::SecretState::ThisSession => {
            let hint = format!("It comes from {variable} and goes with this process.");
            (SecretState::ThisSession, format!("This process has {what}"), hint)
        }
        channel_secret::SecretState::Missing => {
            let moved = telling.kept_for_another(name);
            let moved = moved.map(|before| format!("It was kept for {before}; lastgood.toml names another server now"));
            (SecretState::Missing, moved.unwrap_or_else(|| "It is not in the keychain".to_owned()), keep)
        }
        channel_secret::SecretState::Locked => {
            (SecretState::Locked, "The keychain did not open".to_owned(), "Unlock it, then look again.".to_owned())
        }
        channel_secret::SecretState::NoKeychain => {
            let hint = format!("Start a keychain, or set {variable} for one process.");
            (SecretState::NoKeychain, "This session has no keychain".to_owned(), hint)
        }
    }
}
