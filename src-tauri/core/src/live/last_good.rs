//! Last good: the newest release that ran here for the soak time, with nothing said against it, and is not live.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, TagName};
use crate::live::spans::Span;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Against {
    Live,
    Quarantined,
    /// The newest health proof after a rollback to it said no.
    ProofFailed,
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

/// What is held against releases, beside the time that they ran.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    pub live: Option<&'a TagName>,
    pub quarantined: &'a [TagName],
    pub unproved: &'a [TagName],
}

/// Looks at every release that ran here.
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
            let history = ran.get(&release.tag)?;
            let against = against(&release.tag, history, held, soak);
            let ran_well = || format!("ran here {} without an incident", words(history.seconds));
            Some(Candidate {
                tag: release.tag.clone(),
                good: against.is_none(),
                against,
                reason: against.map_or_else(ran_well, Against::words),
                seconds: history.seconds,
            })
        })
        .collect();
    let good = candidates.iter().find(|candidate| candidate.good);
    LastGood {
        tag: good.map(|candidate| candidate.tag.clone()),
        sentence: sentence(environment, good, candidates.len()),
        candidates,
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

struct History {
    seconds: i64,
    left_behind: bool,
    runs: bool,
}

/// The newest span has no known end, and counts for nothing: it is live, or something unrecorded replaced it.
fn ran(spans: &[Span]) -> HashMap<TagName, History> {
    let mut ran: HashMap<TagName, History> = HashMap::new();
    for span in spans {
        let history = ran.entry(span.tag.clone()).or_insert(History { seconds: 0, left_behind: false, runs: false });
        history.seconds += span.to.map_or(0, |to| span.seconds(to));
        history.left_behind = span.left_behind;
        history.runs = span.to.is_none();
    }
    ran
}

fn against(tag: &TagName, history: &History, held: Held<'_>, soak: Soak) -> Option<Against> {
    let too_short = history.seconds < i64::from(soak.minutes) * 60;
    let all = [
        (held.live == Some(tag), Against::Live),
        (held.quarantined.contains(tag), Against::Quarantined),
        (held.unproved.contains(tag), Against::ProofFailed),
        (history.left_behind, Against::RolledBack),
        (history.runs, Against::ReplacedUnseen),
        (too_short, Against::TooShort { seconds: history.seconds, soak_minutes: soak.minutes }),
    ];
    all.into_iter().find_map(|(is_so, against)| is_so.then_some(against))
}

impl Against {
    fn words(self) -> String {
        match self {
            Self::Live => "it is live".to_owned(),
            Self::Quarantined => "it is quarantined".to_owned(),
            Self::ProofFailed => "its health failed after a rollback to it".to_owned(),
            Self::RolledBack => "it was rolled back from here".to_owned(),
            Self::ReplacedUnseen => "it was deployed last, and another version answers".to_owned(),
            Self::TooShort { seconds, soak_minutes } => {
                format!("it ran here only {}, less than {soak_minutes} min", words(seconds))
            }
        }
    }
}

fn sentence(environment: &EnvironmentName, good: Option<&Candidate>, candidates: usize) -> String {
    match (good, candidates) {
        (Some(candidate), _) => format!("{} {}", candidate.tag, candidate.reason),
        (None, 0) => format!("No release is known to have run in {environment}."),
        (None, _) => format!("No release that ran in {environment} counts as good; choose one yourself."),
    }
}
