//! A post-mortem: the notes after an incident or a rollback.
//!
//! Three things make it. What machines know (times and timeline) is folded from the journal and never typed. What people
//! add to that (another moment, a comment, a hidden line) is a fact as well, and so its own trace. What people write is a
//! Markdown [`document`], kept beside the journal, in which [`place`]s say where the rest goes.

pub mod action;
pub mod difference;
pub mod document;
pub mod drawing;
pub mod event;
pub mod export;
pub mod history;
pub mod library;
pub mod line;
pub mod merge;
pub mod pasted;
pub mod place;
mod scope;
pub mod section;
pub mod story;
pub mod timeline;
pub mod times;
pub mod troubleshooting;
mod words;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, IncidentId, PostmortemId, RollbackId};
use crate::incident::Incident;
use crate::journal::Fact;
use crate::postmortem::event::{Added, Deed, Published, PullRequestOpened};
use crate::postmortem::line::LineId;
use crate::postmortem::times::Landmark;
use crate::rollback::Rollback;

/// What a post-mortem is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub title: String,
    pub environment: Option<EnvironmentName>,
    /// In the order in which they began, as far as it was known.
    pub rollbacks: Vec<RollbackId>,
    pub incident: Option<IncidentId>,
}

impl About {
    pub fn of_incident(incident: &Incident) -> Self {
        Self {
            title: incident.title.clone(),
            environment: incident.environment.clone(),
            rollbacks: incident.rollback.iter().cloned().collect(),
            incident: Some(incident.id.clone()),
        }
    }

    pub fn of_rollback(rollback: &Rollback) -> Self {
        let plan = &rollback.plan;
        let title = match &plan.from {
            Some(from) => format!("{} of {} from {from} to {}", plan.deed(), plan.environment, plan.to),
            None => format!("{} of {} to {}", plan.deed(), plan.environment, plan.to),
        };
        let rollbacks = vec![rollback.id.clone()];
        Self { title, environment: Some(plan.environment.clone()), rollbacks, incident: None }
    }

    /// What the journal knows nothing of.
    pub fn by_hand(title: &str) -> Self {
        Self { title: title.to_owned(), environment: None, rollbacks: Vec::new(), incident: None }
    }

    /// With the incident of its rollbacks, and the rollbacks of its incident.
    #[must_use]
    pub fn whole(mut self, facts: &[Fact]) -> Self {
        scope::widen(&mut self, facts);
        self
    }

    /// Whether both tell of one story.
    pub fn is_of(&self, other: &Self) -> bool {
        (self.incident.is_some() && self.incident == other.incident)
            || self.rollbacks.iter().any(|rollback| other.rollbacks.contains(rollback))
    }
}

/// One post-mortem as its facts tell it; its text is a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postmortem {
    pub id: PostmortemId,
    pub about: About,
    pub created: Timestamp,
    pub by: String,
    pub curation: Curation,
    /// The newest branch that it was pushed to.
    pub published: Option<Published>,
    /// Oldest first.
    pub pull_requests: Vec<PullRequest>,
    /// Issues that were asked for and whose outcome is not known: the action's words by their mark.
    pub asked_for: BTreeMap<String, String>,
}

/// A pull request that brings it into the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub opened: PullRequestOpened,
    /// Whether it was merged; `None` while it is open, as far as is known.
    pub merged: Option<bool>,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Draft,
    /// Pushed, for others to read.
    Review,
    /// Merged.
    Published,
    /// Its pull request was closed without a merge; pushing opens another one.
    Closed,
}

impl Postmortem {
    pub fn stage(&self) -> Stage {
        match (self.pull_requests.last().map(|newest| newest.merged), &self.published) {
            (Some(Some(true)), _) => Stage::Published,
            (Some(Some(false)), _) => Stage::Closed,
            (Some(None), _) | (None, Some(_)) => Stage::Review,
            (None, None) => Stage::Draft,
        }
    }

    /// The newest pull request, unless it was merged: one that was closed can be opened anew.
    pub fn unmerged(&self) -> Option<&PullRequest> {
        self.pull_requests.last().filter(|newest| newest.merged != Some(true))
    }
}

/// What people changed in what the facts tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Curation {
    /// Oldest first: the newest counts, the others are the trace.
    pub moments: Vec<MomentSet>,
    pub hidden: BTreeSet<LineId>,
    pub comments: BTreeMap<LineId, Comment>,
    pub added: Vec<Added>,
}

/// One edit of a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentSet {
    pub landmark: Landmark,
    /// `None`: back to what the facts say.
    pub to: Option<Timestamp>,
    pub reason: String,
    pub by: String,
    pub when: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub text: String,
    pub by: String,
}

/// The post-mortems that these facts tell of, oldest first. Facts of two people may come in any order.
pub fn fold(facts: &[Fact]) -> Vec<Postmortem> {
    let mut found: Vec<Postmortem> = facts.iter().filter_map(created).collect();
    found.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    let mut later: Vec<&Fact> = facts.iter().filter(|fact| fact.event.postmortem().is_some()).collect();
    later.sort_by_key(|fact| (fact.at, &fact.writer, fact.sequence));
    for fact in later {
        let Some(event) = fact.event.postmortem() else { continue };
        if let Some(standing) = found.iter_mut().find(|known| known.id == event.postmortem) {
            apply(standing, fact.at, &event.deed);
        }
    }
    for standing in &mut found {
        scope::widen(&mut standing.about, facts);
    }
    found
}

fn created(fact: &Fact) -> Option<Postmortem> {
    let event = fact.event.postmortem()?;
    let Deed::PostmortemCreated { about, by } = &event.deed else { return None };
    Some(Postmortem {
        id: event.postmortem.clone(),
        about: about.clone(),
        created: fact.at,
        by: by.clone(),
        curation: Curation::default(),
        published: None,
        pull_requests: Vec::new(),
        asked_for: BTreeMap::new(),
    })
}

fn apply(standing: &mut Postmortem, when: Timestamp, deed: &Deed) {
    let curation = &mut standing.curation;
    match deed {
        Deed::PostmortemCreated { .. } => {}
        Deed::PostmortemMomentSet { landmark, to, reason, by } => curation.moments.push(MomentSet {
            landmark: *landmark,
            to: *to,
            reason: reason.clone(),
            by: by.clone(),
            when,
        }),
        Deed::PostmortemLineHidden { line, .. } => {
            curation.hidden.insert(line.clone());
        }
        Deed::PostmortemLineShown { line, .. } => {
            curation.hidden.remove(line);
        }
        Deed::PostmortemLineCommented { line, comment, by } if !comment.trim().is_empty() => {
            curation.comments.insert(line.clone(), Comment { text: comment.clone(), by: by.clone() });
        }
        Deed::PostmortemLineCommented { line, .. } => {
            curation.comments.remove(line);
        }
        Deed::PostmortemLineAdded(added) => curation.added.push((**added).clone()),
        Deed::PostmortemPublished(published) => standing.published = Some(published.clone()),
        Deed::PostmortemPullRequestOpened(opened) => {
            // One that is known already was opened anew, unless it was merged: that is its end.
            let known = standing.pull_requests.iter().position(|known| known.opened.number == opened.number);
            match known.map(|place| (place, standing.pull_requests[place].merged)) {
                None => standing.pull_requests.push(PullRequest { opened: opened.clone(), merged: None }),
                Some((place, Some(false))) => {
                    let known = standing.pull_requests.remove(place);
                    standing.pull_requests.push(PullRequest { merged: None, ..known });
                }
                Some((_, None | Some(true))) => {}
            }
        }
        Deed::PostmortemPullRequestEnded { number, merged } => {
            let ended = standing.pull_requests.iter_mut().filter(|known| known.opened.number == *number);
            ended.filter(|known| known.merged != Some(true)).for_each(|known| known.merged = Some(*merged));
        }
        Deed::PostmortemTicketBegun { mark, action, .. } => {
            standing.asked_for.insert(mark.clone(), action.clone());
        }
        Deed::PostmortemTicketEnded { mark, .. } => {
            standing.asked_for.remove(mark);
        }
    }
}
