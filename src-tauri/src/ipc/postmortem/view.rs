//! Post-mortems as the window shows them.

use jiff::Timestamp;
use lastgood_adapters::documents::Version;
use lastgood_core::ids::EvidenceHash;
use lastgood_core::metrics::{Measure, Metrics, Week};
use lastgood_core::postmortem::action::{Action, actions};
use lastgood_core::postmortem::difference::{Change, Piece};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::library::{Entry, factors, open_actions};
use lastgood_core::postmortem::line::{Evidence, Line, LineKind, Source, Weight};
use lastgood_core::postmortem::place::{Picture, Place};
use lastgood_core::postmortem::section::SectionName;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::times::{Found, Landmark, Length, Time};
use lastgood_core::postmortem::{Postmortem, zone};
use lastgood_core::rollback::Rollback;

use super::library::{FactorCount, LibraryView, MetricPoint, MetricView, OpenAction, PostmortemSummary, WaitingStory};
use super::{
    ActionView, DiffChange, DiffLine, EvidenceLink, EvidenceView, InsertableFact, InsertableKind, LineOrigin,
    MomentView, PostmortemState, PostmortemView, SectionHint, TimeView, TimelineLine,
};
use crate::ipc::incident::EventTone;

/// Before the path of one that the journal knows nothing of.
pub(super) const FILE: &str = "file:";

/// Unchanged lines around a change that are shown.
const CONTEXT: usize = 3;

/// A rollback of longer ago is not asked about.
const ASKED_ABOUT: i64 = 14 * 24;

pub(super) fn postmortem(
    story: &Story,
    text: String,
    newest: Option<Version>,
    address: &Option<String>,
) -> PostmortemView {
    let document = Document::parse(&text);
    let published = story.postmortem.published.as_ref();
    PostmortemView {
        id: story.postmortem.id.to_string(),
        title: document.title().unwrap_or_else(|| story.postmortem.about.title.clone()),
        at: began(story).to_string(),
        incident: story.postmortem.about.incident.as_ref().map(ToString::to_string),
        state: if published.is_some() { PostmortemState::Review } else { PostmortemState::Draft },
        pull_request: published.and_then(|published| published.link.clone()),
        revision: newest.as_ref().map(|version| version.number.to_string()).unwrap_or_default(),
        saved_at: newest.map(|version| version.at.to_string()),
        times: story.times.times.iter().map(|time| time_view(story, time)).collect(),
        lines: story.lines.iter().map(line).collect(),
        facts: facts(story),
        hints: hints(),
        actions: action_views(&document, address),
        editable: true,
        text,
    }
}

/// One that lies in the repository alone: to be read.
pub(super) fn file(entry: &Entry, address: &Option<String>) -> PostmortemView {
    PostmortemView {
        id: format!("{FILE}{}", entry.path.clone().unwrap_or_default()),
        title: entry.title.clone(),
        at: entry.day.clone(),
        incident: None,
        state: PostmortemState::Published,
        pull_request: None,
        revision: String::new(),
        saved_at: None,
        times: Vec::new(),
        lines: Vec::new(),
        facts: Vec::new(),
        hints: Vec::new(),
        actions: action_views(&Document::parse(&entry.text), address),
        editable: false,
        text: entry.text.clone(),
    }
}

fn began(story: &Story) -> Timestamp {
    story.times.landmark(Landmark::Began).at.unwrap_or(story.postmortem.created)
}

fn time_view(story: &Story, time: &Time) -> TimeView {
    TimeView {
        title: time.name.title().to_owned(),
        seconds: match time.length {
            Length::Known(length) => Some(length.as_secs()),
            Length::Missing(_) | Length::Backwards => None,
        },
        from: moment(story.times.landmark(time.from)),
        to: moment(story.times.landmark(time.to)),
    }
}

fn moment(found: &Found) -> MomentView {
    MomentView {
        landmark: landmark_name(found.landmark).to_owned(),
        title: found.landmark.title().to_owned(),
        at: found.at.map(|at| at.to_string()),
        source: found.source.clone(),
        corrected: found.at != found.computed,
    }
}

pub(super) fn landmark_name(landmark: Landmark) -> &'static str {
    match landmark {
        Landmark::Began => "began",
        Landmark::Detected => "detected",
        Landmark::Decided => "decided",
        Landmark::Restored => "restored",
    }
}

fn line(line: &Line) -> TimelineLine {
    TimelineLine {
        id: line.id.to_string(),
        at: line.at.to_string(),
        word: line.kind.title().to_owned(),
        tone: tone(line.kind),
        sentence: line.text.clone(),
        origin: match &line.source {
            Source::Journal { .. } | Source::GitHub => LineOrigin::Record,
            Source::Person { pasted_from: None, .. } => LineOrigin::Added,
            Source::Person { pasted_from: Some(_), .. } => LineOrigin::Pasted,
            Source::Derived => LineOrigin::Gap,
        },
        hidden: line.hidden,
        comment: line.comment.clone().unwrap_or_default(),
        who: line.who.clone(),
        detail: line.weight == Weight::Detail,
        evidence: line.evidence.iter().enumerate().filter_map(|(number, found)| link(line, number, found)).collect(),
    }
}

fn tone(kind: LineKind) -> EventTone {
    match kind {
        LineKind::Detection => EventTone::Bad,
        LineKind::Decision => EventTone::Info,
        LineKind::Repair | LineKind::Proof => EventTone::Good,
        LineKind::Gap => EventTone::Warn,
        LineKind::Signal | LineKind::Alert | LineKind::Action | LineKind::Message => EventTone::Neutral,
    }
}

fn link(line: &Line, number: usize, evidence: &Evidence) -> Option<EvidenceLink> {
    let here =
        |title: &str| EvidenceLink { title: title.to_owned(), name: Some(format!("{number}@{}", line.id)), url: None };
    match evidence {
        Evidence::Fact { .. } => Some(here("fact")),
        Evidence::Output(_) | Evidence::Stored(_) => Some(here("evidence")),
        Evidence::Run { url, .. } => {
            url.as_ref().map(|url| EvidenceLink { title: "run".to_owned(), name: None, url: Some(url.clone()) })
        }
        Evidence::Link(url) => Some(EvidenceLink { title: "link".to_owned(), name: None, url: Some(url.clone()) }),
        Evidence::Deployment(_) => None,
    }
}

/// `name` is a number and a line, as [`link`] wrote it.
pub(super) fn evidence(
    story: &Story,
    name: &str,
    read: impl Fn(&EvidenceHash) -> Option<String>,
) -> Option<EvidenceView> {
    let (number, id) = name.split_once('@')?;
    let line = story.lines.iter().find(|line| line.id.as_str() == id)?;
    let lines = match line.evidence.get(number.parse::<usize>().ok()?)? {
        Evidence::Output(lines) => lines.clone(),
        Evidence::Stored(hash) => read(hash)?.lines().map(str::to_owned).collect(),
        Evidence::Fact { hash } => vec![
            format!("{} in the journal", line.source.words()),
            format!("at {}", line.at),
            format!("SHA-256 {hash}"),
        ],
        Evidence::Run { id, .. } => vec![format!("run {id}")],
        Evidence::Deployment(id) => vec![format!("deployment {id}")],
        Evidence::Link(url) => vec![url.clone()],
    };
    Some(EvidenceView { title: line.text.clone(), lines })
}

/// What `/` offers: values, the moments of the story, and the places where Lastgood writes.
fn facts(story: &Story) -> Vec<InsertableFact> {
    let fact = |title: &str, text: String| InsertableFact {
        title: title.to_owned(),
        kind: InsertableKind::Fact,
        note: text.clone(),
        text,
    };
    let mut facts = Vec::new();
    for rollback in &story.rollbacks {
        let plan = &rollback.plan;
        facts.extend(plan.from.as_ref().map(|from| fact("Release that failed", from.to_string())));
        facts.push(fact("Release it went back to", plan.to.to_string()));
        facts.push(fact("Environment", plan.environment.to_string()));
    }
    for time in &story.times.times {
        if let Length::Known(length) = time.length {
            facts.push(fact(&format!("Time {}", time.name.title()), zone::length(length)));
        }
    }
    let (main, _) = story.visible(false);
    facts.extend(main.into_iter().filter(|line| line.kind != LineKind::Gap).map(|line| InsertableFact {
        title: line.text.clone(),
        kind: InsertableKind::Event,
        note: zone::utc(line.at),
        text: Place::Line(line.id.clone()).marker(),
    }));
    let place = |title: &str, place: &Place| InsertableFact {
        title: title.to_owned(),
        kind: InsertableKind::Chart,
        note: "filled in from the record".to_owned(),
        text: place.marker(),
    };
    facts.push(place("The four times", &Place::Times));
    facts.push(place("The timeline", &Place::Timeline));
    facts.extend(Picture::ALL.map(|picture| place(picture.title(), &Place::Picture(picture))));
    facts
}

fn hints() -> Vec<SectionHint> {
    let hint = |name: SectionName| SectionHint { heading: name.title().to_owned(), hint: name.hint().to_owned() };
    SectionName::ALL.map(hint).into()
}

fn action_views(document: &Document, address: &Option<String>) -> Vec<ActionView> {
    actions(document).iter().enumerate().map(|(number, action)| action_view(number, action, address)).collect()
}

fn action_view(number: usize, action: &Action, address: &Option<String>) -> ActionView {
    ActionView {
        id: action_id(number, action),
        title: action.text.clone(),
        owner: action.owner.clone(),
        due: action.due.map(|due| due.to_string()),
        done: action.done,
        ticket: action.ticket.clone(),
        ticket_url: address.as_ref().map(|address| ticket(address, action)),
    }
}

/// Where its ticket is, or where one can be written.
fn ticket(address: &str, action: &Action) -> String {
    match action.ticket.as_deref() {
        Some(ticket) if ticket.starts_with("https://") => ticket.to_owned(),
        Some(ticket) => format!("{address}/issues/{}", ticket.trim_start_matches('#')),
        None => format!("{address}/issues/new?title={}", encoded(&action.text)),
    }
}

/// RFC 3986, everything but unreserved characters.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

pub(super) fn action_id(number: usize, action: &Action) -> String {
    format!("{number}:{}", action.text)
}

pub(super) fn difference(pieces: &[Piece]) -> Vec<DiffLine> {
    let last = pieces.len().saturating_sub(1);
    pieces.iter().enumerate().flat_map(|(number, piece)| lines_of(piece, number == 0, number == last)).collect()
}

/// Of what did not change, the lines beside a change.
fn lines_of(piece: &Piece, first: bool, last: bool) -> Vec<DiffLine> {
    let change = match piece.change {
        Change::Same => DiffChange::Same,
        Change::Added => DiffChange::Added,
        Change::Removed => DiffChange::Removed,
    };
    let lines: Vec<&str> = piece.text.lines().collect();
    let line = |text: &&str| DiffLine { change, text: (*text).to_owned() };
    let (before, after) = (if first { 0 } else { CONTEXT }, if last { 0 } else { CONTEXT });
    if piece.change != Change::Same || lines.len() <= before + after + 1 {
        return lines.iter().map(line).collect();
    }
    let left_out = lines.len() - before - after;
    let skipped = DiffLine { change: DiffChange::Skipped, text: format!("{left_out} lines that did not change") };
    let head = lines[..before].iter().map(line);
    let tail = lines[lines.len() - after..].iter().map(line);
    head.chain(std::iter::once(skipped)).chain(tail).collect()
}

pub(super) fn library(
    entries: &[Entry],
    own: &[(Postmortem, String)],
    rollbacks: &[Rollback],
    measured: Option<(String, Metrics)>,
    address: &Option<String>,
    now: Timestamp,
) -> LibraryView {
    let id = |entry: &Entry| match &entry.id {
        Some(id) => id.to_string(),
        None => format!("{FILE}{}", entry.path.clone().unwrap_or_default()),
    };
    let of_entry = factors(entries);
    let summary = |(number, entry): (usize, &Entry)| {
        let found = own.iter().find(|(known, _)| Some(&known.id) == entry.id.as_ref()).map(|(known, _)| known);
        let named = of_entry.iter().filter(|factor| factor.entries.contains(&number));
        PostmortemSummary {
            id: id(entry),
            title: entry.title.clone(),
            at: entry.day.clone(),
            severity: None,
            state: match found {
                Some(known) if known.published.is_none() => PostmortemState::Draft,
                Some(_) => PostmortemState::Review,
                None => PostmortemState::Published,
            },
            open_actions: count(actions(&Document::parse(&entry.text)).iter().filter(|action| !action.done).count()),
            impact_seconds: None,
            factors: named.map(|factor| factor.name.clone()).collect(),
            excerpt: entry.text.clone(),
        }
    };
    let open = open_actions(entries);
    LibraryView {
        postmortems: entries.iter().enumerate().map(summary).collect(),
        actions: open
            .iter()
            .filter_map(|(number, action)| {
                let entry = entries.get(*number)?;
                let action = action_view(0, action, address);
                Some(OpenAction { postmortem: id(entry), postmortem_title: entry.title.clone(), action })
            })
            .collect(),
        factors: of_entry
            .iter()
            .map(|factor| FactorCount { name: factor.name.clone(), count: count(factor.entries.len()) })
            .collect(),
        metrics: measured.map_or_else(Vec::new, |(environment, metrics)| metric_views(&environment, &metrics)),
        waiting: waiting(own, rollbacks, now),
    }
}

fn waiting(own: &[(Postmortem, String)], rollbacks: &[Rollback], now: Timestamp) -> Vec<WaitingStory> {
    let told = |rollback: &Rollback| own.iter().any(|(known, _)| known.about.rollbacks.contains(&rollback.id));
    let recent = |at: Timestamp| at.duration_until(now).as_hours() < ASKED_ABOUT;
    let story = |rollback: &Rollback| {
        let end = rollback.end.as_ref().filter(|end| recent(end.at))?;
        let acted = end.outcome != lastgood_core::rollback::Outcome::Aborted;
        (acted && !told(rollback)).then(|| WaitingStory {
            incident: None,
            rollback: Some(rollback.id.to_string()),
            title: format!("The rollback of {} to {}", rollback.plan.environment, rollback.plan.to),
            ended_at: end.at.to_string(),
        })
    };
    rollbacks.iter().rev().filter_map(story).collect()
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
            Measure::Recovery => (metrics.recovery.map(zone::length), Vec::new()),
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
