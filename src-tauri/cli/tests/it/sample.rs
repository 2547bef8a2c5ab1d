//! A repository with tags, and the program beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::kit::{Done, finish, git, lastgood};

pub(crate) struct Sample {
    folder: TempDir,
}

impl Sample {
    /// A repository without any commit.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet", "-b", "main", "repository"]);
        Self { folder }
    }

    /// Two releases of the plain series, one of `api`, and something that is no version.
    pub(crate) fn new() -> Self {
        let sample = Self::empty();
        sample.commit("One");
        sample.git(&["tag", "-a", "v1.9.0", "-m", "First of the month"]);
        sample.commit("Two");
        sample.git(&["tag", "v1.10.0-rc.1"]);
        sample.git(&["tag", "-a", "api-v0.2.0", "-m", "Plans"]);
        sample
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.path(), arguments)
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    pub(crate) fn lastgood(&self, arguments: &[&str]) -> Command {
        let mut command = lastgood(self.folder.path(), arguments);
        command.current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        finish(&mut self.lastgood(arguments))
    }
}
