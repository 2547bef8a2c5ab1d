//! Making an annotated tag, create-only and safe to repeat.
//!
//! The object is written first, then the ref: a crash between the two leaves an object that nothing names, and a repeated
//! call ends as the first would have. On Unix the object is on the disk when it is made, with the folders that hold it;
//! the ref is brought there while it is pushed, for the remote's copy is the real safety. libgit2 offers no switch for
//! it, so the files are synchronised after it wrote them.

mod durable;

use std::process::Command;
use std::time::{Duration, Instant};

use git2::{ErrorCode, ObjectType, Oid};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::forge::Tagger;
use lastgood_core::ports::repository::{TagOrder, TagTarget};
use lastgood_core::release::tag_object::parse_tag;
use lastgood_core::release::{Moment, PointsAt};

use super::location::{Location, Reader};
use super::objects::{self, Object};
use super::program::{self, Environment};
use super::{read, refs, settings, trouble};

/// Who tags when git does not know who the person is.
const NOBODY: (&str, &str) = ("Lastgood", "lastgood@localhost");

/// How long another writer of the same ref is waited for; git itself gives up after 100 ms (`core.filesRefLockTimeout`),
/// and a machine under load deserves more.
const LOCKED: Duration = Duration::from_secs(2);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// Git's own rules for names (`git help check-ref-format`).
pub(super) fn check_name(tag: &TagName) -> Result<(), Trouble> {
    if git2::Reference::is_valid_name(&format!("refs/tags/{tag}")) {
        return Ok(());
    }
    Err(Trouble::new(Code::Usage, format!("Git allows no tag named {tag:?}."), "Choose another name."))
}

/// Where a local tag leads.
pub(super) fn find(
    location: &Location,
    environment: &Environment,
    tag: &TagName,
) -> Result<Option<TagTarget>, Trouble> {
    let Some(object) = refs::find(location, environment, tag)? else { return Ok(None) };
    let commit = match read::Reading::open(location, environment)?.facts(&object).points_at {
        PointsAt::Commit(id) => Some(id),
        PointsAt::Tree(_) | PointsAt::Blob(_) | PointsAt::Missing(_) => None,
    };
    Ok(Some(TagTarget { object: ObjectId::new(object), commit }))
}

/// The object alone; see [`lastgood_core::ports::Repository::make_tag`].
pub(super) fn make(location: &Location, environment: &Environment, order: &TagOrder) -> Result<ObjectId, Trouble> {
    check_name(&order.name)?;
    if let Some(existing) = existing(location, environment, order)? {
        return existing;
    }
    if !matches!(objects::open(location, environment)?.read(order.commit.as_str()), Some(Object::Commit(_))) {
        return Err(Trouble::new(
            Code::TagMissing,
            format!("The commit {} is not in this repository.", order.commit.short()),
            "Fetch, or choose another target.",
        ));
    }
    let content = content(location, environment, order);
    match location.reader {
        Reader::Library => write(location, &content),
        Reader::Program => {
            let made = program::feed(durable_git(location, environment), ["mktag"], &content)?;
            let id = || ObjectId::new(String::from_utf8_lossy(&made.stdout).trim());
            if made.status.success() { Ok(id()) } else { Err(trouble::unwritable(program::said(&made))) }
        }
    }
}

/// The ref alone; see [`lastgood_core::ports::Repository::name_tag`].
pub(super) fn name(
    location: &Location,
    environment: &Environment,
    tag: &TagName,
    object: &ObjectId,
) -> Result<(), Trouble> {
    check_name(tag)?;
    let named = match location.reader {
        Reader::Library => name_in_process(location, tag, object)?,
        Reader::Program => name_by_program(location, environment, tag, object)?,
    };
    if named {
        return Ok(());
    }
    let there = refs::find(location, environment, tag)?;
    if there.as_deref() == Some(object.as_str()) { Ok(()) } else { Err(taken(tag)) }
}

/// Brings the ref to the disk.
pub(super) fn keep(location: &Location, tag: &TagName) {
    if location.reader == Reader::Library {
        durable::sync(&location.common_dir.join("refs").join("tags").join(tag.as_str()));
    }
}

/// The tag that has the name already: the same one, or another.
fn existing(
    location: &Location,
    environment: &Environment,
    order: &TagOrder,
) -> Result<Option<Result<ObjectId, Trouble>>, Trouble> {
    let Some(object) = refs::find(location, environment, &order.name)? else { return Ok(None) };
    let same = match objects::open(location, environment)?.read(&object) {
        Some(Object::Tag(raw)) => {
            parse_tag(&raw).is_some_and(|tag| tag.target == order.commit.as_str())
                && message(&raw) == Some(ended(&order.message).as_bytes())
        }
        Some(Object::Commit(_) | Object::Tree | Object::Blob) | None => false,
    };
    Ok(Some(if same { Ok(ObjectId::new(object)) } else { Err(taken(&order.name)) }))
}

/// What an annotated tag's object says, so that it can be made elsewhere with the same id. `None` for any other object.
pub(super) fn order_of(
    location: &Location,
    environment: &Environment,
    tag: &TagName,
    object: &ObjectId,
) -> Result<Option<(TagOrder, Tagger)>, Trouble> {
    let Some(Object::Tag(raw)) = objects::open(location, environment)?.read(object.as_str()) else { return Ok(None) };
    let Some((parsed, text)) = parse_tag(&raw).zip(message(&raw)) else { return Ok(None) };
    let Some((tagger, person)) = tagger(&raw).zip(parsed.tagger) else { return Ok(None) };
    let order = TagOrder {
        name: tag.clone(),
        commit: ObjectId::new(parsed.target),
        message: String::from_utf8_lossy(text).into_owned(),
        date: person.date,
    };
    Ok(Some((order, tagger)))
}

/// `tagger Name <address> seconds offset`
fn tagger(raw: &[u8]) -> Option<Tagger> {
    let text = String::from_utf8_lossy(raw);
    let line = text.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("tagger "))?;
    let (name, rest) = line.split_once(" <")?;
    let (email, _) = rest.split_once('>')?;
    Some(Tagger { name: name.to_owned(), email: email.to_owned() })
}

fn write(location: &Location, content: &[u8]) -> Result<ObjectId, Trouble> {
    let failed = |error: git2::Error| trouble::unwritable(error.message());
    let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
    let id: Oid = repository.odb().and_then(|odb| odb.write(ObjectType::Tag, content)).map_err(failed)?;
    let hex = id.to_string();
    let (folder, rest) = hex.split_at(2);
    durable::sync(&location.common_dir.join("objects").join(folder).join(rest));
    Ok(ObjectId::new(hex))
}

/// `false` when the ref was there already.
fn name_in_process(location: &Location, tag: &TagName, object: &ObjectId) -> Result<bool, Trouble> {
    let failed = |error: git2::Error| trouble::unwritable(error.message());
    let repository = git2::Repository::open(&location.git_dir).map_err(failed)?;
    let id = Oid::from_str(object.as_str()).map_err(failed)?;
    let start = Instant::now();
    loop {
        match repository.reference(&format!("refs/tags/{tag}"), id, false, "") {
            Ok(_) => return Ok(true),
            Err(error) if error.code() == ErrorCode::Exists => return Ok(false),
            // Somebody writes this very ref at this moment.
            Err(error) if error.code() == ErrorCode::Locked && start.elapsed() < LOCKED => std::thread::sleep(PAUSE),
            Err(error) => return Err(failed(error)),
        }
    }
}

/// `false` when the ref was there already.
fn name_by_program(
    location: &Location,
    environment: &Environment,
    tag: &TagName,
    object: &ObjectId,
) -> Result<bool, Trouble> {
    // NUL ends each word, so that no name can add to the command.
    let command = format!("create refs/tags/{tag}\0{object}\0");
    let git = durable_git(location, environment);
    let written = program::feed(git, ["update-ref", "--stdin", "-z"], command.as_bytes())?;
    if written.status.success() {
        Ok(true)
    } else if refs::find(location, environment, tag)?.is_some() {
        Ok(false)
    } else {
        Err(trouble::unwritable(program::said(&written)))
    }
}

fn durable_git(location: &Location, environment: &Environment) -> Command {
    let mut command = program::git_in(&location.git_dir, environment);
    command.args(["-c", "core.fsync=objects,reference"]);
    command
}

/// A tag object as `git help mktag` describes it.
fn content(location: &Location, environment: &Environment, order: &TagOrder) -> Vec<u8> {
    let setting = |name: &str| settings::text(location, environment, name).map(|text| printable(&text));
    let known = |text: Option<String>, otherwise: &str| {
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| otherwise.to_owned())
    };
    let name = known(setting("user.name"), NOBODY.0);
    let mail = known(setting("user.email"), NOBODY.1);
    let Moment { seconds, offset } = order.date;
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    format!(
        "object {}\ntype commit\ntag {}\ntagger {name} <{mail}> {seconds} {sign}{hours:02}{minutes:02}\n\n{}",
        order.commit,
        order.name,
        ended(&order.message)
    )
    .into_bytes()
}

/// What would end the line or the name within it is left out.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\r' | '\0')).collect::<String>().trim().to_owned()
}

/// Git ends every message with a line break.
fn ended(message: &str) -> String {
    format!("{}\n", message.trim_end_matches('\n'))
}

fn message(raw: &[u8]) -> Option<&[u8]> {
    let end = raw.windows(2).position(|pair| pair == b"\n\n")?;
    Some(&raw[end + 2..])
}

fn taken(tag: &TagName) -> Trouble {
    Trouble::new(
        Code::TagTaken,
        format!("The tag {tag} is here already and is another one."),
        "Choose another name, or delete the old tag.",
    )
}
