//! The library as the window shows it.

use jiff::Timestamp;
use lastgood_core::incident::Incident;
use lastgood_core::metrics::{Measure, Metrics, Week};
use lastgood_core::postmortem::action::actions;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::library::{Entry, Shown, factors, open_actions, search};
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::times::{Length, TimeName};
use lastgood_core::postmortem::zone;
use lastgood_core::rollback::{Outcome, Rollback};

use super::PostmortemState;
use super::library::{FactorCount, LibraryView, MetricPoint, MetricView, OpenAction, PostmortemSummary, WaitingStory};
use super::view::{FILE, action_view, state};

/// What ended longer ago is not asked about.
const ASKED_ABOUT: i64 = 14 * 24;

/// All that the library is made of.
pub(super) struct Shelf {
    pub(super) entries: Vec<Entry>,
    /// Of those that the journal knows.
    pub(super) stories: Vec<Story>,
    pub(super) rollbacks: Vec<Rollback>,
    pub(super) incidents: Vec<Incident>,
    /// Of the environment that was chosen.
    pub(super) measured: Option<(String, Metrics)>,
    pub(super) environments: Vec<String>,
    pub(super) address: Option<String>,
}

/// `query` leaves out those that lack one of its words; what is counted across all is counted across all.
pub(super) fn library(shelf: &Shelf, query: &str, now: Timestamp) -> LibraryView {
    let entries = &shelf.entries;
    let of_entry = factors(entries);
    let found: Vec<usize> = match query.trim() {
        "" => (0..entries.len()).collect(),
        words => search(entries, words).into_iter().map(|hit| hit.entry).collect(),
    };
    let named = |number: usize| {
        let own = of_entry.iter().filter(move |factor| factor.entries.contains(&number));
        own.map(|factor| factor.name.clone()).collect()
    };
    let shown = found.into_iter().filter_map(|number| Some(summary(shelf, entries.get(number)?, named(number))));
    let open = open_actions(entries);
    LibraryView {
        postmortems: shown.collect(),
        all: count(entries.len()),
        actions: open
            .iter()
            .filter_map(|(number, action)| {
                let entry = entries.get(*number)?;
                let action = action_view(0, action, &shelf.address);
                Some(OpenAction { postmortem: id(entry), postmortem_title: entry.title.clone(), action })
            })
            .collect(),
        factors: of_entry
            .iter()
            .map(|factor| FactorCount { name: factor.name.clone(), count: count(factor.entries.len()) })
            .collect(),
        metrics: shelf.measured.as_ref().map_or_else(Vec::new, |(name, metrics)| metric_views(name, metrics)),
        environment: shelf.measured.as_ref().map(|(name, _)| name.clone()),
        environments: shelf.environments.clone(),
        waiting: waiting(shelf, now),
    }
}

fn id(entry: &Entry) -> String {
    match &entry.id {
        Some(id) => id.to_string(),
        None => format!("{FILE}{}", entry.path.clone().unwrap_or_default()),
    }
}

fn summary(shelf: &Shelf, entry: &Entry, factors: Vec<String>) -> PostmortemSummary {
    let story = shelf.stories.iter().find(|story| Some(&story.postmortem.id) == entry.id.as_ref());
    let impact = story.and_then(|story| story.times.times.iter().find(|time| time.name == TimeName::OfImpact));
    PostmortemSummary {
        id: id(entry),
        title: entry.title.clone(),
        at: entry.day.clone(),
        severity: story.and_then(|story| story.incident.as_ref()).map(|incident| incident.severity.number()),
        state: story.map_or(PostmortemState::Published, |story| state(&story.postmortem)),
        open_actions: count(actions(&Document::parse(&entry.text)).iter().filter(|action| !action.done).count()),
        impact_seconds: impact.and_then(|time| match time.length {
            Length::Known(length) => Some(length.as_secs()),
            Length::Missing(_) | Length::Backwards => None,
        }),
        factors,
        shown: shown(entry),
    }
}

fn shown(entry: &Entry) -> Option<String> {
    let words = match entry.shown {
        Shown::Together => "with what was changed in the repository",
        Shown::Apart => "the repository’s copy went apart",
        Shown::Repository if entry.id.is_some() => "as the repository has it",
        Shown::Here | Shown::Repository => return None,
    };
    Some(words.to_owned())
}

/// Incidents that are over, and rollbacks that no incident tells of.
fn waiting(shelf: &Shelf, now: Timestamp) -> Vec<WaitingStory> {
    let told = |about: &dyn Fn(&Story) -> bool| shelf.stories.iter().any(about);
    let recent = |at: Timestamp| at.duration_until(now).as_hours() < ASKED_ABOUT;
    let incident = |incident: &Incident| {
        let (at, _) = incident.stages.last().filter(|(at, _)| !incident.is_open() && recent(*at))?;
        let known = told(&|story: &Story| story.postmortem.about.incident.as_ref() == Some(&incident.id));
        (!known).then(|| WaitingStory {
            incident: Some(incident.id.to_string()),
            rollback: None,
            title: incident.title.clone(),
            ended_at: at.to_string(),
        })
    };
    let rollback = |rollback: &Rollback| {
        let end = rollback.end.as_ref().filter(|end| recent(end.at) && end.outcome != Outcome::Aborted)?;
        let answers = shelf.incidents.iter().any(|incident| incident.rollback.as_ref() == Some(&rollback.id));
        let known = told(&|story: &Story| story.postmortem.about.rollbacks.contains(&rollback.id));
        (!known && !answers).then(|| WaitingStory {
            incident: None,
            rollback: Some(rollback.id.to_string()),
            title: format!("The rollback of {} to {}", rollback.plan.environment, rollback.plan.to),
            ended_at: end.at.to_string(),
        })
    };
    let incidents = shelf.incidents.iter().rev().filter_map(incident);
    incidents.chain(shelf.rollbacks.iter().rev().filter_map(rollback)).collect()
}

fn metric_views(environment: &str, metrics: &Metrics) -> Vec<MetricView> {
    let point = |week: &Week, value: Option<f64>, words: String| MetricPoint {
        title: week.from.strftime("%-d %b").to_string(),
        value,
        words,
    };
    let view = |measure: Measure| {
        let (figure, points) = match measure {
            Measure::Frequency => (
                metrics.frequency.map(|often| format!("{often:.1} a week")),
                metrics
                    .weeks
                    .iter()
                    .map(|week| point(week, Some(week.deployments as f64), week.deployments.to_string()))
                    .collect(),
            ),
            Measure::FailureRate => (
                metrics.failure_rate.map(|rate| format!("{:.0} %", rate * 100.0)),
                metrics.weeks.iter().map(|week| failed(week, &point)).collect(),
            ),
            Measure::Recovery => {
                (metrics.recovery.map(zone::length), metrics.weeks.iter().map(|week| recovered(week, &point)).collect())
            }
        };
        MetricView {
            title: measure.title().to_owned(),
            figure: figure.unwrap_or_else(|| "nothing to measure".to_owned()),
            definition: format!("{} Of {environment}, over {} weeks.", measure.definition(), metrics.weeks.len()),
            points,
        }
    };
    Measure::ALL.map(view).into()
}

fn recovered(week: &Week, point: &impl Fn(&Week, Option<f64>, String) -> MetricPoint) -> MetricPoint {
    match week.recovery {
        Some(length) => point(week, Some(length.as_secs_f64()), zone::length(length)),
        None => point(week, None, "nothing to recover from".to_owned()),
    }
}

fn failed(week: &Week, point: &impl Fn(&Week, Option<f64>, String) -> MetricPoint) -> MetricPoint {
    if week.deployments == 0 {
        return point(week, None, "nothing deployed".to_owned());
    }
    let rate = week.failed as f64 / week.deployments as f64;
    point(week, Some(rate), format!("{} of {}", week.failed, week.deployments))
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
