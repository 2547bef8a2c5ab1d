use std::path::PathBuf;

use jiff::Timestamp;
use lastgood_rehearsal::{Description, GitHub, Options, Rehearsal};
use tempfile::TempDir;

/// A rehearsal with a folder of its own.
pub struct Served {
    rehearsal: Rehearsal,
    folder: TempDir,
}

impl Served {
    /// Runs go at this speed.
    pub async fn at_speed(speed: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("rehearsal");
        let options = Options { directory, port: 0, seed: 7, epoch: Timestamp::now(), speed };
        let rehearsal = Rehearsal::start(options).await.unwrap();
        Self { rehearsal, folder }
    }

    pub fn github(&self) -> &GitHub {
        self.rehearsal.github()
    }

    pub fn description(&self) -> &Description {
        self.rehearsal.description()
    }

    /// A path beside the rehearsal, gone with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
