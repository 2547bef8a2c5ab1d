//! The files of a pull request.

use async_graphql::{Enum, SimpleObject};

use crate::git::ChangedFile;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum PatchStatus {
    Added,
    Deleted,
    Modified,
    Renamed,
}

#[derive(Debug, Clone, SimpleObject)]
pub(super) struct PullRequestChangedFile {
    pub(super) path: String,
    change_type: PatchStatus,
    additions: usize,
    deletions: usize,
}

impl From<ChangedFile> for PullRequestChangedFile {
    fn from(file: ChangedFile) -> Self {
        // REST has another word for what is gone.
        let change_type = match file.status {
            "added" => PatchStatus::Added,
            "removed" => PatchStatus::Deleted,
            "renamed" => PatchStatus::Renamed,
            _ => PatchStatus::Modified,
        };
        Self { path: file.path, change_type, additions: file.additions, deletions: file.deletions }
    }
}
