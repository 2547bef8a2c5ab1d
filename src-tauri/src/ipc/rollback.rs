//! Rollbacks: starting, watching, deciding.

pub mod job_log;
pub(crate) mod log;
pub mod orders;
pub(crate) mod view;

use lastgood_core::ids::{EnvironmentName, RollbackId, TagName};
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::error::UiError;
use super::timeline::CheckView;
use crate::controller::Host;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StepPhase {
    Pending,
    Running,
    Succeeded,
    Failed,
    Errored,
    Aborted,
    Inconclusive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RollbackPhase {
    Running,
    /// The run waits for an approval.
    Waiting,
    Succeeded,
    Failed,
    Errored,
    Aborted,
    /// A person decides.
    Inconclusive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Hold,
    Check,
    Tag,
    Dispatch,
    Follow,
    Prove,
    Close,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RollbackView {
    pub id: String,
    /// Grows with every fact: of two snapshots, the larger is the newer.
    pub sequence: u32,
    pub environment: String,
    /// To a newer release than the one that was live, by the same steps.
    pub forward: bool,
    pub from: Option<String>,
    pub to: String,
    pub commit: String,
    pub reason: String,
    pub started_at: String,
    pub started_by: String,
    pub ended_at: Option<String>,
    pub phase: RollbackPhase,
    /// It succeeded, and something proved that the target is live.
    pub proved: bool,
    pub sentence: String,
    pub hint: String,
    pub budget_seconds: u32,
    #[ts(type = "number | null")]
    pub usually_seconds: Option<i64>,
    pub usually_from: u32,
    pub undo_until: Option<String>,
    pub can_undo: bool,
    pub can_stop: bool,
    pub stop_requested: bool,
    /// It is deployed from this machine, without GitHub.
    pub local: bool,
    /// It was left for too long and waits for somebody who wants it; nothing is unclear.
    pub stands_still: bool,
    pub choices: Vec<Choice>,
    /// A task of this window drives it; only then can it be undone, stopped or decided here.
    pub driven_here: bool,
    /// Who drives it instead. Null when it is driven here, or over.
    pub driver: Option<DriverView>,
    /// The repository that it belongs to, where that is not the one that is shown.
    pub elsewhere: Option<String>,
    /// GitHub does not tell how the run goes, just now.
    pub out_of_sight: bool,
    /// Behind a failed proof: the good release before the target, which may be bad too.
    pub next_target: Option<String>,
    pub rollback_tag: Option<String>,
    pub steps: Vec<StepView>,
    pub run: Option<RunView>,
    pub log: Vec<LogLine>,
}

/// Who drives a rollback that this window does not.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DriverView {
    pub kind: DriverKind,
    pub sentence: String,
    pub hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// It is being taken up.
    Coming,
    /// Another Lastgood on this machine.
    Another,
    /// It waits for a decision. Whoever began it may be at their terminal; that is not known here.
    Waits,
    /// It could not be gone on with.
    Broken,
}

/// A rollback that this window drives, of another repository than the one that is shown.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ElsewhereView {
    pub id: String,
    pub repository: String,
    pub environment: String,
    pub to: String,
    pub can_undo: bool,
    pub undo_until: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    pub name: StepName,
    pub title: String,
    pub phase: StepPhase,
    pub sentence: String,
    pub hint: String,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
    pub checks: Vec<CheckView>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct Choice {
    pub id: ChoiceId,
    pub title: String,
    /// What it leads to.
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceId {
    LookAgain,
    SendAgain,
    ItWorked,
    GiveUp,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct RunView {
    #[ts(type = "number")]
    pub id: u64,
    pub url: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub jobs: Vec<JobView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    #[ts(type = "number")]
    pub id: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
    pub url: Option<String>,
    pub steps: Vec<JobStepView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobStepView {
    #[ts(type = "number")]
    pub number: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct LogLine {
    pub at: String,
    pub text: String,
    pub tone: LogTone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogTone {
    Plain,
    Good,
    Warn,
    Bad,
    Active,
    /// A part begins.
    Group,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RollbackSummary {
    pub id: String,
    pub environment: String,
    pub from: Option<String>,
    pub to: String,
    pub phase: RollbackPhase,
    /// It succeeded, and something proved that the target is live.
    pub proved: bool,
    pub sentence: String,
    pub started_at: String,
    pub started_by: String,
    pub ended_at: Option<String>,
    pub rehearsal: bool,
}

#[tauri::command]
pub(crate) async fn start_rollback(
    host: State<'_, Host>,
    environment: String,
    tag: String,
    reason: String,
) -> Result<RollbackView, UiError> {
    Ok(host.start_rollback(EnvironmentName::new(environment), TagName::new(tag), reason).await?)
}

/// The same from this machine, by the environment's own command: for when GitHub is away, and somebody said so.
#[tauri::command]
pub(crate) async fn roll_back_here(
    host: State<'_, Host>,
    environment: String,
    tag: String,
    reason: String,
) -> Result<RollbackView, UiError> {
    Ok(host.roll_back_here(EnvironmentName::new(environment), TagName::new(tag), reason).await?)
}

#[tauri::command]
pub(crate) async fn give_reason(host: State<'_, Host>, id: String, reason: String) -> Result<(), UiError> {
    Ok(host.ask(RollbackId::new(id), Request::GiveReason(reason)).await?)
}

#[tauri::command]
pub(crate) async fn undo_rollback(host: State<'_, Host>, id: String) -> Result<(), UiError> {
    Ok(host.ask(RollbackId::new(id), Request::Undo).await?)
}

#[tauri::command]
pub(crate) async fn stop_rollback(host: State<'_, Host>, id: String) -> Result<(), UiError> {
    Ok(host.ask(RollbackId::new(id), Request::StopAfterThisStep).await?)
}

/// Goes on from here with what nobody drives.
#[tauri::command]
pub(crate) async fn take_up_rollback(host: State<'_, Host>, id: String) -> Result<(), UiError> {
    Ok(host.take_up(RollbackId::new(id)).await?)
}

#[tauri::command]
pub(crate) async fn choose(host: State<'_, Host>, id: String, choice: ChoiceId) -> Result<(), UiError> {
    let choice = match choice {
        ChoiceId::LookAgain => event::Choice::LookAgain,
        ChoiceId::SendAgain => event::Choice::SendAgain,
        ChoiceId::ItWorked => event::Choice::ItWorked,
        ChoiceId::GiveUp => event::Choice::GiveUp,
    };
    Ok(host.ask(RollbackId::new(id), Request::Choose(choice)).await?)
}

#[tauri::command]
pub(crate) async fn rollback(host: State<'_, Host>, id: String) -> Result<RollbackView, UiError> {
    Ok(host.rollback(RollbackId::new(id)).await?)
}

#[tauri::command]
pub(crate) async fn rollbacks(host: State<'_, Host>) -> Result<Vec<RollbackSummary>, UiError> {
    Ok(host.rollbacks().await?)
}
