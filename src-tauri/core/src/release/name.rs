//! What a tag's name says: the series, the version, whether it is a pre-release.

use semver::Version;

/// The reading of one tag name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Prefix without separator; empty for the unnamed series and for names without a version.
    pub series: String,
    /// Present where the rest of the name is SemVer 2.0.0.
    pub version: Option<Version>,
    pub prerelease: bool,
}

/// Reads `v1.2.0`, `api-v1.2.0`, `@scope/pkg@1.2.0`, `release-2024.05` and their kin.
///
/// The version begins at the start or behind a separator, with or without a `v`. The first place from which the whole
/// rest is SemVer wins; else the first from which it looks like a number with dots, as calendar versions do.
pub fn read(tag: &str) -> Reading {
    let mut loose = None;
    for (start, rest) in candidates(tag) {
        if let Ok(version) = Version::parse(rest) {
            let prerelease = !version.pre.is_empty();
            return Reading { series: series(&tag[..start]), version: Some(version), prerelease };
        }
        if loose.is_none() && is_numeric(rest) {
            loose = Some(Reading { series: series(&tag[..start]), version: None, prerelease: names_prerelease(rest) });
        }
    }
    loose.unwrap_or_else(|| Reading { series: String::new(), version: None, prerelease: names_prerelease(tag) })
}

/// Whether a version is in the name, other than in `latest` or `production`.
pub fn names_version(tag: &str) -> bool {
    candidates(tag).any(|(_, rest)| Version::parse(rest).is_ok() || is_numeric(rest))
}

/// Whether what a service says of its version means this tag. Services say `2.4.0` as often as `v2.4.0`, and know nothing
/// of the prefix that their series has.
pub fn is_version(said: &str, tag: &str) -> bool {
    let said = said.trim();
    said == tag || bare(said) == bare(tag) || version_in(tag) == Some(bare(said))
}

/// The version without a `v` before it.
fn bare(text: &str) -> &str {
    text.trim().trim_start_matches(['v', 'V'])
}

/// The part of the name that [`read`] takes for the version.
fn version_in(tag: &str) -> Option<&str> {
    let parts = || candidates(tag).map(|(_, rest)| rest);
    parts().find(|rest| Version::parse(rest).is_ok()).or_else(|| parts().find(|rest| is_numeric(rest)))
}

/// A tag that a rollback left behind marks an act, not a version: `rollback-YYYYMMDD-HHMMSS`, with a number behind it
/// where two were made in one second.
pub fn is_rollback_tag(tag: &str) -> bool {
    let Some(rest) = tag.strip_prefix("rollback-") else { return false };
    let mut parts = rest.split('-');
    let digits = |part: Option<&str>, length: usize| {
        part.is_some_and(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let named = digits(parts.next(), 8) && digits(parts.next(), 6);
    let number = parts.next().is_none_or(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    named && number && parts.next().is_none()
}

/// Places where a version may begin: its prefix' end, and the rest without a leading `v`.
fn candidates(tag: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = tag.as_bytes();
    (0..bytes.len()).filter_map(move |start| {
        let begins = start == 0 || is_separator(bytes[start - 1]);
        let skip = usize::from(matches!(bytes[start], b'v' | b'V'));
        let digit = bytes.get(start + skip).is_some_and(u8::is_ascii_digit);
        (begins && digit).then(|| (start, &tag[start + skip..]))
    })
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'/' | b'@' | b'_')
}

fn series(prefix: &str) -> String {
    let mut end = prefix.len();
    if end > 0 && is_separator(prefix.as_bytes()[end - 1]) {
        end -= 1;
    }
    prefix[..end].to_owned()
}

/// `2024.05`, `1.2`, `7`, `2024.05-rc1`, `1.2.3.4+build`.
fn is_numeric(rest: &str) -> bool {
    let number = rest.split(['-', '+']).next().unwrap_or_default();
    number.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn names_prerelease(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| {
        ["alpha", "beta", "rc", "pre", "preview", "dev", "nightly", "canary", "snapshot"]
            .iter()
            .any(|mark| word.eq_ignore_ascii_case(mark))
    })
}
