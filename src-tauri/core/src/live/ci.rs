//! What continuous integration said of a release: the newest run of each workflow on its commit, deploys left out.

use std::collections::HashMap;

use crate::ids::{ObjectId, TagName};
use crate::ports::forge::RunRecord;
use crate::release::Release;

/// One release, as its runs tell. A release without any is not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    pub tag: TagName,
    pub state: CiState,
    /// `1 of 3 failed: ci.yml`.
    pub sentence: String,
    /// The run that decides.
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CiState {
    Passed,
    Running,
    Failed,
}

/// `runs` newest first; `deploys` are the files of workflows that deploy.
pub fn judge(releases: &[Release], runs: &[RunRecord], deploys: &[String]) -> Vec<Ci> {
    let mut of_commit: HashMap<&ObjectId, Vec<&RunRecord>> = HashMap::new();
    for run in runs.iter().filter(|run| !deploys.contains(&run.workflow)) {
        let newest = of_commit.entry(&run.commit).or_default();
        // An older attempt of the same workflow tells nothing any more.
        if !newest.iter().any(|other| other.workflow == run.workflow) {
            newest.push(run);
        }
    }
    let told = |release: &Release| Some((release.tag.clone(), of_commit.get(release.commit()?)?));
    releases.iter().filter_map(told).filter_map(|(tag, runs)| one(tag, runs)).collect()
}

/// `None` where every run was skipped or called off: that says nothing.
fn one(tag: TagName, runs: &[&RunRecord]) -> Option<Ci> {
    let judged: Vec<(CiState, &RunRecord)> = runs.iter().filter_map(|run| Some((state(run)?, *run))).collect();
    let (worst, deciding) = judged.iter().max_by_key(|(state, _)| *state)?;
    let those: Vec<&str> =
        judged.iter().filter(|(state, _)| state == worst).map(|(_, run)| run.workflow.as_str()).collect();
    let (count, all) = (those.len(), judged.len());
    let sentence = match worst {
        CiState::Passed if all == 1 => format!("{} passed", deciding.workflow),
        CiState::Passed => format!("all {all} passed"),
        CiState::Running => format!("{count} of {all} still run: {}", those.join(", ")),
        CiState::Failed => format!("{count} of {all} failed: {}", those.join(", ")),
    };
    Some(Ci { tag, state: *worst, sentence, url: deciding.url.clone() })
}

fn state(run: &RunRecord) -> Option<CiState> {
    match run.conclusion.as_deref() {
        None => Some(CiState::Running),
        Some("success") => Some(CiState::Passed),
        Some("failure" | "timed_out" | "startup_failure") => Some(CiState::Failed),
        Some(_) => None,
    }
}
