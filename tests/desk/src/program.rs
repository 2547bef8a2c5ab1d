use std::env;
use std::path::PathBuf;

use crate::Failure;

/// The program of this name on the search path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The program of this name, or a sentence that says which Debian package has it.
pub fn require(name: &str, package: &str) -> Result<PathBuf, Failure> {
    find(name).ok_or_else(|| {
        Failure::new(format!("{name} is missing (Debian package {package}); `cargo xtask test` installs it"))
    })
}
