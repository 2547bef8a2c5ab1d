//! Templates: shipped ones, and the team's own in their place.

use serde::Serialize;
use ts_rs::TS;

use super::draft::{TemplateProblem, ValueView};
use super::preview::PreviewView;
use super::{ChannelKind, Stage};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRow {
    pub id: String,
    pub title: String,
    pub audience: String,
    pub kind: ChannelKind,
    pub stage: Stage,
    pub origin: TemplateOrigin,
    /// It does not render; the editor shows where.
    pub broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TemplateOrigin {
    Shipped,
    /// The team's own text stands in place of the shipped one.
    Override,
    /// The team's own, with no shipped one behind it.
    Team,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    pub row: TemplateRow,
    pub text: String,
    /// The file in the repository that holds the team's text, or would.
    pub file: String,
    pub values: Vec<ValueView>,
}

/// What a template becomes on one incident, or on the sample.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateTrial {
    /// `None` where it does not render.
    pub preview: Option<PreviewView>,
    pub problems: Vec<TemplateProblem>,
    pub gaps: Vec<String>,
}
