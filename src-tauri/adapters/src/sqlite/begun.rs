//! That facts were written to a journal is remembered beside it. A file that is gone, cut to nothing, or robbed of what
//! SQLite had not yet moved into it looks exactly like a journal that is about to begin; one that once began does not begin
//! again without a word.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Clone)]
pub(super) struct Begun {
    journal: PathBuf,
    known: Arc<AtomicBool>,
}

impl Begun {
    pub(super) fn beside(journal: &Path) -> Self {
        Self { known: Arc::new(AtomicBool::new(mark(journal).exists())), journal: journal.to_owned() }
    }

    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// There are facts. A mark that cannot be made costs no more than a warning that will be missing.
    pub(super) fn remember(&self) {
        if !self.known.swap(true, Ordering::Relaxed) {
            drop(File::create(mark(&self.journal)));
        }
    }

    /// Neither a file nor a byte of one.
    pub(super) fn is_nothing(&self) -> bool {
        std::fs::metadata(&self.journal).map_or(true, |file| file.len() == 0)
    }
}

fn mark(journal: &Path) -> PathBuf {
    journal.with_extension("begun")
}
