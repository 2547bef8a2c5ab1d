//! What the API tells of git objects, taken out of git2's borrowed types.

use git2::{Commit, Delta, DiffOptions, Oid, Repository, Tag, Tree};
use jiff::Timestamp;

use super::{Found, found, word};

/// Who did something, and when.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct RefFacts {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
}

#[derive(Debug, Clone)]
pub(crate) struct TagFacts {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) tagger: Option<Person>,
    pub(crate) target: String,
    pub(crate) target_kind: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct CommitFacts {
    pub(crate) id: String,
    pub(crate) tree: String,
    pub(crate) message: String,
    pub(crate) author: Person,
    pub(crate) committer: Person,
    pub(crate) parents: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) base: CommitFacts,
    pub(crate) merge_base: CommitFacts,
    /// Oldest first, as GitHub lists them.
    pub(crate) commits: Vec<CommitFacts>,
    pub(crate) behind: usize,
    pub(crate) files: Vec<ChangedFile>,
}

#[derive(Debug)]
pub(crate) struct ChangedFile {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) status: &'static str,
    pub(crate) additions: usize,
    pub(crate) deletions: usize,
    pub(crate) patch: String,
}

#[derive(Debug)]
pub(crate) enum Content {
    File(Blob),
    Folder(Vec<Entry>),
}

#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) is_folder: bool,
    pub(crate) size: usize,
}

impl Person {
    fn of(signature: &git2::Signature<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let at = Timestamp::from_second(signature.when().seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { name: text(signature.name_bytes()), email: text(signature.email_bytes()), at }
    }
}

impl RefFacts {
    pub(super) fn read(repository: &Repository, name: &str, id: Oid) -> Result<Self, git2::Error> {
        let kind = repository.odb()?.read_header(id).map(|(_, kind)| kind).ok();
        Ok(Self { name: name.to_owned(), kind: word(kind), id: id.to_string() })
    }
}

impl TagFacts {
    pub(super) fn of(tag: &Tag<'_>) -> Self {
        Self {
            id: tag.id().to_string(),
            name: String::from_utf8_lossy(tag.name_bytes()).into_owned(),
            message: String::from_utf8_lossy(tag.message_bytes().unwrap_or_default()).into_owned(),
            tagger: tag.tagger().map(|tagger| Person::of(&tagger)),
            target: tag.target_id().to_string(),
            target_kind: word(tag.target_type()),
        }
    }
}

impl CommitFacts {
    pub(super) fn of(commit: &Commit<'_>) -> Self {
        Self {
            id: commit.id().to_string(),
            tree: commit.tree_id().to_string(),
            message: String::from_utf8_lossy(commit.message_bytes()).trim_end().to_owned(),
            author: Person::of(&commit.author()),
            committer: Person::of(&commit.committer()),
            parents: commit.parent_ids().map(|id| id.to_string()).collect(),
        }
    }
}

impl Comparison {
    pub(super) fn of(repository: &Repository, base: &Commit<'_>, head: &Commit<'_>) -> Found<Self> {
        let Some(merge_base) = found(repository.merge_base(base.id(), head.id()))? else { return Ok(None) };
        let merge_base = repository.find_commit(merge_base)?;
        let (_, behind) = repository.graph_ahead_behind(head.id(), base.id())?;
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TIME | git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        walk.push(head.id())?;
        walk.hide(base.id())?;
        let commits = walk.map(|id| Ok(CommitFacts::of(&repository.find_commit(id?)?)));
        Ok(Some(Self {
            base: CommitFacts::of(base),
            merge_base: CommitFacts::of(&merge_base),
            commits: commits.collect::<Result<_, git2::Error>>()?,
            behind,
            files: changed_files(repository, &merge_base.tree()?, &head.tree()?)?,
        }))
    }
}

impl Content {
    pub(super) fn read(repository: &Repository, root: &Tree<'_>, path: &str) -> Found<Self> {
        if path.is_empty() {
            return Ok(Some(Self::Folder(entries(repository, root))));
        }
        let Some(entry) = found(root.get_path(std::path::Path::new(path)))? else { return Ok(None) };
        let object = entry.to_object(repository)?;
        Ok(match (object.as_blob(), object.as_tree()) {
            (Some(blob), _) => Some(Self::File(Blob { id: blob.id().to_string(), bytes: blob.content().to_vec() })),
            (None, Some(tree)) => Some(Self::Folder(entries(repository, tree))),
            (None, None) => None,
        })
    }
}

fn entries(repository: &Repository, tree: &Tree<'_>) -> Vec<Entry> {
    let entry = |entry: git2::TreeEntry<'_>| Entry {
        name: String::from_utf8_lossy(entry.name_bytes()).into_owned(),
        id: entry.id().to_string(),
        is_folder: entry.kind() == Some(git2::ObjectType::Tree),
        size: repository.find_blob(entry.id()).map_or(0, |blob| blob.size()),
    };
    tree.iter().map(entry).collect()
}

fn changed_files(repository: &Repository, old: &Tree<'_>, new: &Tree<'_>) -> Result<Vec<ChangedFile>, git2::Error> {
    let diff = repository.diff_tree_to_tree(Some(old), Some(new), Some(&mut DiffOptions::new()))?;
    let mut files = Vec::new();
    for index in 0..diff.deltas().len() {
        let (Some(delta), Some(mut patch)) = (diff.get_delta(index), git2::Patch::from_diff(&diff, index)?) else {
            continue;
        };
        let file = if delta.status() == Delta::Deleted { delta.old_file() } else { delta.new_file() };
        let (_, additions, deletions) = patch.line_stats()?;
        files.push(ChangedFile {
            path: file.path().map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default(),
            id: file.id().to_string(),
            status: status(delta.status()),
            additions,
            deletions,
            patch: hunks(&patch.to_buf()?),
        });
    }
    Ok(files)
}

/// GitHub shows a patch from its first hunk on, without the header of the file.
fn hunks(patch: &[u8]) -> String {
    let text = String::from_utf8_lossy(patch);
    text.find("@@").map(|start| text.get(start..).unwrap_or_default().trim_end().to_owned()).unwrap_or_default()
}

fn status(delta: Delta) -> &'static str {
    match delta {
        Delta::Added | Delta::Untracked => "added",
        Delta::Deleted => "removed",
        Delta::Renamed => "renamed",
        Delta::Copied => "copied",
        Delta::Typechange => "changed",
        Delta::Unmodified | Delta::Ignored => "unchanged",
        Delta::Modified | Delta::Unreadable | Delta::Conflicted => "modified",
    }
}
