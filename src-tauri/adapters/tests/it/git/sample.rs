//! Real repositories in a temporary folder, with nothing of this machine's git configuration.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lastgood_adapters::git::{GitRepository, OpenOptions};
use lastgood_core::error::Trouble;
use lastgood_core::ids::ObjectId;
use lastgood_core::ports::repository::{Repository, TagOrder};
use lastgood_core::release::{Moment, Release};
use tempfile::TempDir;

/// When everything in a sample happened.
pub(super) const DATE: Moment = Moment { seconds: 1_700_000_000, offset: 120 };

pub(super) struct Sample {
    room: TempDir,
    path: PathBuf,
}

impl Sample {
    /// A repository with one commit on `main`.
    pub(super) fn new() -> Self {
        Self::of_format(&[])
    }

    /// `arguments` go to `git init`.
    pub(super) fn of_format(arguments: &[&str]) -> Self {
        let sample = Self::empty(arguments);
        sample.commit("The beginning\n\nWith a body.\n");
        sample
    }

    /// A repository without any commit.
    pub(super) fn empty(arguments: &[&str]) -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("repository");
        let sample = Self { room, path };
        fs::write(sample.global(), "").unwrap();
        sample.run(sample.room.path(), &[&["init", "--quiet", "-b", "main"], arguments, &["repository"]].concat(), b"");
        sample
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A path beside the repository.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    /// The person's own git configuration.
    pub(super) fn global(&self) -> PathBuf {
        self.beside("gitconfig")
    }

    pub(super) fn open(&self) -> GitRepository {
        self.open_at(&self.path)
    }

    pub(super) fn open_at(&self, path: &Path) -> GitRepository {
        GitRepository::open(path, self.options()).unwrap()
    }

    pub(super) fn options(&self) -> OpenOptions {
        let environment = self.environment().into_iter().map(|(name, value)| (OsString::from(name), value)).collect();
        OpenOptions { environment, ..OpenOptions::default() }
    }

    pub(super) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_CONFIG_GLOBAL", self.global().into()),
            ("HOME", self.room.path().into()),
        ]
    }

    /// Releases by name.
    pub(super) fn releases(&self) -> Vec<Release> {
        by_name(self.open().releases_now().unwrap())
    }

    pub(super) fn release(&self, tag: &str) -> Release {
        self.releases().into_iter().find(|release| release.tag.as_str() == tag).unwrap()
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.path, arguments)
    }

    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(folder, arguments, b"")).trim_end().to_owned()
    }

    pub(super) fn git_reading(&self, arguments: &[&str], input: &[u8]) -> String {
        String::from_utf8_lossy(&self.run(&self.path, arguments, input)).trim_end().to_owned()
    }

    pub(super) fn raw(&self, arguments: &[&str]) -> Vec<u8> {
        self.run(&self.path, arguments, b"")
    }

    pub(super) fn commit(&self, message: &str) -> ObjectId {
        self.git_reading(&["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-F", "-"], message.as_bytes());
        ObjectId::new(self.git(&["rev-parse", "HEAD"]))
    }

    pub(super) fn write(&self, file: &str, content: &[u8]) {
        fs::write(self.path.join(file), content).unwrap();
    }

    /// A bare repository beside this one, as `origin`; its path.
    pub(super) fn with_remote(&self) -> PathBuf {
        let remote = self.beside("remote.git");
        let format = format!("--object-format={}", self.git(&["rev-parse", "--show-object-format"]));
        self.git_in(self.room.path(), &["init", "--quiet", "--bare", "-b", "main", &format, "remote.git"]);
        self.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        self.git(&["push", "--quiet", "origin", "main"]);
        remote
    }

    fn run(&self, folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = Command::new("git");
        let mut child = command
            .args(["-c", "user.name=platform-lead", "-c", "user.email=platform-lead@example.com"])
            .args(arguments)
            .current_dir(folder)
            .envs(self.environment())
            .envs([("GIT_AUTHOR_DATE", "1700000000 +0200"), ("GIT_COMMITTER_DATE", "1700000000 +0200")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tests need git");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

pub(super) fn by_name(mut releases: Vec<Release>) -> Vec<Release> {
    releases.sort_by(|a, b| a.tag.cmp(&b.tag));
    releases
}

/// Makes a tag and names it.
pub(super) async fn create(repository: &GitRepository, order: &TagOrder) -> Result<ObjectId, Trouble> {
    let made = repository.make_tag(order).await?;
    repository.name_tag(&order.name, &made).await.map(|()| made)
}

pub(super) fn order(name: &str, commit: &ObjectId) -> TagOrder {
    TagOrder {
        name: name.into(),
        commit: commit.clone(),
        message: "Rollback to v1.0.0\n\nReason: checkout fails".to_owned(),
        date: DATE,
    }
}
