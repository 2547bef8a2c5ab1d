//! The team's own templates as files of the work tree, of any name. A file counts as it is checked out, and before a text of
//! the same name below `[incident.templates]`.

use std::collections::BTreeMap;
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

/// A team has fewer, and each is shorter.
const MOST: usize = 200;
const LONGEST: u64 = 64 << 10;

/// All of them by name. What is a link, too long or not text is left out: it cannot be a template.
pub fn all(work_dir: &Path) -> BTreeMap<String, String> {
    let Ok(folder) = fs::read_dir(work_dir.join(FOLDER)) else { return BTreeMap::new() };
    let mut names: Vec<String> = folder
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".j2").map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter().take(MOST).filter_map(|name| read(work_dir, &name).map(|text| (name, text))).collect()
}

/// The text in the work tree, committed or not.
pub fn read(work_dir: &Path, name: &str) -> Option<String> {
    let file = file(work_dir, name).ok()?;
    let fits = fs::metadata(&file).is_ok_and(|found| found.is_file() && found.len() <= LONGEST);
    if fits { fs::read_to_string(file).ok() } else { None }
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
