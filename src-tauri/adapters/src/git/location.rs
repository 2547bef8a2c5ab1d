//! Where a repository's parts are, and who can read it.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, RepositoryOpenFlags};
use lastgood_core::error::{Code, Trouble};

use super::program::{self, Environment};
use super::trouble;

/// The folders of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// Of this work tree; `HEAD` is here.
    pub(super) git_dir: PathBuf,
    /// Shared by all work trees; tags and objects are here.
    pub(super) common_dir: PathBuf,
    pub(super) work_dir: Option<PathBuf>,
    pub(super) reader: Reader,
}

/// Who understands the repository's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// libgit2, in this process.
    Library,
    /// The git program, for formats that libgit2 does not know: SHA-256 objects, reftable, and what comes.
    Program,
}

impl Location {
    /// Finds the repository that holds `path`.
    pub(super) fn find(path: &Path, environment: &Environment) -> Result<Self, Trouble> {
        if !path.is_dir() {
            return Err(trouble::folder_missing(path));
        }
        let nowhere: [&str; 0] = [];
        match git2::Repository::open_ext(path, RepositoryOpenFlags::empty(), nowhere) {
            Ok(repository) => Ok(Self::of(&repository)),
            Err(error) if error.code() == ErrorCode::NotFound => Err(trouble::not_a_repository(path)),
            Err(error) if error.code() == ErrorCode::Owner => Err(trouble::not_owned(&owned_folder(path))),
            Err(error) => Self::ask_program(path, environment).map_err(|trouble| explain(trouble, &error)),
        }
    }

    /// The repository in this very folder, where libgit2 reads it and this person may.
    pub(super) fn exact(folder: &Path) -> Option<Self> {
        let nowhere: [&str; 0] = [];
        let found = git2::Repository::open_ext(folder, RepositoryOpenFlags::NO_SEARCH, nowhere);
        found.ok().map(|repository| Self::of(&repository))
    }

    fn of(repository: &git2::Repository) -> Self {
        Self {
            git_dir: repository.path().to_owned(),
            common_dir: repository.commondir().to_owned(),
            work_dir: repository.workdir().map(Path::to_owned),
            reader: Reader::Library,
        }
    }

    /// The configuration file that all work trees share.
    pub(super) fn config_file(&self) -> PathBuf {
        self.common_dir.join("config")
    }

    fn ask_program(path: &Path, environment: &Environment) -> Result<Self, Trouble> {
        let ask = |arguments: &[&str]| {
            let mut command = program::git(environment);
            command.current_dir(path).args(["-c", "core.fsmonitor=false", "rev-parse", "--path-format=absolute"]);
            program::answer(command, arguments)
        };
        let Some(found) = ask(&["--git-dir", "--git-common-dir"])? else {
            return Err(refused(path, environment)?);
        };
        let text = String::from_utf8_lossy(&found);
        let mut lines = text.lines().map(PathBuf::from);
        let (Some(git_dir), Some(common_dir)) = (lines.next(), lines.next()) else {
            return Err(trouble::unreadable("git did not say where it is"));
        };
        let top = ask(&["--show-toplevel"])?;
        let work_dir = top.map(|out| PathBuf::from(String::from_utf8_lossy(&out).trim_end_matches(['\n', '\r'])));
        Ok(Self { git_dir, common_dir, work_dir, reader: Reader::Program })
    }
}

/// A repository named outright is not asked for its owner: if that reads and finding it did not, the owner is why.
fn refused(path: &Path, environment: &Environment) -> Result<Trouble, Trouble> {
    let Ok(git_dir) = git2::Repository::discover_path(path, std::iter::empty::<&str>()) else {
        return Ok(trouble::not_a_repository(path));
    };
    let reads = program::answer(program::git_in(&git_dir, environment), ["rev-parse", "--git-dir"])?.is_some();
    Ok(if reads { trouble::not_owned(&owned_folder(path)) } else { trouble::unreadable("git does not open it") })
}

/// The folder that `safe.directory` has to name: the work tree, or a bare repository itself.
fn owned_folder(path: &Path) -> PathBuf {
    match git2::Repository::discover_path(path, std::iter::empty::<&str>()) {
        Ok(found) if found.file_name().is_some_and(|name| name == ".git") => {
            found.parent().map_or_else(|| found.clone(), Path::to_owned)
        }
        Ok(found) => PathBuf::from(found.to_string_lossy().trim_end_matches('/')),
        Err(_) => path.to_owned(),
    }
}

/// Without the program, libgit2's reason is the better one.
fn explain(trouble: Trouble, library: &git2::Error) -> Trouble {
    if trouble.code == Code::GitMissing {
        trouble::format(library.message())
    } else if trouble.code == Code::RepositoryUnreadable {
        trouble::unreadable(library.message())
    } else {
        trouble
    }
}
