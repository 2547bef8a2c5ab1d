//! Post-mortems as the window shows them.

use jiff::Timestamp;
use lastgood_adapters::documents::Version;
use lastgood_core::ids::EvidenceHash;
use lastgood_core::postmortem::action::{Action, Priority, actions};
use lastgood_core::postmortem::difference::{Change, Piece};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::library::Entry;
use lastgood_core::postmortem::line::{Evidence, Line, LineKind, Source, Weight};
use lastgood_core::postmortem::place::{Picture, Place};
use lastgood_core::postmortem::section::SectionName;
use lastgood_core::postmortem::story::Story;
use lastgood_core::postmortem::times::{Found, Landmark, Length, Time};
use lastgood_core::postmortem::{MomentSet, Postmortem, Stage, zone};
use lastgood_core::rollback::check::Verdict;
use lastgood_core::rollback::check::samples::{Sample, Samples};

use super::{
    ActionPriority, ActionView, Correction, DiffChange, DiffLine, EvidenceLink, EvidenceView, InsertableFact,
    InsertableKind, LineOrigin, MomentView, PostmortemState, PostmortemView, SectionHint, TimeView, TimelineLine,
};
use crate::ipc::incident::EventTone;

/// Before the path of one that the journal knows nothing of.
pub(super) const FILE: &str = "file:";

/// Unchanged lines around a change that are shown.
const CONTEXT: usize = 3;

pub(super) fn postmortem(
    story: &Story,
    text: String,
    newest: Option<Version>,
    address: &Option<String>,
) -> PostmortemView {
    let document = Document::parse(&text);
    PostmortemView {
        id: story.postmortem.id.to_string(),
        title: document.title().unwrap_or_else(|| story.postmortem.about.title.clone()),
        at: began(story).to_string(),
        incident: story.postmortem.about.incident.as_ref().map(ToString::to_string),
        state: state(&story.postmortem),
        pull_request: pull_request(&story.postmortem),
        revision: newest.as_ref().map(|version| version.number.to_string()).unwrap_or_default(),
        saved_at: newest.map(|version| version.at.to_string()),
        times: story.times.times.iter().map(|time| time_view(story, time)).collect(),
        lines: story.lines.iter().map(|found| line(found, address)).collect(),
        facts: facts(story),
        hints: hints(),
        actions: action_views(&document, address),
        editable: true,
        undo: None,
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
        undo: None,
        text: entry.text.clone(),
    }
}

pub(super) fn state(postmortem: &Postmortem) -> PostmortemState {
    match postmortem.stage() {
        Stage::Draft => PostmortemState::Draft,
        Stage::Review => PostmortemState::Review,
        Stage::Published => PostmortemState::Published,
        Stage::Closed => PostmortemState::Closed,
    }
}

/// The newest pull request, else where one can be opened.
pub(super) fn pull_request(postmortem: &Postmortem) -> Option<String> {
    let opened = postmortem.pull_requests.last().map(|newest| newest.opened.url.clone());
    opened.or_else(|| postmortem.published.as_ref().and_then(|published| published.link.clone()))
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
        trace: found.edits.iter().map(correction).collect(),
    }
}

fn correction(edit: &MomentSet) -> Correction {
    Correction {
        by: edit.by.clone(),
        when: edit.when.to_string(),
        to: edit.to.map(|to| to.to_string()),
        reason: edit.reason.clone(),
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

fn line(line: &Line, address: &Option<String>) -> TimelineLine {
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
        evidence: line
            .evidence
            .iter()
            .enumerate()
            .filter_map(|(number, found)| link(line, number, found, address))
            .collect(),
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

fn link(line: &Line, number: usize, evidence: &Evidence, address: &Option<String>) -> Option<EvidenceLink> {
    let here =
        |title: &str| EvidenceLink { title: title.to_owned(), name: Some(format!("{number}@{}", line.id)), url: None };
    let there = |title: &str, url: String| EvidenceLink { title: title.to_owned(), name: None, url: Some(url) };
    match evidence {
        Evidence::Fact { .. } => Some(here("fact")),
        Evidence::Output(_) | Evidence::Stored(_) => Some(here("evidence")),
        Evidence::Looks(_) => Some(here("looks")),
        Evidence::Sent(_) => Some(here("message")),
        Evidence::Run { id, url } => {
            let page = url.clone().or_else(|| address.as_ref().map(|address| format!("{address}/actions/runs/{id}")));
            page.map(|page| there("run", page))
        }
        Evidence::Link(url) => Some(there("link", url.clone())),
        Evidence::Deployment(_) => Some(here("deployment")),
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
        Evidence::Output(lines) | Evidence::Sent(lines) => lines.clone(),
        Evidence::Looks(samples) => looks(samples),
        Evidence::Stored(hash) => read(hash)?.lines().map(str::to_owned).collect(),
        Evidence::Fact { hash } => vec![
            format!("{} in the journal", line.source.words()),
            format!("for {}", zone::utc(line.at)),
            format!("SHA-256 {hash}"),
        ],
        Evidence::Run { id, .. } => vec![format!("run {id}")],
        Evidence::Deployment(id) => {
            vec![format!("deployment {id}, as GitHub tells it"), format!("at {}", zone::utc(line.at))]
        }
        Evidence::Link(url) => vec![url.clone()],
    };
    Some(EvidenceView { title: line.text.clone(), lines })
}

fn looks(samples: &Samples) -> Vec<String> {
    let line = |sample: &Sample| {
        let said = match sample.verdict {
            Verdict::Passed => "well",
            Verdict::Failed => "not well",
            Verdict::Inconclusive | Verdict::Errored => "no answer",
        };
        format!("{}  {said}  {} ms  {}", zone::utc(sample.at), sample.milliseconds, sample.words)
    };
    std::iter::once(samples.words()).chain(samples.kept.iter().map(line)).collect()
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
    if let Some(incident) = &story.incident {
        facts.push(fact("Severity", incident.severity.number().to_string()));
        facts.extend(incident.impact.clone().map(|impact| fact("Impact", impact)));
        facts.extend(incident.cause.clone().map(|cause| fact("Cause", cause)));
        facts.extend(incident.commander.clone().map(|who| fact("Commander", who)));
        facts.extend(incident.roles.iter().map(|(role, who)| fact(role, who.clone())));
        facts.extend((!incident.surfaces.is_empty()).then(|| fact("Affected", incident.surfaces.join(", "))));
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

pub(super) fn action_view(number: usize, action: &Action, address: &Option<String>) -> ActionView {
    ActionView {
        id: action_id(number, action),
        title: action.text.clone(),
        owner: action.owner.clone(),
        due: action.due.map(|due| due.to_string()),
        priority: action.priority.map(ActionPriority::from),
        done: action.done,
        ticket: action.ticket.clone(),
        ticket_url: address.as_ref().zip(action.ticket.as_deref()).map(|(address, known)| ticket(address, known)),
        takes_ticket: address.is_some() && action.ticket.is_none(),
    }
}

fn ticket(address: &str, ticket: &str) -> String {
    match ticket {
        ticket if ticket.starts_with("https://") => ticket.to_owned(),
        ticket => format!("{address}/issues/{}", ticket.trim_start_matches('#')),
    }
}

impl From<Priority> for ActionPriority {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::High => Self::High,
            Priority::Medium => Self::Medium,
            Priority::Low => Self::Low,
        }
    }
}

impl From<ActionPriority> for Priority {
    fn from(priority: ActionPriority) -> Self {
        match priority {
            ActionPriority::High => Self::High,
            ActionPriority::Medium => Self::Medium,
            ActionPriority::Low => Self::Low,
        }
    }
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
