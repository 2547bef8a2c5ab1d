//! Channels: where updates can go, and whether this machine holds what it takes to send there.

use serde::Serialize;
use ts_rs::TS;

use super::ChannelKind;

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
