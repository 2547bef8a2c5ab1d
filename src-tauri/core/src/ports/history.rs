//! What lies between two releases, and who signed one.

use async_trait::async_trait;

use crate::error::Trouble;
use crate::ids::{ObjectId, TagName};

/// Git, as far as checks need it. Nothing of the repository's own runs.
#[async_trait]
pub trait History: Send + Sync {
    /// What a rollback from `live` to `target` takes away and brings.
    async fn difference(&self, target: &ObjectId, live: &ObjectId) -> Result<Difference, Trouble>;

    /// Files as they are in a commit, in the order asked for; `None` where there is none.
    async fn files(&self, commit: &ObjectId, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, Trouble>;

    /// The files of one folder of a commit, by their paths, and not of those below it; none where there is no such folder.
    async fn folder(&self, commit: &ObjectId, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Trouble>;

    /// Where the remote's branch stood when it was last fetched; without that, where the branch of this name stands here.
    async fn branch(&self, name: &str) -> Result<Option<ObjectId>, Trouble>;

    /// What the tag's signature is worth. `signers` is a file of the repository that names the keys of its people, in
    /// the form of ssh-keygen's allowed signers; without it the person's own settings count.
    async fn signature(&self, tag: &TagName, signers: Option<&str>) -> Result<Signature, Trouble>;
}

/// What separates a target from what is live.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Commits of the live release that the target lacks: what a rollback takes away.
    pub undone: usize,
    /// Commits of the target that the live release lacks.
    pub gained: usize,
    /// Titles of the undone commits, newest first; only so many as a person reads.
    pub titles: Vec<String>,
    /// By path.
    pub files: Vec<FileChange>,
}

/// One file that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: String,
    pub kind: ChangeKind,
}

/// Seen from the target: what became of the file until the live release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The live release has it, the target has not.
    Added,
    /// The target has it, the live release has not.
    Removed,
    Modified,
}

/// What a tag's signature is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// There is no such tag.
    Missing,
    /// A lightweight tag can carry none.
    Lightweight,
    Unsigned,
    /// Somebody signed it, and nothing on this machine says who.
    UnknownKey(Key),
    /// Good, by a key that is known under this name.
    Verified(Key),
    /// It does not fit what it signs: one of the two was changed.
    Bad(Key),
    /// Good, by a key or with a signature whose time is over.
    Expired(Key),
    /// Good, by a key that its owner took back.
    Revoked(Key),
    /// It could not be verified: what it needs is not on this machine.
    Unchecked {
        reason: String,
        hint: String,
    },
}

/// A key as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// `GPG`, `SSH` or `X.509`.
    pub kind: &'static str,
    /// Fingerprint or id.
    pub id: String,
    /// Whose it is; empty where nothing says so.
    pub owner: String,
}
