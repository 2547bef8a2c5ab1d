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
    let unusable = |error: &std::io::Error| {
        Trouble::new(
            Code::JournalUnwritable,
            format!("The data folder cannot be used: {error}."),
            "Check its permissions and the room on the disk; it must be on a disk of this machine.",
        )
    };
    let folder = data.join("turns");
    let file = std::fs::create_dir_all(&folder)
        .and_then(|()| {
            let path = folder.join(name(repository, environment));
            OpenOptions::new().create(true).truncate(false).write(true).open(path)
        })
        .map_err(|error| unusable(&error))?;
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

/// Names come from outside and may hold anything; their digest is a file name everywhere.
fn name(repository: &str, environment: &EnvironmentName) -> String {
    let mut digest = Sha256::new();
    digest.update(repository.as_bytes());
    digest.update([0]);
    digest.update(environment.as_str().as_bytes());
    let hex: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.lock")
}
