//! The way back up: the fix of what a rollback left, and its release from stage to stage.

pub(crate) mod commands;
pub(crate) mod view;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What one page shows.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WayUpView {
    /// The rollback that it comes after; null where none is known.
    pub rollback: Option<String>,
    pub environment: Option<String>,
    pub bad: Option<String>,
    pub reason: String,
    pub fix: Option<FixView>,
    pub offer: OfferView,
    /// The one that is unfinished, else the newest that comes after this rollback.
    pub rollout: Option<RolloutView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FixView {
    pub id: String,
    pub branch: String,
    /// The first seven digits of where it begins.
    pub commit: String,
    /// What it begins on, in words.
    pub base: String,
    pub pushed: bool,
    /// The file that the checklist is from; null: the shipped one.
    pub playbook: Option<String>,
    pub items: Vec<FixItem>,
    pub pull_request: Option<LinkedRequest>,
    /// Where a pull request can be opened from the branch.
    pub compare: Option<String>,
    pub by: String,
    pub at: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FixItem {
    pub text: String,
    pub done_by: Option<String>,
    pub done_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct LinkedRequest {
    #[ts(type = "number")]
    pub number: u64,
    pub url: String,
    pub title: String,
    pub state: RequestState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Draft,
    Open,
    Closed,
    Merged,
    /// GitHub knows it no more.
    Gone,
    /// GitHub could not be asked.
    Unknown,
}

/// What could be rolled out.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    /// Newest first; those newer than what is live, else newer than the bad one.
    pub releases: Vec<OfferedRelease>,
    pub stages: Vec<StageWish>,
    /// Where a stage may be.
    pub environments: Vec<String>,
    /// Why nothing can be offered; empty where something can.
    pub trouble: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct OfferedRelease {
    pub tag: String,
    pub title: String,
    pub quarantined: bool,
}

/// One stage as a person wants it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageWish {
    pub environment: String,
    pub soak_seconds: u32,
    pub gate: GateKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    Automatic,
    Person,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewRollout {
    pub tag: String,
    pub reason: String,
    pub rollback: Option<String>,
    pub stages: Vec<StageWish>,
    pub lift_quarantine: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RolloutView {
    pub id: String,
    /// Grows with every fact: of two snapshots, the larger is the newer.
    pub sequence: u32,
    pub tag: String,
    pub bad: Option<String>,
    pub rollback: Option<String>,
    pub reason: String,
    pub who: String,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub outcome: Option<RolloutOutcome>,
    pub sentence: String,
    pub hint: String,
    pub choices: Vec<RolloutChoice>,
    pub needs_person: bool,
    /// A task of this window drives it.
    pub driven: bool,
    pub lifts: Vec<String>,
    /// The rollback that goes, or went, back from a stage.
    pub back: Option<String>,
    pub stages: Vec<RolloutStage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RolloutOutcome {
    Succeeded,
    Stopped,
    RolledBack,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RolloutChoice {
    Go,
    Again,
    RollBack,
    Stop,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RolloutStage {
    pub environment: String,
    pub phase: RolloutPhase,
    pub soak_seconds: u32,
    /// As far as it was watched; null where it is not being watched.
    pub watched_seconds: Option<u32>,
    /// Why it had to be watched anew.
    pub anew: Option<String>,
    pub gate: GateKind,
    pub opened_by: Option<String>,
    pub sentence: String,
    pub hint: String,
    /// Its newest drive, which can be looked at as a rollback can.
    pub drive: Option<String>,
    pub attempts: u32,
    pub looks: Vec<RolloutLook>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RolloutPhase {
    Pending,
    Deploying,
    Refused,
    Failed,
    Deployed,
    Soaking,
    Green,
    Unproved,
    Red,
    Open,
    Passed,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct RolloutLook {
    pub at: String,
    pub well: Option<bool>,
    pub sentence: String,
}
