//! From tags to releases.

use std::collections::HashMap;

use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::release::name::{self, is_rollback_tag};
use lastgood_core::release::tag_object::{CommitObject, TagObject, parse_commit, parse_tag};
use lastgood_core::release::{Moment, PointsAt, Release, TagKind};

use super::cache::Cache;
use super::location::Location;
use super::objects::{self, Object, Objects};
use super::program::Environment;
use super::refs::TagRef;
use super::threads;

/// What an object says about the tag that names it. It follows from the object's id and so never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) kind: TagKind,
    pub(super) points_at: PointsAt,
    pub(super) date: Option<Moment>,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) signed: bool,
}

/// Tags may point at tags. Nobody nests them deeper; a hostile repository could.
const NESTING_LIMIT: usize = 64;

/// How the messages begin that the engine writes into its tags.
const ACTS: [&str; 2] = ["Rollback to ", "Roll forward to "];

/// What a reading of tags brought.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) releases: Vec<Release>,
    /// Facts that the cache did not know.
    pub(super) learnt: Vec<(ObjectId, Facts)>,
}

/// Reads the releases that these tags are.
pub(super) fn list(
    tags: Vec<TagRef>,
    cache: &Cache,
    location: &Location,
    environment: &Environment,
) -> Result<Listing, Trouble> {
    let parts = threads::chunks(tags, |part| read_part(part, cache, location, environment));
    let mut whole = Listing::default();
    for part in parts {
        let part = part?;
        if whole.releases.is_empty() && whole.learnt.is_empty() {
            whole = part;
        } else {
            whole.releases.extend(part.releases);
            whole.learnt.extend(part.learnt);
        }
    }
    Ok(whole)
}

fn read_part(
    tags: Vec<TagRef>,
    cache: &Cache,
    location: &Location,
    environment: &Environment,
) -> Result<Listing, Trouble> {
    let mut reading: Option<Reading> = None;
    let mut listing = Listing { releases: Vec::with_capacity(tags.len()), learnt: Vec::new() };
    for TagRef { name, object } in tags {
        let facts = if let Some(known) = cache.get(&object) {
            known
        } else {
            let reading = match &mut reading {
                Some(open) => open,
                closed => closed.insert(Reading::open(location, environment)?),
            };
            let facts = reading.facts(&object);
            if !matches!(facts.points_at, PointsAt::Missing(_)) {
                listing.learnt.push((ObjectId::new(object.as_str()), facts.clone()));
            }
            facts
        };
        if !marks_rollback(&name, &facts) {
            listing.releases.push(release(name, object, facts));
        }
    }
    Ok(listing)
}

/// Rollbacks leave annotated tags behind; somebody's own release may well be called the same.
fn marks_rollback(name: &str, facts: &Facts) -> bool {
    is_rollback_tag(name) && facts.kind == TagKind::Annotated && ACTS.iter().any(|act| facts.title.starts_with(act))
}

fn release(tag: String, object: String, facts: Facts) -> Release {
    let name::Reading { series, version, prerelease } = name::read(&tag);
    let Facts { kind, points_at, date, title, author, signed } = facts;
    Release {
        tag: TagName::new(tag),
        series,
        version,
        kind,
        object: ObjectId::new(object),
        points_at,
        date,
        title,
        author,
        prerelease,
        signed,
    }
}

/// Objects, and the commits that were met already: many tags share one.
pub(super) struct Reading {
    objects: Box<dyn Objects>,
    present: HashMap<String, bool>,
}

impl Reading {
    pub(super) fn open(location: &Location, environment: &Environment) -> Result<Self, Trouble> {
        Ok(Self { objects: objects::open(location, environment)?, present: HashMap::new() })
    }

    /// Without the object itself, nothing but its id is known.
    pub(super) fn facts(&mut self, id: &str) -> Facts {
        let facts = match self.objects.read(id) {
            Some(Object::Tag(raw)) => parse_tag(&raw).map(|tag| self.annotated(tag)),
            Some(Object::Commit(raw)) => Some(lightweight(id, parse_commit(&raw))),
            Some(Object::Tree) => Some(bare(TagKind::Lightweight, PointsAt::Tree(id.into()))),
            Some(Object::Blob) => Some(bare(TagKind::Lightweight, PointsAt::Blob(id.into()))),
            None => None,
        };
        facts.unwrap_or_else(|| bare(TagKind::Lightweight, PointsAt::Missing(id.into())))
    }

    fn annotated(&mut self, tag: TagObject) -> Facts {
        let mut facts = bare(TagKind::Annotated, self.end_of(&tag));
        facts.title = tag.title;
        facts.signed = tag.signed;
        if let Some(tagger) = tag.tagger {
            facts.date = Some(tagger.date);
            facts.author = tagger.name;
        } else if let PointsAt::Commit(id) = &facts.points_at {
            // Git's first tags had no tagger.
            let commit = self.commit(id.as_str());
            facts.date = commit.and_then(|commit| commit.committer).map(|person| person.date);
        }
        facts
    }

    /// Follows nested tags.
    fn end_of(&mut self, tag: &TagObject) -> PointsAt {
        let (mut id, mut kind) = (tag.target.clone(), tag.target_type.clone());
        for _ in 0..NESTING_LIMIT {
            match kind.as_str() {
                "tag" => match self.tag(&id) {
                    Some(inner) => (id, kind) = (inner.target, inner.target_type),
                    None => break,
                },
                _ if !self.is_present(&id) => break,
                "commit" => return PointsAt::Commit(ObjectId::new(id)),
                "tree" => return PointsAt::Tree(ObjectId::new(id)),
                "blob" => return PointsAt::Blob(ObjectId::new(id)),
                _ => break,
            }
        }
        PointsAt::Missing(ObjectId::new(id))
    }

    fn is_present(&mut self, id: &str) -> bool {
        if let Some(known) = self.present.get(id) {
            return *known;
        }
        let present = self.objects.has(id);
        self.present.insert(id.to_owned(), present);
        present
    }

    fn tag(&mut self, id: &str) -> Option<TagObject> {
        match self.objects.read(id)? {
            Object::Tag(raw) => parse_tag(&raw),
            Object::Commit(_) | Object::Tree | Object::Blob => None,
        }
    }

    fn commit(&mut self, id: &str) -> Option<CommitObject> {
        match self.objects.read(id)? {
            Object::Commit(raw) => Some(parse_commit(&raw)),
            Object::Tag(_) | Object::Tree | Object::Blob => None,
        }
    }
}

/// A commit's own signature says nothing of the tag on it: `signed` stays false.
fn lightweight(id: &str, commit: CommitObject) -> Facts {
    Facts {
        date: commit.committer.map(|person| person.date),
        title: commit.title,
        author: commit.author.map(|person| person.name).unwrap_or_default(),
        ..bare(TagKind::Lightweight, PointsAt::Commit(id.into()))
    }
}

fn bare(kind: TagKind, points_at: PointsAt) -> Facts {
    Facts { kind, points_at, date: None, title: String::new(), author: String::new(), signed: false }
}
