//! Post-mortems: the document, its times, its timeline, its actions.

pub mod changes;
pub(crate) mod commands;
pub mod desk;
pub mod library;
pub mod news;
mod shelf;
mod view;
pub mod ways_out;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::incident::EventTone;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostmortemView {
    pub id: String,
    pub title: String,
    /// When the incident began.
    pub at: String,
    pub incident: Option<String>,
    pub state: PostmortemState,
    /// Where it is in the repository, once a pull request took it there.
    pub pull_request: Option<String>,
    /// Markdown.
    pub text: String,
    /// Names the text above; a save says which text it started from.
    pub revision: String,
    pub saved_at: Option<String>,
    pub times: Vec<TimeView>,
    pub lines: Vec<TimelineLine>,
    pub facts: Vec<InsertableFact>,
    pub hints: Vec<SectionHint>,
    pub actions: Vec<ActionView>,
    /// False for one that lies in the repository alone.
    pub editable: bool,
    /// What the editor could undo when this text was left, in its own words.
    pub undo: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PostmortemState {
    Draft,
    Review,
    Published,
    /// Its pull request was closed without a merge.
    Closed,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimeView {
    /// "to detect"
    pub title: String,
    /// `None` where the record does not say.
    #[ts(type = "number | null")]
    pub seconds: Option<i64>,
    pub from: MomentView,
    pub to: MomentView,
}

/// One end of a time, and how it is known.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MomentView {
    /// What a correction is addressed to.
    pub landmark: String,
    pub title: String,
    pub at: Option<String>,
    /// What it was computed from, or what is missing.
    pub source: String,
    /// A person said otherwise.
    pub corrected: bool,
    /// Each correction, oldest first: who set it to what, and why.
    pub trace: Vec<Correction>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct Correction {
    pub by: String,
    /// When it was corrected.
    pub when: String,
    /// `None`: back to what the record says.
    pub to: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineLine {
    pub id: String,
    pub at: String,
    /// "Detection", "Decision", "Gap".
    pub word: String,
    pub tone: EventTone,
    pub sentence: String,
    pub origin: LineOrigin,
    /// Left out of the document.
    pub hidden: bool,
    pub comment: String,
    pub who: Option<String>,
    /// A short timeline does without it.
    pub detail: bool,
    pub evidence: Vec<EvidenceLink>,
}

/// What opens when somebody asks how a line is known: on this machine by its name, elsewhere by its address.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EvidenceLink {
    pub title: String,
    pub name: Option<String>,
    pub url: Option<String>,
}

/// What to think of while a section is written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SectionHint {
    pub heading: String,
    pub hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineOrigin {
    Record,
    /// A stretch without an entry.
    Gap,
    Added,
    /// From a log or a chat that somebody pasted.
    Pasted,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct EvidenceView {
    pub title: String,
    pub lines: Vec<String>,
}

/// What `/` offers in the editor.
#[derive(Debug, Clone, Serialize, TS)]
pub struct InsertableFact {
    pub title: String,
    pub kind: InsertableKind,
    /// Shown beside the title.
    pub note: String,
    /// Markdown.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InsertableKind {
    Fact,
    Event,
    Chart,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActionView {
    pub id: String,
    pub title: String,
    pub owner: String,
    /// A day: `2026-11-27`.
    pub due: Option<String>,
    pub priority: Option<ActionPriority>,
    pub done: bool,
    /// As it is written in the text: `#418`, or an address.
    pub ticket: Option<String>,
    /// Where that ticket is.
    pub ticket_url: Option<String>,
    /// An issue can be opened for it.
    pub takes_ticket: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActionPriority {
    High,
    Medium,
    Low,
}

/// What GitHub and the repository say of it by now; asked for once it is open.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PaperNews {
    pub state: PostmortemState,
    pub pull_request: Option<String>,
    pub tickets: Vec<TicketView>,
    /// What somebody changed in the repository's copy, in one sentence.
    pub apart: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketView {
    /// As it is written in the text.
    pub ticket: String,
    pub open: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct MergeView {
    pub sentence: String,
    pub sections: Vec<MergeSection>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct MergeSection {
    /// Names both texts as they are shown here.
    pub mark: String,
    pub title: String,
    pub mine: String,
    pub theirs: String,
}

/// What a person chose of a section that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MergeChoice {
    /// The mark of the section.
    pub section: String,
    pub side: MergeSide,
}

/// Which text of a section stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MergeSide {
    Mine,
    Theirs,
    /// Mine, and theirs below it.
    Both,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    pub revision: String,
    pub saved_at: String,
    /// Set where somebody else saved meanwhile: both texts together.
    pub text: Option<String>,
    /// What of theirs is only in the history, in one sentence.
    pub note: Option<String>,
    /// Holds what was typed alone; who typed on meanwhile goes on from it, for they have not seen both texts together.
    pub typed: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RevisionView {
    pub revision: String,
    pub at: String,
    /// What was done with it; `None` where it was merely typed.
    pub named: Option<String>,
    #[ts(type = "number")]
    pub bytes: u64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    pub change: DiffChange,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DiffChange {
    Same,
    Added,
    Removed,
    /// Unchanged lines that are not shown; `text` says how many.
    Skipped,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct ExportView {
    /// What was written, or opened.
    pub sentence: String,
    pub path: Option<String>,
    pub url: Option<String>,
    /// Set where the repository's copy says something else: nothing was pushed.
    pub merge: Option<MergeView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Markdown,
    Html,
    Pdf,
}

/// What an added line tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineWord {
    Detection,
    Signal,
    Alert,
    Decision,
    Action,
    Repair,
    Proof,
    Message,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LineChange {
    Hide {
        line: String,
        hidden: bool,
    },
    Comment {
        line: String,
        comment: String,
    },
    Add {
        at: String,
        sentence: String,
        word: LineWord,
        /// Whose words or deed it is.
        who: Option<String>,
    },
    /// Every line that begins with a time becomes one.
    Paste {
        text: String,
    },
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActionChange {
    Add {
        title: String,
        owner: String,
        due: Option<String>,
        priority: Option<ActionPriority>,
        ticket: Option<String>,
    },
    Edit {
        action: String,
        title: String,
        owner: String,
        due: Option<String>,
        priority: Option<ActionPriority>,
        ticket: Option<String>,
    },
    Done {
        action: String,
        done: bool,
    },
    Remove {
        action: String,
    },
}
