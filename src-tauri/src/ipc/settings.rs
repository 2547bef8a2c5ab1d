//! Settings: the GitHub hosts, as whom, what the token may do, and the keychain. Secrets come in and never go out.

pub(crate) mod view;

use std::path::PathBuf;

use lastgood_adapters::secret::Secret;
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::Host;
use crate::controller::settings::Request;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Grows with each view: of two, the larger is the newer. An answer may come after a notice that was made later.
    pub sequence: u32,
    /// The open repository's host first.
    pub hosts: Vec<HostView>,
    pub keychain: KeychainView,
    pub alerts: AlertsView,
    pub countdown: Countdown,
}

/// Whether this desktop shows alerts.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertsView {
    pub state: AlertsState,
    pub sentence: String,
    pub hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertsState {
    Asking,
    Ready,
    /// They show, without a button.
    Plain,
    Missing,
}

/// What happens between the click and the first thing that leaves this machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Countdown {
    /// Some seconds with Undo.
    #[default]
    Seconds,
    /// It acts at once.
    None,
    /// It asks first, then acts at once.
    Ask,
}

/// One GitHub host and how it stands with it.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostView {
    pub name: String,
    pub api: String,
    /// PEM file of an own certificate authority.
    pub ca: Option<String>,
    pub client_id: Option<String>,
    pub state: SignInState,
    /// One sentence on it.
    pub sentence: String,
    pub hint: String,
    /// Where the token lives.
    pub home: Option<TokenHome>,
    pub account: Option<AccountView>,
    /// A sign-in by code under way.
    pub device: Option<DeviceView>,
    /// Whether there is an app to sign in by code with.
    pub can_device: bool,
    /// A token is proved, and the keychain did not take it: a person decides.
    pub unkept: bool,
    /// Why the newest deed did not work.
    pub trouble: Option<UiError>,
    /// The open repository is on it.
    pub current: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInState {
    SignedOut,
    /// GitHub, the keychain or `gh` is being asked.
    Asking,
    SignedIn,
    /// GitHub says that the token is wrong or expired.
    Rejected,
    /// Who it is could not be told: no answer, or a keychain that gives none.
    CouldNotTell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenHome {
    Keychain,
    Gh,
    Session,
    Environment,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    pub login: String,
    pub kind: String,
    /// `None` where GitHub names none.
    pub scopes: Option<Vec<String>>,
    pub expires_at: Option<String>,
    pub calls_left: Option<u32>,
    pub calls_limit: Option<u32>,
    pub calls_reset_at: Option<String>,
    /// What it may do in the open repository.
    pub rights: Vec<RightView>,
    pub checked_at: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RightView {
    pub deed: String,
    pub answer: RightAnswer,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RightAnswer {
    Yes,
    No,
    CouldNotTell,
}

/// What the person types, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    pub code: String,
    pub page: String,
    pub expires_at: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeychainView {
    pub state: KeychainState,
    pub sentence: String,
    pub hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeychainState {
    Asking,
    Ready,
    Missing,
    Locked,
    Refused,
}

/// What a person chose for a host.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostChoice {
    /// Name of the host, or its address for requests.
    pub address: String,
    pub ca: Option<PathBuf>,
    pub client_id: Option<String>,
}

#[tauri::command]
pub(crate) async fn settings(host: State<'_, Host>) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Look).await?)
}

#[tauri::command]
pub(crate) async fn check_settings(host: State<'_, Host>) -> Result<SettingsView, UiError> {
    Ok(host.check_settings().await?)
}

#[tauri::command]
pub(crate) async fn save_host(host: State<'_, Host>, choice: HostChoice) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Save(choice)).await?)
}

#[tauri::command]
pub(crate) async fn remove_host(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Remove(name)).await?)
}

/// The only way of a secret over the wire: inward.
#[tauri::command]
pub(crate) async fn sign_in_by_token(
    host: State<'_, Host>,
    name: String,
    token: String,
    session_only: bool,
) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Token { name, token: Secret::new(token.trim()), session_only }).await?)
}

#[tauri::command]
pub(crate) async fn sign_in_by_gh(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Gh(name)).await?)
}

#[tauri::command]
pub(crate) async fn sign_in_by_code(
    host: State<'_, Host>,
    name: String,
    session_only: bool,
) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Code { name, session_only }).await?)
}

#[tauri::command]
pub(crate) async fn open_sign_in_page(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::OpenPage(name)).await?)
}

#[tauri::command]
pub(crate) async fn cancel_sign_in(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::Cancel(name)).await?)
}

/// A proved token that the keychain did not take stays for this session.
#[tauri::command]
pub(crate) async fn keep_for_session(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::KeepForSession(name)).await?)
}

#[tauri::command]
pub(crate) async fn choose_countdown(host: State<'_, Host>, countdown: Countdown) -> Result<SettingsView, UiError> {
    Ok(host.choose_countdown(countdown).await?)
}

#[tauri::command]
pub(crate) async fn sign_out(host: State<'_, Host>, name: String) -> Result<SettingsView, UiError> {
    Ok(host.settings(Request::SignOut(name)).await?)
}
