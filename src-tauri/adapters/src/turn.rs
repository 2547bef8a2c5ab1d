//! One process drives an environment at a time: an advisory lock on a file in the data folder.
//!
//! The lock ends with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EnvironmentName;
use sha2::{Digest, Sha256};

/// Held while a rollback of the environment is driven.
#[derive(Debug)]
pub struct Turn {
    _file: File,
}

/// Takes the turn, or says that somebody else has it.
///
/// # Errors
/// [`Code::AlreadyRunning`] when another process has it, [`Code::JournalUnwritable`] where no lock can be had.
pub fn take(data: &Path, repository: &str, environment: &EnvironmentName) -> Result<Turn, Trouble> {
    let file = open(data, &name(repository, environment)).map_err(|error| unusable(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Turn { _file: file }),
        // A disk that knows no locks says so; nobody has the turn then, and nobody may.
        Err(TryLockError::Error(error)) => Err(unusable(&error)),
        Err(TryLockError::WouldBlock) => Err(Trouble::new(
            Code::AlreadyRunning,
            format!("A rollback of {environment} is being driven by another Lastgood on this machine."),
            "Watch it there; `lastgood status` shows where it stands.",
        )),
    }
}

/// Takes the turn of the repository's rollout: there is one at a time.
///
/// # Errors
/// As [`take`].
pub fn take_rollout(data: &Path, repository: &str) -> Result<Turn, Trouble> {
    // No environment can be called so.
    take(data, repository, &EnvironmentName::new("\0rollout")).map_err(|trouble| {
        if trouble.code != Code::AlreadyRunning {
            return trouble;
        }
        let message = "A rollout of this repository is being driven by another Lastgood on this machine.";
        Trouble::new(Code::AlreadyRunning, message, "Watch it there; `lastgood rollout show` tells where it stands.")
    })
}

/// Held while a rollback is named, so that no two of one second are named alike. Waits for its turn: naming takes
/// moments.
///
/// # Errors
/// [`Code::JournalUnwritable`] where no lock can be had.
pub fn wait_to_name(data: &Path, repository: &str) -> Result<Turn, Trouble> {
    let file = open(data, &name(repository, &EnvironmentName::new("")));
    let file = file.and_then(|file| file.lock().map(|()| file)).map_err(|error| unusable(&error))?;
    Ok(Turn { _file: file })
}

fn open(data: &Path, name: &str) -> std::io::Result<File> {
    let folder = data.join("turns");
    std::fs::create_dir_all(&folder)?;
    OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(name))
}

fn unusable(error: &std::io::Error) -> Trouble {
    Trouble::new(
        Code::JournalUnwritable,
        format!("The data folder cannot be used: {error}."),
        "Check its permissions and the room on the disk; it must be on a disk of this machine.",
    )
}

fn name(repository: &str, environment: &EnvironmentName) -> String {
    format!("{}.lock", file_name(repository, environment))
}

/// Names come from outside and may hold anything; their digest is a file name everywhere.
pub(crate) fn file_name(repository: &str, environment: &EnvironmentName) -> String {
    let mut digest = Sha256::new();
    digest.update(repository.as_bytes());
    digest.update([0]);
    digest.update(environment.as_str().as_bytes());
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
