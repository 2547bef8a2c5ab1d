//! `lastgood.toml` as it was read last. A file that changes while the repository is open counts at once; one with a mistake
//! does not, and what counted before goes on counting.

use std::sync::{Arc, PoisonError, RwLock};

use lastgood_core::error::Trouble;
use lastgood_core::settings::{FILE, Settings};

use super::Workspace;
use crate::git::GitRepository;

pub(super) struct SettingsFile(RwLock<Kept>);

struct Kept {
    settings: Arc<Settings>,
    text: Option<Vec<u8>>,
    /// Counts the changes that count.
    version: u64,
    trouble: Option<Trouble>,
}

impl SettingsFile {
    /// # Errors
    /// A broken file, or a repository that cannot be read.
    pub(super) fn read(repository: &GitRepository) -> Result<Self, Trouble> {
        let text = repository.read_head_file(FILE)?;
        let settings = Arc::new(parse(text.as_deref())?);
        Ok(Self(RwLock::new(Kept { settings, text, version: 0, trouble: None })))
    }

    pub(super) fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).settings)
    }

    fn again(&self, repository: &GitRepository) -> bool {
        // What cannot be read just now has not changed.
        let Ok(text) = repository.read_head_file(FILE) else { return false };
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.text == text {
            return false;
        }
        match parse(text.as_deref()) {
            Ok(settings) => {
                kept.settings = Arc::new(settings);
                kept.version += 1;
                kept.trouble = None;
            }
            Err(trouble) => kept.trouble = Some(trouble),
        }
        kept.text = text;
        true
    }
}

impl Workspace {
    /// As the file says now, or said when it was whole.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.current()
    }

    /// Looks whether the file says something else by now; blocks.
    pub fn read_settings_again(&self) -> bool {
        self.settings.again(&self.repository)
    }

    /// Grows with each change that counts.
    pub fn settings_version(&self) -> u64 {
        self.settings.0.read().unwrap_or_else(PoisonError::into_inner).version
    }

    /// What is wrong with the file as it is now.
    pub fn settings_trouble(&self) -> Option<Trouble> {
        self.settings.0.read().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }
}

fn parse(text: Option<&[u8]>) -> Result<Settings, Trouble> {
    text.map_or_else(|| Ok(Settings::default()), |bytes| Settings::parse(&String::from_utf8_lossy(bytes)))
}
