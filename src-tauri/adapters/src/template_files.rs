//! The team's own templates as files of the work tree. They count once they are committed: what is read for sending comes
//! from the newest commit.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use lastgood_core::error::{Code, Trouble};

/// From the root of the work tree.
pub const FOLDER: &str = ".lastgood/templates";

/// Where a template's file is, or would be, from the root of the work tree.
pub fn path(name: &str) -> String {
    format!("{FOLDER}/{name}.j2")
}

/// The text in the work tree, committed or not.
pub fn read(work_dir: &Path, name: &str) -> Option<String> {
    fs::read_to_string(file(work_dir, name).ok()?).ok()
}

/// # Errors
/// Where the file cannot be written, or the folder leads out of the work tree.
pub fn keep(work_dir: &Path, name: &str, text: &str) -> Result<(), Trouble> {
    fs::create_dir_all(work_dir.join(FOLDER)).map_err(|error| unusable(&error))?;
    fs::write(file(work_dir, name)?, text).map_err(|error| unusable(&error))
}

/// Takes the file away; one that is not there is no trouble.
pub fn remove(work_dir: &Path, name: &str) -> Result<(), Trouble> {
    match fs::remove_file(file(work_dir, name)?) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable(&error)),
        _ => Ok(()),
    }
}

/// A link in an untrusted repository must not make Lastgood write elsewhere.
fn file(work_dir: &Path, name: &str) -> Result<PathBuf, Trouble> {
    let known = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let root = work_dir.canonicalize().map_err(|error| unusable(&error))?;
    let folder = match work_dir.join(FOLDER).canonicalize() {
        Ok(folder) => folder,
        Err(error) if error.kind() == ErrorKind::NotFound => root.join(FOLDER),
        Err(error) => return Err(unusable(&error)),
    };
    let file = folder.join(format!("{name}.j2"));
    if !known || !folder.starts_with(&root) || file.is_symlink() {
        let message = format!("{} leads out of this repository.", path(name));
        return Err(Trouble::new(Code::TemplateInvalid, message, "Make it a plain file in a plain folder."));
    }
    Ok(file)
}

fn unusable(error: &std::io::Error) -> Trouble {
    let message = format!("The template cannot be kept: {error}.");
    Trouble::new(Code::TemplateInvalid, message, "Check the permissions of the work tree.")
}
