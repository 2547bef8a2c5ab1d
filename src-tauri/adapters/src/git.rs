//! The repository on this machine: tags, a few files, and the way to its remote.
//!
//! Boundary: reading happens in this process and runs nothing; formats that libgit2 does not know are read through the
//! user's git program with everything off that a repository could configure. The network is the git program's, called
//! from a clean room (see `room`), so that a repository that nobody trusts yet starts no command of its own.

mod authorization;
mod branch;
mod cache;
mod difference;
mod history;
mod location;
mod network;
mod objects;
mod program;
pub(crate) mod publish;
mod push;
mod read;
mod refs;
mod remote;
mod room;
mod settings;
mod signature;
mod tag;
mod team;
mod threads;
mod trouble;
mod wire;
mod worktree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join;
use lastgood_core::error::Trouble;
use lastgood_core::hold::mark::Marks;
use lastgood_core::ids::{ObjectId, RepositorySlug, TagName};
use lastgood_core::ports::forge::Tagger;
use lastgood_core::ports::history::{Difference, History, Signature};
use lastgood_core::ports::repository::{PushOutcome, Repository, TagOrder, TagTarget};
use lastgood_core::release::Release;

pub use self::authorization::{Authorization, Authorizer};
pub use self::branch::{BranchOutcome, Tip};
pub use self::history::Distance;
pub(crate) use self::program::forget_repository;
pub use self::worktree::Worktree;

use self::cache::Cache;
use self::location::Location;
use self::read::Listing;
use self::refs::Stamps;

/// How to work with a repository; the default remembers nothing and leaves access to the person's own git.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Folder for what was read, so that the next start is faster.
    pub cache: Option<PathBuf>,
    /// Variables added to the git program's environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Proves to the remote who is asking, where its address is HTTP.
    pub authorizer: Option<Authorizer>,
    /// For one call over the network; by default 60 s to push and 30 s to ask.
    pub deadline: Option<Duration>,
}

/// A repository that was found. Its parts are opened when they are needed, so it may be shared freely.
#[derive(Debug, Clone)]
pub struct GitRepository {
    location: Location,
    options: OpenOptions,
    /// The remote's marks as they were last read; forgotten when this process changes one.
    marks: Arc<Mutex<Option<Marks>>>,
    /// Ways to the remote that are open for a push.
    ready: wire::Ready,
}

impl GitRepository {
    /// Finds the repository that holds `path`.
    ///
    /// # Errors
    /// `FolderMissing`, `NotARepository`, `RepositoryNotOwned`, `RepositoryFormat`, `RepositoryUnreadable`.
    pub fn open(path: &Path, options: OpenOptions) -> Result<Self, Trouble> {
        Ok(Self {
            location: Location::find(path, &options.environment)?,
            options,
            marks: Arc::default(),
            ready: wire::Ready::default(),
        })
    }

    /// The folder with the checked-out files; a bare repository has none.
    pub fn work_dir(&self) -> Option<&Path> {
        self.location.work_dir.as_deref()
    }

    /// The folder of this work tree's `HEAD`.
    pub fn git_dir(&self) -> &Path {
        &self.location.git_dir
    }

    /// The folder that all work trees of the repository share.
    pub fn common_dir(&self) -> &Path {
        &self.location.common_dir
    }

    /// All releases, in no particular order; blocks.
    ///
    /// # Errors
    /// `RepositoryEmpty` without a commit, `RepositoryUnreadable`, `GitMissing`.
    pub fn releases_now(&self) -> Result<Vec<Release>, Trouble> {
        let tags = refs::tags(&self.location, self.environment(), &self.stamps())?;
        if tags.is_empty() && refs::is_empty(&self.location, self.environment())? {
            return Err(trouble::empty());
        }
        let cache = self.cache();
        let Listing { releases, learnt } = read::list(tags, &cache, &self.location, self.environment())?;
        cache.keep(&learnt, &releases);
        Ok(releases)
    }

    /// The address of `origin`, else of the only remote, after the person's own `insteadOf` rules.
    ///
    /// # Errors
    /// `NoRemote`.
    pub fn remote_url(&self) -> Result<String, Trouble> {
        remote::resolved(&self.location, self.environment())
    }

    /// Owner and name by the remote's address.
    ///
    /// # Errors
    /// `NoRemote`, also where the address has no such parts.
    pub fn slug(&self) -> Result<RepositorySlug, Trouble> {
        RepositorySlug::from_remote(&self.remote_url()?).ok_or_else(trouble::no_remote)
    }

    /// The branch that is checked out; `None` when a commit is.
    pub fn head_branch(&self) -> Option<String> {
        history::head_branch(&self.location, self.environment())
    }

    /// A file by its path from the top, as it is checked out; a bare repository's, as it is in `HEAD`. `None` when there
    /// is none; links are not followed. Blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`, also beyond 4 MiB.
    pub fn read_head_file(&self, path: &str) -> Result<Option<Vec<u8>>, Trouble> {
        history::head_file(&self.location, self.environment(), path)
    }

    /// A file by its path from the top, as it is in a commit. `None` when the file or the commit is not here; blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`, also beyond 4 MiB.
    pub fn file_at(&self, commit: &ObjectId, path: &str) -> Result<Option<Vec<u8>>, Trouble> {
        history::file_at(&self.location, self.environment(), commit.as_str(), path)
    }

    /// What a rollback from `live` to `target` takes away; blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`, also for commits that are not here.
    pub fn commits_between(&self, target: &ObjectId, live: &ObjectId) -> Result<Distance, Trouble> {
        history::between(&self.location, self.environment(), target, live)
    }

    /// What this tag object says, so that it can be made elsewhere with the same id.
    pub(crate) async fn tag_order(
        &self,
        tag: &TagName,
        object: &ObjectId,
    ) -> Result<Option<(TagOrder, Tagger)>, Trouble> {
        let (repository, tag, object) = (self.clone(), tag.clone(), object.clone());
        blocking(move || tag::order_of(&repository.location, repository.environment(), &tag, &object)).await
    }

    fn cache(&self) -> Cache {
        self.options.cache.as_ref().map_or_else(Cache::none, |folder| Cache::open(folder, &self.location.common_dir))
    }

    fn stamps(&self) -> Stamps {
        self.options.cache.as_ref().map_or_else(Stamps::none, |folder| Stamps::open(folder, &self.location.common_dir))
    }

    fn environment(&self) -> &program::Environment {
        &self.options.environment
    }
}

#[async_trait]
impl Repository for GitRepository {
    async fn releases(&self) -> Result<Vec<Release>, Trouble> {
        let repository = self.clone();
        blocking(move || repository.releases_now()).await
    }

    async fn local_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        let (repository, tag) = (self.clone(), tag.clone());
        blocking(move || tag::find(&repository.location, repository.environment(), &tag)).await
    }

    async fn remote_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        self.ask_remote(tag).await
    }

    async fn make_tag(&self, order: &TagOrder) -> Result<ObjectId, Trouble> {
        let (repository, order) = (self.clone(), order.clone());
        blocking(move || tag::make(&repository.location, repository.environment(), &order)).await
    }

    async fn name_tag(&self, tag: &TagName, object: &ObjectId) -> Result<(), Trouble> {
        let (repository, tag, object) = (self.clone(), tag.clone(), object.clone());
        blocking(move || tag::name(&repository.location, repository.environment(), &tag, &object)).await
    }

    async fn push_tag(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble> {
        let (repository, name) = (self.clone(), tag.clone());
        let kept = blocking(move || {
            tag::keep(&repository.location, &name);
            Ok(())
        });
        let (pushed, kept) = join(self.push(tag, object), kept).await;
        kept.and(pushed)
    }

    fn expect_push(&self) {
        self.open_ahead();
    }
}

#[async_trait]
impl History for GitRepository {
    async fn difference(&self, target: &ObjectId, live: &ObjectId) -> Result<Difference, Trouble> {
        let (repository, target, live) = (self.clone(), target.clone(), live.clone());
        blocking(move || difference::read(&repository.location, repository.environment(), &target, &live)).await
    }

    async fn files(&self, commit: &ObjectId, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, Trouble> {
        let (repository, commit, paths) = (self.clone(), commit.clone(), paths.to_vec());
        blocking(move || difference::files(&repository.location, repository.environment(), &commit, &paths)).await
    }

    async fn folder(&self, commit: &ObjectId, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
        let (repository, commit, folder) = (self.clone(), commit.clone(), folder.to_owned());
        blocking(move || repository.files_in(commit.as_str(), &folder)).await
    }

    async fn branch(&self, name: &str) -> Result<Option<ObjectId>, Trouble> {
        let (repository, name) = (self.clone(), name.to_owned());
        blocking(move || repository.branch_as_fetched(&name)).await
    }

    async fn signature(&self, tag: &TagName, signers: Option<&str>) -> Result<Signature, Trouble> {
        self.verify(tag, signers).await
    }
}

/// Work that waits for the disk or for a program, off the threads that answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(trouble::internal(error)))
}
