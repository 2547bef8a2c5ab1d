//! Where things are in the work tree.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The folder of the workspace, wherever the command was called.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// GitHub's own clients, for the tests.
pub(crate) fn clients() -> PathBuf {
    root().join("tests").join("clients")
}

/// A program that cargo built: in `target/debug`, or wherever `CARGO_TARGET_DIR` says.
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    // Cargo takes a relative target folder from where it is called, and here that is the root.
    root().join(target).join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// `target/` of the work tree, made if it is not there: for stamps, pictures and samples.
pub(crate) fn target() -> Outcome<PathBuf> {
    folder(root().join("target"))
}

/// This folder, made if it is not there.
pub(crate) fn folder(folder: PathBuf) -> Outcome<PathBuf> {
    match fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(error) => Err(Failure::new(format!("{} cannot be made: {error}", folder.display()))),
    }
}
