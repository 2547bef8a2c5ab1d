//! Where a rehearsal lives on disk, and how its state gets there whole.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    clock::Anchor,
    sample::{OWNER, REPO},
    state::State,
};

const LAYOUT: u32 = 1;

/// The state could not be written; the change is not kept across a restart.
#[derive(Debug, thiserror::Error)]
#[error("The rehearsal cannot write {path}: {source}. Make room or choose another folder.")]
pub struct SaveError {
    path: PathBuf,
    source: io::Error,
}

/// Everything that outlives the process, beside the two git repositories.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    pub(crate) layout: u32,
    pub(crate) token: String,
    pub(crate) anchor: Anchor,
    pub(crate) api_port: u16,
    pub(crate) service_port: u16,
    pub(crate) state: State,
}

impl Saved {
    pub(crate) fn new(token: String, anchor: Anchor, state: State) -> Self {
        Self { layout: LAYOUT, token, anchor, api_port: 0, service_port: 0, state }
    }
}

/// The paths of one rehearsal.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) directory: PathBuf,
}

impl Layout {
    pub(crate) fn remote(&self) -> PathBuf {
        self.directory.join("remote").join(OWNER).join(format!("{REPO}.git"))
    }

    pub(crate) fn working_clone(&self) -> PathBuf {
        self.directory.join("clone").join(REPO)
    }

    fn state(&self) -> PathBuf {
        self.directory.join("github.json")
    }

    /// There while the two repositories are being written, so that half of a sample is never taken for one.
    fn unfinished(&self) -> PathBuf {
        self.directory.join("unfinished")
    }

    /// Keeps other processes out until the file is dropped; `None` if one is in already.
    pub(crate) fn lock(&self) -> io::Result<Option<File>> {
        fs::create_dir_all(&self.directory)?;
        let file =
            File::options().create(true).truncate(false).write(true).open(self.directory.join("rehearsal.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// What an earlier process left.
    pub(crate) fn load(&self) -> io::Result<Option<Saved>> {
        let text = match fs::read(self.state()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let saved: Saved = serde_json::from_slice(&text)?;
        if saved.layout == LAYOUT { Ok(Some(saved)) } else { Err(io::Error::other("it was made by another version")) }
    }

    /// Makes room for the repositories. What an unfinished start left is removed; nothing else ever is.
    pub(crate) fn begin(&self) -> io::Result<()> {
        let folders = [self.remote(), self.working_clone()];
        let ours = fs::exists(self.unfinished())?;
        for folder in folders.iter().filter(|folder| folder.exists()) {
            if !ours {
                return Err(io::Error::other(format!("{} is there already", folder.display())));
            }
            fs::remove_dir_all(folder)?;
        }
        fs::write(self.unfinished(), "")?;
        folders.iter().filter_map(|folder| folder.parent()).try_for_each(fs::create_dir_all)
    }

    pub(crate) fn finish(&self, saved: &Saved) -> Result<(), SaveError> {
        self.save(saved)?;
        let path = self.unfinished();
        fs::remove_file(&path).map_err(|source| SaveError { path, source })
    }

    /// Writes the state beside its place and moves it there, so that a reader finds the old or the new, never half.
    pub(crate) fn save(&self, saved: &Saved) -> Result<(), SaveError> {
        let path = self.state();
        let written = serde_json::to_vec(saved).map_err(io::Error::from).and_then(|text| replace(&path, &text));
        written.map_err(|source| SaveError { path, source })
    }
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    fs::write(&beside, text)?;
    fs::rename(beside, path)
}
