//! Reading raw objects by id: in this process, or through `git cat-file`.
//!
//! Objects are parsed by `lastgood_core::release::tag_object` whichever way they came. A damaged object reads as
//! absent, so that one bad tag does not hide the others.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Once;

use git2::{ObjectType, Odb, OdbLookupFlags, Oid};
use lastgood_core::error::Trouble;

use super::location::{Location, Reader};
use super::program::{self, Environment};
use super::trouble;

/// Tags and commits above this are not read; messages of this length do not occur.
pub(super) const MESSAGE_LIMIT: usize = 1 << 20;

/// An object, as far as a listing needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    Tag(Vec<u8>),
    Commit(Vec<u8>),
    Tree,
    Blob,
}

/// One kind of access to a repository's objects.
pub(super) trait Objects {
    /// `None` when it is not here, is damaged, or is a message beyond [`MESSAGE_LIMIT`].
    fn read(&mut self, id: &str) -> Option<Object>;

    fn has(&mut self, id: &str) -> bool;
}

/// Opens the repository's objects with whatever understands them.
pub(super) fn open(location: &Location, environment: &Environment) -> Result<Box<dyn Objects>, Trouble> {
    Ok(match location.reader {
        Reader::Library => Box::new(InProcess::open(location)?),
        Reader::Program => Box::new(CatFile::start(location, environment)?),
    })
}

struct InProcess {
    odb: Odb<'static>,
}

impl InProcess {
    /// Every object is read once, so libgit2 need not keep it. Objects are still checked against damage by zlib's own
    /// checksum; hashing each again would take as long as the whole rest of a listing.
    fn open(location: &Location) -> Result<Self, Trouble> {
        static READ_ONCE: Once = Once::new();
        READ_ONCE.call_once(|| {
            git2::opts::enable_caching(false);
            git2::opts::strict_hash_verification(false);
        });
        let odb = Odb::new().map_err(|error| trouble::unreadable(error.message()))?;
        let folder = location.common_dir.join("objects");
        let folder = folder.to_str().ok_or_else(|| trouble::unreadable("its path is not Unicode"))?;
        odb.add_disk_alternate(folder).map_err(|error| trouble::unreadable(error.message()))?;
        Ok(Self { odb })
    }
}

impl Objects for InProcess {
    fn read(&mut self, id: &str) -> Option<Object> {
        let id = Oid::from_str(id).ok()?;
        // A tag may lead to a file of any size, so the kind is looked at first.
        let (size, kind) = self.odb.read_header(id).ok()?;
        let message = || (size <= MESSAGE_LIMIT).then(|| self.odb.read(id).ok()).flatten();
        match kind {
            ObjectType::Tag => Some(Object::Tag(message()?.data().to_vec())),
            ObjectType::Commit => Some(Object::Commit(message()?.data().to_vec())),
            ObjectType::Tree => Some(Object::Tree),
            ObjectType::Blob => Some(Object::Blob),
            ObjectType::Any => None,
        }
    }

    fn has(&mut self, id: &str) -> bool {
        Oid::from_str(id).is_ok_and(|id| self.odb.exists_ext(id, OdbLookupFlags::NO_REFRESH))
    }
}

/// `git cat-file --batch-command`: one question, one answer.
struct CatFile {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl CatFile {
    fn start(location: &Location, environment: &Environment) -> Result<Self, Trouble> {
        let mut command = program::git_in(&location.git_dir, environment);
        command
            .args(["cat-file", "--batch-command"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| program::not_started(&error))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(trouble::internal("no pipe to git cat-file"));
        };
        Ok(Self { child, questions: Some(questions), answers: BufReader::new(answers) })
    }

    /// Kind and size: the answer is `<id> <kind> <size>`, or `<id> missing`.
    fn ask(&mut self, question: &str, id: &str) -> Option<(String, usize)> {
        writeln!(self.questions.as_mut()?, "{question} {id}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        let mut fields = line.split_whitespace().skip(1);
        Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
    }

    fn message(&mut self, id: &str) -> Option<Vec<u8>> {
        let (_, size) = self.ask("contents", id)?;
        let mut content = vec![0; size + 1];
        self.answers.read_exact(&mut content).ok()?;
        content.truncate(size);
        Some(content)
    }
}

impl Objects for CatFile {
    fn read(&mut self, id: &str) -> Option<Object> {
        let (kind, size) = self.ask("info", id)?;
        match kind.as_str() {
            "tag" if size <= MESSAGE_LIMIT => Some(Object::Tag(self.message(id)?)),
            "commit" if size <= MESSAGE_LIMIT => Some(Object::Commit(self.message(id)?)),
            "tree" => Some(Object::Tree),
            "blob" => Some(Object::Blob),
            _ => None,
        }
    }

    fn has(&mut self, id: &str) -> bool {
        self.ask("info", id).is_some()
    }
}

impl Drop for CatFile {
    /// The end of its input ends it.
    fn drop(&mut self) {
        drop(self.questions.take());
        if let Err(error) = self.child.wait() {
            tracing::debug!(%error, "git cat-file could not be waited for");
        }
    }
}
