//! Holds and quarantines on the remote: refs below `refs/lastgood/`, each a commit with nothing in it but its message.
//!
//! Objects are made in memory and fetched in an empty clean room (see `room`), so the person's repository gains none. A
//! change names what it expects, which the remote compares and swaps (see `push`). As with tags, the remote's clear yes counts; after
//! anything else, what it has decides.
//!
//! The commits name no person as their author: servers refuse addresses that somebody keeps private. Who holds is in the
//! text.

mod carrier;

use std::sync::{MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::hold::mark::{Mark, MarkName, Marks, PREFIX};
use lastgood_core::ids::ObjectId;
use lastgood_core::ports::Team;
use lastgood_core::ports::team::Put;

use self::carrier::Carrier;
use super::location::Reader;
use super::network::Ended;
use super::program::{self, Environment};
use super::push::{ASK_DEADLINE, Change, PUSH_DEADLINE, Reply};
use super::room::Room;
use super::{GitRepository, refs, trouble};

/// Of each ref its name, its object's id and kind, and its text, with NUL between them.
const FORMAT: &str = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(contents)%00";

#[async_trait]
impl Team for GitRepository {
    async fn marks(&self) -> Result<Marks, Trouble> {
        let seen = Timestamp::now();
        let location = self.location.clone();
        let room = super::blocking(move || Room::empty(&location)).await?;
        let refspec = format!("{PREFIX}*:{PREFIX}*");
        let arguments =
            ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--end-of-options"];
        let (ended, room) = self.network_in(room, &arguments, &[&refspec], ASK_DEADLINE).await?;
        match ended {
            Ended::TimedOut => return Err(trouble::unreachable("the time was up")),
            Ended::Exited(said) if !said.status.success() => return Err(trouble::unreachable(said.reason())),
            Ended::Exited(_) => {}
        }
        let environment = self.options.environment.clone();
        let all = super::blocking(move || listed(&room, &environment)).await?;
        let marks = Marks { all, seen };
        *self.last_marks() = Some(marks.clone());
        Ok(marks)
    }

    fn remembered(&self) -> Option<Marks> {
        self.last_marks().clone()
    }

    async fn object(&self, name: &MarkName) -> Result<Option<ObjectId>, Trouble> {
        self.there(&name.as_ref_name()).await?.map_err(trouble::unreachable)
    }

    async fn put(&self, name: &MarkName, text: &str, expected: Option<&ObjectId>) -> Result<Put, Trouble> {
        let (carrier, name) = (Carrier::new(text), name.as_ref_name());
        *self.last_marks() = None;
        if let Some((object, pack)) = self.pack_of(&carrier).await? {
            let change = Change { name: &name, expected, after: Some(&object) };
            if let Some(reply) = self.speak(pack, &change, PUSH_DEADLINE).await {
                return self.put_as(reply, &change).await;
            }
        }
        let (location, environment) = (self.location.clone(), self.options.environment.clone());
        let (room, object) = super::blocking(move || {
            let room = Room::empty(&location)?;
            let object = carrier.write(&room, &location, &environment)?;
            Ok((room, object))
        })
        .await?;
        let change = Change { name: &name, expected, after: Some(&object) };
        let reply = self.run(room, &change).await?;
        self.put_as(reply, &change).await
    }

    async fn remove(&self, name: &MarkName, expected: &ObjectId) -> Result<Put, Trouble> {
        let name = name.as_ref_name();
        let change = Change { name: &name, expected: Some(expected), after: None };
        *self.last_marks() = None;
        if let Some(reply) = self.speak(Vec::new(), &change, PUSH_DEADLINE).await {
            return self.put_as(reply, &change).await;
        }
        let location = self.location.clone();
        let room = super::blocking(move || Room::empty(&location)).await?;
        let reply = self.run(room, &change).await?;
        self.put_as(reply, &change).await
    }
}

impl GitRepository {
    /// `None` where the program makes the objects of this repository.
    async fn pack_of(&self, carrier: &Carrier) -> Result<Option<(ObjectId, Vec<u8>)>, Trouble> {
        if self.location.reader != Reader::Library {
            return Ok(None);
        }
        let carrier = carrier.clone();
        let packed = super::blocking(move || Ok(carrier.packed())).await?;
        if let Err(error) = &packed {
            tracing::debug!(%error, "no pack was made");
        }
        Ok(packed.ok())
    }

    async fn put_as(&self, reply: Reply, change: &Change<'_>) -> Result<Put, Trouble> {
        let Change { name, expected, after } = *change;
        let done = || Put::Done(after.cloned().unwrap_or_else(|| ObjectId::new("")));
        if reply == Reply::Done {
            return Ok(done());
        }
        Ok(match (self.there(name).await?, reply) {
            (Ok(there), _) if there.as_ref() == after => done(),
            (Ok(there), Reply::Refused(words)) if there.as_ref() == expected => Put::Refused(words),
            // It was as we said, and somebody changed it since; or it never was as expected.
            (Ok(_), Reply::UpToDate) => Put::Changed,
            (Ok(there), _) if there.as_ref() != expected => Put::Changed,
            (Ok(_), reply) => Put::Unknown(reply.words()),
            (Err(why), reply) => Put::Unknown(format!("{} The remote did not answer: {why}.", reply.words())),
        })
    }

    /// What the remote has under this name, or why it did not say.
    async fn there(&self, name: &str) -> Result<Result<Option<ObjectId>, String>, Trouble> {
        let wanted = name.to_owned();
        let read = self.read_remote(move |there, _| refs::object(there, &wanted));
        if let Some(found) = read.await? {
            return Ok(Ok(found.map(ObjectId::new)));
        }
        let arguments = ["ls-remote", "--quiet", "--end-of-options"];
        Ok(match self.network(&arguments, &[name], ASK_DEADLINE).await? {
            Ended::Exited(said) if said.status.success() => Ok(first_id(&said.out, name)),
            Ended::Exited(said) => Err(said.reason()),
            Ended::TimedOut => Err("the time was up".to_owned()),
        })
    }

    fn last_marks(&self) -> MutexGuard<'_, Option<Marks>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listed(room: &Room, environment: &Environment) -> Result<Vec<Mark>, Trouble> {
    let listing = program::answer(room.here(environment), ["for-each-ref", FORMAT, PREFIX])?;
    // A list that could not be read is not an empty one: nobody lifted anything.
    let listing = listing.ok_or_else(|| trouble::unreadable("git for-each-ref failed"))?;
    let text = String::from_utf8_lossy(&listing).into_owned();
    let words: Vec<&str> = text.split('\0').collect();
    let mark = |fields: &[&str]| {
        let name = MarkName::of_ref(fields[0].trim_start_matches('\n'))?;
        // What is no commit of ours has a text that nobody can read, and stands all the same.
        let text = if fields[2] == "commit" { fields[3] } else { "" };
        Some(Mark { name, object: ObjectId::new(fields[1]), text: text.to_owned() })
    };
    Ok(words.chunks_exact(4).filter_map(mark).collect())
}

fn first_id(listing: &str, name: &str) -> Option<ObjectId> {
    let mut lines = listing.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(_, found)| *found == name).map(|(id, _)| ObjectId::new(id))
}
