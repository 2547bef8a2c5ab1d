//! How delivery goes: three of DORA's measures, made from what ran when (<https://dora.dev/guides/dora-metrics/>).
//!
//! A span of a release is one deployment of a change, unless it came by going back. A span that was left behind by going
//! back is a failed one: it needed intervention at once.

use jiff::{SignedDuration, Timestamp};

use crate::live::spans::Span;

/// What is measured, and over which time.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Changes deployed.
    pub deployments: usize,
    /// Of them, those that somebody went back from.
    pub failed: usize,
    /// Changes a week; `None` over a time of no length.
    pub frequency: Option<f64>,
    /// Failed ones among all, from 0 to 1; `None` without a deployment.
    pub failure_rate: Option<f64>,
    /// The middle of all recoveries; `None` without one.
    pub recovery: Option<SignedDuration>,
    /// Oldest first; the last one ends with the time.
    pub weeks: Vec<Week>,
}

/// Seven days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub from: Timestamp,
    pub deployments: usize,
    pub failed: usize,
    /// The middle of the recoveries of those; `None` without one.
    pub recovery: Option<SignedDuration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    Frequency,
    FailureRate,
    Recovery,
}

impl Measure {
    pub const ALL: [Self; 3] = [Self::Frequency, Self::FailureRate, Self::Recovery];

    pub fn title(self) -> &'static str {
        match self {
            Self::Frequency => "Deployment frequency",
            Self::FailureRate => "Change failure rate",
            Self::Recovery => "Failed deployment recovery time",
        }
    }

    /// What DORA means by it, and what it is made from here.
    pub fn definition(self) -> &'static str {
        match self {
            Self::Frequency => {
                "How often changes reach this environment: its deployments of a release, a week. Going back is no change."
            }
            Self::FailureRate => {
                "The share of changes that needed intervention at once: those that somebody rolled back from, among all."
            }
            Self::Recovery => {
                "How long it took to recover from a failed change: from its deployment to the next, the middle of all."
            }
        }
    }
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// `spans` are those of one environment, oldest first. A change counts where it was deployed within the time.
pub fn metrics(spans: &[Span], from: Timestamp, to: Timestamp) -> Metrics {
    let changes: Vec<&Span> =
        spans.iter().filter(|span| !span.went_back && from <= span.from && span.from < to).collect();
    let failed: Vec<&&Span> = changes.iter().filter(|span| span.left_behind).collect();
    let weeks = to.duration_since(from).as_secs_f64() / WEEK.as_secs_f64();
    Metrics {
        from,
        to,
        deployments: changes.len(),
        failed: failed.len(),
        frequency: (weeks > 0.0).then(|| changes.len() as f64 / weeks),
        failure_rate: (!changes.is_empty()).then(|| failed.len() as f64 / changes.len() as f64),
        recovery: middle(failed.iter().filter_map(|span| recovery(span)).collect()),
        weeks: by_week(&changes, from, to),
    }
}

fn by_week(changes: &[&Span], from: Timestamp, to: Timestamp) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut end = to;
    while end > from {
        let start = end.checked_sub(WEEK).unwrap_or(from);
        let within = || changes.iter().filter(|span| start <= span.from && span.from < end);
        let failed = within().filter(|span| span.left_behind).count();
        let recovery = middle(within().filter_map(|span| recovery(span)).collect());
        weeks.push(Week { from: start, deployments: within().count(), failed, recovery });
        end = start;
    }
    weeks.reverse();
    weeks
}

/// From the deployment of a failed change to the next.
fn recovery(span: &Span) -> Option<SignedDuration> {
    span.left_behind.then(|| span.to.map(|to| to.duration_since(span.from))).flatten()
}

/// Of an even number, between the two in the middle.
fn middle(mut all: Vec<SignedDuration>) -> Option<SignedDuration> {
    all.sort_unstable();
    let upper = *all.get(all.len() / 2)?;
    if all.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *all.get(all.len() / 2 - 1)?;
    Some(lower + (upper - lower) / 2)
}
