//! Reading, and two kinds of writing, in the bare repository. Opened anew for each question, because people
//! push to it by path while the server runs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use git2::{ErrorCode, ObjectType, Oid, Repository, Signature, Time};
use jiff::Timestamp;

mod facts;

pub(crate) use facts::{ChangedFile, CommitFacts, Comparison, Content, Entry, Person, RefFacts, TagFacts};

/// A bare repository.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    path: PathBuf,
}

/// Why a ref could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateRefError {
    #[error("Reference already exists")]
    Exists,
    #[error("Object does not exist")]
    NoObject,
    #[error(transparent)]
    Git(#[from] git2::Error),
}

/// Hexadecimal digits of an object's id.
const WHOLE_ID: usize = 40;

pub(crate) type Found<T> = Result<Option<T>, git2::Error>;

impl Bare {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(crate) fn open(&self) -> Result<Repository, git2::Error> {
        Repository::open_bare(&self.path)
    }

    /// Refs whose full name starts with `prefix`, by name.
    pub(crate) fn refs(&self, prefix: &str) -> Result<Vec<RefFacts>, git2::Error> {
        let repository = self.open()?;
        let mut refs = Vec::new();
        for reference in repository.references()? {
            let reference = reference?;
            let (Ok(name), Some(id)) = (reference.name(), reference.target()) else { continue };
            if name.starts_with(prefix) {
                refs.push(RefFacts::read(&repository, name, id)?);
            }
        }
        refs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(refs)
    }

    /// All branches and tags by full name, each with the commit that it leads to.
    pub(crate) fn peeled_refs(&self) -> Result<BTreeMap<String, (RefFacts, Option<CommitFacts>)>, git2::Error> {
        let repository = self.open()?;
        let mut refs = BTreeMap::new();
        for reference in repository.references()? {
            let reference = reference?;
            let (Ok(name), Some(id)) = (reference.name(), reference.target()) else { continue };
            let commit = reference.peel_to_commit().ok().map(|commit| CommitFacts::of(&commit));
            refs.insert(name.to_owned(), (RefFacts::read(&repository, name, id)?, commit));
        }
        Ok(refs)
    }

    /// The ref of that full name.
    pub(crate) fn find_ref(&self, name: &str) -> Found<RefFacts> {
        ref_in(&self.open()?, name)
    }

    /// The commit that a branch, tag, full ref or (abbreviated) id means.
    pub(crate) fn commit(&self, revision: &str) -> Found<CommitFacts> {
        commit_in(&self.open()?, revision)
    }

    /// Commits from `revision` back, newest first.
    pub(crate) fn history(&self, revision: &str) -> Found<Vec<CommitFacts>> {
        let repository = self.open()?;
        let Some(start) = resolve(&repository, revision)? else { return Ok(None) };
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TIME | git2::Sort::TOPOLOGICAL)?;
        walk.push(start.id())?;
        walk.map(|id| Ok(CommitFacts::of(&repository.find_commit(id?)?))).collect::<Result<_, _>>().map(Some)
    }

    /// The annotated tag object of that id.
    pub(crate) fn tag(&self, id: &str) -> Found<TagFacts> {
        let repository = self.open()?;
        let Some(id) = found(Oid::from_str(id))? else { return Ok(None) };
        Ok(found(repository.find_tag(id))?.map(|tag| TagFacts::of(&tag)))
    }

    /// What `head` has and `base` has not.
    pub(crate) fn compare(&self, base: &str, head: &str) -> Found<Comparison> {
        let repository = self.open()?;
        let (Some(base), Some(head)) = (resolve(&repository, base)?, resolve(&repository, head)?) else {
            return Ok(None);
        };
        Comparison::of(&repository, &base, &head)
    }

    /// A file or folder at a revision.
    pub(crate) fn content(&self, revision: &str, path: &str) -> Found<Content> {
        let repository = self.open()?;
        let Some(commit) = resolve(&repository, revision)? else { return Ok(None) };
        Content::read(&repository, &commit.tree()?, path.trim_matches('/'))
    }

    /// The text of a file at a revision.
    pub(crate) fn text(&self, revision: &str, path: &str) -> Found<String> {
        Ok(match self.content(revision, path)? {
            Some(Content::File(blob)) => Some(String::from_utf8_lossy(&blob.bytes).into_owned()),
            Some(Content::Folder(_)) | None => None,
        })
    }

    /// Writes an annotated tag object; no ref.
    pub(crate) fn write_tag(&self, name: &str, message: &str, target: &str, tagger: &Person) -> Found<TagFacts> {
        let repository = self.open()?;
        let Some(id) = found(Oid::from_str(target))? else { return Ok(None) };
        let Some(object) = found(repository.find_object(id, None))? else { return Ok(None) };
        let when = Time::new(tagger.at.as_second(), 0);
        let signature = Signature::new(&tagger.name, &tagger.email, &when)?;
        let id = repository.tag_annotation_create(name, &object, &signature, message)?;
        Ok(Some(TagFacts::of(&repository.find_tag(id)?)))
    }

    /// Makes a ref that must not exist yet.
    pub(crate) fn create_ref(&self, name: &str, target: &str) -> Result<RefFacts, CreateRefError> {
        let repository = self.open()?;
        let id = found(Oid::from_str(target))?.ok_or(CreateRefError::NoObject)?;
        found(repository.find_object(id, None))?.ok_or(CreateRefError::NoObject)?;
        match repository.reference(name, id, false, "created through the API") {
            Ok(_) => Ok(RefFacts::read(&repository, name, id)?),
            Err(error) if error.code() == ErrorCode::Exists => Err(CreateRefError::Exists),
            Err(error) => Err(error.into()),
        }
    }

    /// Merges a commit into a branch and moves the branch; `None` where both sides changed the same lines, or the branch
    /// moved meanwhile.
    pub(crate) fn merge(&self, branch: &str, head: &str, message: &str, by: &str, at: Timestamp) -> Found<String> {
        let repository = self.open()?;
        let name = format!("refs/heads/{branch}");
        let (Some(ours), Some(theirs)) = (resolve(&repository, &name)?, resolve(&repository, head)?) else {
            return Ok(None);
        };
        let mut index = repository.merge_commits(&ours, &theirs, None)?;
        if index.has_conflicts() {
            return Ok(None);
        }
        let tree = repository.find_tree(index.write_tree_to(&repository)?)?;
        let email = format!("{by}@users.noreply.github.localhost");
        let signature = Signature::new(by, &email, &Time::new(at.as_second(), 0))?;
        let made = repository.commit(None, &signature, &signature, message, &tree, &[&ours, &theirs])?;
        let moved = repository.reference_matching(&name, made, true, ours.id(), "merged through the API");
        match moved {
            Ok(_) => Ok(Some(made.to_string())),
            Err(error) if error.code() == ErrorCode::Modified => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a ref; says whether there was one.
    pub(crate) fn delete_ref(&self, name: &str) -> Result<bool, git2::Error> {
        let repository = self.open()?;
        let Some(mut reference) = found(repository.find_reference(name))? else { return Ok(false) };
        reference.delete()?;
        Ok(true)
    }
}

/// [`Bare::find_ref`] in a repository that is open already.
pub(crate) fn ref_in(repository: &Repository, name: &str) -> Found<RefFacts> {
    let Some(reference) = found(repository.find_reference(name))? else { return Ok(None) };
    let Some(id) = reference.target() else { return Ok(None) };
    RefFacts::read(repository, name, id).map(Some)
}

/// [`Bare::commit`] in a repository that is open already, where many are asked for at once.
pub(crate) fn commit_in(repository: &Repository, revision: &str) -> Found<CommitFacts> {
    Ok(resolve(repository, revision)?.map(|commit| CommitFacts::of(&commit)))
}

/// As GitHub does it: a branch before a tag before an id. A whole id is no name that GitHub takes for a branch or tag.
fn resolve<'r>(repository: &'r Repository, revision: &str) -> Found<git2::Commit<'r>> {
    if revision.len() == WHOLE_ID && revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let object = found(Oid::from_str(revision).and_then(|id| repository.find_object(id, None)))?;
        return Ok(object.and_then(|object| object.peel_to_commit().ok()));
    }
    for name in [revision.to_owned(), format!("refs/heads/{revision}"), format!("refs/tags/{revision}")] {
        if !name.starts_with("refs/") {
            continue;
        }
        if let Some(reference) = found(repository.find_reference(&name))? {
            return found(reference.peel_to_commit());
        }
    }
    if revision == "HEAD" {
        return found(repository.head().and_then(|head| head.peel_to_commit()));
    }
    if revision.len() < 4 || !revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let object = found(repository.find_object_by_prefix(revision, None))?;
    Ok(object.and_then(|object| object.peel_to_commit().ok()))
}

/// "Not there" is an answer, not an error; so is a name that git does not allow.
fn found<T>(result: Result<T, git2::Error>) -> Found<T> {
    let absent = [ErrorCode::NotFound, ErrorCode::InvalidSpec, ErrorCode::Ambiguous, ErrorCode::UnbornBranch];
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if absent.contains(&error.code()) || error.class() == git2::ErrorClass::Invalid => Ok(None),
        Err(error) => Err(error),
    }
}

fn word(kind: Option<ObjectType>) -> &'static str {
    match kind {
        Some(ObjectType::Tag) => "tag",
        Some(ObjectType::Tree) => "tree",
        Some(ObjectType::Blob) => "blob",
        Some(ObjectType::Commit | ObjectType::Any) | None => "commit",
    }
}
