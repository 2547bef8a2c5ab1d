//! Which release ran when: one span for each successful deployment, until the next one.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::ids::{EnvironmentName, ObjectId, TagName};
use crate::journal::Fact;
use crate::ports::forge::Deployment;
use crate::release::{Release, sort};
use crate::rollback::event::{Event, StepOutcome};
use crate::rollback::{Outcome, StepName};

/// A release in an environment, from its deployment to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub tag: TagName,
    pub from: Timestamp,
    /// `None` while it runs.
    pub to: Option<Timestamp>,
    /// GitHub's deployment; `None` where the journal alone tells of it.
    pub deployment: Option<u64>,
    /// It came after a newer release: somebody went back.
    pub went_back: bool,
    /// The one behind it was older: somebody went back from it.
    pub left_behind: bool,
}

impl Span {
    pub fn seconds(&self, now: Timestamp) -> i64 {
        self.to.unwrap_or(now).as_second().saturating_sub(self.from.as_second()).max(0)
    }
}

/// Oldest first. Deployments of what is no release are left out.
pub fn spans(
    environment: &EnvironmentName,
    releases: &[Release],
    deployments: &[Deployment],
    facts: &[Fact],
) -> Vec<Span> {
    let mut starts = from_deployments(environment, releases, deployments);
    add_from_journal(&mut starts, environment, facts);
    starts.sort_by_key(|start| start.1);
    let order = rank(releases);
    let mut spans: Vec<Span> = Vec::new();
    for (tag, from, deployment) in starts {
        if let Some(last) = spans.last_mut() {
            if last.tag == tag {
                continue;
            }
            last.to = Some(from);
            last.left_behind = order.get(&tag) < order.get(&last.tag);
        }
        let went_back = spans.last().is_some_and(|last| last.left_behind);
        spans.push(Span { tag, from, to: None, deployment, went_back, left_behind: false });
    }
    spans
}

type Start = (TagName, Timestamp, Option<u64>);

fn from_deployments(environment: &EnvironmentName, releases: &[Release], deployments: &[Deployment]) -> Vec<Start> {
    let tags: HashMap<&str, &Release> = releases.iter().map(|release| (release.tag.as_str(), release)).collect();
    let mut newest = releases.to_vec();
    sort(&mut newest, crate::release::Sort::Date);
    let mut commits: HashMap<&ObjectId, &Release> = HashMap::new();
    for release in &newest {
        if let Some(commit) = release.commit() {
            commits.entry(commit).or_insert(release);
        }
    }
    deployments
        .iter()
        .filter(|deployment| deployment.environment == *environment)
        .filter_map(|deployment| {
            let succeeded = deployment.succeeded?;
            let reference = deployment.reference.trim_start_matches("refs/tags/");
            let release = tags.get(reference).or_else(|| commits.get(&deployment.commit))?;
            Some((release.tag.clone(), succeeded, Some(deployment.id)))
        })
        .collect()
}

/// Our own rollbacks count where GitHub keeps no deployment of them.
fn add_from_journal(starts: &mut Vec<Start>, environment: &EnvironmentName, facts: &[Fact]) {
    let mut targets = HashMap::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(id) = &fact.subject.rollback else { continue };
        if let Event::RollbackStarted(plan) = &fact.event {
            targets.insert(id, (plan.to.clone(), plan.started));
        }
        if let Event::StepEnded(ending) = &fact.event
            && ending.step == StepName::Follow
            && ending.outcome == StepOutcome::Succeeded
            && let Some((tag, began)) = targets.get(id)
        {
            let known = starts.iter().any(|(known, at, _)| known == tag && at >= began && *at <= fact.at);
            if !known {
                starts.push((tag.clone(), fact.at, None));
            }
        }
    }
}

/// A release's place among its kin, oldest first.
fn rank(releases: &[Release]) -> HashMap<TagName, usize> {
    let mut ordered = releases.to_vec();
    sort(&mut ordered, crate::release::Sort::Version);
    ordered.iter().rev().enumerate().map(|(place, release)| (release.tag.clone(), place)).collect()
}

/// Seconds of each successful rollback of this environment, oldest first: what "usually takes" is made of.
pub fn durations(environment: &EnvironmentName, facts: &[Fact]) -> Vec<i64> {
    let mut begun = HashMap::new();
    let mut taken = Vec::new();
    for fact in facts.iter().filter(|fact| fact.subject.environment.as_ref() == Some(environment)) {
        let Some(id) = &fact.subject.rollback else { continue };
        if matches!(fact.event, Event::RollbackStarted(_)) {
            begun.insert(id, fact.at);
        }
        if let Event::RollbackEnded { outcome: Outcome::Succeeded, .. } = fact.event
            && let Some(at) = begun.get(id)
        {
            taken.push(fact.at.as_second() - at.as_second());
        }
    }
    taken
}
