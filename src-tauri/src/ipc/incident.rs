//! Incidents: the list, the room, and what a person changes there.

pub mod channel;
pub(crate) mod commands;
pub mod draft;
mod happened;
mod look;
pub mod preview;
pub mod template;
pub(crate) mod view;
mod words;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

/// How a line of a story reads, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EventTone {
    Good,
    Warn,
    Bad,
    Info,
    Neutral,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IncidentSummary {
    pub id: String,
    pub title: String,
    /// 1 is the worst of four.
    pub severity: u8,
    /// As the team calls it.
    pub severity_name: String,
    pub stage: Stage,
    pub environment: Option<String>,
    pub rollback: Option<String>,
    pub since: String,
    pub ended_at: Option<String>,
    pub commander: Option<String>,
    /// The soonest of its audiences; `None` when nobody waits for one.
    pub next_due: Option<String>,
    pub updates_sent: u32,
    /// Sends of which nobody knows whether they arrived.
    pub unclear: u32,
    pub rehearsal: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IncidentView {
    pub id: String,
    /// Grows with every fact: of two snapshots, the larger is the newer.
    pub sequence: u32,
    pub title: String,
    pub severity: u8,
    /// As the team calls it.
    pub severity_name: String,
    pub severities: Vec<SeverityView>,
    pub stage: Stage,
    pub environment: Option<String>,
    pub since: String,
    pub found_at: String,
    pub impact_started_at: Option<String>,
    pub impact_ended_at: Option<String>,
    pub ended_at: Option<String>,
    pub opened_by: String,
    /// The rollback it was opened from.
    pub rollback: Option<String>,
    pub postmortem: Option<String>,
    /// Commander first.
    pub roles: Vec<RoleView>,
    /// Who is called next, in order.
    pub escalation: Vec<String>,
    pub contacts: Vec<ContactView>,
    /// "Nothing new" tells the audience so; else it is recorded alone.
    pub nothing_new_sends: bool,
    pub impact: Option<String>,
    pub cause: Option<String>,
    pub surfaces: Vec<String>,
    pub audiences: Vec<AudienceView>,
    pub destinations: Vec<DestinationView>,
    pub happened: Vec<HappenedLine>,
    pub receipts: Vec<ReceiptView>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    /// What the change is addressed to.
    pub role: String,
    pub title: String,
    pub person: Option<String>,
}

/// What the team calls a severity, and what it means.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SeverityView {
    pub number: u8,
    pub name: String,
    pub meaning: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct SeveritiesView {
    /// Of an incident whose opener names none.
    pub usual: u8,
    pub all: Vec<SeverityView>,
}

/// Whom to ask, and how.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ContactView {
    pub name: String,
    pub how: String,
}

/// People who are promised an update at an interval.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AudienceView {
    pub id: String,
    pub title: String,
    pub every_minutes: u32,
    /// `None` before the first update and after the last.
    pub next_due: Option<String>,
    pub last_sent: Option<String>,
}

/// One audience on one channel: what a tab of the composer stands for.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestinationView {
    pub id: String,
    pub audience: String,
    pub title: String,
    pub kind: ChannelKind,
    /// Where exactly: `#incidents`, an address, a page.
    pub target: String,
    /// Why nothing can be sent there now; copying always works.
    pub closed: Option<Reason>,
    pub state: DestinationState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DestinationState {
    /// Nothing was written for this stage.
    Empty,
    Draft,
    Sending,
    Sent,
    /// Nobody knows whether the last send arrived.
    Unclear,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    Slack,
    Teams,
    Email,
    StatusPage,
    InApp,
    Ticket,
    ReleaseNotes,
    Webhook,
}

/// One sentence and a next action.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Reason {
    pub sentence: String,
    pub hint: String,
}

/// One line of what happened, from the journal.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HappenedLine {
    pub id: String,
    pub at: String,
    pub tone: EventTone,
    pub sentence: String,
    /// Who did it, where somebody did.
    pub who: Option<String>,
    pub url: Option<String>,
    pub rollback: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    pub id: String,
    pub at: String,
    pub destination: String,
    pub title: String,
    pub kind: ChannelKind,
    pub target: String,
    pub subject: String,
    /// All of it, as plain text.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    pub outcome: SendOutcome,
    pub sentence: String,
    pub hint: String,
    /// What a person can decide about it now.
    pub choices: Vec<SettleChoice>,
    /// Where it can be read.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SendOutcome {
    /// Waits for its turn, for the network, or for a channel that asked to wait.
    Queued,
    Sending,
    /// A second person reads it before it leaves.
    Review,
    /// Taken by the channel; the sentence says whether that means that it arrived.
    Delivered,
    /// The channel said no.
    Refused,
    /// It left, and no answer came: a person looks and says.
    Unknown,
    /// It could not leave in time, and does not leave late without a question.
    Stale,
    /// A person took it back.
    Dropped,
}

/// What a person decides about a send that does not go on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SettleChoice {
    ItArrived,
    SendAgain,
    Drop,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewIncident {
    pub title: String,
    pub severity: u8,
    pub environment: Option<String>,
    pub impact: String,
    pub surfaces: Vec<String>,
    pub rollback: Option<String>,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IncidentChange {
    Title {
        title: String,
    },
    Severity {
        severity: u8,
    },
    Stage {
        stage: Stage,
    },
    Environment {
        environment: String,
    },
    /// What a person says of a value that the journal does not know: the impact, the cause, and when it was found, began and
    /// ended (`found_at`, `impact_started_at`, `impact_ended_at`, each a whole time with its zone).
    Value {
        name: String,
        value: String,
    },
    Surfaces {
        surfaces: Vec<String>,
    },
    Role {
        role: String,
        person: String,
    },
    Note {
        text: String,
    },
}

/// What somebody other than the author says of an update that waits.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReviewGiven {
    pub incident: String,
    pub receipt: String,
    /// Who reads it: their name, mail address or GitHub login.
    pub by: String,
    pub approved: bool,
    pub note: String,
}
