//! Bringing a written file to the disk.

use std::path::Path;

/// Synchronises a file and the folders that name it. An object that was in a pack already has no file of its own.
#[cfg(unix)]
pub(in super::super) fn sync(file: &Path) {
    let folders = file.ancestors().skip(1).take(2);
    for path in std::iter::once(file).chain(folders).filter(|path| path.exists()) {
        if let Err(error) = std::fs::File::open(path).and_then(|open| open.sync_all()) {
            tracing::warn!(%error, path = %path.display(), "not brought to the disk yet");
        }
    }
}

/// Windows synchronises only files opened for writing, and git's objects are read-only.
#[cfg(not(unix))]
pub(in super::super) fn sync(_: &Path) {}
