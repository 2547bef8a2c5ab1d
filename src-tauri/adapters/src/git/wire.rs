//! Git's own push protocol, spoken in this process: to a remote on this machine through `git receive-pack`, and over HTTP
//! on the connection of whoever is signed in. It spares the start of three programs, and over HTTP a second handshake. A
//! push that is announced finds its way open: who rolls back does not wait for it.
//!
//! Only the remote's clear word counts. Whatever else happens (another protocol, a proxy of the person's git, a broken
//! line, an object that the remote lacks), the git program is called after all and finds out: a change names what it
//! expects, so that saying it twice has one effect.
//!
//! <https://git-scm.com/docs/gitprotocol-pack>, "Reference Update Request and Packfile Transfer", and
//! <https://git-scm.com/docs/gitprotocol-http>, "Smart Service git-receive-pack".

mod http;
mod local;
mod packet;
mod words;

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use git2::{Buf, ObjectType, Oid, PackBuilder, Repository};
use lastgood_core::ids::ObjectId;
use tokio::task::JoinHandle;

use self::words::Advertised;
use super::authorization::Authorization;
use super::location::Reader;
use super::push::{Change, Reply};
use super::{GitRepository, program, remote};

/// What a remote says before it is told anything: a line of some 70 bytes for each of its refs.
const LONGEST_ADVERTISEMENT: u64 = 64 << 20;

/// Of one ref, with what hooks write.
const LONGEST_ANSWER: u64 = 1 << 20;

/// A push that was announced comes within this, or the way is left.
const KEPT_OPEN: Duration = Duration::from_secs(10);

/// Where the remote is, as far as it is spoken to here.
enum Way {
    Local(PathBuf),
    Http(String, Authorization),
}

/// A way that is open.
enum Line {
    Local(Box<local::Line>),
    Http(http::Line),
}

/// An open way, and what the remote said first.
struct Opened {
    line: Line,
    advertised: Vec<u8>,
}

/// Ways that are being opened for pushes that come soon, the first to be needed first.
#[derive(Clone, Default)]
pub(super) struct Ready(Arc<Mutex<VecDeque<Opening>>>);

/// Since when, and what comes of it.
type Opening = (Instant, JoinHandle<Option<Opened>>);

impl GitRepository {
    /// Opens a way now, so that the push finds it open.
    pub(super) fn open_ahead(&self) {
        if self.location.reader != Reader::Library {
            return;
        }
        let repository = self.clone();
        let opening = tokio::spawn(async move { repository.reach().await });
        let (ready, since) = (self.ready.clone(), Instant::now());
        ready.lock().push_back((since, opening));
        tokio::spawn(async move {
            tokio::time::sleep(KEPT_OPEN).await;
            ready.leave(since);
        });
    }

    /// Asks the remote for this change; the pack has what the remote lacks. `None`: not a clear word came, and the program
    /// is to find out.
    pub(super) async fn speak(&self, pack: Vec<u8>, change: &Change<'_>, deadline: Duration) -> Option<Reply> {
        if self.location.reader != Reader::Library {
            return None;
        }
        match tokio::time::timeout(self.options.deadline.unwrap_or(deadline), self.say(&pack, change)).await {
            Ok(reply) => reply,
            Err(_) => Some(Reply::timed_out()),
        }
    }

    async fn say(&self, pack: &[u8], change: &Change<'_>) -> Option<Reply> {
        let (line, advertised) = match self.ready.take().await.and_then(|opened| opened.agreeing(change)) {
            Some(ready) => ready,
            None => self.reach().await?.read(change)?,
        };
        if advertised.object.as_ref() != change.expected {
            return Some(if advertised.object.as_ref() == change.after { Reply::UpToDate } else { Reply::stale() });
        }
        let request = advertised.request(change, pack)?;
        let answer = match line {
            Line::Local(line) => line.say(request).await,
            Line::Http(line) => line.say(request).await,
        };
        advertised.reply(&answer?, change.name)
    }

    async fn reach(&self) -> Option<Opened> {
        let repository = self.clone();
        let mut line = match super::blocking(move || Ok(repository.way())).await.ok()?? {
            Way::Local(path) => Line::Local(Box::new(local::Line::open(program::git(self.environment()), &path)?)),
            Way::Http(address, authorization) => Line::Http(http::Line::new(&address, &authorization)?),
        };
        let advertised = match &mut line {
            Line::Local(line) => line.hear().await,
            Line::Http(line) => line.hear().await,
        };
        Some(Opened { line, advertised: advertised? })
    }

    fn way(&self) -> Option<Way> {
        let address = remote::resolved(&self.location, self.environment()).ok()?;
        if remote::is_path(&address) {
            remote::may_be_pushed_to(&self.location, self.environment()).ok()?;
            return Some(Way::Local(remote::path_of(&self.location, &address)));
        }
        let scheme = address.split_once("://")?.0;
        let authorization = self.options.authorizer.as_ref().filter(|_| matches!(scheme, "http" | "https"));
        Some(Way::Http(address.clone(), authorization?.ask(&address)?))
    }
}

impl Opened {
    fn read(self, change: &Change<'_>) -> Option<(Line, Advertised)> {
        Some((self.line, Advertised::read(&self.advertised, change.name)?))
    }

    /// What was said a while ago counts where it is what is expected now; the remote compares once more.
    fn agreeing(self, change: &Change<'_>) -> Option<(Line, Advertised)> {
        self.read(change).filter(|(_, advertised)| advertised.object.as_ref() == change.expected)
    }
}

impl Ready {
    async fn take(&self) -> Option<Opened> {
        let (_, opening) = self.lock().pop_front()?;
        opening.await.ok()?
    }

    /// Nobody needed it.
    fn leave(&self, since: Instant) {
        self.lock().retain(|(opened, opening)| {
            let keep = *opened != since;
            if !keep {
                opening.abort();
            }
            keep
        });
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Opening>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ready({})", self.lock().len())
    }
}

/// A tag's object. What it leads to is the remote's already; if not, the remote says so and changes nothing. `None` for any
/// other object.
pub(super) fn pack_of_tag(objects: &Path, tag: &ObjectId) -> Option<Vec<u8>> {
    let made = || -> Result<Option<Vec<u8>>, git2::Error> {
        let repository = Repository::open(objects)?;
        let id = Oid::from_str(tag.as_str())?;
        match repository.find_object(id, None)?.kind() {
            Some(ObjectType::Tag) => packed(&repository, |pack| pack.insert_object(id, None)).map(Some),
            _ => Ok(None),
        }
    };
    made().unwrap_or_else(|error| {
        tracing::debug!(%error, "no pack was made");
        None
    })
}

/// What `insert` puts in, as one pack.
pub(super) fn packed(
    repository: &Repository,
    insert: impl FnOnce(&mut PackBuilder<'_>) -> Result<(), git2::Error>,
) -> Result<Vec<u8>, git2::Error> {
    let mut pack = repository.packbuilder()?;
    pack.set_threads(1);
    insert(&mut pack)?;
    let mut buffer = Buf::new();
    pack.write_buf(&mut buffer)?;
    Ok(buffer.to_vec())
}
