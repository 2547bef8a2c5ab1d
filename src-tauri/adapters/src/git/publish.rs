//! One file changed in somebody's repository: cloned, committed, pushed, in a folder that goes again.
//!
//! Nothing of that repository runs: no hooks, no links that lead out of the folder. What the program says is compared with
//! what the remote has afterwards.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lastgood_core::error::Trouble;
use tempfile::TempDir;

use super::network::{self, Ended, Said};
use super::{Authorizer, program, room, trouble};

const PROTOCOLS: &str = "file:git:http:https:ssh";

/// What to change, and where.
pub(crate) struct Order {
    pub(crate) address: String,
    pub(crate) branch: String,
    /// Below the root, with forward slashes.
    pub(crate) path: String,
    /// A file beside it whose name is a day and this goes on: it was begun under another date.
    pub(crate) dated: Option<String>,
    pub(crate) message: String,
    pub(crate) authorizer: Option<Authorizer>,
    /// For each call of the program.
    pub(crate) deadline: Duration,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// The branch stands at this commit.
    At(String),
    /// The file says it already.
    AlreadyThere,
    /// The remote does not have it, and it may go again.
    NotSent(String),
    /// The remote said no.
    Refused(String),
    Unknown(String),
}

impl Order {
    /// Changes the file as `edit` says; `None` from it: nothing is to be changed.
    pub(crate) async fn publish(
        &self,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Published, Trouble> {
        let folder = tempfile::Builder::new().prefix("lastgood-").tempdir().map_err(trouble::unwritable)?;
        let work = folder.path().join("site");
        if let Err(words) = self.clone_into(&folder, &work).await? {
            return Ok(Published::NotSent(words));
        }
        let path = self.path_in(&work);
        let file = work.join(&path);
        let before = std::fs::read_to_string(&file).ok();
        let Some(after) = edit(before.as_deref()) else { return Ok(Published::AlreadyThere) };
        write(&file, &after)?;
        if let Err(words) = self.commit(&work, &path).await? {
            return Ok(Published::NotSent(words));
        }
        self.push(&work).await
    }

    /// What the file says on the remote now.
    pub(crate) async fn read(&self) -> Option<String> {
        let folder = tempfile::Builder::new().prefix("lastgood-").tempdir().ok()?;
        let work = folder.path().join("site");
        self.clone_into(&folder, &work).await.ok()?.ok()?;
        std::fs::read_to_string(work.join(self.path_in(&work))).ok()
    }

    /// Where the file is in this clone; of several that go on, the newest.
    fn path_in(&self, work: &Path) -> String {
        let Some((folder, _)) = self.path.rsplit_once('/') else { return self.path.clone() };
        let goes_on = |name: &String| {
            let day = self.dated.as_ref().and_then(|ending| name.strip_suffix(ending.as_str()));
            day.is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
        };
        let names = std::fs::read_dir(work.join(folder)).into_iter().flatten().flatten();
        let newest = names.filter_map(|entry| entry.file_name().into_string().ok()).filter(goes_on).max();
        newest.map_or_else(|| self.path.clone(), |name| format!("{folder}/{name}"))
    }

    async fn clone_into(&self, folder: &TempDir, work: &Path) -> Result<Result<(), String>, Trouble> {
        let mut command = self.git(folder.path());
        command
            .args([
                "clone",
                "--quiet",
                "--depth=1",
                "--single-branch",
                "--no-tags",
                "--template=",
                "-c",
                "core.symlinks=false",
            ])
            .args(["--branch", &self.branch, "--end-of-options", &self.address])
            .arg(work);
        Ok(self.call(command).await?.map(|_| ()))
    }

    async fn commit(&self, work: &Path, path: &str) -> Result<Result<(), String>, Trouble> {
        let mut add = self.git(work);
        add.args(["add", "--force", "--", path]);
        if let Err(words) = self.call(add).await? {
            return Ok(Err(words));
        }
        let mut commit = self.git(work);
        commit.args(["-c", "user.name=Lastgood", "-c", "user.email=lastgood@localhost.invalid"]);
        commit.args(["-c", "commit.gpgSign=false", "commit", "--quiet", "--message", &self.message]);
        Ok(self.call(commit).await?.map(|_| ()))
    }

    async fn push(&self, work: &Path) -> Result<Published, Trouble> {
        let mut ours = self.git(work);
        ours.args(["rev-parse", "HEAD"]);
        let ours = match self.call(ours).await? {
            Ok(said) => said.out.trim().to_owned(),
            Err(words) => return Ok(Published::NotSent(words)),
        };
        let name = format!("refs/heads/{}", self.branch);
        let mut push = self.git(work);
        push.args(["push", "--porcelain", "--end-of-options", &self.address, &format!("HEAD:{name}")]);
        let ended = network::call(push, self.deadline).await?;
        let mut ask = self.git(work);
        ask.args(["ls-remote", "--quiet", "--end-of-options", &self.address, &name]);
        Ok(match (self.call(ask).await?, ended) {
            (Ok(there), _) if there.out.starts_with(&ours) => Published::At(ours),
            (Ok(_), Ended::Exited(said)) if said.out.contains("[remote rejected]") => {
                Published::Refused(refusal(&said))
            }
            (Ok(_), Ended::Exited(said)) => Published::NotSent(said.reason()),
            (Ok(_), Ended::TimedOut) => Published::Unknown("the push took too long and was stopped".to_owned()),
            (Err(words), _) => Published::Unknown(words),
        })
    }

    fn git(&self, folder: &Path) -> Command {
        let none: [(OsString, OsString); 0] = [];
        let mut command = program::git(&none);
        command.current_dir(folder).env("GIT_ALLOW_PROTOCOL", PROTOCOLS);
        let mut added = vec![("core.hooksPath".to_owned(), "/dev/null".to_owned())];
        let authorization = self.authorizer.as_ref().and_then(|authorizer| authorizer.ask(&self.address));
        if let Some((scope, authorization)) = room::scope(&self.address).zip(authorization) {
            authorization.clear_the_way(&mut command);
            added.extend(authorization.settings(&scope));
        }
        command.env("GIT_CONFIG_COUNT", added.len().to_string());
        for (number, (name, value)) in added.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), name).env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        command
    }

    async fn call(&self, command: Command) -> Result<Result<Said, String>, Trouble> {
        Ok(match network::call(command, self.deadline).await? {
            Ended::Exited(said) if said.status.success() => Ok(said),
            Ended::Exited(said) => Err(said.reason()),
            Ended::TimedOut => Err("the time was up".to_owned()),
        })
    }
}

fn refusal(said: &Said) -> String {
    let words = said.of_remote();
    if words.is_empty() { said.reason() } else { words.join("; ") }
}

fn write(file: &Path, text: &str) -> Result<(), Trouble> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(trouble::unwritable)?;
    }
    std::fs::write(file, text).map_err(trouble::unwritable)
}
