//! Drafts: what a person writes for one destination, and what it becomes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::preview::PreviewView;
use super::{Reason, Stage};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    pub incident: String,
    pub destination: String,
    /// Grows with every save, 0 before the first: of two answers, the larger is the newer.
    #[ts(type = "number")]
    pub revision: i64,
    pub template: String,
    /// The templates that fit this destination.
    pub templates: Vec<TemplateChoice>,
    /// The stage that it speaks of, and that is the incident's once it leaves.
    pub stage: Stage,
    /// Names exactly these words; what is sent is what was shown, or nothing is.
    pub seen: String,
    /// A second person reads it before it leaves.
    pub reviewed: bool,
    /// A template's language: `# Title`, `Label:: value`, and `{{ name }}` where a value is linked.
    pub text: String,
    pub saved_at: Option<String>,
    /// Every value that can be linked here, known or not.
    pub values: Vec<ValueView>,
    /// The values that this text needs and nobody knows yet.
    pub gaps: Vec<String>,
    pub limits: Vec<LimitView>,
    /// What is shortened for this channel, a sentence each.
    pub shortened: Vec<String>,
    pub problems: Vec<TemplateProblem>,
    pub preview: PreviewView,
    /// Why Send does nothing now; `None` when it would send.
    pub blocked: Option<Reason>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct TemplateChoice {
    pub id: String,
    pub title: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ValueView {
    pub name: String,
    pub title: String,
    pub value: Option<String>,
    /// Where it comes from, or what would make it known.
    pub source: String,
    /// A person may say it; the others only the journal knows.
    pub can_set: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitView {
    pub title: String,
    pub used: u32,
    pub limit: u32,
}

/// A place in a template that cannot be rendered. Offsets count UTF-16 units from the beginning of the text.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateProblem {
    pub message: String,
    pub from: u32,
    pub to: u32,
    pub line: u32,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftGiven {
    pub incident: String,
    pub destination: String,
    pub template: String,
    pub text: String,
    /// `None` for the one that its words speak of.
    pub stage: Option<Stage>,
}

/// One message of an update, as it was shown.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGiven {
    pub destination: String,
    pub template: String,
    pub text: String,
    pub stage: Stage,
    pub seen: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CopyFormat {
    Plain,
    Markdown,
    /// As the channel takes it: Block Kit, an Adaptive Card, HTML.
    Channel,
}
