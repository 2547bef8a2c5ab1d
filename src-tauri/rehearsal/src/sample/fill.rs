//! A long past for the sample: as many releases, runs and deployments as a big project has, made in a moment.
//!
//! It lies between the making of the repository and the sample's own story, so that what is live and what was last
//! good stay as they are. The same sample and the same numbers give the same past.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    facts::{ci_of, deploy_of, workflows},
    history::PEOPLE,
    past::Past,
};
use crate::{
    SaveError,
    state::{State, dispatch::NewRun, release::Release, workflow::WorkflowError},
};

/// How much there is to be. What needs something of another kind brings it: a release its tag, a tag its commit, a
/// deployment its run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fill {
    /// Commits, each with a change of its own.
    pub commits: u32,
    /// Annotated tags.
    pub tags: u32,
    /// Releases, on the newest of the tags.
    pub releases: u32,
    /// Runs: deploys, and CI for the rest.
    pub runs: u32,
    /// Deployments, to staging and production in turn.
    pub deployments: u32,
}

/// Why there is no long past.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// A past can be given once.
    #[error("This rehearsal has a long past already. Start another one for other numbers.")]
    Filled,
    /// The repository could not be written.
    #[error("The long past could not be written: {0}. Make room or choose another folder.")]
    Repository(#[from] git2::Error),
    /// The sample's own workflows could not be read.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// The state could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
}

impl Fill {
    /// With all that is needed besides.
    pub(crate) fn whole(self) -> Self {
        let tags = self.tags.max(self.releases).max(self.runs.min(1));
        let runs = self.runs.max(self.deployments);
        Self { tags: tags.max(runs.min(1)), commits: self.commits.max(tags).max(runs.min(1)), runs, ..self }
    }
}

/// Writes down what GitHub knows of such a past.
pub(crate) fn add(state: &mut State, fill: Fill, past: &Past) -> Result<(), WorkflowError> {
    let (ci, deploy) = workflows()?;
    let first = past.releases.len().saturating_sub(fill.releases as usize);
    for old in past.releases.iter().skip(first) {
        let release = Release {
            id: state.ids.one(),
            tag: old.tag.clone(),
            target: "main".to_owned(),
            name: Some(format!("Release {}", old.tag)),
            body: Some(format!("## What changed\n* Work on part {} by @{}\n", old.tag, PEOPLE[1])),
            author: PEOPLE[0].to_owned(),
            draft: false,
            prerelease: false,
            created_at: old.at,
            published_at: Some(old.at),
            latest: false,
            assets: Vec::new(),
        };
        state.releases.push(release);
    }
    state.releases.sort_by_key(|release| (release.created_at, release.id));
    for (at, run) in runs(fill, past, &ci, &deploy) {
        state.start_run(run, at);
    }
    Ok(())
}

/// Runs are spread over the tags; the newest are deploys as often as deployments were asked for.
fn runs<'p>(
    fill: Fill,
    past: &'p Past,
    ci: &'p crate::state::workflow::Workflow,
    deploy: &'p crate::state::workflow::Workflow,
) -> impl Iterator<Item = (Timestamp, NewRun)> + 'p {
    let first_deploy = fill.runs - fill.deployments;
    (0..fill.runs).filter_map(move |number| {
        let place = past.releases.len() * number as usize / fill.runs as usize;
        let old = past.releases.get(place)?;
        let run = if number < first_deploy {
            ci_of(ci, &old.tag, &old.commit)
        } else {
            let environment = if number % 2 == 0 { "staging" } else { "production" };
            deploy_of(deploy, &old.tag, &old.commit, &old.commit, environment, PEOPLE[0])
        };
        Some((past.moment(number, fill.runs), run))
    })
}
