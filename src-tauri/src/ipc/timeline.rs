//! The timeline: releases and environments.

pub(crate) mod told;
pub(crate) mod view;

use lastgood_core::ids::{EnvironmentName, TagName};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use crate::controller::Host;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Failed,
    Inconclusive,
    Errored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    Block,
    Warn,
    Info,
}

/// One release of the list; there may be tens of thousands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReleaseRow {
    pub tag: String,
    pub series: String,
    pub version: Option<String>,
    pub kind: Kind,
    pub object: String,
    /// Null: not deployable.
    pub commit: Option<String>,
    pub date: Option<String>,
    pub title: String,
    pub author: String,
    pub prerelease: bool,
    pub signed: bool,
    /// GitHub's own release of the tag.
    pub github: Option<GithubRelease>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GithubRelease {
    /// Empty where it has no title of its own.
    pub name: String,
    pub draft: bool,
    pub prerelease: bool,
    pub url: String,
}

/// What continuous integration said of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CiView {
    pub tag: String,
    pub state: CiState,
    pub sentence: String,
    /// The run that decides.
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CiState {
    Passed,
    Running,
    Failed,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Annotated,
    Lightweight,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    pub code: String,
    pub title: String,
    pub verdict: Verdict,
    pub policy: Policy,
    pub sentence: String,
    pub evidence: Vec<String>,
    #[ts(type = "number")]
    pub milliseconds: u64,
    /// When it was asked; what an earlier run of a command said is as old as that run.
    pub asked_at: Option<String>,
    /// Hashes of what commands wrote, in the evidence store.
    pub outputs: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub read_at: String,
    pub github: GithubState,
    pub environments: Vec<EnvironmentView>,
    pub release_count: u32,
    pub unread: u32,
    /// Of releases whose runs are among the newest.
    pub ci: Vec<CiView>,
    /// So many deployments were read, and older ones were not.
    pub deployments_cut_at: Option<u32>,
    /// So many of GitHub's releases were read, and others were not.
    pub releases_cut_at: Option<u32>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GithubState {
    pub state: GithubReach,
    pub sentence: String,
    pub hint: String,
    pub calls_left: Option<u32>,
    pub checked_at: Option<String>,
    /// What it told then is shown, because it tells nothing now.
    pub known_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GithubReach {
    Connected,
    SignedOut,
    Rejected,
    Unreachable,
    Limited,
    NoRemote,
    Degraded,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentView {
    pub name: String,
    pub live: Option<LiveView>,
    pub live_sentence: String,
    pub last_good: Option<LastGoodView>,
    pub last_good_sentence: String,
    pub candidates: Vec<Candidate>,
    /// The release that the one button goes to.
    pub target: Option<String>,
    pub hold: Option<HoldView>,
    /// What the newest rollback took away, and may be gone forward to again.
    pub left_behind: Option<String>,
    pub arming: ArmingView,
    pub budget_seconds: u32,
    /// Null: no rollback of this environment is known.
    #[ts(type = "number | null")]
    pub usually_seconds: Option<i64>,
    pub usually_from: u32,
    pub lane: Vec<LaneSpan>,
    pub marks: Vec<Mark>,
    pub ran: Vec<Ran>,
    /// Oldest first.
    pub incidents: Vec<LaneIncident>,
    /// Releases that a person called good here.
    pub marked_good: Vec<MarkedGood>,
    pub quarantined: Vec<QuarantinedRelease>,
    /// One that is not over.
    pub rollback: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LiveView {
    pub tag: Option<String>,
    pub version: String,
    pub since: Option<String>,
    pub source: Source,
    pub sentence: String,
    pub health: Option<HealthView>,
    pub disagreement: Option<String>,
    /// What was deployed is no known release, or nothing tells which one.
    pub untold: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Probe,
    Deployment,
    Run,
    Journal,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct HealthView {
    pub verdict: Verdict,
    pub sentence: String,
    pub since: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct LastGoodView {
    pub tag: String,
    pub sentence: String,
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct Candidate {
    pub tag: String,
    pub sentence: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct HoldView {
    pub owner: String,
    pub reason: String,
    pub since: String,
    pub expires: Option<String>,
    /// False once it has expired.
    pub blocks: bool,
    /// The whole team sees it; else it is kept on this machine alone.
    pub shared: bool,
    /// It may be lifted; somebody else's is broken.
    pub mine: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArmingView {
    pub state: ArmingState,
    pub sentence: String,
    /// What to do about it; empty where that goes without saying.
    pub hint: String,
    pub checked_at: Option<String>,
    pub checks: Vec<CheckView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArmingState {
    Armed,
    Checking,
    Blocked,
    Unavailable,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LaneSpan {
    pub tag: String,
    pub from: String,
    /// Null: it runs.
    pub to: Option<String>,
    pub tone: Tone,
    pub live: bool,
    pub last_good: bool,
    /// Somebody went back to it.
    pub rolled_back_to: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Bad,
    Neutral,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct Mark {
    pub tag: String,
    pub mark: MarkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    Live,
    LastGood,
    Quarantined,
    Failing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LaneIncident {
    pub id: String,
    pub title: String,
    pub severity: u8,
    pub from: String,
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MarkedGood {
    pub tag: String,
    /// By whom, and why.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct QuarantinedRelease {
    pub tag: String,
    /// By whom, until when, and why.
    pub words: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct Ran {
    pub tag: String,
    #[ts(type = "number")]
    pub seconds: i64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseDetail {
    pub tag: String,
    pub notes: Option<String>,
    pub ran: Vec<EnvironmentRan>,
    pub commits_leaving: Option<u32>,
    pub leaving: Vec<LeavingChange>,
    pub changes: Vec<ReleaseChange>,
    pub compared_with: Option<String>,
    /// What the tag's signature is worth; null where it was not asked.
    pub signature: Option<SignatureView>,
    /// The page that shows all that lies between, where GitHub has one.
    pub compare_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignatureView {
    pub verdict: Verdict,
    pub sentence: String,
    /// Whose key, and which.
    pub evidence: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct EnvironmentRan {
    pub environment: String,
    #[ts(type = "number")]
    pub seconds: i64,
}

/// A pull request, where its number is known, that a rollback takes out.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LeavingChange {
    pub number: Option<u32>,
    pub title: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct ReleaseChange {
    pub tone: ChangeTone,
    pub title: String,
    pub items: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTone {
    Good,
    Warn,
    Neutral,
}

#[tauri::command]
pub(crate) async fn releases(host: State<'_, Host>) -> Result<Vec<ReleaseRow>, UiError> {
    Ok(host.releases().await?)
}

#[tauri::command]
pub(crate) async fn overview(host: State<'_, Host>) -> Result<Overview, UiError> {
    Ok(host.overview().await?)
}

#[tauri::command]
pub(crate) async fn refresh(host: State<'_, Host>) -> Result<(), UiError> {
    host.refresh();
    Ok(())
}

#[tauri::command]
pub(crate) async fn release_detail(
    host: State<'_, Host>,
    environment: Option<String>,
    tag: String,
) -> Result<ReleaseDetail, UiError> {
    Ok(host.release_detail(environment.map(EnvironmentName::new), TagName::new(tag)).await?)
}

#[tauri::command]
pub(crate) async fn mark_good(
    host: State<'_, Host>,
    environment: String,
    tag: String,
    reason: String,
) -> Result<(), UiError> {
    Ok(host.mark_good(EnvironmentName::new(environment), TagName::new(tag), reason, true).await?)
}

#[tauri::command]
pub(crate) async fn take_mark_back(
    host: State<'_, Host>,
    environment: String,
    tag: String,
    reason: String,
) -> Result<(), UiError> {
    Ok(host.mark_good(EnvironmentName::new(environment), TagName::new(tag), reason, false).await?)
}
