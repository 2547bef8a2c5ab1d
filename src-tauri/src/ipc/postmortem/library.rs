//! All post-mortems together: what is still open, what keeps coming back, how the times move.

use serde::Serialize;
use ts_rs::TS;

use super::{ActionView, PostmortemState};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LibraryView {
    /// Those that were looked for, newest first.
    pub postmortems: Vec<PostmortemSummary>,
    /// How many there are.
    pub all: u32,
    /// Open ones, the most overdue first.
    pub actions: Vec<OpenAction>,
    /// Most frequent first.
    pub factors: Vec<FactorCount>,
    pub metrics: Vec<MetricView>,
    /// Of which environment they are, and of which they can be.
    pub environment: Option<String>,
    pub environments: Vec<String>,
    /// What ended of late and has no post-mortem yet.
    pub waiting: Vec<WaitingStory>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostmortemSummary {
    pub id: String,
    pub title: String,
    pub at: String,
    pub severity: Option<u8>,
    pub state: PostmortemState,
    pub open_actions: u32,
    #[ts(type = "number | null")]
    pub impact_seconds: Option<i64>,
    pub factors: Vec<String>,
    /// Which text is shown, where it is not simply the one kept here.
    pub shown: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenAction {
    pub postmortem: String,
    pub postmortem_title: String,
    pub action: ActionView,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct FactorCount {
    pub name: String,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MetricView {
    pub title: String,
    /// The figure with its unit, as people read it.
    pub figure: String,
    /// What is counted, from what, over which time.
    pub definition: String,
    /// Oldest first.
    pub points: Vec<MetricPoint>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct MetricPoint {
    pub title: String,
    /// `None` where there was nothing to measure.
    pub value: Option<f64>,
    /// The value as people read it.
    pub words: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingStory {
    pub incident: Option<String>,
    pub rollback: Option<String>,
    pub title: String,
    pub ended_at: String,
}
