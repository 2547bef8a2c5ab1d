//! Reading raw git objects: the same bytes come from libgit2 and from `git cat-file --batch`.
//!
//! The formats are git's own: `git help mktag`, and Documentation/gitformat-signature. Messages may be in any
//! encoding; what is not UTF-8 is shown as U+FFFD and never fails a listing.

use crate::release::Moment;

/// A tag object's parts that Lastgood uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagObject {
    /// Hexadecimal id of what it points at.
    pub target: String,
    /// `commit`, `tag`, `tree` or `blob`.
    pub target_type: String,
    /// Old tags (git before 0.99.1) have none.
    pub tagger: Option<Person>,
    pub title: String,
    pub signed: bool,
}

/// A commit's parts that Lastgood uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitObject {
    pub author: Option<Person>,
    pub committer: Option<Person>,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub date: Moment,
}

/// `None` when the bytes are no tag object.
pub fn parse_tag(raw: &[u8]) -> Option<TagObject> {
    let (header, message) = split(raw);
    let mut tag = TagObject {
        target: String::new(),
        target_type: String::new(),
        tagger: None,
        title: title(message),
        signed: has_signature(message),
    };
    for line in header.split(|b| *b == b'\n') {
        if let Some(id) = line.strip_prefix(b"object ") {
            tag.target = String::from_utf8_lossy(id).into_owned();
        } else if let Some(kind) = line.strip_prefix(b"type ") {
            tag.target_type = String::from_utf8_lossy(kind).into_owned();
        } else if let Some(person) = line.strip_prefix(b"tagger ") {
            tag.tagger = parse_person(person);
        } else if line.starts_with(b"gpgsig") {
            // SHA-256 repositories keep the signature for the other algorithm in a header.
            tag.signed = true;
        }
    }
    (!tag.target.is_empty() && !tag.target_type.is_empty()).then_some(tag)
}

/// Never fails: a commit without a committer has no date.
pub fn parse_commit(raw: &[u8]) -> CommitObject {
    let (header, message) = split(raw);
    let mut commit = CommitObject { author: None, committer: None, title: title(message) };
    for line in header.split(|b| *b == b'\n') {
        if let Some(person) = line.strip_prefix(b"author ") {
            commit.author = parse_person(person);
        } else if let Some(person) = line.strip_prefix(b"committer ") {
            commit.committer = parse_person(person);
        }
    }
    commit
}

/// Header and message are parted by the first empty line.
fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    if raw.starts_with(b"\n") {
        return (&[], &raw[1..]);
    }
    match raw.windows(2).position(|pair| pair == b"\n\n") {
        Some(at) => (&raw[..at], &raw[at + 2..]),
        None => (raw, &[]),
    }
}

/// `Name <mail> seconds +hhmm`; anything missing reads as empty or zero.
fn parse_person(line: &[u8]) -> Option<Person> {
    let text = String::from_utf8_lossy(line);
    let (identity, time) = text.rsplit_once('>')?;
    let name = identity.split('<').next().unwrap_or_default().trim().to_owned();
    let mut fields = time.split_whitespace();
    let seconds = fields.next()?.parse().ok()?;
    let offset = fields.next().map_or(0, parse_offset);
    Some(Person { name: cut(name), date: Moment { seconds, offset } })
}

fn parse_offset(text: &str) -> i16 {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let number: i16 = digits.parse().unwrap_or(0);
    sign * (number / 100 * 60 + number % 100)
}

/// Nobody reads more of a title or a name; a hostile repository could hold a megabyte of either.
const TEXT_LIMIT: usize = 1000;

/// The first paragraph on one line, as `%(contents:subject)` gives it: it ends at an empty line, which one of blanks is
/// not, or at a signature. Blanks around its lines are left out.
fn title(message: &[u8]) -> String {
    let start = message.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(message.len());
    let mut title = String::new();
    for line in message[start..].split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || is_signature(line) || title.len() > TEXT_LIMIT {
            break;
        }
        let line = line.trim_ascii();
        if !title.is_empty() && !line.is_empty() {
            title.push(' ');
        }
        title.push_str(&String::from_utf8_lossy(line));
    }
    cut(title)
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_LIMIT));
    text
}

const SIGNATURES: [&str; 4] = [
    "-----BEGIN PGP SIGNATURE-----",
    "-----BEGIN PGP MESSAGE-----",
    "-----BEGIN SSH SIGNATURE-----",
    "-----BEGIN SIGNED MESSAGE-----",
];

fn has_signature(message: &[u8]) -> bool {
    message.split(|b| *b == b'\n').any(is_signature)
}

fn is_signature(line: &[u8]) -> bool {
    line.starts_with(b"-----BEGIN ") && SIGNATURES.iter().any(|mark| line.starts_with(mark.as_bytes()))
}
