//! The git side of a long past: commits and tags before the sample's own, joined to main by a merge.

use std::io::Write as _;

use git2::{Buf, ErrorClass, ErrorCode, FileMode, ObjectType, Oid, Repository, Signature, Time};
use jiff::{SignedDuration, Timestamp};

use super::{
    fill::{Fill, FillError},
    history::PEOPLE,
    repository::email,
};
use crate::git::Bare;

const MAIN: &str = "refs/heads/main";
/// Of the 400 days before the rehearsal's epoch, the last 24 hold the sample's own story.
const SPAN: SignedDuration = SignedDuration::from_hours(24 * 375);
/// Objects are gathered in memory and written as one pack; anything above the files' own priorities will do.
const BEFORE_FILES: i32 = 1_000;

/// What lies before the sample.
pub(crate) struct Past {
    /// Oldest first.
    pub(crate) releases: Vec<OldRelease>,
    beginning: Timestamp,
}

/// A tag of the past.
pub(crate) struct OldRelease {
    pub(crate) tag: String,
    pub(crate) commit: String,
    pub(crate) at: Timestamp,
}

impl Past {
    /// Writes commits and tags; `beginning` is when the repository was made.
    pub(crate) fn write(bare: &Bare, fill: Fill, beginning: Timestamp) -> Result<Self, FillError> {
        if bare.find_ref(&format!("refs/tags/{}", name(0)))?.is_some() {
            return Err(FillError::Filled);
        }
        let mut past = Self { releases: Vec::new(), beginning };
        let repository = bare.open()?;
        let odb = repository.odb()?;
        let memory = odb.add_new_mempack_backend(BEFORE_FILES)?;
        let tip = past.commits_and_tags(&repository, fill)?;
        let merge = past.merge(&repository, tip)?;
        let mut pack = Buf::new();
        memory.dump(&repository, &mut pack)?;
        let mut writer = odb.packwriter()?;
        writer.write_all(&pack).map_err(|error| internal(&error))?;
        writer.commit()?;
        // Only now: a ref must not lead to what a killed process would have taken along. And beside the pack, because
        // libgit2 dumps commits with what they reach, and no tag's object
        // (https://libgit2.org/docs/reference/main/sys/mempack/git_mempack_dump.html).
        let repository = bare.open()?;
        for old in &past.releases {
            let object = old.annotate(&repository)?;
            repository.reference(&format!("refs/tags/{}", old.tag), object, false, "past")?;
        }
        repository.reference(MAIN, merge, true, "past")?;
        Ok(past)
    }

    /// The n-th of so many moments, evenly spread.
    pub(crate) fn moment(&self, number: u32, of: u32) -> Timestamp {
        let seconds = SPAN.as_secs() * i64::from(number + 1) / i64::from(of + 1);
        self.beginning.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(self.beginning)
    }

    /// Tags are spread evenly over the commits; the last commit has the last one. Gives that commit.
    fn commits_and_tags(&mut self, repository: &Repository, fill: Fill) -> Result<Option<Oid>, git2::Error> {
        let mut tip = None;
        for number in 0..fill.commits {
            let at = self.moment(number, fill.commits);
            let commit = commit(repository, number, at, tip)?;
            tip = Some(commit);
            let due = u64::from(number + 1) * u64::from(fill.tags) / u64::from(fill.commits);
            if due > self.releases.len() as u64 {
                self.tag(commit, at);
            }
        }
        Ok(tip)
    }

    fn tag(&mut self, commit: Oid, at: Timestamp) {
        self.releases.push(OldRelease { tag: name(self.releases.len()), commit: commit.to_string(), at });
    }

    /// Main goes on where it was, with the past as its second parent, so that every clone gets both.
    fn merge(&self, repository: &Repository, past: Option<Oid>) -> Result<Oid, git2::Error> {
        let main = repository.find_reference(MAIN)?.peel_to_commit()?;
        let Some(past) = past else { return Ok(main.id()) };
        let signature = signature(0, Timestamp::from_second(main.time().seconds()).unwrap_or(self.beginning))?;
        let message = "Join the history of the first years\n";
        let past = repository.find_commit(past)?;
        repository.commit(None, &signature, &signature, message, &main.tree()?, &[&main, &past])
    }
}

impl OldRelease {
    fn annotate(&self, repository: &Repository) -> Result<Oid, git2::Error> {
        let target = repository.find_object(Oid::from_str(&self.commit)?, Some(ObjectType::Commit))?;
        repository.tag_annotation_create(&self.tag, &target, &signature(0, self.at)?, &format!("{}\n", self.tag))
    }
}

fn commit(repository: &Repository, number: u32, at: Timestamp, parent: Option<Oid>) -> Result<Oid, git2::Error> {
    let mut files = repository.treebuilder(None)?;
    files.insert("REVISION", repository.blob(format!("{number}\n").as_bytes())?, FileMode::Blob.into())?;
    let tree = repository.find_tree(files.write()?)?;
    let signature = signature(number, at)?;
    let parent = parent.map(|id| repository.find_commit(id)).transpose()?;
    let parents: Vec<_> = parent.iter().collect();
    repository.commit(None, &signature, &signature, &format!("Work on part {number}\n"), &tree, &parents)
}

fn signature(number: u32, at: Timestamp) -> Result<Signature<'static>, git2::Error> {
    let person = PEOPLE[number as usize % PEOPLE.len()];
    Signature::new(person, &email(person), &Time::new(at.as_second(), 0))
}

/// `v0.0.0`, `v0.0.1`, … `v0.1.0`, …
fn name(number: usize) -> String {
    format!("v0.{}.{}", number / 10, number % 10)
}

fn internal(error: &std::io::Error) -> git2::Error {
    git2::Error::new(ErrorCode::GenericError, ErrorClass::Odb, error.to_string())
}
