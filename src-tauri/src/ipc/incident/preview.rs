//! How an update will look where it goes: structure, never markup, so that the window has nothing to trust.

use serde::Serialize;
use ts_rs::TS;

use super::{EventTone, Stage};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PreviewView {
    Slack {
        sender: String,
        blocks: Vec<PreviewBlock>,
    },
    Teams {
        sender: String,
        blocks: Vec<PreviewBlock>,
    },
    /// `html` is sanitised before it comes here.
    Email {
        from: String,
        to: String,
        subject: String,
        html: String,
        text: String,
    },
    StatusPage {
        page: String,
        title: String,
        stage: Stage,
        blocks: Vec<PreviewBlock>,
        components: Vec<ComponentLine>,
    },
    /// An issue on GitHub; `issue` is the number of the one that it comments on.
    Ticket {
        repository: String,
        /// The issue's.
        title: String,
        /// The comment's.
        heading: String,
        issue: Option<String>,
        labels: Vec<String>,
        closes: bool,
        blocks: Vec<PreviewBlock>,
    },
    /// The in-app notice's document.
    Notice {
        title: String,
        text: String,
        stage: Stage,
        active: bool,
        links: Vec<LinkButton>,
    },
    /// A section at the head of a release's notes.
    ReleaseNotes {
        repository: String,
        /// Which release it is, in words.
        release: String,
        title: String,
        blocks: Vec<PreviewBlock>,
    },
    /// An event of a pager.
    Event {
        summary: String,
        /// What is affected, as the pager shows it.
        source: String,
        /// In the pager's words.
        severity: String,
        /// It ends the alert; no words go with it.
        resolves: bool,
        text: String,
    },
    /// A document in JSON, as a webhook carries it.
    Document {
        text: String,
    },
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PreviewBlock {
    Header { text: Vec<Inline> },
    Section { text: Vec<Inline> },
    Facts { facts: Vec<FactPair> },
    List { items: Vec<Vec<Inline>> },
    Context { text: Vec<Inline> },
    Buttons { buttons: Vec<LinkButton> },
    Divider,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct FactPair {
    pub title: String,
    pub value: Vec<Inline>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct LinkButton {
    pub title: String,
    pub url: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct ComponentLine {
    pub name: String,
    pub state: String,
    pub tone: EventTone,
}

/// A stretch of text in one style.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Inline {
    pub text: String,
    pub style: InlineStyle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InlineStyle {
    Plain,
    Strong,
    Emphasis,
    Code,
    Link,
    /// A value that nobody knows yet; `text` is its name for people.
    Gap,
}
