//! Where holds and quarantines lie on the remote: one ref each below `refs/lastgood/`.
//!
//! Names of environments and tags may hold anything. In a ref they are spelt with lower-case letters, digits, `-`, `_`
//! and single dots between those; every other byte is `%` and two digits. So no name breaks git's rules
//! (`git help check-ref-format`), none is a folder of another, and none equals another on a disk that folds cases.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hold::record::{HoldRecord, QuarantineRecord, Record, Unreadable};
use crate::ids::{EnvironmentName, ObjectId, TagName};

/// Below this prefix lie all marks.
pub const PREFIX: &str = "refs/lastgood/";

/// File names end at 255 bytes on most disks, and git adds `.lock`; a longer name is spelt by its digest.
const LONGEST: usize = 200;

/// A mark's name below [`PREFIX`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MarkName(String);

/// One ref as the remote has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub name: MarkName,
    pub object: ObjectId,
    pub text: String,
}

/// Everything that the remote kept at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    pub all: Vec<Mark>,
    /// When the remote was asked.
    pub seen: Timestamp,
}

/// What a mark says; one that cannot be read still stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    pub object: ObjectId,
    pub says: Result<T, Unreadable>,
}

impl MarkName {
    pub fn hold(environment: &EnvironmentName) -> Self {
        Self(format!("hold/{}", spelt(environment.as_str())))
    }

    pub fn quarantine(tag: &TagName) -> Self {
        Self(format!("quarantine/{}", spelt(tag.as_str())))
    }

    /// Reads a full ref name; `None` where it is no mark's.
    pub fn of_ref(reference: &str) -> Option<Self> {
        reference.strip_prefix(PREFIX).map(|name| Self(name.to_owned()))
    }

    pub fn as_ref_name(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }
}

impl fmt::Display for MarkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Marks {
    /// The hold of an environment, whether it has expired or not.
    pub fn hold(&self, environment: &EnvironmentName) -> Option<Placed<HoldRecord>> {
        self.find(&MarkName::hold(environment), |record| match record {
            Record::Hold(hold) if hold.environment == *environment => Some(hold),
            Record::Hold(_) | Record::Quarantine(_) => None,
        })
    }

    /// The quarantine of a release, in whatever scope.
    pub fn quarantine(&self, tag: &TagName) -> Option<Placed<QuarantineRecord>> {
        self.find(&MarkName::quarantine(tag), |record| match record {
            Record::Quarantine(quarantine) if quarantine.tag == *tag => Some(quarantine),
            Record::Hold(_) | Record::Quarantine(_) => None,
        })
    }

    /// Every quarantine that can be read.
    pub fn quarantines(&self) -> impl Iterator<Item = (ObjectId, QuarantineRecord)> {
        self.all.iter().filter_map(|mark| match Record::read(&mark.text) {
            Ok(Record::Quarantine(found)) if MarkName::quarantine(&found.tag) == mark.name => {
                Some((mark.object.clone(), found))
            }
            Ok(Record::Quarantine(_) | Record::Hold(_)) | Err(_) => None,
        })
    }

    fn find<T>(&self, name: &MarkName, of_kind: impl Fn(Record) -> Option<T>) -> Option<Placed<T>> {
        let mark = self.all.iter().find(|mark| mark.name == *name)?;
        let says = Record::read(&mark.text).and_then(|record| of_kind(record).ok_or(Unreadable::AnotherKind));
        Some(Placed { object: mark.object.clone(), says })
    }
}

fn spelt(name: &str) -> String {
    let bytes = name.as_bytes();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let near = |place: Option<usize>| place.and_then(|place| bytes.get(place)).copied().is_some_and(plain);
    let mut spelt = String::new();
    for (place, &byte) in bytes.iter().enumerate() {
        let dot = byte == b'.' && near(place.checked_sub(1)) && near(place.checked_add(1));
        if plain(byte) || (dot && &name[place..] != ".lock") {
            spelt.push(char::from(byte));
        } else {
            spelt.push_str(&format!("%{byte:02x}"));
        }
    }
    if spelt.is_empty() || spelt.len() > LONGEST { digest(bytes) } else { spelt }
}

/// `%%` begins no other spelling.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("%%".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
