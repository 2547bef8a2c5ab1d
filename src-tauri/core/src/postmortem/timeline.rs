//! The timeline: one line for each fact, deployment and added word, in the order of time and in no other.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::fix;
use crate::ids::{FixId, RolloutId, TagName, WriterId};
use crate::incident::event::Event as Opened;
use crate::journal::Fact;
use crate::live::brought::{Brought, Releases};
use crate::live::event::Event as Seen;
use crate::ports::forge::{Deployment, DeploymentState};
use crate::postmortem::event::Added;
use crate::postmortem::line::{Evidence, Line, LineId, LineKind, Source, Weight};
use crate::postmortem::{About, Curation, scope, words};
use crate::release::Release;
use crate::rollback::event::Event;
use crate::rollout::event::Deed;

/// Longer than this without a line is shown as a gap, unless the reader chooses otherwise.
pub const GAP: SignedDuration = SignedDuration::from_mins(10);

/// What is known, from which the timeline and the times are made.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The repository's facts, in any order.
    pub facts: &'a [Fact],
    /// GitHub's deployments, in any order.
    pub deployments: &'a [Deployment],
    /// What they may have brought, in any order.
    pub releases: &'a [Release],
}

/// All lines, the hidden ones too, without gaps.
pub fn lines(about: &About, curation: &Curation, record: &Record<'_>) -> Vec<Line> {
    let mut own: Vec<&Fact> = facts_about(about, record);
    own.sort_by_key(|fact| (&fact.writer, fact.sequence));
    let mut lines: Vec<Line> = own.iter().filter_map(|fact| of_fact(fact, &own)).collect();
    place_detection(&mut lines, about, record, &own);
    find_detection(&mut lines, &own);
    let releases = Releases::new(record.releases);
    lines.extend(deployments_about(about, record, &own).map(|found| of_deployment(found, &releases)));
    lines.extend(curation.added.iter().map(of_added));
    mark_set_back_clocks(&mut lines, &own);
    lines.iter_mut().for_each(|line| curate(line, curation));
    lines.sort_by(|one, other| order(one).cmp(&order(other)));
    lines
}

/// What people hid and said of it.
fn curate(line: &mut Line, curation: &Curation) {
    line.hidden = curation.hidden.contains(&line.id);
    line.comment = curation.comments.get(&line.id).map(|comment| comment.text.clone());
}

/// The lines with a line for each time of silence that is longer than `threshold`. Hidden lines break no silence. A gap can
/// be hidden and commented as any other line.
pub fn with_gaps(lines: Vec<Line>, threshold: SignedDuration, curation: &Curation) -> Vec<Line> {
    let mut told: Vec<Line> = Vec::with_capacity(lines.len());
    let mut last: Option<Timestamp> = None;
    for line in lines {
        if !line.hidden {
            if let Some(before) = last
                && line.at.duration_since(before) > threshold
            {
                let mut gap = gap(before, line.at);
                curate(&mut gap, curation);
                told.push(gap);
            }
            last = Some(line.at);
        }
        told.push(line);
    }
    told
}

/// The facts of the rollbacks and of the incident, and what was done to the environment by hand and seen of it meanwhile.
pub(super) fn facts_about<'a>(about: &About, record: &Record<'a>) -> Vec<&'a Fact> {
    let named = |fact: &&Fact| {
        fact.event.postmortem().is_none()
            && (fact.subject.rollback.as_ref().is_some_and(|id| about.rollbacks.contains(id))
                || (fact.subject.incident.is_some() && fact.subject.incident == about.incident))
    };
    let mut own: Vec<&Fact> = record.facts.iter().filter(named).collect();
    let (Some(first), Some(last)) = (own.iter().map(|fact| fact.at).min(), own.iter().map(|fact| fact.at).max()) else {
        return own;
    };
    // What was seen of the bad release counts from its first moment.
    let since = bad_deployment(about, record, &own).and_then(|deployment| deployment.succeeded);
    let since = since.map_or(first, |since| since.min(first));
    let meanwhile = record.facts.iter().filter(|fact| {
        let here = fact.subject.environment == about.environment && about.environment.is_some();
        let by_hand = fact.event.rollback().is_some() && here && (first..=last).contains(&fact.at);
        let seen = fact.event.live().is_some()
            && (here || fact.subject.environment.is_none())
            && (since..=last).contains(&fact.at);
        fact.subject.rollback.is_none() && fact.subject.incident.is_none() && (by_hand || seen)
    });
    own.extend(meanwhile);
    own.extend(way_up(about, record));
    own
}

/// The fix of each rollback, and the rollouts that came after one of them. They move neither end of what is looked at.
fn way_up<'a>(about: &About, record: &Record<'a>) -> Vec<&'a Fact> {
    let fixes: Vec<FixId> = about.rollbacks.iter().map(fix::id_of).collect();
    let comes_after = |fact: &&Fact| match fact.event.rollout().map(|event| &event.deed) {
        Some(Deed::RolloutStarted(plan)) => plan.rollback.as_ref().is_some_and(|id| about.rollbacks.contains(id)),
        Some(_) | None => false,
    };
    let started = record.facts.iter().filter(comes_after);
    let rollouts: Vec<&RolloutId> = started.filter_map(|fact| Some(&fact.event.rollout()?.rollout)).collect();
    let is_ours = |fact: &&Fact| {
        fact.event.fix().is_some_and(|event| fixes.contains(&event.fix))
            || fact.event.rollout().is_some_and(|event| rollouts.contains(&&event.rollout))
    };
    record.facts.iter().filter(is_ours).collect()
}

/// The deployment that brought what was live at the first rollback, and those between it and the last fact.
pub(super) fn deployments_about<'a>(
    about: &About,
    record: &Record<'a>,
    own: &[&Fact],
) -> impl Iterator<Item = &'a Deployment> {
    let began = bad_deployment(about, record, own).map(|deployment| deployment.created);
    let on_the_way_down = || own.iter().filter(|fact| fact.event.fix().is_none() && fact.event.rollout().is_none());
    let from = began.or_else(|| on_the_way_down().map(|fact| fact.at).min());
    let to = on_the_way_down().map(|fact| fact.at).max();
    let environment = about.environment.clone();
    record.deployments.iter().filter(move |deployment| {
        Some(&deployment.environment) == environment.as_ref()
            && from.is_some_and(|from| deployment.created >= from)
            && to.is_some_and(|to| deployment.created <= to)
    })
}

/// The newest successful deployment of the release that the first rollback went back from.
pub(super) fn bad_deployment<'a>(about: &About, record: &Record<'a>, own: &[&Fact]) -> Option<&'a Deployment> {
    let started = own.iter().filter_map(|fact| match fact.event.rollback() {
        Some(Event::RollbackStarted(plan)) => Some((fact.at, plan)),
        _ => None,
    });
    let (at, plan) = started.min_by_key(|(at, _)| *at)?;
    let (from, releases) = (plan.from.as_ref()?, Releases::new(record.releases));
    record
        .deployments
        .iter()
        .filter(|deployment| Some(&deployment.environment) == about.environment.as_ref())
        .filter(|deployment| brought(deployment, &releases) == from.as_str())
        .filter(|deployment| deployment.succeeded.is_some_and(|succeeded| succeeded <= at))
        .max_by_key(|deployment| deployment.succeeded)
}

fn order(line: &Line) -> (Timestamp, Option<(&WriterId, u64)>, &LineId) {
    let chain = match &line.source {
        Source::Journal { writer, sequence } => Some((writer, *sequence)),
        Source::GitHub | Source::Person { .. } | Source::Derived => None,
    };
    (line.at, chain, &line.id)
}

fn of_fact(fact: &Fact, own: &[&Fact]) -> Option<Line> {
    let told = words::tell(fact, own)?;
    let mut evidence = told.evidence;
    evidence.push(Evidence::Fact { hash: fact.hash.clone() });
    Some(Line {
        id: LineId::of_fact(&fact.writer, fact.sequence),
        at: fact.at,
        kind: told.kind,
        weight: told.weight,
        text: told.text,
        who: told.who,
        source: Source::Journal { writer: fact.writer.clone(), sequence: fact.sequence },
        evidence,
        answer: told.answer,
        comment: None,
        hidden: false,
        clock_went_back: false,
    })
}

/// An incident is opened after it was found: its line stands where it was found, as people say by now. One that a rollback
/// opened tells nothing of that, until somebody says when it was.
fn place_detection(lines: &mut [Line], about: &About, record: &Record<'_>, own: &[&Fact]) {
    let Some(incident) = scope::incident(about, record.facts) else { return };
    let opened = own.iter().find_map(|fact| match fact.event.incident() {
        Some(Opened::IncidentOpened(opening)) => Some((LineId::of_fact(&fact.writer, fact.sequence), opening)),
        _ => None,
    });
    let Some((id, opening)) = opened else { return };
    let Some(line) = lines.iter_mut().find(|line| line.id == id) else { return };
    let by_rollback = own.iter().any(|fact| match fact.event.rollback() {
        Some(Event::RollbackStarted(plan)) => {
            fact.subject.rollback == opening.rollback && plan.started == incident.found_at
        }
        _ => false,
    });
    if by_rollback {
        line.kind = LineKind::Action;
    } else {
        line.at = incident.found_at;
    }
}

/// What told first that the release did not work, before somebody rolled back from it, is how that was noticed.
fn find_detection(lines: &mut [Line], own: &[&Fact]) {
    let started = own.iter().filter_map(|fact| match fact.event.rollback() {
        Some(Event::RollbackStarted(plan)) => Some((fact.at, plan.from.as_ref()?)),
        _ => None,
    });
    let Some((decided, bad)) = started.min_by_key(|(at, _)| *at) else { return };
    let told = own.iter().filter(|fact| {
        let of_it = |tag: &Option<TagName>| tag.as_ref() == Some(bad);
        let not_well = matches!(fact.event.live(), Some(Seen::LiveHealthSeen { tag, well: false, .. }) if of_it(tag));
        not_well && fact.at <= decided
    });
    let first =
        told.min_by_key(|fact| (fact.at, fact.sequence)).map(|fact| LineId::of_fact(&fact.writer, fact.sequence));
    if let Some(line) = lines.iter_mut().find(|line| Some(&line.id) == first.as_ref()) {
        line.kind = LineKind::Detection;
    }
}

/// The release; where nothing tells it, what GitHub calls it.
fn brought<'a>(deployment: &'a Deployment, releases: &Releases<'a>) -> &'a str {
    match releases.brought_by(deployment) {
        Brought::Release(release) => release.tag.as_str(),
        Brought::NoRelease | Brought::NotTold => {
            deployment.reference.trim_start_matches("refs/tags/").trim_start_matches("refs/heads/")
        }
    }
}

fn of_deployment(deployment: &Deployment, releases: &Releases<'_>) -> Line {
    let (at, state) = match deployment.succeeded {
        Some(at) => (at, "deployed"),
        None => (deployment.state_since, state(&deployment.state)),
    };
    let brought = brought(deployment, releases);
    Line {
        id: LineId::of_deployment(deployment.id),
        at,
        kind: LineKind::Signal,
        weight: Weight::Main,
        text: format!("{brought} {state} to {}", deployment.environment),
        who: Some(format!("@{}", deployment.creator)),
        source: Source::GitHub,
        evidence: std::iter::once(Evidence::Deployment(deployment.id))
            .chain(deployment.url.clone().map(Evidence::Link))
            .collect(),
        answer: None,
        comment: None,
        hidden: false,
        clock_went_back: false,
    }
}

fn state(state: &DeploymentState) -> &str {
    match state {
        DeploymentState::Failure => "failed to deploy",
        DeploymentState::Error => "could not be deployed",
        DeploymentState::Success | DeploymentState::Inactive => "deployed",
        DeploymentState::Pending | DeploymentState::Queued | DeploymentState::InProgress | DeploymentState::Waiting => {
            "was being deployed"
        }
        DeploymentState::Other(word) => word,
    }
}

fn of_added(added: &Added) -> Line {
    Line {
        id: added.line.clone(),
        at: added.at,
        kind: added.kind,
        weight: Weight::Main,
        text: added.text.clone(),
        who: added.who.clone(),
        source: Source::Person { by: added.by.clone(), pasted_from: added.pasted_from.clone() },
        evidence: Vec::new(),
        answer: None,
        comment: None,
        hidden: false,
        clock_went_back: false,
    }
}

/// Within one chain a number never lies: a fact that is earlier than one with a lower number was written after the clock
/// had been set back. `chain` is in the order of the chains.
fn mark_set_back_clocks(lines: &mut [Line], chain: &[&Fact]) {
    let mut latest: HashMap<&WriterId, Timestamp> = HashMap::new();
    let mut set_back: Vec<LineId> = Vec::new();
    for fact in chain {
        let seen = latest.entry(&fact.writer).or_insert(fact.at);
        if fact.at < *seen {
            set_back.push(LineId::of_fact(&fact.writer, fact.sequence));
        }
        *seen = (*seen).max(fact.at);
    }
    for line in lines.iter_mut().filter(|line| set_back.contains(&line.id)) {
        line.clock_went_back = true;
    }
}

fn gap(from: Timestamp, to: Timestamp) -> Line {
    Line {
        id: LineId::new(format!("gap:{}", from.as_second())),
        at: from,
        kind: LineKind::Gap,
        weight: Weight::Main,
        text: format!("{} without an entry", super::zone::length(to.duration_since(from))),
        who: None,
        source: Source::Derived,
        evidence: Vec::new(),
        answer: None,
        comment: None,
        hidden: false,
        clock_went_back: false,
    }
}
