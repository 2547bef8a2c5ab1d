//! Listing tags: from the files of a repository, or from the git program.
//!
//! Formats: `git help gitrepository-layout`, `git help pack-refs`. The files are read directly because that halves the
//! time of a listing: 20 000 packed names in 2 ms, against 30 ms through libgit2.

mod loose;
mod stamps;

use std::collections::HashSet;
use std::fs;

use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;

use super::location::{Location, Reader};
use super::program::{self, Environment};
use super::trouble;

pub(super) use self::stamps::Stamps;

/// A tag's name and the object that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TagRef {
    pub(super) name: String,
    /// Lower-case hexadecimal.
    pub(super) object: String,
}

const PREFIX: &[u8] = b"refs/tags/";

/// All tags, in no particular order. A ref that names nothing is left out, as git leaves it out.
pub(super) fn tags(location: &Location, environment: &Environment, stamps: &Stamps) -> Result<Vec<TagRef>, Trouble> {
    match location.reader {
        Reader::Library => from_files(location, stamps),
        Reader::Program => from_program(location, environment),
    }
}

/// The object that a ref names, by its whole name; libgit2 reads it.
pub(super) fn object(location: &Location, name: &str) -> Result<Option<String>, Trouble> {
    let failed = |error: git2::Error| trouble::unreadable(error.message());
    let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
    match repository.refname_to_id(name) {
        Ok(id) => Ok(Some(id.to_string())),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// The object that one tag names.
pub(super) fn find(location: &Location, environment: &Environment, tag: &TagName) -> Result<Option<String>, Trouble> {
    let name = format!("refs/tags/{tag}");
    if !git2::Reference::is_valid_name(&name) {
        return Ok(None);
    }
    match location.reader {
        Reader::Library => object(location, &name),
        Reader::Program => {
            let command = program::git_in(&location.git_dir, environment);
            let found = program::answer(command, ["show-ref", "--verify", "--hash", "--", &name])?;
            Ok(found.map(|id| String::from_utf8_lossy(&id).trim().to_owned()))
        }
    }
}

/// No ref of any kind, and nothing checked out.
pub(super) fn is_empty(location: &Location, environment: &Environment) -> Result<bool, Trouble> {
    match location.reader {
        Reader::Library => {
            let failed = |error: git2::Error| trouble::unreadable(error.message());
            let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
            let head = repository.head().is_ok();
            Ok(!head && repository.references().map_err(failed)?.next().is_none())
        }
        Reader::Program => {
            let ask = |arguments: &[&str]| program::answer(program::git_in(&location.git_dir, environment), arguments);
            let head = ask(&["rev-parse", "--verify", "--quiet", "HEAD"])?;
            let refs = ask(&["for-each-ref", "--count=1"])?;
            Ok(head.is_none() && refs.is_some_and(|refs| refs.is_empty()))
        }
    }
}

fn from_program(location: &Location, environment: &Environment) -> Result<Vec<TagRef>, Trouble> {
    let command = program::git_in(&location.git_dir, environment);
    let listing = program::answer(command, ["for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"])?
        .ok_or_else(|| trouble::unreadable("git for-each-ref failed"))?;
    Ok(listing.split(|byte| *byte == b'\n').filter_map(|line| packed_line(line).map(Packed::into_tag)).collect())
}

/// Loose refs are read before packed ones, so that a ref which is packed meanwhile is seen at least once.
fn from_files(location: &Location, stamps: &Stamps) -> Result<Vec<TagRef>, Trouble> {
    let loose = loose::tags(location, stamps);
    let packed = match fs::read(location.common_dir.join("packed-refs")) {
        Ok(packed) => packed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(trouble::unreadable(error)),
    };
    let taken: HashSet<&[u8]> = loose.iter().map(|(name, _)| name.as_slice()).collect();
    let mut tags: Vec<TagRef> = packed_tags(&packed)
        .filter(|tag| taken.is_empty() || !taken.contains(tag.name))
        .map(Packed::into_tag)
        .collect();
    tags.extend(loose.into_iter().filter_map(|(name, object)| Some(TagRef { name: text(name), object: object? })));
    Ok(tags)
}

struct Packed<'a> {
    object: &'a [u8],
    name: &'a [u8],
}

impl Packed<'_> {
    fn into_tag(self) -> TagRef {
        TagRef { name: text(self.name.to_vec()), object: text(self.object.to_vec()) }
    }
}

/// Lines are `<id> <name>`; `#` begins the header, `^` the peeled id of the line above.
fn packed_tags(mut rest: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let line;
            (line, rest) = split_line(rest);
            if let Some(packed) = packed_line(line) {
                return Some(packed);
            }
        }
        None
    })
}

/// The first line and what follows. Most of the file is ids, and an id holds no line break to look for.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let begin = usize::from(text.starts_with(b"^"));
    let known = if text.get(begin..begin + 40).is_some_and(is_id) { begin + 40 } else { 0 };
    match text[known..].iter().position(|byte| *byte == b'\n') {
        Some(end) => (&text[..known + end], &text[known + end + 1..]),
        None => (text, &[]),
    }
}

fn packed_line(line: &[u8]) -> Option<Packed<'_>> {
    // Looked for where it must be: most of the time of a listing goes by in lines.
    let space = [40, 64].into_iter().find(|length| line.get(*length) == Some(&b' '))?;
    let (object, name) = (&line[..space], line[space + 1..].strip_prefix(PREFIX)?);
    (is_id(object) && !name.is_empty()).then_some(Packed { object, name })
}

/// What is no text shows as U+FFFD.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn is_id(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}
