//! The files of one commit in a folder of their own, for commands to run in.
//!
//! The folder is a repository of its own that reaches the real one's objects and nothing else: no hook, no filter and no
//! setting of the real one, nor of the person, has a say in what is written there. Submodules and large files kept
//! elsewhere are left out.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lastgood_core::error::Trouble;
use lastgood_core::ids::ObjectId;
use tempfile::TempDir;

use super::network::{self, Ended};
use super::{GitRepository, program, room, trouble};

/// Writing out a large tree on a slow disk.
const DEADLINE: Duration = Duration::from_secs(120);

/// A throw-away checkout; gone when it is dropped.
#[derive(Debug)]
pub struct Worktree {
    folder: TempDir,
}

impl Worktree {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl GitRepository {
    /// Writes the files of a commit into a new folder.
    ///
    /// # Errors
    /// `RepositoryUnreadable` where the commit is not here whole, `RepositoryUnwritable`, `GitMissing`.
    pub async fn check_out(&self, commit: &ObjectId) -> Result<Worktree, Trouble> {
        let (repository, id) = (self.clone(), commit.clone());
        let (worktree, command) = super::blocking(move || {
            let folder =
                tempfile::Builder::new().prefix("lastgood-worktree-").tempdir().map_err(trouble::unwritable)?;
            let git_dir = folder.path().join(".git");
            fs::create_dir(&git_dir).map_err(trouble::unwritable)?;
            room::furnish_beside(&git_dir, &repository.location).map_err(trouble::unwritable)?;
            let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
            let mut command = program::git(repository.environment());
            command
                .current_dir(folder.path())
                .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", nothing), ("GIT_ATTR_NOSYSTEM", "1")])
                .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.symlinks=true"])
                .arg("--git-dir")
                .arg(&git_dir)
                .arg("--work-tree")
                .arg(folder.path())
                .args(["checkout", "--quiet", "--force", "--detach", id.as_str(), "--"]);
            Ok((Worktree { folder }, command))
        })
        .await?;
        match network::call(command, DEADLINE).await? {
            Ended::Exited(said) if said.status.success() => Ok(worktree),
            Ended::Exited(said) => Err(trouble::unreadable(said.reason())),
            Ended::TimedOut => Err(trouble::unwritable("the files took too long to write")),
        }
    }
}
