//! Which versions of a document are kept: all of the last seconds, one for each second of the last minute, then ever fewer.

use jiff::Timestamp;

/// One version, without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub number: u64,
    pub at: Timestamp,
    /// Something was done with it: it was published, merged, gone back to. Such a version stays.
    pub named: bool,
}

/// Ages in seconds, and how many seconds share one version up to that age. Older than the last: one a day.
const GRAIN: [(i64, i64); 4] = [(5, 0), (60, 1), (3_600, 60), (86_400, 600)];

const DAY: i64 = 86_400;

/// The numbers of those that may go, given all versions, oldest first. The newest one always stays, and the one before it:
/// somebody may be typing on top of that.
pub fn superfluous(versions: &[Kept], now: Timestamp) -> Vec<u64> {
    let grain = |version: &Kept| {
        let age = now.as_second() - version.at.as_second();
        GRAIN.iter().find(|(limit, _)| age < *limit).map_or(DAY, |(_, grain)| *grain)
    };
    let share = |one: &Kept, next: &Kept| {
        let grain = grain(one);
        grain > 0 && one.at.as_second().div_euclid(grain) == next.at.as_second().div_euclid(grain)
    };
    let older = versions.len().saturating_sub(1);
    // Of those that share a time the last one stays.
    versions[..older]
        .windows(2)
        .filter(|pair| !pair[0].named && share(&pair[0], &pair[1]))
        .map(|pair| pair[0].number)
        .collect()
}
