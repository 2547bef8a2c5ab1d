//! The four times of a post-mortem, each with what it was made from.
//!
//! Four landmarks lie in it: it began, it was detected, a way back was decided on, it was over. A time is the way between
//! two of them. A landmark comes from facts, and a person may set it; every edit stays in the journal.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::postmortem::line::{Line, LineId, LineKind};
use crate::postmortem::timeline::{self, Record};
use crate::postmortem::{About, Curation, MomentSet, scope};
use crate::rollback::event::{Event, StepOutcome};
use crate::rollback::{Outcome, StepName};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landmark {
    Began,
    Detected,
    Decided,
    Restored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeName {
    ToDetect,
    ToDecide,
    ToRollBack,
    OfImpact,
}

/// A landmark, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub landmark: Landmark,
    /// What counts: a person's word, else what the facts say.
    pub at: Option<Timestamp>,
    /// What the facts say.
    pub computed: Option<Timestamp>,
    /// What it was made from; where nothing was found, what is missing.
    pub source: String,
    pub line: Option<LineId>,
    /// The trace, oldest first.
    pub edits: Vec<MomentSet>,
}

/// One of the four times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    pub name: TimeName,
    pub from: Landmark,
    pub to: Landmark,
    pub length: Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Known(SignedDuration),
    /// This landmark is not known.
    Missing(Landmark),
    /// The end is before the beginning: two clocks disagree, or one was set.
    Backwards,
}

/// All landmarks and all times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    pub landmarks: [Found; 4],
    pub times: [Time; 4],
}

impl Landmark {
    pub const ALL: [Self; 4] = [Self::Began, Self::Detected, Self::Decided, Self::Restored];

    pub fn title(self) -> &'static str {
        match self {
            Self::Began => "Began",
            Self::Detected => "Detected",
            Self::Decided => "Decided",
            Self::Restored => "Restored",
        }
    }
}

impl TimeName {
    pub const ALL: [Self; 4] = [Self::ToDetect, Self::ToDecide, Self::ToRollBack, Self::OfImpact];

    pub fn title(self) -> &'static str {
        match self {
            Self::ToDetect => "to detect",
            Self::ToDecide => "to decide",
            Self::ToRollBack => "to roll back",
            Self::OfImpact => "of impact",
        }
    }

    pub fn ends(self) -> (Landmark, Landmark) {
        match self {
            Self::ToDetect => (Landmark::Began, Landmark::Detected),
            Self::ToDecide => (Landmark::Detected, Landmark::Decided),
            Self::ToRollBack => (Landmark::Decided, Landmark::Restored),
            Self::OfImpact => (Landmark::Began, Landmark::Restored),
        }
    }
}

impl Times {
    pub fn landmark(&self, landmark: Landmark) -> &Found {
        &self.landmarks[landmark as usize]
    }
}

/// Made from the facts, the deployments and the lines that people added.
pub fn times(about: &About, curation: &Curation, record: &Record<'_>, lines: &[Line]) -> Times {
    let incident = scope::incident(about, record.facts);
    let said = |landmark: Landmark| incident.as_ref().and_then(|incident| said(incident, landmark));
    let landmarks = Landmark::ALL.map(|landmark| {
        let (computed, source, line) = said(landmark).unwrap_or_else(|| match landmark {
            Landmark::Began => began(about, record),
            Landmark::Detected => detected(lines),
            Landmark::Decided => decided(about, record),
            Landmark::Restored => restored(about, record, incident.as_ref()),
        });
        let edits: Vec<MomentSet> = curation.moments.iter().filter(|edit| edit.landmark == landmark).cloned().collect();
        let said = edits.last().and_then(|edit| edit.to);
        Found { landmark, at: said.or(computed), computed, source, line, edits }
    });
    let times = TimeName::ALL.map(|name| {
        let (from, to) = name.ends();
        let at = |landmark: Landmark| landmarks[landmark as usize].at;
        let length = match (at(from), at(to)) {
            (None, _) => Length::Missing(from),
            (_, None) => Length::Missing(to),
            (Some(start), Some(end)) if end < start => Length::Backwards,
            (Some(start), Some(end)) => Length::Known(end.duration_since(start)),
        };
        Time { name, from, to, length }
    });
    Times { landmarks, times }
}

type Made = (Option<Timestamp>, String, Option<LineId>);

/// What people said in the incident's room counts before what machines saw.
fn said(incident: &Incident, landmark: Landmark) -> Option<Made> {
    let (at, words) = match landmark {
        Landmark::Began => (incident.impact_started_at?, "the incident says when the impact began"),
        Landmark::Restored => (incident.impact_ended_at?, "the incident says when the impact ended"),
        Landmark::Detected | Landmark::Decided => return None,
    };
    Some((Some(at), words.to_owned(), None))
}

fn began(about: &About, record: &Record<'_>) -> Made {
    let own = timeline::facts_about(about, record);
    match timeline::bad_deployment(about, record, &own) {
        Some(deployment) => (
            deployment.succeeded,
            format!("deployment {} of {} went live", deployment.id, deployment.reference),
            Some(LineId::of_deployment(deployment.id)),
        ),
        None => (None, "no deployment tells since when the bad release was live".to_owned(), None),
    }
}

/// What is hidden from the timeline counts no more.
fn detected(lines: &[Line]) -> Made {
    let first = lines.iter().filter(|line| !line.hidden && line.kind == LineKind::Detection).min_by_key(|line| line.at);
    match first {
        Some(line) => (Some(line.at), format!("first detection: {}", line.text), Some(line.id.clone())),
        None => (None, "no line tells how it was detected".to_owned(), None),
    }
}

fn decided(about: &About, record: &Record<'_>) -> Made {
    let own = timeline::facts_about(about, record);
    let started = own.iter().filter(|fact| matches!(fact.event.rollback(), Some(Event::RollbackStarted(_))));
    match started.min_by_key(|fact| fact.at) {
        Some(fact) => {
            let line = LineId::of_fact(&fact.writer, fact.sequence);
            (Some(fact.at), "the first rollback was started".to_owned(), Some(line))
        }
        None => (None, "no rollback was started".to_owned(), None),
    }
}

/// The proof counts; without one, the end of the rollback; without a rollback, the end of the incident.
fn restored(about: &About, record: &Record<'_>, incident: Option<&Incident>) -> Made {
    let own = timeline::facts_about(about, record);
    let proved = own.iter().filter(|fact| {
        matches!(fact.event.rollback(), Some(Event::StepEnded(ending))
            if (ending.step, ending.outcome) == (StepName::Prove, StepOutcome::Succeeded))
    });
    let ended = own
        .iter()
        .filter(|fact| matches!(fact.event.rollback(), Some(Event::RollbackEnded { outcome: Outcome::Succeeded, .. })));
    let newest = proved.max_by_key(|fact| fact.at).map(|fact| (fact, "the live service proved it"));
    match newest.or_else(|| ended.max_by_key(|fact| fact.at).map(|fact| (fact, "the rollback succeeded"))) {
        Some((fact, words)) => (Some(fact.at), words.to_owned(), Some(LineId::of_fact(&fact.writer, fact.sequence))),
        None => match incident.filter(|incident| !incident.is_open()).and_then(|incident| incident.stages.last()) {
            Some((at, _)) => (Some(*at), "the incident was resolved".to_owned(), None),
            None => (None, "nothing proves that it works again".to_owned(), None),
        },
    }
}
