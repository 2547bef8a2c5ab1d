//! What was read of tags, kept between starts.
//!
//! Facts of an object follow from its id and never change, so nothing here can be out of date: which object a tag
//! names is read from the repository each time. The file may vanish, be cut short or be anything at all: what does not
//! verify is not used, and the next listing writes it anew.
//!
//! Layout: [`HEADER`], then chunks of length (u32), checksum (u64) and entries; all numbers little-endian. A listing
//! that learns a few facts appends one chunk. Two processes may append at once: each chunk is one write at the end.

mod entry;

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use lastgood_core::ids::ObjectId;
use lastgood_core::release::Release;

use self::entry::Entry;
use super::read::Facts;

/// Names the format and its version; with another one the file is written anew.
const HEADER: &[u8; 16] = b"lastgood tags 1\n";

/// Length and checksum.
const CHUNK_HEAD: usize = 12;

/// A file beyond this is not ours: it would hold a million tags.
const FILE_LIMIT: u64 = 256 << 20;

/// In bytes, with a short title and a name.
const TYPICAL_ENTRY: usize = 128;

/// So many facts of deleted tags are left alone: rewriting costs more.
const SLACK: usize = 1000;

/// The facts of one repository.
pub(super) struct Cache {
    file: Option<PathBuf>,
    content: Vec<u8>,
    /// First digits of an object's id → where its entry begins.
    places: HashMap<u64, usize>,
    /// Everything in the file verified, so it may be appended to.
    sound: bool,
}

impl Cache {
    /// Knows nothing and keeps nothing.
    pub(super) fn none() -> Self {
        Self { file: None, content: Vec::new(), places: HashMap::new(), sound: false }
    }

    /// The facts that `folder` keeps for the repository whose shared folder is `common_dir`.
    pub(super) fn open(folder: &Path, common_dir: &Path) -> Self {
        let file = kept_file(folder, common_dir, "tags");
        let content = read_limited(&file).unwrap_or_default();
        let places = HashMap::with_capacity(content.len() / TYPICAL_ENTRY);
        let mut cache = Self { file: Some(file), content, places, sound: false };
        cache.sound = cache.index().is_some();
        cache
    }

    pub(super) fn get(&self, id: &str) -> Option<Facts> {
        let entry = Entry::at(&self.content, *self.places.get(&key(id)?)?)?;
        (entry.id == id).then(|| entry.facts())?
    }

    /// Keeps what a listing learnt. A cache that cannot be written is no trouble: the next listing is slower.
    pub(super) fn keep(&self, learnt: &[(ObjectId, Facts)], releases: &[Release]) {
        let Some(file) = &self.file else { return };
        let stale = self.places.len() > 2 * releases.len() + SLACK;
        let written = if stale || !self.sound {
            replace(file, &[HEADER, &chunk(&self.rest(releases), learnt)])
        } else if learnt.is_empty() {
            Ok(())
        } else {
            append(file, learnt)
        };
        if let Err(error) = written {
            tracing::debug!(%error, file = %file.display(), "the cache of tags was not written");
        }
    }

    /// `None` where the file stops being ours; what was found before counts.
    fn index(&mut self) -> Option<()> {
        let mut rest = self.content.strip_prefix(HEADER)?;
        while !rest.is_empty() {
            let (head, behind) = rest.split_at_checked(CHUNK_HEAD)?;
            let length = u32::from_le_bytes(head[..4].try_into().ok()?);
            let (chunk, next) = behind.split_at_checked(usize::try_from(length).ok()?)?;
            if checksum(chunk).to_le_bytes() != head[4..] {
                return None;
            }
            let end = self.content.len() - next.len();
            let mut place = end - chunk.len();
            while place < end {
                let entry = Entry::at(&self.content[..end], place)?;
                self.places.insert(key(entry.id)?, place);
                place += entry.length;
            }
            rest = next;
        }
        Some(())
    }

    /// Entries of objects that are still tagged, as they are in the file.
    fn rest(&self, releases: &[Release]) -> Vec<u8> {
        let tagged: HashSet<&str> = releases.iter().map(|release| release.object.as_str()).collect();
        let mut entries = Vec::new();
        for place in self.places.values() {
            if let Some(entry) = Entry::at(&self.content, *place).filter(|entry| tagged.contains(entry.id)) {
                entries.extend_from_slice(&self.content[*place..*place + entry.length]);
            }
        }
        entries
    }
}

fn append(file: &Path, learnt: &[(ObjectId, Facts)]) -> io::Result<()> {
    OpenOptions::new().append(true).open(file)?.write_all(&chunk(&[], learnt))
}

/// Where something of a repository is kept.
pub(super) fn kept_file(folder: &Path, common_dir: &Path, what: &str) -> PathBuf {
    folder.join(format!("{:016x}.{what}", checksum(common_dir.as_os_str().as_encoded_bytes())))
}

/// Readers see the old file or the new one, never half of it.
pub(super) fn replace(file: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut next = tempfile::NamedTempFile::new_in(folder)?;
    for part in parts {
        next.write_all(part)?;
    }
    next.persist(file)?;
    Ok(())
}

fn chunk(rest: &[u8], learnt: &[(ObjectId, Facts)]) -> Vec<u8> {
    let mut chunk = vec![0; CHUNK_HEAD];
    chunk.extend_from_slice(rest);
    for (id, facts) in learnt {
        entry::write(&mut chunk, id.as_str(), facts);
    }
    let length = u32::try_from(chunk.len() - CHUNK_HEAD).unwrap_or(u32::MAX);
    let sum = checksum(&chunk[CHUNK_HEAD..]);
    chunk[..4].copy_from_slice(&length.to_le_bytes());
    chunk[4..CHUNK_HEAD].copy_from_slice(&sum.to_le_bytes());
    chunk
}

pub(super) fn read_limited(file: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(file)?;
    let length = file.metadata()?.len().min(FILE_LIMIT);
    let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(FILE_LIMIT).read_to_end(&mut content)?;
    Ok(content)
}

/// Sixteen digits of a hash tell a repository's objects apart; an entry is compared whole before it is used.
fn key(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

/// Against damage, not against malice: the file lies in the person's own folder. (The mixing step is FxHash's.)
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let words = bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    words.fold(mix(0, bytes.len() as u64), mix)
}
