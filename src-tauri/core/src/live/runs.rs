//! Which release a run put where, told by the run alone: for repositories whose workflows leave no deployments.
//!
//! GitHub shows no inputs of a run. A title that names a release, or the tag that it ran on, is evidence; a commit is
//! evidence only where a push or a release started the run, for a dispatched run stands on its branch's newest commit.

use jiff::Timestamp;

use crate::ids::{EnvironmentName, RunId, TagName};
use crate::live::brought::Releases;
use crate::ports::forge::{Maker, RunRecord};
use crate::release::Release;

/// What the workflow of these runs serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serving<'a> {
    pub environment: &'a EnvironmentName,
    /// Every environment that is known, this one included.
    pub all: &'a [EnvironmentName],
    /// One workflow deploys to several environments: a run counts only where its title names the environment.
    pub shared: bool,
}

/// A successful run and the release it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) tag: TagName,
    pub(super) at: Timestamp,
    pub(super) run: RunId,
}

pub(super) fn told(serving: &Serving<'_>, runs: &[RunRecord], releases: &Releases<'_>) -> Vec<Told> {
    let here = runs.iter().filter(|run| run.succeeded() && serving.includes(run));
    here.filter_map(|run| {
        let release = release(run, releases)?;
        Some(Told { tag: release.tag.clone(), at: run.updated, run: run.id })
    })
    .collect()
}

impl Serving<'_> {
    fn includes(&self, run: &RunRecord) -> bool {
        let named = |name: &EnvironmentName| words(&run.title).any(|word| word.eq_ignore_ascii_case(name.as_str()));
        if named(self.environment) {
            return true;
        }
        !self.shared && !self.all.iter().any(|other| other != self.environment && named(other))
    }
}

fn release<'a>(run: &RunRecord, releases: &Releases<'a>) -> Option<&'a Release> {
    releases.of_title(&run.title).or_else(|| run.head.as_deref().and_then(|head| releases.named(head))).or_else(|| {
        let commit = Maker::of(run).deploys_its_commit().then_some(&run.commit)?;
        releases.of_commit(commit)
    })
}

/// A title's words, without the punctuation around them; a tag may hold dots, slashes and more within.
pub(crate) fn words(title: &str) -> impl Iterator<Item = &str> {
    let edges: &[char] = &['.', ',', ':', ';', '(', ')', '[', ']', '"', '\'', '`', '!', '?', '@'];
    title.split_whitespace().map(move |word| word.trim_matches(edges)).filter(|word| !word.is_empty())
}
