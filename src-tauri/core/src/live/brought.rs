//! Which release a deployment put where, as far as GitHub tells.
//!
//! A job that names an environment leaves a deployment of the branch that its run stands on, and of that branch's newest
//! commit. Which version a dispatched run was given is in its inputs, which GitHub shows nobody; its title may name it. A
//! commit is evidence only where a push or a release started the run, where a commit was asked for by its id, and where no
//! run made the deployment: then somebody told GitHub's API what is deployed.

use std::collections::HashMap;

use crate::ids::{ObjectId, TagName};
use crate::live::runs::words;
use crate::ports::forge::{Deployment, Maker};
use crate::release::name::{is_version, read};
use crate::release::{Release, newest_first};

/// Releases by what deployments and runs call them.
pub struct Releases<'a> {
    tags: HashMap<&'a str, &'a Release>,
    /// Of several on one commit the newest.
    commits: HashMap<&'a ObjectId, &'a Release>,
}

/// What a deployment brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought<'a> {
    Release(&'a Release),
    /// Its commit, which is no release.
    NoRelease,
    /// Which version it was is not told.
    NotTold,
}

impl<'a> Releases<'a> {
    pub fn new(releases: &'a [Release]) -> Self {
        let mut ordered: Vec<&Release> = releases.iter().collect();
        ordered.sort_by(|a, b| newest_first(a, b));
        let of_commit = |release: &&'a Release| Some((release.commit()?, *release));
        Self {
            tags: releases.iter().map(|release| (release.tag.as_str(), release)).collect(),
            // The last one stays.
            commits: ordered.iter().rev().filter_map(of_commit).collect(),
        }
    }

    pub fn brought_by(&self, deployment: &Deployment) -> Brought<'a> {
        match self.told_by(deployment) {
            Some(release) => Brought::Release(release),
            None if commit_tells(deployment) => {
                self.of_commit(&deployment.commit).map_or(Brought::NoRelease, Brought::Release)
            }
            None => Brought::NotTold,
        }
    }

    /// What its reference or its run's title says, whatever its commit is.
    pub(crate) fn told_by(&self, deployment: &Deployment) -> Option<&'a Release> {
        self.named(&deployment.reference).or_else(|| {
            let maker = deployment.maker.as_ref().filter(|maker| !maker.deploys_its_commit())?;
            self.of_title(&maker.title)
        })
    }

    pub(super) fn named(&self, reference: &str) -> Option<&'a Release> {
        self.tags.get(reference.trim_start_matches("refs/tags/")).copied()
    }

    pub(super) fn of_commit(&self, commit: &ObjectId) -> Option<&'a Release> {
        self.commits.get(commit).copied()
    }

    /// The one release that a title names; one that names two tells of none.
    pub(super) fn of_title(&self, title: &str) -> Option<&'a Release> {
        let mut named = words(title).filter_map(|word| self.tags.get(word).copied());
        let first = named.next()?;
        named.all(|other| other.tag == first.tag).then_some(first)
    }
}

/// The same for one release, where the others are not known.
pub(crate) fn has_brought(deployment: &Deployment, tag: &TagName, commit: &ObjectId) -> bool {
    is_recorded_as(deployment, tag, commit) || deployment.maker.as_ref().is_some_and(|maker| names_alone(maker, tag))
}

/// As GitHub records it, whatever its run is called.
pub(crate) fn is_recorded_as(deployment: &Deployment, tag: &TagName, commit: &ObjectId) -> bool {
    deployment.reference.trim_start_matches("refs/tags/") == tag.as_str()
        || (deployment.commit == *commit && commit_tells(deployment))
}

/// Beside another version a title tells of none: it may name what was left.
fn names_alone(maker: &Maker, tag: &TagName) -> bool {
    let names = words(&maker.title).any(|word| is_tag(word, tag));
    !maker.deploys_its_commit() && names && !names_another(&maker.title, tag)
}

/// Whether a run's title names another version than this release, beside it or alone.
pub(crate) fn names_another(title: &str, tag: &TagName) -> bool {
    words(title).any(|word| read(word).version.is_some() && !is_own(word, tag))
}

/// Whether a run's title names this release, beside others or alone.
pub(crate) fn names(title: &str, tag: &TagName) -> bool {
    words(title).any(|word| is_own(word, tag))
}

fn is_own(word: &str, tag: &TagName) -> bool {
    is_tag(word, tag) || is_version(word, tag.as_str())
}

/// A title's words have lost what stands around them, such as the sign that `@scope/pkg@1.2.0` begins with.
fn is_tag(word: &str, tag: &TagName) -> bool {
    words(tag.as_str()).eq([word])
}

fn commit_tells(deployment: &Deployment) -> bool {
    let by_id = deployment.reference == deployment.commit.as_str();
    by_id || deployment.run.is_none() || deployment.maker.as_ref().is_some_and(Maker::deploys_its_commit)
}
