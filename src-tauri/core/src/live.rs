//! What runs where, and what was last good: folds of deployments, probes and the journal, each answer with its reasons.

pub mod last_good;
pub mod spans;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hold::{self, Hold};
use crate::ids::{EnvironmentName, TagName};
use crate::journal::Fact;
use crate::live::last_good::{LastGood, Soak};
use crate::live::spans::Span;
use crate::ports::forge::Deployment;
use crate::ports::world::Seen;
use crate::release::Release;
use crate::settings::{EnvironmentSettings, SOAK_MINUTES};

/// One environment, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub name: EnvironmentName,
    pub live: Option<Live>,
    pub last_good: LastGood,
    /// Oldest first.
    pub spans: Vec<Span>,
    pub hold: Option<Hold>,
    pub quarantined: Vec<TagName>,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Probe,
    Deployment,
    Journal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub verdict: crate::rollback::check::Verdict,
    pub sentence: String,
}

/// What was seen of one environment.
#[derive(Debug, Clone)]
pub struct Sightings<'a> {
    pub name: EnvironmentName,
    pub settings: &'a EnvironmentSettings,
    pub releases: &'a [Release],
    /// Of this environment and others, newest first.
    pub deployments: &'a [Deployment],
    /// The repository's facts, oldest first.
    pub facts: &'a [Fact],
    pub version: Option<Seen<String>>,
    pub health: Option<Seen<u16>>,
}

/// Folds what was seen into what is known.
pub fn know(seen: &Sightings<'_>) -> Environment {
    let spans = spans::spans(&seen.name, seen.releases, seen.deployments, seen.facts);
    let live = live(seen, &spans);
    let quarantined: Vec<TagName> = hold::quarantined(seen.facts, &seen.name).into_iter().map(|bad| bad.tag).collect();
    let soak = Soak { minutes: seen.settings.soak_minutes.unwrap_or(SOAK_MINUTES) };
    let live_tag = live.as_ref().and_then(|live| live.tag.as_ref());
    let last_good = last_good::find(&seen.name, seen.releases, &spans, live_tag, &quarantined, soak);
    Environment {
        hold: hold::standing(seen.facts, &seen.name),
        url: url(seen),
        name: seen.name.clone(),
        live,
        last_good,
        spans,
        quarantined,
    }
}

/// Settings first, else what the newest deployment that tells an address says.
pub fn url(seen: &Sightings<'_>) -> Option<String> {
    seen.settings.url.clone().or_else(|| {
        seen.deployments.iter().filter(|found| found.environment == seen.name).find_map(|found| found.url.clone())
    })
}

fn live(seen: &Sightings<'_>, spans: &[Span]) -> Option<Live> {
    let recorded = spans.last();
    let health = seen.health.as_ref().map(health);
    let probed = match &seen.version {
        Some(Seen::Answer(version)) => Some(version),
        Some(Seen::No(_) | Seen::Nothing(_)) | None => None,
    };
    let source = |span: &Span| if span.deployment.is_some() { Source::Deployment } else { Source::Journal };
    match (probed, recorded) {
        (Some(version), recorded) => {
            let tag = release_of(version, seen.releases).map(|release| release.tag.clone());
            let same = recorded.filter(|span| Some(&span.tag) == tag.as_ref());
            let disagreement = recorded
                .filter(|_| same.is_none())
                .map(|span| format!("The service answers {version}, the newest deployment is {}.", span.tag));
            Some(Live {
                tag,
                version: version.clone(),
                since: same.map(|span| span.from),
                source: Source::Probe,
                health,
                disagreement,
            })
        }
        (None, Some(span)) => Some(Live {
            tag: Some(span.tag.clone()),
            version: span.tag.to_string(),
            since: Some(span.from),
            source: source(span),
            health,
            disagreement: None,
        }),
        (None, None) => None,
    }
}

/// A service says `2.4.0` as often as `v2.4.0`; the newest release of that version is meant.
fn release_of<'a>(version: &str, releases: &'a [Release]) -> Option<&'a Release> {
    let version = version.trim();
    let named = releases.iter().find(|release| release.tag.as_str() == version);
    named.or_else(|| {
        let bare = version.trim_start_matches(['v', 'V']);
        let of_version = |release: &&Release| release.version.as_ref().is_some_and(|known| known.to_string() == bare);
        releases.iter().filter(of_version).max_by_key(|release| release.date.map(|date| date.seconds))
    })
}

fn health(seen: &Seen<u16>) -> Health {
    use crate::rollback::check::Verdict;
    match seen {
        Seen::Answer(status) => Health { verdict: Verdict::Passed, sentence: format!("health {status}") },
        Seen::No(words) => Health { verdict: Verdict::Failed, sentence: words.clone() },
        Seen::Nothing(words) => Health { verdict: Verdict::Inconclusive, sentence: words.clone() },
    }
}
