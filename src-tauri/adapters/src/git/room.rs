//! A clean room for the git program: a temporary bare repository in which nothing of the real one's configuration is
//! seen. Hooks, `core.sshCommand`, `credential.helper`, `remote.*.receivepack`, `url.*.insteadOf`, `core.fsmonitor` and
//! filters of a repository that nobody trusts yet run nothing, while the person's own git configuration, ssh
//! configuration and credential helpers work as in the terminal.
//!
//! Objects to push are seen through `GIT_OBJECT_DIRECTORY`; they are read only. A room may also be empty.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use lastgood_core::error::Trouble;
use tempfile::TempDir;

use super::authorization::Authorization;
use super::location::Location;
use super::program::{self, Environment};
use super::{settings, trouble};

/// Transports that run no command named by an address (`ext::` would).
const PROTOCOLS: &str = "file:git:http:https:ssh";

pub(super) struct Room {
    folder: TempDir,
    objects: Objects,
}

/// Whose objects are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Objects {
    /// The real repository's, to push them.
    Repository,
    /// The room's own; they go with it.
    Own,
}

impl Room {
    pub(super) fn prepare(location: &Location) -> Result<Self, Trouble> {
        let room = Self::empty(location)?;
        copy_shallow(room.folder.path(), location).map_err(trouble::unwritable)?;
        Ok(Self { objects: Objects::Repository, ..room })
    }

    /// A room that has no object of the real repository, for what is made or fetched here and goes with it.
    pub(super) fn empty(location: &Location) -> Result<Self, Trouble> {
        let folder = tempfile::Builder::new().prefix("lastgood-").tempdir().map_err(trouble::unwritable)?;
        furnish(folder.path(), location).map_err(trouble::unwritable)?;
        Ok(Self { folder, objects: Objects::Own })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The git program in this room, for what needs no network.
    pub(super) fn here(&self, environment: &Environment) -> Command {
        let mut command = program::git_in(self.folder.path(), environment);
        command.current_dir(self.folder.path());
        command
    }

    /// The git program in this room, with the objects of the real repository.
    pub(super) fn git(
        &self,
        location: &Location,
        environment: &Environment,
        address: &str,
        authorization: Option<&Authorization>,
    ) -> Result<Command, Trouble> {
        let mut added = settings::for_this_folder(location, environment, self.folder.path())?;
        if let Some((scope, authorization)) = scope(address).zip(authorization) {
            added.extend(authorization.settings(&scope));
        }
        let mut command = program::git(environment);
        command
            .current_dir(self.folder.path())
            .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
            .env("GIT_DIR", self.folder.path())
            .env("GIT_CONFIG_COUNT", added.len().to_string());
        if let Some(authorization) = authorization {
            authorization.clear_the_way(&mut command);
        }
        if self.objects == Objects::Repository {
            command.env("GIT_OBJECT_DIRECTORY", location.common_dir.join("objects"));
        }
        for (number, (name, value)) in added.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), name).env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        Ok(command)
    }
}

/// The least that git takes for a repository (`git help gitrepository-layout`), with the same kind of object ids.
fn furnish(room: &Path, location: &Location) -> io::Result<()> {
    fs::write(room.join("HEAD"), "ref: refs/heads/main\n")?;
    fs::create_dir(room.join("refs"))?;
    fs::create_dir(room.join("objects"))?;
    fs::write(room.join("config"), configuration(location))
}

/// Where the real repository's history ends.
fn copy_shallow(room: &Path, location: &Location) -> io::Result<()> {
    match fs::copy(location.common_dir.join("shallow"), room.join("shallow")) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The same, with work trees beside it; it reaches the real repository's objects and writes its own.
pub(super) fn furnish_beside(git_dir: &Path, location: &Location) -> io::Result<()> {
    furnish(git_dir, location)?;
    fs::write(git_dir.join("config"), configuration(location).replace("bare = true", "bare = false"))?;
    fs::create_dir_all(git_dir.join("objects").join("info"))?;
    let objects = location.common_dir.join("objects");
    fs::write(git_dir.join("objects").join("info").join("alternates"), format!("{}\n", objects.display()))
}

fn configuration(location: &Location) -> String {
    let format = settings::of_repository(location)
        .and_then(|config| config.get_string("extensions.objectformat").ok())
        .filter(|format| format.eq_ignore_ascii_case("sha256"));
    let core = "[core]\n\tbare = true\n\trepositoryformatversion = ";
    match format {
        Some(_) => format!("{core}1\n[extensions]\n\tobjectformat = sha256\n"),
        None => format!("{core}0\n"),
    }
}

/// `https://host:port/`: the header goes to this host alone.
pub(super) fn scope(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let host = rest.split('/').next()?;
    let host = host.rsplit('@').next()?;
    Some(format!("{scheme}://{host}/"))
}
