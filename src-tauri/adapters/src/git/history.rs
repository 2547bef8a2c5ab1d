//! What lies in and between commits: files, counts and titles.

use std::fs;
use std::io::Read;
use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid, Repository, Sort};
use lastgood_core::error::Trouble;
use lastgood_core::ids::ObjectId;
use lastgood_core::release::tag_object::parse_commit;

use super::location::{Location, Reader};
use super::program::{self, Environment};
use super::trouble;

/// Settings, templates and workflow files are far smaller; more is refused.
const FILE_LIMIT: usize = 4 << 20;

/// So many titles are named; a person reads no more of them.
const TITLES: usize = 200;

/// What separates a target from what is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distance {
    /// Commits of the live release that the target lacks: what a rollback takes away.
    pub undone: usize,
    /// Commits of the target that the live release lacks.
    pub gained: usize,
    /// Titles of the undone commits, newest first, at most 200.
    pub titles: Vec<String>,
}

/// The branch that is checked out; `None` when a commit is.
pub(super) fn head_branch(location: &Location, environment: &Environment) -> Option<String> {
    if location.reader == Reader::Program {
        // Where refs are in tables, the file only holds a place for tools that expect one.
        let command = program::git_in(&location.git_dir, environment);
        let branch = program::answer(command, ["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()??;
        return Some(String::from_utf8_lossy(&branch).trim_end().to_owned());
    }
    let head = fs::read_to_string(location.git_dir.join("HEAD")).ok()?;
    head.trim_end().strip_prefix("ref: refs/heads/").map(str::to_owned)
}

/// The checked-out file where there is a work tree, else the one in `HEAD`. `None` when there is none.
pub(super) fn head_file(
    location: &Location,
    environment: &Environment,
    path: &str,
) -> Result<Option<Vec<u8>>, Trouble> {
    let Some(folder) = &location.work_dir else { return file_at(location, environment, "HEAD", path) };
    let file = folder.join(path);
    // A link could lead to any file of this machine.
    if !fs::symlink_metadata(&file).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let mut content = Vec::new();
    let limit = FILE_LIMIT as u64 + 1;
    fs::File::open(&file).and_then(|open| open.take(limit).read_to_end(&mut content)).map_err(trouble::unreadable)?;
    if content.len() > FILE_LIMIT { Err(too_large(path)) } else { Ok(Some(content)) }
}

/// A file as it is in a commit; `None` when it is not there, or is a folder or a link.
pub(super) fn file_at(
    location: &Location,
    environment: &Environment,
    commit: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, Trouble> {
    match location.reader {
        Reader::Library => file_in_process(location, commit, path),
        Reader::Program => file_by_program(location, environment, commit, path),
    }
}

fn file_in_process(location: &Location, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let repository = Repository::open(&location.git_dir).map_err(failed)?;
    let found = repository.revparse_single(commit).and_then(|object| object.peel_to_tree());
    let entry = match found.and_then(|tree| tree.get_path(Path::new(path))) {
        Ok(entry) => entry,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if entry.kind() != Some(ObjectType::Blob) || entry.filemode() & FILE_KIND != REGULAR_FILE {
        return Ok(None);
    }
    let odb = repository.odb().map_err(failed)?;
    let (size, _) = odb.read_header(entry.id()).map_err(failed)?;
    if size > FILE_LIMIT {
        return Err(too_large(path));
    }
    Ok(Some(odb.read(entry.id()).map_err(failed)?.data().to_vec()))
}

/// Modes in a tree: `100644` and `100755` are files, `120000` is a link.
const FILE_KIND: i32 = 0o170_000;
const REGULAR_FILE: i32 = 0o100_000;

fn file_by_program(
    location: &Location,
    environment: &Environment,
    commit: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, Trouble> {
    let git = || {
        let mut command = program::git_in(&location.git_dir, environment);
        command.arg("--literal-pathspecs");
        command
    };
    let Some(line) = program::answer(git(), ["ls-tree", "-z", "--long", "--end-of-options", commit, "--", path])?
    else {
        return Ok(None);
    };
    let line = String::from_utf8_lossy(&line);
    let mut fields = line.split_whitespace();
    let (Some(mode), Some("blob"), Some(id), Some(size)) = (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Ok(None);
    };
    if !mode.starts_with("100") {
        return Ok(None);
    }
    if size.parse::<usize>().is_ok_and(|size| size > FILE_LIMIT) {
        return Err(too_large(path));
    }
    program::answer(git(), ["cat-file", "blob", id])
}

/// What a rollback from `live` to `target` takes away and brings.
pub(super) fn between(
    location: &Location,
    environment: &Environment,
    target: &ObjectId,
    live: &ObjectId,
) -> Result<Distance, Trouble> {
    match location.reader {
        Reader::Library => between_in_process(location, target, live),
        Reader::Program => between_by_program(location, environment, target, live),
    }
}

fn between_in_process(location: &Location, target: &ObjectId, live: &ObjectId) -> Result<Distance, Trouble> {
    let repository = Repository::open(&location.git_dir).map_err(failed)?;
    let (target, live) =
        (Oid::from_str(target.as_str()).map_err(failed)?, Oid::from_str(live.as_str()).map_err(failed)?);
    let (undone, gained) = repository.graph_ahead_behind(live, target).map_err(failed)?;
    let odb = repository.odb().map_err(failed)?;
    let mut walk = repository.revwalk().map_err(failed)?;
    walk.set_sorting(Sort::TIME).map_err(failed)?;
    walk.push(live).map_err(failed)?;
    walk.hide(target).map_err(failed)?;
    let titles = walk
        .take(TITLES)
        .map(|id| odb.read(id?).map(|commit| headline(commit.data())))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    Ok(Distance { undone, gained, titles })
}

fn between_by_program(
    location: &Location,
    environment: &Environment,
    target: &ObjectId,
    live: &ObjectId,
) -> Result<Distance, Trouble> {
    let ask = |arguments: &[&str]| {
        program::answer(program::git_in(&location.git_dir, environment), arguments)?
            .map(|out| String::from_utf8_lossy(&out).into_owned())
            .ok_or_else(|| trouble::unreadable("git rev-list failed"))
    };
    let both = format!("{live}...{target}");
    let counts = ask(&["rev-list", "--left-right", "--count", "--end-of-options", &both, "--"])?;
    let mut counts = counts.split_whitespace().map(|count| count.parse().unwrap_or_default());
    let count = format!("--max-count={TITLES}");
    let only = format!("{target}..{live}");
    let form = "--format=%x00%n%B";
    let messages = ask(&["rev-list", &count, "--no-commit-header", form, "--end-of-options", &only, "--"])?;
    Ok(Distance {
        undone: counts.next().unwrap_or_default(),
        gained: counts.next().unwrap_or_default(),
        titles: messages.split('\0').skip(1).map(|message| headline(message.as_bytes())).collect(),
    })
}

/// What a commit brought, on one line. GitHub's merges say it in the second paragraph; they are told as its squashed
/// ones are, `Title (#412)`.
fn headline(commit: &[u8]) -> String {
    let title = parse_commit(commit).title;
    let number = title.strip_prefix("Merge pull request #").and_then(|rest| rest.split(' ').next());
    let Some(number) = number else { return title };
    let text = String::from_utf8_lossy(commit);
    // A raw commit has its header as the first paragraph; a bare message begins with an empty one.
    let said = text.split("\n\n").skip(1).find(|part| !part.trim_start().starts_with("Merge pull request #"));
    match said.and_then(|part| part.trim().lines().next()).filter(|line| !line.is_empty()) {
        Some(line) => format!("{line} (#{number})"),
        None => title,
    }
}

fn failed(error: git2::Error) -> Trouble {
    trouble::unreadable(error.message())
}

fn too_large(path: &str) -> Trouble {
    trouble::unreadable(format!("{path} is larger than {} MiB", FILE_LIMIT >> 20))
}
