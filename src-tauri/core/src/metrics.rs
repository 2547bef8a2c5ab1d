//! How delivery goes: three of DORA's measures, made from what ran when (<https://dora.dev/guides/dora-metrics/>).
//!
//! A span of a release is one deployment of a change, unless it came by going back. A span that was left behind by going
//! back is a failed one: it needed intervention at once. So is one in which an incident began, however that was mended.

use jiff::{SignedDuration, Timestamp};

use crate::live::disturbed::Disturbance;
use crate::live::spans::Span;

/// What is measured, and over which time.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Changes deployed.
    pub deployments: usize,
    /// Of them, those that somebody went back from, and those in which an incident began.
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
                "The share of changes that needed intervention at once: those that somebody rolled back from, and those under which an incident began, among all."
            }
            Self::Recovery => {
                "How long it took to recover from a failed change: from its deployment to the next, or to the end of its incident where that came first, the middle of all."
            }
        }
    }
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// `spans` are those of one environment, oldest first, and `incidents` are its own. A change counts where it was deployed
/// within the time.
pub fn metrics(spans: &[Span], incidents: &[Disturbance], from: Timestamp, to: Timestamp) -> Metrics {
    let within = spans.iter().filter(|span| !span.went_back && from <= span.from && span.from < to);
    let changes: Vec<Change> = within.map(|span| Change::of(span, incidents)).collect();
    let failed = changes.iter().filter(|change| change.failed).count();
    let weeks = to.duration_since(from).as_secs_f64() / WEEK.as_secs_f64();
    Metrics {
        from,
        to,
        deployments: changes.len(),
        failed,
        frequency: (weeks > 0.0).then(|| changes.len() as f64 / weeks),
        failure_rate: (!changes.is_empty()).then(|| failed as f64 / changes.len() as f64),
        recovery: middle(changes.iter().filter_map(|change| change.recovery).collect()),
        weeks: by_week(&changes, from, to),
    }
}

/// One deployment of a change.
struct Change {
    at: Timestamp,
    failed: bool,
    /// `None` also while it lasts.
    recovery: Option<SignedDuration>,
}

impl Change {
    fn of(span: &Span, incidents: &[Disturbance]) -> Self {
        let began_here = |one: &&Disturbance| one.from >= span.from && span.to.is_none_or(|to| one.from < to);
        let mut of_span = incidents.iter().filter(began_here).peekable();
        let failed = span.left_behind || of_span.peek().is_some();
        // A release is as good as replaced once the last of its incidents is over; one that is open keeps it failed.
        let over = of_span.map(|one| one.to.unwrap_or(Timestamp::MAX)).max().filter(|over| *over < Timestamp::MAX);
        let over = over.filter(|_| !span.left_behind);
        let end = span.to.into_iter().chain(over).min();
        let recovery = end.map(|end| end.duration_since(span.from)).filter(|_| failed);
        Self { at: span.from, failed, recovery }
    }
}

fn by_week(changes: &[Change], from: Timestamp, to: Timestamp) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut end = to;
    while end > from {
        let start = end.checked_sub(WEEK).unwrap_or(from);
        let within = || changes.iter().filter(|change| start <= change.at && change.at < end);
        let failed = within().filter(|change| change.failed).count();
        let recovery = middle(within().filter_map(|change| change.recovery).collect());
        weeks.push(Week { from: start, deployments: within().count(), failed, recovery });
        end = start;
    }
    weeks.reverse();
    weeks
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
