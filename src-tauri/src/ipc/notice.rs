//! What the window is told without asking.

use serde::Serialize;
use ts_rs::TS;

use super::inbox::{AlertPlace, InboxItem};
use super::incident::{IncidentSummary, IncidentView};
use super::rollback::{ElsewhereView, RollbackView};
use super::session::RepositoryView;
use super::settings::SettingsView;
use super::timeline::Overview;
use super::way_up::RolloutView;

/// Snapshots, not changes: a window that missed one has lost nothing.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    Overview {
        overview: Box<Overview>,
    },
    Rollback {
        rollback: Box<RollbackView>,
    },
    /// What this window drives in other repositories than the one that is shown.
    Elsewhere {
        rollbacks: Vec<ElsewhereView>,
    },
    Rollout {
        rollout: Box<RolloutView>,
    },
    /// The list changed: ask for it.
    Releases,
    Repository {
        repository: RepositoryView,
    },
    Inbox {
        items: Vec<InboxItem>,
    },
    Incidents {
        incidents: Vec<IncidentSummary>,
    },
    Incident {
        incident: Box<IncidentView>,
    },
    /// Something about post-mortems changed: ask for what is shown.
    Postmortems,
    /// Go there: somebody asked for it outside the window.
    Show {
        place: AlertPlace,
    },
    /// Open the inbox: somebody asked for it outside the window.
    ShowInbox,
    Settings {
        settings: SettingsView,
    },
    /// This computer slept, or its clock was set.
    Gap {
        gap: GapView,
    },
    /// Nothing can go on until somebody answers elsewhere; without one, it goes on.
    Waiting {
        waiting: Option<WaitingView>,
    },
}

/// Who has to answer, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct WaitingView {
    pub sentence: String,
    pub hint: String,
}

/// What the clocks of this computer told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GapView {
    pub sentence: String,
    pub hint: String,
}
