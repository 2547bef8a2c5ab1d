//! Writes the story into a bare repository and clones it. In process; the same epoch gives the same ids.

use std::path::Path;

use git2::{FileMode, ObjectType, Oid, Repository, RepositoryInitOptions, Signature, Time, build::TreeUpdateBuilder};
use jiff::Timestamp;

use super::{
    edit::{self, Files},
    history::{CHAPTERS, Chapter, Merge, PEOPLE},
};

const MAIN: &str = "refs/heads/main";
/// Between the tag and the end of the deploy to staging.
const MINUTES_TO_STAGING: i64 = 20;
const FIRST_COMMIT_MINUTES: i64 = 24 * 24 * 60;

/// A release as it was written.
pub(crate) struct Written {
    pub(crate) chapter: &'static Chapter,
    pub(crate) commit: String,
    pub(crate) tagged_at: Timestamp,
}

/// Makes the bare repository.
pub(crate) fn write(path: &Path, epoch: Timestamp) -> Result<Vec<Written>, git2::Error> {
    let options = &mut RepositoryInitOptions::new();
    let repository = Repository::init_opts(path, options.bare(true).initial_head("main").no_reinit(true))?;
    let mut author = Author {
        repository: &repository,
        files: edit::first(),
        written: Files::new(),
        tree: repository.treebuilder(None)?.write()?,
        second: epoch.as_second() - FIRST_COMMIT_MINUTES * 60,
        tip: None,
    };
    author.tip = Some(author.commit(PEOPLE[0], "Import the plugin service", &[])?);
    let mut releases = Vec::new();
    for chapter in &CHAPTERS {
        releases.push(author.chapter(chapter, epoch)?);
    }
    if let Some(tip) = author.tip {
        repository.reference(MAIN, tip, false, "story")?;
    }
    Ok(releases)
}

/// Makes the working clone, with `origin` the path of the bare repository.
pub(crate) fn clone(bare: &Path, clone: &Path) -> Result<(), git2::Error> {
    let repository = Repository::clone(&bare.to_string_lossy(), clone)?;
    let mut config = repository.config()?.open_level(git2::ConfigLevel::Local)?;
    config.set_str("user.name", PEOPLE[0])?;
    config.set_str("user.email", &email(PEOPLE[0]))?;
    config.set_bool("commit.gpgsign", false)?;
    config.set_bool("tag.gpgsign", false)
}

struct Author<'r> {
    repository: &'r Repository,
    files: Files,
    /// The files of the last commit, and its tree.
    written: Files,
    tree: Oid,
    second: i64,
    tip: Option<Oid>,
}

impl Author<'_> {
    fn chapter(&mut self, chapter: &'static Chapter, epoch: Timestamp) -> Result<Written, git2::Error> {
        let tagged = epoch.as_second() - (chapter.staging + MINUTES_TO_STAGING) * 60;
        let commits: usize = chapter.merges.iter().map(|merge| merge.commits.len() + 1).sum();
        let pause = (tagged - self.second) / (commits as i64 + 2);
        for merge in chapter.merges {
            self.merge(merge, pause)?;
        }
        self.second += pause;
        edit::bump(&mut self.files, chapter.tag.trim_start_matches('v'));
        let main = self.tip;
        let commit = self.commit(PEOPLE[0], &format!("Release {}", chapter.tag), main.as_slice())?;
        self.tip = Some(commit);
        self.second = tagged;
        let message = format!("{} {}\n", chapter.tag, chapter.title);
        let object = self.repository.find_object(commit, Some(ObjectType::Commit))?;
        self.repository.tag(chapter.tag, &object, &self.signature(PEOPLE[0])?, &message, false)?;
        let tagged_at = Timestamp::from_second(tagged).unwrap_or(epoch);
        Ok(Written { chapter, commit: commit.to_string(), tagged_at })
    }

    fn merge(&mut self, merge: &Merge, pause: i64) -> Result<(), git2::Error> {
        let main = self.tip;
        let mut branch = main;
        for (message, edits) in merge.commits {
            self.second += pause;
            edits.iter().for_each(|edit| edit::apply(&mut self.files, edit));
            branch = Some(self.commit(merge.author, message, branch.as_slice())?);
        }
        self.second += pause;
        let message = format!("Merge pull request #{} from acme/{}\n\n{}", merge.number, merge.branch, merge.title);
        let parents: Vec<Oid> = main.into_iter().chain(branch).collect();
        self.tip = Some(self.commit(PEOPLE[0], &message, &parents)?);
        Ok(())
    }

    fn commit(&mut self, author: &str, message: &str, parents: &[Oid]) -> Result<Oid, git2::Error> {
        let before = self.repository.find_tree(self.tree)?;
        let mut update = TreeUpdateBuilder::new();
        for (path, text) in self.files.iter().filter(|(path, text)| self.written.get(*path) != Some(text)) {
            update.upsert(path.as_str(), self.repository.blob(text.as_bytes())?, FileMode::Blob);
        }
        self.tree = update.create_updated(self.repository, &before)?;
        self.written.clone_from(&self.files);
        let tree = self.repository.find_tree(self.tree)?;
        let signature = self.signature(author)?;
        let parents: Vec<_> = parents.iter().map(|id| self.repository.find_commit(*id)).collect::<Result<_, _>>()?;
        let parents: Vec<_> = parents.iter().collect();
        self.repository.commit(None, &signature, &signature, &format!("{message}\n"), &tree, &parents)
    }

    fn signature(&self, author: &str) -> Result<Signature<'static>, git2::Error> {
        Signature::new(author, &email(author), &Time::new(self.second, 0))
    }
}

/// The address of a person of the story.
pub(crate) fn email(login: &str) -> String {
    format!("{login}@acme.example")
}
