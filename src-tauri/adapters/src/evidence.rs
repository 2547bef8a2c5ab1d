//! The evidence store: what programs wrote, each text under the SHA-256 of its own bytes. A fact carries the hash.
//!
//! Texts arrive here bounded and without secrets. One that is there already is not written again.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::EvidenceHash;
use sha2::{Digest, Sha256};

#[derive(Debug, Clone)]
pub struct Evidence {
    folder: PathBuf,
}

impl Evidence {
    /// Below the data folder; made with its first text.
    pub fn at(data: &Path) -> Self {
        Self { folder: data.join("evidence") }
    }

    /// # Errors
    /// [`Code::JournalUnwritable`]: what is not kept is not claimed.
    pub fn keep(&self, text: &str) -> Result<EvidenceHash, Trouble> {
        let hash = hash(text.as_bytes());
        let path = self.path(&hash);
        self.write(&path, text).map_err(|error| {
            let message = format!("The output of a command cannot be kept: {error}.");
            Trouble::new(
                Code::JournalUnwritable,
                message,
                "Make room on the disk, or check the data folder's permissions.",
            )
        })?;
        Ok(hash)
    }

    /// `None` where there is none, or where it is no longer what was kept.
    pub fn read(&self, hash: &EvidenceHash) -> Option<String> {
        let is_hash = hash.as_str().len() == 64 && hash.as_str().bytes().all(|byte| byte.is_ascii_hexdigit());
        let text = is_hash.then(|| fs::read_to_string(self.path(hash)).ok()).flatten()?;
        (self::hash(text.as_bytes()) == *hash).then_some(text)
    }

    /// The one whose hash begins so; several are none.
    pub fn find(&self, beginning: &str) -> Option<EvidenceHash> {
        let folder = self.folder.join(beginning.get(..2)?);
        let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut fitting = names.filter_map(|name| name.strip_suffix(".txt").map(str::to_owned));
        let mut found = None;
        for name in fitting.by_ref().filter(|name| name.starts_with(beginning)) {
            if found.replace(name).is_some() {
                return None;
            }
        }
        found.map(EvidenceHash::new)
    }

    fn path(&self, hash: &EvidenceHash) -> PathBuf {
        let hash = hash.as_str();
        self.folder.join(hash.get(..2).unwrap_or("xx")).join(format!("{hash}.txt"))
    }

    /// Whole or not at all: a crash leaves no half of it under its name.
    fn write(&self, path: &Path, text: &str) -> std::io::Result<()> {
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Ok(_) => Ok(()),
            // Somebody else kept the same.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    }
}

fn hash(bytes: &[u8]) -> EvidenceHash {
    EvidenceHash::new(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
