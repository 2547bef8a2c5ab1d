//! Last good: the newest release that ran here for the soak time, with nothing said against it, and is not live.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hold::Quarantine;
use crate::ids::{EnvironmentName, IncidentId, TagName};
use crate::live::disturbed::{Disturbance, Disturbances};
use crate::live::marked::MarkedGood;
use crate::live::spans::Span;
use crate::live::wellness::Spell;
use crate::release::{Release, Sort, sort};

/// The time a release must have run to count as good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Soak {
    pub minutes: u32,
}

/// The answer, with the reason for each candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    pub tag: Option<TagName>,
    /// One sentence.
    pub sentence: String,
    /// Releases that ran here, newest first, each with what is known of it.
    pub candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub tag: TagName,
    pub good: bool,
    /// What speaks against it; `None` for a good one.
    pub against: Option<Against>,
    /// The same in words.
    pub reason: String,
    /// How long it ran here, all spans together.
    pub seconds: i64,
}

/// Why a release that ran here is not the last good one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Against {
    Live,
    Quarantined,
    /// The newest health proof after a rollback to it said no.
    ProofFailed,
    /// An incident began while it ran, or was not over when it was replaced.
    Incident {
        incident: IncidentId,
        title: String,
        at: Timestamp,
    },
    /// Its health probes failed while it ran.
    ProbeFailed {
        since: Timestamp,
    },
    /// It was followed by an older release.
    RolledBack,
    /// Nothing recorded followed it, and another version answers.
    ReplacedUnseen,
    /// It ran for less than the soak time.
    TooShort {
        seconds: i64,
        soak_minutes: u32,
    },
}

/// What is held against releases, and for them, beside the time that they ran.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    pub live: Option<&'a TagName>,
    pub quarantined: &'a [Quarantine],
    pub unproved: &'a [(TagName, Timestamp)],
    pub marked: &'a [MarkedGood],
    pub disturbances: &'a Disturbances,
    pub spells: &'a [Spell],
    /// Since when this machine's journal tells of the repository.
    pub watched: Option<Timestamp>,
    pub now: Timestamp,
}

/// Looks at every release that ran here, or that a person called good.
pub fn find(
    environment: &EnvironmentName,
    releases: &[Release],
    spans: &[Span],
    held: Held<'_>,
    soak: Soak,
) -> LastGood {
    let mut newest_first = releases.to_vec();
    sort(&mut newest_first, Sort::Date);
    let ran = ran(spans);
    let candidates: Vec<Candidate> = newest_first
        .iter()
        .filter_map(|release| {
            let tag = &release.tag;
            let mark = held.marked.iter().find(|mark| mark.tag == *tag);
            let history = ran.get(tag).cloned().or_else(|| mark.map(|_| History::default()))?;
            let against = against(tag, &history, held, mark, soak);
            let reason = match (&against, mark) {
                (Some(against), _) => against.words(),
                (None, Some(mark)) => mark.words(),
                (None, None) => ran_well(&history, held),
            };
            Some(Candidate { tag: tag.clone(), good: against.is_none(), against, reason, seconds: history.seconds })
        })
        .collect();
    // What was called good without having run here may be newer than all that did.
    let has_run = |candidate: &&Candidate| ran.contains_key(&candidate.tag);
    let mut good = candidates.iter().filter(|candidate| candidate.good);
    let good = good.clone().find(has_run).or_else(|| good.next());
    LastGood {
        tag: good.map(|candidate| candidate.tag.clone()),
        sentence: sentence(environment, good, candidates.len()),
        candidates,
    }
}

/// Says no more than was looked at.
fn ran_well(history: &History, held: Held<'_>) -> String {
    let ran = format!("ran here {}", words(history.seconds));
    let begun = history.spans.first().map(|span| span.from);
    let covers = |since: Option<Timestamp>| since.zip(begun).is_some_and(|(since, begun)| since <= begun);
    match (held.disturbances.unreadable, covers(held.watched), covers(held.spells.first().map(|spell| spell.from))) {
        (true, ..) => format!("{ran}; not every incident could be read"),
        (_, true, true) => format!("{ran} without an incident or a failed probe"),
        (_, true, false) => format!("{ran} without an incident"),
        (_, false, _) => format!("{ran}; no incident is known"),
    }
}

/// `6 d 4 h`, `38 min`, `20 s`.
pub fn words(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[derive(Debug, Clone, Default)]
struct History {
    seconds: i64,
    /// When it was left for an older one, the last time that it ran.
    left_behind: Option<Timestamp>,
    runs: bool,
    /// Oldest first.
    spans: Vec<Span>,
}

/// The newest span has no known end, and counts for nothing: it is live, or something unrecorded replaced it.
fn ran(spans: &[Span]) -> HashMap<TagName, History> {
    let mut ran: HashMap<TagName, History> = HashMap::new();
    for span in spans {
        let history = ran.entry(span.tag.clone()).or_default();
        history.seconds += span.to.map_or(0, |to| span.seconds(to));
        history.left_behind = span.to.filter(|_| span.left_behind);
        history.runs = span.to.is_none();
        history.spans.push(span.clone());
    }
    ran
}

/// The first that counts. A person who called the release good knew what came before.
fn against(tag: &TagName, history: &History, held: Held<'_>, mark: Option<&MarkedGood>, soak: Soak) -> Option<Against> {
    let counts = |at: Timestamp| mark.is_none_or(|mark| at > mark.at);
    let unproved = held.unproved.iter().any(|(target, at)| target == tag && counts(*at));
    let too_short = history.seconds < i64::from(soak.minutes) * 60;
    let plain = [
        (held.live == Some(tag), Against::Live),
        (held.quarantined.iter().any(|bad| bad.tag == *tag), Against::Quarantined),
        (unproved, Against::ProofFailed),
    ];
    let told = plain.into_iter().find_map(|(is_so, against)| is_so.then_some(against));
    let of_history = [
        (history.left_behind.is_some_and(counts), Against::RolledBack),
        (history.runs && mark.is_none(), Against::ReplacedUnseen),
        (too_short && mark.is_none(), Against::TooShort { seconds: history.seconds, soak_minutes: soak.minutes }),
    ];
    let rest = || of_history.into_iter().find_map(|(is_so, against)| is_so.then_some(against));
    told.or_else(|| disturbed(history, held, counts)).or_else(|| failed(history, held, counts)).or_else(rest)
}

fn disturbed(history: &History, held: Held<'_>, counts: impl Fn(Timestamp) -> bool) -> Option<Against> {
    let speaks =
        |found: &&Disturbance| counts(found.from) && history.spans.iter().any(|span| found.speaks_against(span));
    let newest = held.disturbances.all.iter().rev().find(speaks)?;
    let (incident, title, at) = (newest.incident.clone(), newest.title.clone(), newest.from);
    Some(Against::Incident { incident, title, at })
}

fn failed(history: &History, held: Held<'_>, counts: impl Fn(Timestamp) -> bool) -> Option<Against> {
    let speaks =
        |spell: &&Spell| counts(spell.from) && history.spans.iter().any(|span| spell.speaks_against(span, held.now));
    held.spells.iter().rev().find(speaks).map(|spell| Against::ProbeFailed { since: spell.from })
}

impl Against {
    fn words(&self) -> String {
        match self {
            Self::Live => "it is live".to_owned(),
            Self::Quarantined => "it is quarantined".to_owned(),
            Self::ProofFailed => "its health failed after a rollback to it".to_owned(),
            Self::Incident { title, at, .. } => format!("an incident of {}: {title}", day_and_time(*at)),
            Self::ProbeFailed { since } => format!("its health failed on {}", day_and_time(*since)),
            Self::RolledBack => "it was rolled back from here".to_owned(),
            Self::ReplacedUnseen => "it was deployed last, and another version answers".to_owned(),
            Self::TooShort { seconds, soak_minutes } => {
                format!("it ran here only {}, less than {soak_minutes} min", words(*seconds))
            }
        }
    }
}

fn day_and_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn sentence(environment: &EnvironmentName, good: Option<&Candidate>, candidates: usize) -> String {
    match (good, candidates) {
        (Some(candidate), _) => format!("{} {}", candidate.tag, candidate.reason),
        (None, 0) => format!("No release is known to have run in {environment}."),
        (None, _) => format!("No release that ran in {environment} counts as good; choose one yourself."),
    }
}
