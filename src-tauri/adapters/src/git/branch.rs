//! A commit with a few files on top of a branch of the remote, pushed as a branch of its own.
//!
//! The commit is made from the remote's own tree with libgit2: work tree, index, hooks and the person's refs are not
//! touched. Pushing expects the branch to stand where it was seen, so that nobody's work is overwritten.

use std::path::Path;
use std::time::Duration;

use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, ObjectType, Oid, Signature, Time};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ObjectId;
use lastgood_core::release::Moment;

use super::location::{Location, Reader};
use super::network::Ended;
use super::{GitRepository, history, program, remote, settings, trouble};

const ASK_DEADLINE: Duration = Duration::from_secs(30);
/// A clone that has not been fetched into for long has much to catch up with.
const FETCH_DEADLINE: Duration = Duration::from_secs(180);
const PUSH_DEADLINE: Duration = Duration::from_secs(60);

/// A branch of the remote and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    pub branch: String,
    pub commit: ObjectId,
}

/// How pushing a branch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchOutcome {
    /// The remote has the commit now.
    Pushed,
    /// The branch stands somewhere else than it did.
    Moved,
    /// A hook or a rule of the remote said no; its own words.
    Refused(String),
    /// Nothing is known of what the remote did.
    Unknown(String),
}

impl GitRepository {
    /// The remote's default branch.
    ///
    /// # Errors
    /// `RemoteUnreachable`, `RepositoryEmpty`.
    pub async fn default_tip(&self) -> Result<Tip, Trouble> {
        let said = self.list(&["ls-remote", "--quiet", "--symref", "--end-of-options"], "HEAD").await?;
        let branch = said.lines().find_map(|line| line.strip_prefix("ref: refs/heads/")?.strip_suffix("\tHEAD"));
        let commit = said.lines().find_map(|line| line.strip_suffix("\tHEAD").filter(|id| is_id(id)));
        branch
            .zip(commit)
            .map(|(branch, commit)| Tip { branch: branch.to_owned(), commit: commit.into() })
            .ok_or_else(trouble::empty)
    }

    /// Where a branch of the remote stands; `None` where it has none of that name.
    pub async fn remote_branch(&self, branch: &str) -> Result<Option<ObjectId>, Trouble> {
        let name = reference(branch)?;
        let said = self.list(&["ls-remote", "--quiet", "--end-of-options"], &name).await?;
        let found = said.lines().filter_map(|line| line.split_once('\t')).find(|(_, found)| *found == name);
        Ok(found.map(|(id, _)| id.into()))
    }

    /// Sees to it that the tip's commit is here. No ref and no tag is written.
    pub async fn bring(&self, tip: &Tip) -> Result<(), Trouble> {
        let (location, wanted) = (self.location.clone(), tip.commit.clone());
        let (here, tips) = super::blocking(move || known(&location, &wanted)).await?;
        if here {
            return Ok(());
        }
        // Housekeeping in a room without refs would take everything for garbage.
        let mut arguments =
            vec!["-c".to_owned(), "gc.auto=0".to_owned(), "-c".to_owned(), "maintenance.auto=false".to_owned()];
        let options = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-write-commit-graph",
        ];
        arguments.extend(options.map(str::to_owned));
        arguments.extend(tips.iter().map(|tip| format!("--negotiation-tip={tip}")));
        arguments.push("--end-of-options".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match self.network(&arguments, &[&reference(&tip.branch)?], FETCH_DEADLINE).await? {
            Ended::Exited(said) if said.status.success() => Ok(()),
            Ended::Exited(said) => Err(trouble::unreachable(said.reason())),
            Ended::TimedOut => Err(trouble::unreachable("the time was up")),
        }
    }

    /// A commit on `parent` in which these files, by their paths from the top, are as given. Nothing names it yet.
    ///
    /// # Errors
    /// `RepositoryFormat` where libgit2 cannot write; `AuthorUnknown` where git does not know who the person is.
    pub async fn commit_files(
        &self,
        parent: &ObjectId,
        files: Vec<(String, Vec<u8>)>,
        message: &str,
        date: Moment,
    ) -> Result<ObjectId, Trouble> {
        let (repository, parent, message) = (self.clone(), parent.clone(), message.to_owned());
        super::blocking(move || repository.commit(&parent, &files, &message, date)).await
    }

    /// Pushes the commit as this branch, which must stand at `expected` on the remote, or not exist.
    pub async fn push_branch(
        &self,
        branch: &str,
        commit: &ObjectId,
        expected: Option<&ObjectId>,
    ) -> Result<BranchOutcome, Trouble> {
        let name = reference(branch)?;
        let lease = format!("--force-with-lease={name}:{}", expected.map_or("", ObjectId::as_str));
        let arguments = ["push", "--porcelain", "--no-follow-tags", lease.as_str(), "--end-of-options"];
        let ended = self.network(&arguments, &[&format!("{commit}:{name}")], PUSH_DEADLINE).await?;
        let words = match &ended {
            Ended::Exited(said) => [said.of_remote().join("; "), said.reason()].join(" ").trim().to_owned(),
            Ended::TimedOut => "The push took too long and was stopped.".to_owned(),
        };
        Ok(match (self.remote_branch(branch).await, ended) {
            (Ok(Some(there)), _) if there == *commit => BranchOutcome::Pushed,
            (Ok(there), _) if there.as_ref() != expected => BranchOutcome::Moved,
            (Ok(_), Ended::Exited(said)) if !said.status.success() => BranchOutcome::Refused(words),
            (Ok(_), _) => BranchOutcome::Unknown(words),
            (Err(trouble), _) => BranchOutcome::Unknown(format!("{words} {}", trouble.message)),
        })
    }

    /// The files of one folder, not of those below it, in a commit or under a name such as `HEAD`; blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`.
    pub fn files_in(&self, commit: &str, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
        let mut files = Vec::new();
        for path in names(&self.location, self.environment(), commit, folder)? {
            if let Some(content) = history::file_at(&self.location, self.environment(), commit, &path)? {
                files.push((path, content));
            }
        }
        Ok(files)
    }

    /// The Markdown texts of one folder in `HEAD`, bytes that are no UTF-8 replaced; none where nothing was committed yet.
    /// Blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`.
    pub fn texts_in(&self, folder: &str) -> Result<Vec<(String, String)>, Trouble> {
        let mut texts = Vec::new();
        for path in names(&self.location, self.environment(), "HEAD", folder)? {
            if !path.ends_with(".md") {
                continue;
            }
            if let Some(content) = history::file_at(&self.location, self.environment(), "HEAD", &path)? {
                texts.push((path, String::from_utf8_lossy(&content).into_owned()));
            }
        }
        Ok(texts)
    }

    /// Makes a branch here, create-only, and checks nothing out; blocks.
    ///
    /// # Errors
    /// `BranchTaken` where another commit has the name; `RepositoryUnwritable`.
    pub fn create_branch(&self, branch: &str, commit: &ObjectId) -> Result<(), Trouble> {
        let name = reference(branch)?;
        let command = program::git_in(&self.location.git_dir, self.environment());
        // NUL ends each word, so that no name can add to the command.
        let order = format!("create {name}\0{commit}\0");
        let made = program::feed(command, ["update-ref", "--stdin", "-z"], order.as_bytes())?;
        if made.status.success() {
            return Ok(());
        }
        match self.verified(&name)? {
            Some(id) if id == *commit => Ok(()),
            Some(_) => Err(Trouble::new(
                Code::BranchTaken,
                format!("The branch {branch} is here already and stands elsewhere."),
                "Choose another name, or go on with that branch.",
            )),
            None => Err(trouble::unwritable(program::said(&made))),
        }
    }

    /// Where a branch stands here; `None` where there is none of that name; blocks.
    pub fn local_branch(&self, branch: &str) -> Result<Option<ObjectId>, Trouble> {
        self.verified(&reference(branch)?)
    }

    /// Where the remote's branch stood when it was last fetched; without that, where the branch of this name stands here.
    /// Blocks.
    ///
    /// # Errors
    /// `RepositoryUnreadable`.
    pub fn branch_as_fetched(&self, branch: &str) -> Result<Option<ObjectId>, Trouble> {
        let Ok(here) = reference(branch) else { return Ok(None) };
        let fetched = remote::name(&self.location).map(|remote| format!("refs/remotes/{remote}/{branch}"));
        for name in fetched.into_iter().chain([here]) {
            let found = match self.location.reader {
                Reader::Library => resolved(&self.location, &name)?,
                Reader::Program => self.verified(&name)?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The commit that a tag, a branch or an id names here; blocks.
    pub fn commit_named(&self, name: &str) -> Result<Option<ObjectId>, Trouble> {
        self.verified(&format!("{name}^{{commit}}"))
    }

    fn verified(&self, name: &str) -> Result<Option<ObjectId>, Trouble> {
        let command = program::git_in(&self.location.git_dir, self.environment());
        let there = program::answer(command, ["rev-parse", "--verify", "--quiet", "--end-of-options", name])?;
        Ok(there.map(|id| ObjectId::new(String::from_utf8_lossy(&id).trim())).filter(|id| is_id(id.as_str())))
    }

    /// Name and address of the person, as git knows them.
    pub fn author(&self) -> Option<(String, String)> {
        let text = |name: &str| settings::text(&self.location, self.environment(), name);
        text("user.name").zip(text("user.email"))
    }

    async fn list(&self, arguments: &[&str], name: &str) -> Result<String, Trouble> {
        match self.network(arguments, &[name], ASK_DEADLINE).await? {
            Ended::TimedOut => Err(trouble::unreachable("the time was up")),
            Ended::Exited(said) if !said.status.success() => Err(trouble::unreachable(said.reason())),
            Ended::Exited(said) => Ok(said.out),
        }
    }

    fn commit(
        &self,
        parent: &ObjectId,
        files: &[(String, Vec<u8>)],
        message: &str,
        date: Moment,
    ) -> Result<ObjectId, Trouble> {
        if self.location.reader == Reader::Program {
            let reason = "commits are not made in it; export the document and commit it yourself";
            return Err(trouble::format(reason));
        }
        let (name, mail) = self.author().ok_or_else(no_author)?;
        let failed = |error: git2::Error| trouble::unwritable(error.message());
        let repository = git2::Repository::open(&self.location.git_dir).map_err(failed)?;
        let parent = repository.find_commit(Oid::from_str(parent.as_str()).map_err(failed)?).map_err(failed)?;
        let mut update = TreeUpdateBuilder::new();
        for (path, content) in files {
            update.upsert(path.as_str(), repository.blob(content).map_err(failed)?, FileMode::Blob);
        }
        let base = parent.tree().map_err(failed)?;
        let tree = update.create_updated(&repository, &base).map_err(failed)?;
        let tree = repository.find_tree(tree).map_err(failed)?;
        let who = Signature::new(&name, &mail, &Time::new(date.seconds, date.offset.into())).map_err(failed)?;
        let commit = repository.commit(None, &who, &who, message, &tree, &[&parent]).map_err(failed)?;
        Ok(ObjectId::new(commit.to_string()))
    }
}

/// Where a ref leads, read in this process.
fn resolved(location: &Location, name: &str) -> Result<Option<ObjectId>, Trouble> {
    let failed = |error: git2::Error| trouble::unreadable(error.message());
    let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
    match repository.refname_to_id(name) {
        Ok(id) => Ok(Some(ObjectId::new(id.to_string()))),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Whether the commit is here, and where the person's branches stand, so that the remote need not send it all.
fn known(location: &Location, wanted: &ObjectId) -> Result<(bool, Vec<String>), Trouble> {
    /// Enough to tell the remote what is here.
    const MOST: usize = 32;
    if location.reader == Reader::Program {
        return Ok((false, Vec::new()));
    }
    let repository = git2::Repository::open(&location.git_dir).map_err(|error| trouble::unreadable(error.message()))?;
    let here = Oid::from_str(wanted.as_str()).is_ok_and(|id| repository.find_commit(id).is_ok());
    let references = repository.references().map_err(|error| trouble::unreadable(error.message()))?;
    let commits = references.flatten().filter(|found| found.is_branch() || found.is_remote());
    let mut tips: Vec<String> =
        commits.filter_map(|found| found.peel_to_commit().ok()).map(|commit| commit.id().to_string()).collect();
    tips.sort_unstable();
    tips.dedup();
    tips.truncate(MOST);
    Ok((here, tips))
}

fn names(
    location: &Location,
    environment: &program::Environment,
    commit: &str,
    folder: &str,
) -> Result<Vec<String>, Trouble> {
    if location.reader == Reader::Program {
        let command = program::git_in(&location.git_dir, environment);
        let path = format!("{folder}/");
        let listed =
            program::answer(command, ["ls-tree", "-z", "--name-only", "--end-of-options", commit, "--", &path])?;
        let Some(listed) = listed else {
            return if is_unborn(location, environment)? {
                Ok(Vec::new())
            } else {
                Err(trouble::unreadable("its newest commit cannot be read"))
            };
        };
        let text = String::from_utf8_lossy(&listed).into_owned();
        return Ok(text.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect());
    }
    let failed = |error: git2::Error| trouble::unreadable(error.message());
    let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
    let top = match repository.revparse_single(commit).and_then(|object| object.peel_to_tree()) {
        Ok(tree) => tree,
        Err(_) if commit == "HEAD" && is_unborn_here(&repository) => return Ok(Vec::new()),
        Err(error) if commit != "HEAD" && error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let entry = match top.get_path(Path::new(folder)) {
        Ok(entry) => entry,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    if entry.kind() != Some(ObjectType::Tree) {
        return Ok(Vec::new());
    }
    let tree = entry.to_object(&repository).and_then(|object| object.peel_to_tree()).map_err(failed)?;
    let files = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Blob));
    Ok(files.filter_map(|entry| entry.name().ok().map(|name| format!("{folder}/{name}"))).collect())
}

/// Whether `HEAD` names a branch that has no commit yet.
fn is_unborn(location: &Location, environment: &program::Environment) -> Result<bool, Trouble> {
    let ask = |arguments: [&str; 3]| program::answer(program::git_in(&location.git_dir, environment), arguments);
    Ok(ask(["symbolic-ref", "--quiet", "HEAD"])?.is_some() && ask(["rev-parse", "--verify", "HEAD"])?.is_none())
}

fn is_unborn_here(repository: &git2::Repository) -> bool {
    repository.head().err().is_some_and(|error| error.code() == ErrorCode::UnbornBranch)
}

/// Git's own rules for names (`git help check-ref-format`).
fn reference(branch: &str) -> Result<String, Trouble> {
    let name = format!("refs/heads/{branch}");
    if git2::Reference::is_valid_name(&name) && !branch.starts_with('-') {
        return Ok(name);
    }
    Err(Trouble::new(Code::Usage, format!("Git allows no branch named {branch:?}."), "Choose another name."))
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn no_author() -> Trouble {
    Trouble::new(
        Code::AuthorUnknown,
        "Git does not know who you are, and a commit names its author.",
        "Set them: git config --global user.name NAME, and user.email ADDRESS.",
    )
}
