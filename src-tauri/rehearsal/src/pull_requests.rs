//! What opening, changing and merging a pull request asks of the repository; both faces of the API follow these rules.

use jiff::Timestamp;

use crate::{
    git::{Bare, Comparison, Found},
    github::GitHub,
    state::{
        Access, State,
        pull_request::{Merge, NewPullRequest, PullRequest},
    },
    store::SaveError,
};

/// What somebody asks for who opens one.
pub(crate) struct Wanted {
    pub(crate) title: String,
    pub(crate) body: String,
    /// May be named with the owner before it.
    pub(crate) head: String,
    pub(crate) base: String,
    pub(crate) draft: bool,
}

/// Why there is none, or why it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum PullRequestError {
    /// The token may not write.
    #[error("Resource not accessible by personal access token")]
    Forbidden,
    /// No pull request has this number.
    #[error("Not Found")]
    Unknown,
    /// One of the branches does not exist.
    #[error("{field} does not exist")]
    NoBranch {
        /// `head` or `base`.
        field: &'static str,
    },
    /// There is nothing to merge.
    #[error("No commits between {base} and {head}")]
    NoCommits {
        /// The branch that would get them.
        base: String,
        /// The branch without any.
        head: String,
    },
    /// The same head and base have an open one.
    #[error("A pull request already exists for {owner}:{head}.")]
    Exists {
        /// Owner of the repository.
        owner: String,
        /// The branch with the changes.
        head: String,
    },
    /// It is closed, merged, or both sides changed the same lines.
    #[error("Pull Request is not mergeable")]
    NotMergeable,
    /// The repository could not be read or written.
    #[error("the repository cannot be used: {0}")]
    Git(#[from] git2::Error),
    /// The change could not be kept.
    #[error(transparent)]
    Save(#[from] SaveError),
}

/// Opens one for the viewer.
pub(crate) fn open(github: &GitHub, wanted: Wanted) -> Result<PullRequest, PullRequestError> {
    let Wanted { title, body, head, base, draft } = wanted;
    let head = without_owner(&head).to_owned();
    if github.read(|state, _| state.access == Access::Read) {
        return Err(PullRequestError::Forbidden);
    }
    let commit_of = |field, name: &str| branch(github.bare(), name)?.ok_or(PullRequestError::NoBranch { field });
    let (head_commit, base_commit) = (commit_of("head", &head)?, commit_of("base", &base)?);
    let compared = github.bare().compare(&base_commit, &head_commit)?;
    if compared.is_none_or(|compared| compared.commits.is_empty()) {
        return Err(PullRequestError::NoCommits { base, head });
    }
    github.change(|state, now| {
        let same = |one: &PullRequest| one.is_open() && one.head == head && one.base == base;
        if state.pull_requests.iter().any(same) {
            return Err(PullRequestError::Exists { owner: state.owner.clone(), head: head.clone() });
        }
        let new = NewPullRequest { title, body, head: head.clone(), base, head_commit, base_commit, draft };
        Ok(state.open_pull_request(new, now))
    })?
}

/// Merges one as the viewer; gives the commit that this makes.
pub(crate) fn merge(github: &GitHub, number: u64) -> Result<String, PullRequestError> {
    let (found, viewer) = github.read(|state, now| (find(state, number).cloned(), (state.viewer.clone(), now)));
    let found = found.ok_or(PullRequestError::Unknown)?;
    let head = head_commit(github.bare(), &found)?;
    if !found.is_open() {
        return Err(PullRequestError::NotMergeable);
    }
    let message = format!("Merge pull request #{number} from {}\n\n{}", found.head, found.title);
    let merged = github.bare().merge(&found.base, &head, &message, &viewer.0, viewer.1)?;
    let commit = merged.ok_or(PullRequestError::NotMergeable)?;
    let (by, made) = (viewer.0, commit.clone());
    github.change(|state, now| {
        end(state, number, now, |one| (one.head_commit, one.merge) = (head, Some(Merge { commit: made, by })));
    })?;
    Ok(commit)
}

/// Closes one without merging it.
pub(crate) fn close(github: &GitHub, number: u64) -> Result<(), PullRequestError> {
    let known = github.change(|state, now| end(state, number, now, |_| ()))?;
    known.then_some(()).ok_or(PullRequestError::Unknown)
}

/// What it brings to its base.
pub(crate) fn compared(bare: &Bare, one: &PullRequest) -> Found<Comparison> {
    bare.compare(&one.base_commit, &head_commit(bare, one)?)
}

/// The commit of its branch; where that is gone or the request ended, the one that was last known.
pub(crate) fn head_commit(bare: &Bare, one: &PullRequest) -> Result<String, git2::Error> {
    let there = if one.is_open() { branch(bare, &one.head)? } else { None };
    Ok(there.unwrap_or_else(|| one.head_commit.clone()))
}

/// A head may be named with the owner before it.
pub(crate) fn without_owner(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, branch)| branch)
}

fn end(state: &mut State, number: u64, now: Timestamp, change: impl FnOnce(&mut PullRequest)) -> bool {
    let Some(found) = state.pull_requests.iter_mut().find(|one| one.number == number) else { return false };
    if found.is_open() {
        found.closed_at = Some(now);
        change(found);
    }
    true
}

fn find(state: &State, number: u64) -> Option<&PullRequest> {
    state.pull_requests.iter().find(|one| one.number == number)
}

fn branch(bare: &Bare, name: &str) -> Found<String> {
    Ok(bare.find_ref(&format!("refs/heads/{name}"))?.map(|found| found.id))
}
