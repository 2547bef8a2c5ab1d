//! Remembers what a step was last done for, so that it is not done again for the same input.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::place;

/// The input of one step, against the input it was last done for.
pub(crate) struct Stamp {
    file: PathBuf,
    now: String,
}

impl Stamp {
    /// `inputs` are files and folders; folders count with everything in them but the folders named in `apart`.
    pub(crate) fn new(step: &str, inputs: &[PathBuf], apart: &[&str]) -> Outcome<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            add(input, apart, &mut hasher)?;
        }
        let file = place::folder(place::target()?.join("xtask"))?.join(step);
        Ok(Self { file, now: format!("{:016x}", hasher.finish()) })
    }

    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|before| before == self.now)
    }

    pub(crate) fn keep(&self) -> Outcome {
        fs::write(&self.file, &self.now).map_err(|error| unreadable(&self.file, &error))
    }
}

fn add(path: &Path, apart: &[&str], hasher: &mut DefaultHasher) -> Outcome {
    if !path.is_dir() {
        path.hash(hasher);
        return fs::read(path).map(|content| content.hash(hasher)).map_err(|error| unreadable(path, &error));
    }
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut children: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    children.sort();
    children
        .iter()
        .filter(|child| !apart.iter().any(|name| child.ends_with(name)))
        .try_for_each(|child| add(child, apart, hasher))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
