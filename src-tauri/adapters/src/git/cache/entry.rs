//! One object's facts as bytes.

use lastgood_core::ids::ObjectId;
use lastgood_core::release::{Moment, PointsAt, TagKind};

use super::super::read::Facts;

const ANNOTATED: u8 = 1;
const SIGNED: u8 = 2;
const DATED: u8 = 4;
const TREE: u8 = 8;
const BLOB: u8 = 16;

/// An entry still in the bytes of the file.
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    /// In the file, in bytes.
    pub(super) length: usize,
    flags: u8,
    target: &'a str,
    date: Moment,
    title: &'a str,
    author: &'a str,
}

impl<'a> Entry<'a> {
    /// `None` when no entry begins there.
    pub(super) fn at(content: &'a [u8], place: usize) -> Option<Self> {
        let mut bytes = Bytes(content.get(place..)?);
        let [flags, id_length] = bytes.array()?;
        let entry = Self {
            flags,
            id: bytes.text(usize::from(id_length))?,
            target: bytes.text(usize::from(id_length))?,
            date: Moment { seconds: i64::from_le_bytes(bytes.array()?), offset: i16::from_le_bytes(bytes.array()?) },
            title: bytes.sized_text()?,
            author: bytes.sized_text()?,
            length: 0,
        };
        Some(Self { length: content.len() - place - bytes.0.len(), ..entry })
    }

    pub(super) fn facts(&self) -> Option<Facts> {
        let has = |flag| self.flags & flag != 0;
        let target = ObjectId::new(self.target);
        Some(Facts {
            kind: if has(ANNOTATED) { TagKind::Annotated } else { TagKind::Lightweight },
            points_at: match (has(TREE), has(BLOB)) {
                (false, false) => PointsAt::Commit(target),
                (true, false) => PointsAt::Tree(target),
                (false, true) => PointsAt::Blob(target),
                (true, true) => return None,
            },
            date: has(DATED).then_some(self.date),
            title: self.title.to_owned(),
            author: self.author.to_owned(),
            signed: has(SIGNED),
        })
    }
}

/// Nothing is written for an object that leads nowhere: it may be there the next time.
pub(super) fn write(out: &mut Vec<u8>, id: &str, facts: &Facts) {
    let (target, place) = match &facts.points_at {
        PointsAt::Commit(target) => (target, 0),
        PointsAt::Tree(target) => (target, TREE),
        PointsAt::Blob(target) => (target, BLOB),
        PointsAt::Missing(_) => return,
    };
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    let annotated = flag(facts.kind == TagKind::Annotated, ANNOTATED);
    let (Ok(length), true) = (u8::try_from(id.len()), id.len() == target.as_str().len()) else { return };
    out.push(annotated | flag(facts.signed, SIGNED) | flag(facts.date.is_some(), DATED) | place);
    out.push(length);
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(target.as_str().as_bytes());
    let date = facts.date.unwrap_or(Moment { seconds: 0, offset: 0 });
    out.extend_from_slice(&date.seconds.to_le_bytes());
    out.extend_from_slice(&date.offset.to_le_bytes());
    for text in [&facts.title, &facts.author] {
        out.extend_from_slice(&u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        str::from_utf8(self.take(length)?).ok()
    }

    fn sized_text(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.array()?);
        self.text(usize::try_from(length).ok()?)
    }
}
