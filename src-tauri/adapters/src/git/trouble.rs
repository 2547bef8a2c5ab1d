//! What git's failures mean for a person.

use std::fmt::Display;
use std::path::Path;

use lastgood_core::error::{Code, Trouble};

pub(super) fn folder_missing(path: &Path) -> Trouble {
    Trouble::new(Code::FolderMissing, format!("There is no folder {}.", path.display()), "Check the path.")
}

pub(super) fn not_a_repository(path: &Path) -> Trouble {
    Trouble::new(
        Code::NotARepository,
        format!("{} is in no git repository.", path.display()),
        "Open another folder, or clone the repository first.",
    )
}

/// Git refuses repositories of other users, because their configuration could run commands.
pub(super) fn not_owned(folder: &Path) -> Trouble {
    Trouble::new(
        Code::RepositoryNotOwned,
        format!("The repository {} belongs to another user.", folder.display()),
        format!("If you trust it: git config --global --add safe.directory {}", quoted(folder)),
    )
}

pub(super) fn empty() -> Trouble {
    Trouble::new(Code::RepositoryEmpty, "The repository has no commit yet.", "Commit and tag first.")
}

pub(super) fn format(reason: impl Display) -> Trouble {
    Trouble::new(
        Code::RepositoryFormat,
        format!("This repository's format needs the git program: {reason}."),
        "Install git 2.45 or newer.",
    )
}

pub(super) fn git_missing() -> Trouble {
    Trouble::new(Code::GitMissing, "The git program is not on this machine.", "Install git.")
}

pub(super) fn unreadable(reason: impl Display) -> Trouble {
    Trouble::new(Code::RepositoryUnreadable, format!("The repository could not be read: {reason}."), "Run git fsck.")
}

pub(super) fn unwritable(reason: impl Display) -> Trouble {
    Trouble::new(
        Code::RepositoryUnwritable,
        format!("The repository could not be written: {reason}."),
        "Check its permissions and the free space.",
    )
}

pub(super) fn no_remote() -> Trouble {
    Trouble::new(
        Code::NoRemote,
        "The repository has no remote named origin, nor a single other one.",
        "Add it: git remote add origin <address>",
    )
}

pub(super) fn remote_inside(address: &str) -> Trouble {
    Trouble::new(
        Code::RemoteInside,
        format!("Nothing is pushed to {address}: it lies in this repository's own folder, and its hooks would run."),
        "Set the remote that your team shares: git remote set-url origin <address>",
    )
}

pub(super) fn unreachable(reason: impl Display) -> Trouble {
    Trouble::new(
        Code::RemoteUnreachable,
        format!("The remote did not answer: {reason}."),
        "Check the network and your access, then try again.",
    )
}

pub(super) fn internal(reason: impl Display) -> Trouble {
    Trouble::new(Code::Internal, format!("Reading git stopped: {reason}."), "Try again, and report it if it repeats.")
}

/// A word for the person's own shell. The path is data and may hold anything.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | ':' | '.' | '-' | '_');
    if text.chars().all(plain) {
        text
    } else if cfg!(windows) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
