//! Which object each ref file named when it was read, so that 20 000 files need not be opened again.
//!
//! A file is taken for unchanged as git's index takes it (Documentation/technical/racy-git): device, inode, size and both
//! times to the nanosecond are as they were, and were settled when the file was read. A ref that moves gets another file
//! from git; an editor that puts the old time back still changes the inode's own. So what was kept is never used for a
//! ref that moved. Where a system tells no inodes, nothing is kept and every file is read.
//!
//! Layout: [`HEADER`], checksum (u64, little-endian) of what follows, records in no particular order.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::cache::{checksum, kept_file, read_limited, replace};
use super::is_id;

/// Names the format and its version; with another one the file is written anew.
const HEADER: &[u8; 16] = b"lastgood refs 1\n";

const HEAD: usize = HEADER.len() + 8;

/// The coarsest clock of a file system ticks every two seconds (FAT). A file changed later than this before it was read
/// could change again and look the same.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// So many files are read again each time: that is quicker than writing the rest anew.
const REREAD: usize = 256;

const STAMP: usize = 40;
const RECORD: usize = STAMP + 40;

/// A stamp and the object id, in hexadecimal, that the file held.
pub(super) type Record = [u8; RECORD];

/// What a file's metadata say of its content, and when it changed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "no inodes, no stamps"))]
pub(super) struct Stamp {
    bytes: [u8; STAMP],
    /// Nanoseconds since 1970, by the later of both times.
    changed: i64,
}

/// The stamps of one repository's ref files.
#[derive(Debug)]
pub(in super::super) struct Stamps {
    file: Option<PathBuf>,
    content: Vec<u8>,
    /// A file's inode → which record is its.
    places: HashMap<u64, usize>,
    /// Files changed later are not kept.
    settled: i64,
}

impl Stamps {
    /// Knows nothing and keeps nothing.
    pub(in super::super) fn none() -> Self {
        Self { file: None, content: Vec::new(), places: HashMap::new(), settled: i64::MIN }
    }

    /// What `folder` keeps for the repository whose shared folder is `common_dir`; to be opened before a listing begins.
    pub(in super::super) fn open(folder: &Path, common_dir: &Path) -> Self {
        let file = kept_file(folder, common_dir, "refs");
        let content = read_limited(&file).ok().filter(|content| is_sound(content)).unwrap_or_default();
        let settled = SystemTime::now().checked_sub(SETTLED_AFTER);
        let settled = settled.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let settled = settled.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or(i64::MIN);
        let mut stamps = Self { file: Some(file), content, places: HashMap::new(), settled };
        stamps.places = stamps.records().iter().enumerate().map(|(place, record)| (inode(record), place)).collect();
        stamps
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What the file held when it had this stamp.
    pub(super) fn get(&self, stamp: &Stamp) -> Option<&Record> {
        let record = self.records().get(*self.places.get(&inode(&stamp.bytes))?)?;
        (record[..STAMP] == stamp.bytes && is_id(&record[STAMP..])).then_some(record)
    }

    /// `None` for a file that changed too lately to be known by its stamp.
    pub(super) fn record(&self, stamp: &Stamp, id: &str) -> Option<Record> {
        let mut record = [0; RECORD];
        record[..STAMP].copy_from_slice(&stamp.bytes);
        (stamp.changed < self.settled && id.len() == RECORD - STAMP).then(|| {
            record[STAMP..].copy_from_slice(id.as_bytes());
            record
        })
    }

    /// Keeps the records of a listing, of which `new` were not kept yet. What cannot be written is no trouble.
    pub(super) fn keep(&self, records: &[Record], new: usize) {
        let Some(file) = self.file.as_ref().filter(|_| new > REREAD) else { return };
        let records = records.as_flattened();
        if let Err(error) = replace(file, &[HEADER, &checksum(records).to_le_bytes(), records]) {
            tracing::debug!(%error, file = %file.display(), "the stamps of refs were not written");
        }
    }

    fn records(&self) -> &[Record] {
        self.content.get(HEAD..).unwrap_or_default().as_chunks().0
    }
}

fn is_sound(content: &[u8]) -> bool {
    let rest = content.strip_prefix(HEADER).and_then(|rest| rest.split_first_chunk());
    rest.is_some_and(|(sum, records)| u64::from_le_bytes(*sum) == checksum(records))
}

/// A stamp begins with it.
fn inode(stamp: &[u8]) -> u64 {
    stamp.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The id in a record.
pub(super) fn id(record: &Record) -> String {
    String::from_utf8_lossy(&record[STAMP..]).into_owned()
}

#[cfg(unix)]
impl Stamp {
    /// `None` for times that no clock shows.
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    pub(super) fn of(stat: &rustix::fs::Stat) -> Option<Self> {
        let time = |seconds: i64, nanoseconds: i64| seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds);
        let inode = time(stat.st_ctime as i64, stat.st_ctime_nsec as i64)?;
        let content = time(stat.st_mtime as i64, stat.st_mtime_nsec as i64)?;
        let fields = [stat.st_ino as u64, stat.st_dev as u64, stat.st_size as u64, inode as u64, content as u64];
        let mut bytes = [0; STAMP];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        Some(Self { bytes, changed: inode.max(content) })
    }
}
