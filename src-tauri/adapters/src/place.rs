//! Where this installation keeps its things.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use lastgood_core::error::{Code, Trouble};

/// Overrides the data folder, for tests and portable use.
pub const DATA_VARIABLE: &str = "LASTGOOD_DATA_DIR";

/// The data folder and what lies in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    data: PathBuf,
}

impl Place {
    /// The folder named by [`DATA_VARIABLE`], else the platform's. It is made where it is missing.
    pub fn find() -> Result<Self, Trouble> {
        let named = std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        let data = named
            .or_else(|| ProjectDirs::from("dev", "lastgood", "Lastgood").map(|dirs| dirs.data_dir().to_path_buf()))
            .ok_or_else(|| {
                let hint = format!("Name a folder in {DATA_VARIABLE}.");
                Trouble::new(Code::JournalUnwritable, "This system names no data folder.", hint)
            })?;
        Self::at(data)
    }

    pub fn at(data: PathBuf) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&data).map_err(|error| {
            Trouble::new(
                Code::JournalUnwritable,
                format!("The data folder {} cannot be made: {error}.", data.display()),
                format!("Check its permissions, or name another in {DATA_VARIABLE}."),
            )
        })?;
        Ok(Self { data })
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    pub fn journal(&self) -> PathBuf {
        self.data.join("journal.sqlite")
    }

    /// Texts that people write, with their versions.
    pub fn documents(&self) -> PathBuf {
        self.data.join("documents.sqlite")
    }

    /// What was read of repositories, keyed by object id; may be deleted at any time.
    pub fn cache(&self) -> PathBuf {
        self.data.join("cache")
    }

    /// What GitHub answered; may be deleted at any time.
    pub fn answers(&self) -> PathBuf {
        self.data.join("cache.sqlite")
    }

    /// Pages for the hour in which nothing else works.
    pub fn break_glass(&self) -> PathBuf {
        self.data.join("break-glass")
    }

    pub fn rehearsal(&self) -> PathBuf {
        self.data.join("rehearsal")
    }
}
