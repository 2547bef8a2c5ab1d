//! What runs where, and what was last good: folds of deployments, probes and the journal, each answer with its reasons.

pub mod brought;
pub mod ci;
pub mod disturbed;
pub mod event;
pub mod last_good;
pub mod marked;
mod returned;
pub mod runs;
pub mod spans;
mod untold;
pub mod wellness;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hold::mark::Marks;
use crate::hold::{self, Hold, Quarantine};
use crate::ids::{EnvironmentName, TagName};
use crate::journal::Fact;
use crate::live::brought::Releases;
use crate::live::disturbed::{Disturbance, disturbances};
use crate::live::last_good::{Held, LastGood, Soak};
use crate::live::marked::{MarkedGood, marked_good};
use crate::live::runs::Serving;
use crate::live::spans::{History, Span};
use crate::live::wellness::{Spell, spells};
use crate::ports::forge::{Deployment, RunRecord};
use crate::ports::world::Seen;
use crate::release::Release;
use crate::release::name::{is_version, read};
use crate::settings::{EnvironmentSettings, SOAK_MINUTES};

pub use returned::Returned;
pub use untold::Untold;

/// One environment, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub name: EnvironmentName,
    pub live: Option<Live>,
    pub last_good: LastGood,
    /// Oldest first.
    pub spans: Vec<Span>,
    pub hold: Option<Hold>,
    /// Oldest first.
    pub quarantined: Vec<Quarantine>,
    /// Releases that a person called good here.
    pub marked_good: Vec<MarkedGood>,
    /// Incidents here, in the order of their beginning.
    pub disturbances: Vec<Disturbance>,
    /// What is live was put there by the rollback whose hold still stands.
    pub returned: Option<Returned>,
    /// Where the service answers.
    pub url: Option<String>,
}

/// The release that an environment runs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// `None` where the version that answers belongs to no known release.
    pub tag: Option<TagName>,
    /// What the evidence says, word for word.
    pub version: String,
    pub since: Option<Timestamp>,
    pub source: Source,
    pub health: Option<Health>,
    /// Probe and newest deployment tell different versions.
    pub disagreement: Option<String>,
    /// What was deployed is no known release, or nothing tells which one; one sentence.
    pub untold: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Probe,
    Deployment,
    /// A run of the deploy workflow; the repository keeps no deployments for this environment.
    Run,
    Journal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub verdict: crate::rollback::check::Verdict,
    pub sentence: String,
    /// Since when it answers so, as far as this machine looked.
    pub since: Option<Timestamp>,
}

/// What was seen of one environment.
#[derive(Debug, Clone)]
pub struct Sightings<'a> {
    pub name: EnvironmentName,
    pub settings: &'a EnvironmentSettings,
    pub releases: &'a [Release],
    /// Of this environment and others, newest first.
    pub deployments: &'a [Deployment],
    /// Of the deploy workflow, with what it serves; none where deployments tell.
    pub runs: Option<(Serving<'a>, &'a [RunRecord])>,
    /// The repository's facts, oldest first.
    pub facts: &'a [Fact],
    /// What the remote keeps for the team; `None` where it was never read.
    pub team: Option<&'a Marks>,
    pub now: Timestamp,
    pub version: Option<Seen<String>>,
    pub health: Option<Seen<u16>>,
}

impl Environment {
    /// Whether this release must not be a target here.
    pub fn is_quarantined(&self, tag: &TagName) -> bool {
        self.quarantined.iter().any(|bad| bad.tag == *tag)
    }
}

/// Folds what was seen into what is known.
pub fn know(seen: &Sightings<'_>) -> Environment {
    let releases = Releases::new(seen.releases);
    let told = seen.runs.map_or_else(Vec::new, |(serving, runs)| runs::told(&serving, runs, &releases));
    let history = spans::history(&seen.name, seen.releases, seen.deployments, &told, seen.facts);
    let spells = spells(seen.facts, &seen.name);
    let live = live(seen, &history, &spells);
    let spans = history.spans;
    let quarantined = hold::known::quarantined(seen.facts, seen.team, &seen.name, seen.now);
    let soak = Soak { minutes: seen.settings.soak_minutes.unwrap_or(SOAK_MINUTES) };
    let live_tag = live.as_ref().and_then(|live| live.tag.as_ref());
    let unproved = returned::unproved(seen.facts, &seen.name);
    let (marked_good, disturbances) = (marked_good(seen.facts, &seen.name), disturbances(seen.facts, &seen.name));
    let held = Held {
        live: live_tag,
        quarantined: &quarantined,
        unproved: &unproved,
        marked: &marked_good,
        disturbances: &disturbances,
        spells: &spells,
        watched: seen.facts.first().map(|fact| fact.at),
        now: seen.now,
    };
    let last_good = last_good::find(&seen.name, seen.releases, &spans, held, soak);
    let hold = hold::known::standing(seen.facts, seen.team, &seen.name, seen.now);
    Environment {
        returned: hold.as_ref().and_then(|hold| returned::find(seen.facts, hold, live_tag?)),
        hold,
        url: url(&seen.name, seen.settings, seen.deployments),
        name: seen.name.clone(),
        live,
        last_good,
        spans,
        quarantined,
        marked_good,
        disturbances: disturbances.all,
    }
}

/// Settings first, else what the newest deployment that tells an address says.
pub fn url(
    environment: &EnvironmentName,
    settings: &EnvironmentSettings,
    deployments: &[Deployment],
) -> Option<String> {
    let told =
        || deployments.iter().filter(|found| found.environment == *environment).find_map(|found| found.url.clone());
    settings.url.clone().or_else(told)
}

fn live(seen: &Sightings<'_>, history: &History, spells: &[Spell]) -> Option<Live> {
    let untold = history.untold.as_ref();
    let recorded = history.spans.last().filter(|_| untold.is_none());
    let health = |tag: Option<&TagName>| seen.health.as_ref().map(|answer| health(answer, tag, spells));
    let probed = match &seen.version {
        Some(Seen::Answer(version)) => Some(version),
        Some(Seen::No(_) | Seen::Nothing(_)) | None => None,
    };
    match (probed, recorded) {
        (Some(version), recorded) => {
            let tag = release_of(version, seen.releases, &history.spans).map(|release| release.tag.clone());
            let same = recorded.filter(|span| Some(&span.tag) == tag.as_ref());
            let disagreement = recorded
                .filter(|_| same.is_none())
                .map(|span| format!("The service answers {version}, {} is {}.", record(span), span.tag));
            Some(Live {
                health: health(tag.as_ref()),
                tag,
                version: version.clone(),
                since: same.map(|span| span.from),
                source: Source::Probe,
                disagreement,
                untold: None,
            })
        }
        (None, Some(span)) => Some(Live {
            tag: Some(span.tag.clone()),
            version: span.tag.to_string(),
            since: Some(span.from),
            source: span.source(),
            health: health(Some(&span.tag)),
            disagreement: None,
            untold: None,
        }),
        (None, None) => untold.map(|found| Live {
            tag: None,
            version: found.what.clone(),
            since: Some(found.since),
            source: Source::Deployment,
            health: health(None),
            disagreement: None,
            untold: Some(found.sentence.clone()),
        }),
    }
}

fn record(span: &Span) -> &'static str {
    match span.source() {
        Source::Run => "the newest run",
        Source::Journal => "the newest rollback from here",
        Source::Deployment | Source::Probe => "the newest deployment",
    }
}

/// A service says `2.4.0` as often as `v2.4.0`, and nothing of a series. Of several releases of that version the one is meant
/// that was recorded last; else one of the series that ran here, the newest span first; else the newest.
fn release_of<'a>(version: &str, releases: &'a [Release], spans: &[Span]) -> Option<&'a Release> {
    let named = releases.iter().find(|release| release.tag.as_str() == version.trim());
    let of_version = || releases.iter().filter(|release| is_version(version, release.tag.as_str()));
    let recorded = || spans.last().and_then(|last| of_version().find(|release| release.tag == last.tag));
    let of_series = |span: &Span| {
        let series = read(span.tag.as_str()).series;
        newest(of_version().filter(|release| release.series == series))
    };
    named.or_else(recorded).or_else(|| spans.iter().rev().find_map(of_series)).or_else(|| newest(of_version()))
}

fn newest<'a>(releases: impl Iterator<Item = &'a Release>) -> Option<&'a Release> {
    releases.max_by_key(|release| release.date.map(|date| date.seconds))
}

fn health(seen: &Seen<u16>, tag: Option<&TagName>, spells: &[Spell]) -> Health {
    use crate::rollback::check::Verdict;
    let (verdict, sentence) = match seen {
        Seen::Answer(status) => (Verdict::Passed, format!("health {status}")),
        Seen::No(words) => (Verdict::Failed, words.clone()),
        Seen::Nothing(words) => (Verdict::Inconclusive, words.clone()),
    };
    Health { verdict, sentence, since: wellness::since(spells, tag, verdict) }
}
