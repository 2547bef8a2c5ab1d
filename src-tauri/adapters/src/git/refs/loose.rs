//! Tags that have a file each. Opening 20 000 files is most of a listing, so each is opened next to its folder and read
//! at once: a third of the time of finding every file from the root and reading it to its end.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::super::location::Location;
use super::super::threads;
use super::is_id;
use super::stamps::{self, Record, Stamp, Stamps};

/// A tag's name without `refs/tags/`, and the object that it names; `None` for a ref that leads nowhere.
pub(super) type LooseTag = (Vec<u8>, Option<String>);

/// Ref files hold an id or the name of another ref; git's longest names stay far below.
const FILE_LIMIT: u64 = 4096;

/// An id and its line break fit; a longer file is none.
const ID_FILE: usize = 66;

/// All of them, in no particular order.
pub(super) fn tags(location: &Location, stamps: &Stamps) -> Vec<LooseTag> {
    let folder = location.common_dir.join("refs").join("tags");
    let mut folders = vec![Listed { path: folder, prefix: Vec::new() }];
    let mut files = Vec::new();
    let mut next = 0;
    while let Some(listed) = folders.get(next) {
        let inner = list(listed, next, &mut files);
        folders.extend(inner);
        next += 1;
    }
    let parts = threads::chunks(files, |part| {
        let mut reading = Reading { location, stamps, records: Vec::new(), new: 0 };
        let tags = reading.tags(part, &folders);
        (tags, reading.records, reading.new)
    });
    let (mut tags, mut records, mut new) = (Vec::new(), Vec::new(), 0);
    for part in parts {
        tags.extend(part.0);
        records.extend(part.1);
        new += part.2;
    }
    stamps.keep(&records, new);
    tags
}

struct Listed {
    path: PathBuf,
    /// What the names of its tags begin with: empty, or ending with a slash.
    prefix: Vec<u8>,
}

struct LooseFile {
    /// Which of the listed folders.
    folder: usize,
    name: OsString,
}

/// Adds the folder's files, and returns its folders. Links to folders are not followed: they could lead in circles.
fn list(folder: &Listed, number: usize, files: &mut Vec<LooseFile>) -> Vec<Listed> {
    let mut inner = Vec::new();
    let Ok(entries) = fs::read_dir(&folder.path) else { return inner };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(b".") || bytes.ends_with(b".lock") {
            continue;
        }
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            inner.push(Listed { path: entry.path(), prefix: [&folder.prefix, bytes, b"/"].concat() });
        } else if kind.is_file() || (kind.is_symlink() && entry.path().is_file()) {
            files.push(LooseFile { folder: number, name });
        }
    }
    inner
}

/// One thread's reading.
struct Reading<'a> {
    location: &'a Location,
    stamps: &'a Stamps,
    /// Of all files that hold an id and are settled.
    records: Vec<Record>,
    /// So many of them were not kept yet.
    new: usize,
}

impl Reading<'_> {
    /// Files of one folder follow each other, so one folder is open at a time.
    fn tags(&mut self, files: Vec<LooseFile>, folders: &[Listed]) -> Vec<LooseTag> {
        let mut open: Option<(usize, Folder)> = None;
        let mut tags = Vec::with_capacity(files.len());
        for LooseFile { folder, name } in files {
            let listed = &folders[folder];
            if open.as_ref().is_none_or(|(number, _)| *number != folder) {
                open = Folder::open(&listed.path).ok().map(|found| (folder, found));
            }
            let tag = [&listed.prefix, name.as_encoded_bytes()].concat();
            let id = open.as_ref().and_then(|(_, folder)| self.id(folder, &name));
            let object = id.or_else(|| read_whole(&listed.path.join(&name), &tag, self.location));
            tags.push((tag, object));
        }
        tags
    }

    /// `None` where the file holds anything else.
    fn id(&mut self, folder: &Folder, name: &OsStr) -> Option<String> {
        let known = if self.stamps.is_empty() { None } else { folder.stamp(name) };
        if let Some(record) = known.and_then(|stamp| self.stamps.get(&stamp)) {
            self.records.push(*record);
            return Some(stamps::id(record));
        }
        let mut buffer = [0; ID_FILE];
        let (length, stamp) = folder.read(name, &mut buffer).ok()?;
        let id = id(&buffer[..length])?;
        if let Some(record) = stamp.and_then(|stamp| self.stamps.record(&stamp, &id)) {
            self.records.push(record);
            self.new += 1;
        }
        Some(id)
    }
}

fn id(content: &[u8]) -> Option<String> {
    let end = content.iter().position(u8::is_ascii_whitespace)?;
    let mut text = str::from_utf8(content.get(..end).filter(|id| is_id(id))?).ok()?.to_owned();
    text.make_ascii_lowercase();
    Some(text)
}

fn read_whole(path: &Path, name: &[u8], location: &Location) -> Option<String> {
    let mut content = Vec::with_capacity(ID_FILE);
    fs::File::open(path).ok()?.take(FILE_LIMIT).read_to_end(&mut content).ok()?;
    if content.starts_with(b"ref:") {
        let full = format!("refs/tags/{}", str::from_utf8(name).ok()?);
        let repository = git2::Repository::open(&location.git_dir).ok()?;
        let resolved = repository.find_reference(&full).ok()?.resolve().ok()?;
        return resolved.target().map(|id| id.to_string());
    }
    // Git's own files end with a line break; one that does not is still an id.
    content.push(b'\n');
    let found = id(&content);
    if found.is_none() {
        tracing::warn!(name = %String::from_utf8_lossy(name), "a tag's file holds no object id");
    }
    found
}

/// An open folder, whose files are found without looking for the folder again.
#[cfg(unix)]
struct Folder(rustix::fd::OwnedFd);

#[cfg(unix)]
impl Folder {
    fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, open};
        Ok(Self(open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?))
    }

    fn stamp(&self, name: &OsStr) -> Option<Stamp> {
        Stamp::of(&rustix::fs::statat(&self.0, name, rustix::fs::AtFlags::empty()).ok()?)
    }

    /// The beginning of a file, and the stamp that it had just before. A pipe in a file's place keeps nobody waiting.
    fn read(&self, name: &OsStr, buffer: &mut [u8]) -> io::Result<(usize, Option<Stamp>)> {
        use rustix::fs::{Mode, OFlags, fstat, openat};
        let file = openat(&self.0, name, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
        let stamp = Stamp::of(&fstat(&file)?);
        Ok((rustix::io::read(&file, buffer)?, stamp))
    }
}

#[cfg(not(unix))]
struct Folder(PathBuf);

#[cfg(not(unix))]
impl Folder {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    fn stamp(&self, _: &OsStr) -> Option<Stamp> {
        None
    }

    fn read(&self, name: &OsStr, buffer: &mut [u8]) -> io::Result<(usize, Option<Stamp>)> {
        Ok((fs::File::open(self.0.join(name))?.read(buffer)?, None))
    }
}
