//! What lies between two commits: one reading of both trees and one walk over the history.

use std::path::Path;

use git2::{Delta, DiffOptions, Oid, Repository};
use lastgood_core::error::Trouble;
use lastgood_core::ids::ObjectId;
use lastgood_core::ports::history::{ChangeKind, Difference, FileChange};

use super::history;
use super::location::{Location, Reader};
use super::program::{self, Environment};
use super::trouble;

pub(super) fn read(
    location: &Location,
    environment: &Environment,
    target: &ObjectId,
    live: &ObjectId,
) -> Result<Difference, Trouble> {
    let distance = history::between(location, environment, target, live)?;
    let files = match location.reader {
        Reader::Library => in_process(location, target, live)?,
        Reader::Program => by_program(location, environment, target, live)?,
    };
    Ok(Difference { undone: distance.undone, gained: distance.gained, titles: distance.titles, files })
}

/// Files of one commit, the repository opened once.
pub(super) fn files(
    location: &Location,
    environment: &Environment,
    commit: &ObjectId,
    paths: &[String],
) -> Result<Vec<Option<Vec<u8>>>, Trouble> {
    paths.iter().map(|path| history::file_at(location, environment, commit.as_str(), path)).collect()
}

/// Trees are compared by their ids: no file is read, so no attribute, filter or text conversion has a say.
fn in_process(location: &Location, target: &ObjectId, live: &ObjectId) -> Result<Vec<FileChange>, Trouble> {
    let failed = |error: git2::Error| trouble::unreadable(error.message());
    let repository = Repository::open(&location.git_dir).map_err(failed)?;
    let tree = |commit: &ObjectId| repository.find_commit(Oid::from_str(commit.as_str())?)?.tree();
    let (before, after) = (tree(target).map_err(failed)?, tree(live).map_err(failed)?);
    let mut options = DiffOptions::new();
    options.skip_binary_check(true).ignore_submodules(false);
    let diff = repository.diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options)).map_err(failed)?;
    let change = |delta: git2::DiffDelta<'_>| {
        let kind = match delta.status() {
            Delta::Added => ChangeKind::Added,
            Delta::Deleted => ChangeKind::Removed,
            Delta::Unmodified
            | Delta::Modified
            | Delta::Renamed
            | Delta::Copied
            | Delta::Ignored
            | Delta::Untracked
            | Delta::Typechange
            | Delta::Unreadable
            | Delta::Conflicted => ChangeKind::Modified,
        };
        let path = delta.new_file().path().or_else(|| delta.old_file().path());
        FileChange { path: path.map(shown).unwrap_or_default(), kind }
    };
    Ok(diff.deltas().map(change).collect())
}

/// Paths in git have `/` on every system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn by_program(
    location: &Location,
    environment: &Environment,
    target: &ObjectId,
    live: &ObjectId,
) -> Result<Vec<FileChange>, Trouble> {
    let command = program::git_in(&location.git_dir, environment);
    let arguments = [
        "diff-tree",
        "-r",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--name-status",
        target.as_str(),
        live.as_str(),
        "--",
    ];
    let out = program::answer(command, arguments)?.ok_or_else(|| trouble::unreadable("git diff-tree failed"))?;
    let text = String::from_utf8_lossy(&out);
    let words: Vec<&str> = text.split('\0').collect();
    let kind = |status: &str| match status {
        "A" => ChangeKind::Added,
        "D" => ChangeKind::Removed,
        _ => ChangeKind::Modified,
    };
    Ok(words.chunks_exact(2).map(|pair| FileChange { path: pair[1].to_owned(), kind: kind(pair[0]) }).collect())
}
