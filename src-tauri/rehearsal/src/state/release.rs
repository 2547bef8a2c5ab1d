//! GitHub releases.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One GitHub release.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Release {
    /// Number over all of GitHub.
    pub id: u64,
    /// The tag that it stands on.
    pub tag: String,
    /// The branch or commit that the tag is made from, if it does not exist.
    pub target: String,
    /// Title.
    pub name: Option<String>,
    /// Notes, in Markdown.
    pub body: Option<String>,
    /// Login of who made it.
    pub author: String,
    /// Not shown to the public.
    pub draft: bool,
    /// Not meant for production.
    pub prerelease: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Explicitly marked as the latest; the mark that was set last counts.
    pub latest: bool,
    /// Files.
    pub assets: Vec<Asset>,
}

/// A file of a release.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asset {
    /// Number over all of GitHub.
    pub id: u64,
    /// File name.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256, in hex.
    pub sha256: String,
}

impl Release {
    /// Whether everybody can see it.
    pub fn is_public(&self) -> bool {
        !self.draft
    }
}

/// The release marked as latest, else the newest full release.
pub fn latest(releases: &[Release]) -> Option<&Release> {
    let mut full: Vec<&Release> = releases.iter().filter(|release| !release.draft && !release.prerelease).collect();
    full.sort_by_key(|release| (release.latest, release.published_at));
    full.last().copied()
}
