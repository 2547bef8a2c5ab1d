//! A release: a version of the software, known by its git tag.

pub mod name;
pub mod notes;
pub mod tag_object;

use std::cmp::Ordering;

use jiff::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::ids::{ObjectId, TagName};

/// One tag, read as a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub tag: TagName,
    /// The tag's prefix without its separator; empty for the unnamed series.
    pub series: String,
    pub version: Option<Version>,
    pub kind: TagKind,
    /// What the ref points at: the tag object of an annotated tag, the commit of a lightweight one.
    pub object: ObjectId,
    pub points_at: PointsAt,
    /// The tagger's date of an annotated tag, the committer's of a lightweight one. A tag on a tree or a blob
    /// without a tagger has none.
    pub date: Option<Moment>,
    /// First paragraph of the tag's (or the commit's) message, on one line.
    pub title: String,
    /// Name of the tagger, or of the commit's author for a lightweight tag.
    pub author: String,
    pub prerelease: bool,
    /// The tag carries a signature; a lightweight one cannot. Whether it is good is another question (`target.signature`).
    pub signed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagKind {
    Annotated,
    Lightweight,
}

/// Where a tag leads in the end, through any nested tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum PointsAt {
    Commit(ObjectId),
    /// Not deployable.
    Tree(ObjectId),
    /// Not deployable.
    Blob(ObjectId),
    /// The object, or one on the way to it, is not in this (shallow, partial or damaged) repository.
    Missing(ObjectId),
}

/// An instant with the offset in which its writer saw it, as git keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub seconds: i64,
    /// Minutes east of UTC.
    pub offset: i16,
}

/// The order of a listing, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Date,
    Version,
}

impl Release {
    pub fn commit(&self) -> Option<&ObjectId> {
        match &self.points_at {
            PointsAt::Commit(id) => Some(id),
            PointsAt::Tree(_) | PointsAt::Blob(_) | PointsAt::Missing(_) => None,
        }
    }

    /// Only a tag that leads to a commit can be put into an environment.
    pub fn is_deployable(&self) -> bool {
        self.commit().is_some()
    }

    /// Behind the other in their series: by version where both have one, else by date. Of two series neither is newer.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        let order = match (&self.version, &other.version) {
            (Some(_), Some(_)) => by_version(self, other).then_with(|| by_date(self, other)),
            (Some(_) | None, None) | (None, Some(_)) => by_date(self, other),
        };
        self.series == other.series && order == Ordering::Less
    }
}

impl Moment {
    pub fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_second(self.seconds).ok()
    }

    /// RFC 3339 in the writer's offset; `None` where the calendar ends (years beyond 9999).
    pub fn rfc3339(self) -> Option<String> {
        let offset = jiff::tz::Offset::from_seconds(i32::from(self.offset) * 60).ok()?;
        Some(self.timestamp()?.display_with_offset(offset).to_string())
    }
}

/// Sorts newest first. By version, SemVer precedence decides where both parse; what does not parse follows by date.
pub fn sort(releases: &mut [Release], order: Sort) {
    match order {
        Sort::Date => releases.sort_unstable_by(newest_first),
        Sort::Version => releases
            .sort_unstable_by(|a, b| by_version(a, b).then_with(|| by_date(a, b)).then_with(|| a.tag.cmp(&b.tag))),
    }
}

/// Of one second the higher version is the newer one: a release and its candidates may be tagged together.
pub(crate) fn newest_first(a: &Release, b: &Release) -> Ordering {
    by_date(a, b).then_with(|| by_version(a, b)).then_with(|| a.tag.cmp(&b.tag))
}

fn by_date(a: &Release, b: &Release) -> Ordering {
    let seconds = |release: &Release| release.date.map_or(i64::MIN, |date| date.seconds);
    seconds(b).cmp(&seconds(a))
}

/// Build metadata does not count (SemVer 2.0.0, section 10).
fn by_version(a: &Release, b: &Release) -> Ordering {
    match (&a.version, &b.version) {
        (Some(a), Some(b)) => b.cmp_precedence(a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
