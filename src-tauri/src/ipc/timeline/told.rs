//! What others say of releases: GitHub's own releases, continuous integration, incidents, and people.

use std::collections::HashMap;

use lastgood_core::live::Environment;
use lastgood_core::live::ci::{self, Ci};
use lastgood_core::ports::publishing::Published;
use lastgood_core::release::Release;

use super::{CiState, CiView, GithubRelease, LaneIncident, MarkedGood, QuarantinedRelease, ReleaseRow};

/// Each with GitHub's own release of its tag.
pub(crate) fn rows(releases: &[Release], published: &[Published]) -> Vec<ReleaseRow> {
    let by_tag: HashMap<&str, &Published> = published.iter().map(|one| (one.tag.as_str(), one)).collect();
    let row = |release: &Release| ReleaseRow {
        github: by_tag.get(release.tag.as_str()).map(|one| github(one)),
        ..super::view::row(release)
    };
    releases.iter().map(row).collect()
}

fn github(published: &Published) -> GithubRelease {
    // Many carry the tag as their title; the list has it beside them already.
    let name = if published.name == published.tag.as_str() { String::new() } else { published.name.clone() };
    let (draft, prerelease, url) = (published.draft, published.prerelease, published.url.clone());
    GithubRelease { name, draft, prerelease, url }
}

pub(crate) fn ci(told: &Ci) -> CiView {
    CiView {
        tag: told.tag.to_string(),
        state: match told.state {
            ci::CiState::Passed => CiState::Passed,
            ci::CiState::Running => CiState::Running,
            ci::CiState::Failed => CiState::Failed,
        },
        sentence: told.sentence.clone(),
        url: told.url.clone(),
    }
}

pub(super) fn incidents(environment: &Environment) -> Vec<LaneIncident> {
    let each = environment.disturbances.iter().map(|found| LaneIncident {
        id: found.incident.to_string(),
        title: found.title.clone(),
        severity: found.severity.number(),
        from: found.from.to_string(),
        to: found.to.map(|to| to.to_string()),
    });
    each.collect()
}

pub(super) fn marked_good(environment: &Environment) -> Vec<MarkedGood> {
    let each = environment.marked_good.iter();
    each.map(|mark| MarkedGood { tag: mark.tag.to_string(), words: mark.words() }).collect()
}

pub(super) fn quarantined(environment: &Environment) -> Vec<QuarantinedRelease> {
    let each = environment.quarantined.iter();
    each.map(|bad| QuarantinedRelease { tag: bad.tag.to_string(), words: format!("by {}", bad.words()) }).collect()
}
