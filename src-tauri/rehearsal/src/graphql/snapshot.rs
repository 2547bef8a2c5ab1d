//! One request's view of everything: facts of one moment, and what is read from git on the way.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
};

use async_graphql::{Context, Error, Result};
use git2::Repository;

use super::{cost::Cost, refs::Ref};
use crate::{
    git::{self, Bare, CommitFacts, RefFacts},
    github::GitHub,
    http::Links,
    lock,
    rates::{Rate, Resource},
    state::{Access, State, deployment::Deployment, release::Release},
};

/// What all resolvers of one request share.
pub(crate) struct Snapshot {
    pub(super) github: GitHub,
    pub(super) links: Links,
    pub(super) state: Arc<State>,
    /// Those of runs included, oldest first.
    pub(super) deployments: Vec<Deployment>,
    pub(super) cost: Cost,
    /// As it will be after this request.
    pub(super) rate: Rate,
    refs: OnceLock<Refs>,
    /// Opened once, for refs that are asked for one by one.
    repository: OnceLock<Result<Mutex<Repository>, String>>,
}

/// Branches and tags by full name, with the commits they lead to.
type Refs = Result<BTreeMap<String, (RefFacts, Option<CommitFacts>)>, String>;

impl Snapshot {
    pub(super) fn take(github: GitHub, links: Links, cost: Cost) -> Self {
        let state = github.facts();
        let mut deployments = state.at(github.now()).deployments;
        deployments.reverse();
        let mut rate = github.spend(Resource::Graphql, 0);
        rate.used += cost.points;
        Self { github, links, state, deployments, cost, rate, refs: OnceLock::new(), repository: OnceLock::new() }
    }

    pub(super) fn of<'c>(context: &Context<'c>) -> Result<&'c Self> {
        context.data::<Self>()
    }

    pub(super) fn bare(&self) -> &Bare {
        self.github.bare()
    }

    /// All branches and tags by full name; read once, when the first is asked for.
    pub(super) fn refs(&self) -> Result<&BTreeMap<String, (RefFacts, Option<CommitFacts>)>> {
        let read = || self.bare().peeled_refs().map_err(|error| error.message().to_owned());
        self.refs.get_or_init(read).as_ref().map_err(Error::new)
    }

    /// Releases that the viewer may see: drafts are for those who may write.
    pub(super) fn visible_releases(&self) -> impl Iterator<Item = &Release> {
        self.state.releases.iter().filter(|release| release.is_public() || self.state.access == Access::Write)
    }

    /// The branch or tag of that full name.
    pub(super) fn find_ref(&self, name: &str) -> Result<Option<Ref>> {
        Ok(self.in_git(|repository| git::ref_in(repository, name))?.map(Ref))
    }

    /// The commit that it leads to, through a tag object where there is one.
    pub(super) fn find_commit(&self, name: &str) -> Result<Option<CommitFacts>> {
        self.in_git(|repository| git::commit_in(repository, name))
    }

    fn in_git<T>(&self, read: impl FnOnce(&Repository) -> Result<T, git2::Error>) -> Result<T> {
        let words = |error: git2::Error| error.message().to_owned();
        let opened = self.repository.get_or_init(|| self.bare().open().map(Mutex::new).map_err(words));
        let repository = lock(opened.as_ref().map_err(Error::new)?);
        read(&repository).map_err(|error| Error::new(words(error)))
    }
}
