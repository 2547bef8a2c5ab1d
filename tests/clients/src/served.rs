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

    /// A branch on the remote with a commit of its own on top of `from`.
    pub fn branch(&self, name: &str, from: &str) {
        let bare = git2::Repository::open_bare(&self.description().remote).unwrap();
        let base = bare.revparse_single(from).unwrap().peel_to_commit().unwrap();
        let mut tree = bare.treebuilder(Some(&base.tree().unwrap())).unwrap();
        tree.insert("NOTES.md", bare.blob(b"What happened\n").unwrap(), 0o100_644).unwrap();
        let tree = bare.find_tree(tree.write().unwrap()).unwrap();
        let author = git2::Signature::now("on-call", "on-call@example.com").unwrap();
        let reference = format!("refs/heads/{name}");
        bare.commit(Some(&reference), &author, &author, "docs: notes", &tree, &[&base]).unwrap();
    }

    /// A path beside the rehearsal, gone with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
