//! Asking the remote for a tag, and giving it one.
//!
//! A change names what it expects of the remote, which compares and swaps. It is said in this process where that can be
//! (see `wire`), else by `git push --porcelain`, which says per ref what happened (`git help git-push`, OUTPUT): the lease
//! `<ref>:<id>` expects that the remote has that, or none of that name; a leading `+` would override it and is never
//! written. That the remote took the ref is its own word (`report-status`). After anything else the remote is asked what it
//! has: only the remote knows.

use std::time::Duration;

use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::repository::{PushOutcome, TagTarget};

use super::location::{Location, Reader};
use super::network::{self, Ended};
use super::program::Environment;
use super::room::Room;
use super::{GitRepository, remote, tag, trouble, wire};

/// One tag object travels; what takes longer is a connection that stands still.
pub(super) const PUSH_DEADLINE: Duration = Duration::from_secs(60);

pub(super) const ASK_DEADLINE: Duration = Duration::from_secs(30);

/// One ref of the remote: from what it is expected to be to what it is to be. `None`: there is none.
pub(super) struct Change<'a> {
    pub(super) name: &'a str,
    pub(super) expected: Option<&'a ObjectId>,
    pub(super) after: Option<&'a ObjectId>,
}

/// What came back for a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The remote's clear yes.
    Done,
    /// It was so already.
    UpToDate,
    /// No, by the remote's hooks and rules or because it has something else; the words for it.
    Refused(String),
    /// Not a word of the remote; why.
    Nothing(String),
}

/// What the program said of the one ref.
#[derive(Debug, PartialEq, Eq)]
enum Report<'a> {
    Created,
    UpToDate,
    Rejected(&'a str),
}

impl GitRepository {
    /// Where the remote's tag leads. A tag that names a commit itself is its own commit: the remote does not say
    /// whether it is one, so a lightweight tag on a file reads alike.
    pub(super) async fn ask_remote(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        let wanted = tag.clone();
        let read = self.read_remote(move |there, environment| tag::find(there, environment, &wanted));
        if let Some(found) = read.await? {
            return Ok(
                found.map(|found| TagTarget { commit: found.commit.or_else(|| Some(found.object.clone())), ..found })
            );
        }
        let name = format!("refs/tags/{tag}");
        let peeled = format!("{name}^{{}}");
        let arguments = ["ls-remote", "--quiet", "--end-of-options"];
        let said = match self.network(&arguments, &[&name, &peeled], ASK_DEADLINE).await? {
            Ended::TimedOut => return Err(trouble::unreachable("the time was up")),
            Ended::Exited(said) if !said.status.success() => return Err(trouble::unreachable(said.reason())),
            Ended::Exited(said) => said,
        };
        let id_of = |wanted: &str| {
            said.out
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .find(|(_, found)| *found == wanted)
                .map(|(id, _)| id)
        };
        Ok(id_of(&name).map(|id| TagTarget { object: id.into(), commit: Some(id_of(&peeled).unwrap_or(id).into()) }))
    }

    pub(super) async fn push(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble> {
        check_words(tag, object)?;
        let name = format!("refs/tags/{tag}");
        let change = Change { name: &name, expected: None, after: Some(object) };
        let spoken = match self.pack_of_tag(object).await? {
            Some(pack) => self.speak(pack, &change, PUSH_DEADLINE).await,
            None => None,
        };
        let reply = match spoken {
            Some(reply) => reply,
            None => {
                let location = self.location.clone();
                let room = super::blocking(move || Room::prepare(&location)).await?;
                self.run(room, &change).await?
            }
        };
        if reply == Reply::Done {
            return Ok(PushOutcome::Created);
        }
        let there = self.ask_remote(tag).await;
        Ok(outcome(reply, object, there))
    }

    /// `None` for an object that git's own protocol is not spoken about here.
    async fn pack_of_tag(&self, object: &ObjectId) -> Result<Option<Vec<u8>>, Trouble> {
        if self.location.reader != Reader::Library {
            return Ok(None);
        }
        let (folder, object) = (self.location.git_dir.clone(), object.clone());
        super::blocking(move || Ok(wire::pack_of_tag(&folder, &object))).await
    }

    /// Reads the remote as any repository, where it is on this machine. `None`: the program is to ask it.
    pub(super) async fn read_remote<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Location, &Environment) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<Option<T>, Trouble> {
        let repository = self.clone();
        super::blocking(move || {
            let there = remote::here(&repository.location, repository.environment());
            Ok(there.and_then(|there| read(&there, repository.environment()).ok()))
        })
        .await
    }

    /// Asks the remote for this change by the program, in a room that has the object.
    pub(super) async fn run(&self, room: Room, change: &Change<'_>) -> Result<Reply, Trouble> {
        let id = |object: Option<&ObjectId>| object.map_or("", ObjectId::as_str).to_owned();
        let lease = format!("--force-with-lease={}:{}", change.name, id(change.expected));
        let refspec = format!("{}:{}", id(change.after), change.name);
        let arguments = ["push", "--porcelain", "--no-follow-tags", &lease, "--end-of-options"];
        let (ended, _room) = self.network_in(room, &arguments, &[&refspec], PUSH_DEADLINE).await?;
        Ok(Reply::of(&ended, change.name))
    }

    /// Runs the program on the remote in a clean room: `arguments`, the address, `rest`.
    pub(super) async fn network(
        &self,
        arguments: &[&str],
        rest: &[&str],
        deadline: Duration,
    ) -> Result<Ended, Trouble> {
        let location = self.location.clone();
        let room = super::blocking(move || Room::prepare(&location)).await?;
        self.network_in(room, arguments, rest, deadline).await.map(|(ended, _)| ended)
    }

    /// The same in a room that was prepared, which is given back.
    pub(super) async fn network_in(
        &self,
        room: Room,
        arguments: &[&str],
        rest: &[&str],
        deadline: Duration,
    ) -> Result<(Ended, Room), Trouble> {
        let (location, options) = (self.location.clone(), self.options.clone());
        let (arguments, rest) = (owned(arguments), owned(rest));
        let deadline = self.options.deadline.unwrap_or(deadline);
        let (room, command) = super::blocking(move || {
            if arguments.first().is_some_and(|word| word == "push") {
                remote::may_be_pushed_to(&location, &options.environment)?;
            }
            let address = remote::absolute(&location)?;
            let authorization = options.authorizer.and_then(|authorizer| authorizer.ask(&address));
            let mut command = room.git(&location, &options.environment, &address, authorization.as_ref())?;
            command.args(arguments).arg(address).args(rest);
            Ok((room, command))
        })
        .await?;
        let ended = network::call(command, deadline).await?;
        Ok((ended, room))
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A refspec has a grammar of its own; neither part may add to it.
fn check_words(tag: &TagName, object: &ObjectId) -> Result<(), Trouble> {
    let id = object.as_str();
    let fits = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { tag::check_name(tag) } else { Err(trouble::internal(format!("{id} is no object id"))) }
}

/// The remote's state decides; its words explain.
fn outcome(reply: Reply, object: &ObjectId, there: Result<Option<TagTarget>, Trouble>) -> PushOutcome {
    match (there, reply) {
        (Ok(Some(there)), _) if there.object == *object => PushOutcome::AlreadyThere,
        (Ok(Some(_)), _) => PushOutcome::Taken,
        (Ok(None), Reply::Refused(words)) => PushOutcome::Refused(words),
        (Ok(None), reply) => PushOutcome::Unknown(reply.words()),
        (Err(trouble), reply) => PushOutcome::Unknown(format!("{} {}", reply.words(), trouble.message)),
    }
}

impl Reply {
    /// Of a change that was not sent: the remote has something else than expected. In the program's own words.
    pub(super) fn stale() -> Self {
        Self::Refused("[rejected] (stale info)".to_owned())
    }

    /// The remote's reason, and what its hooks wrote.
    pub(super) fn rejected(said: &str, reason: &str) -> Self {
        let summary = format!("[remote rejected] ({reason})");
        let words = said.lines().map(str::trim).filter(|line| !line.is_empty());
        Self::Refused(words.chain([summary.as_str()]).collect::<Vec<_>>().join("; "))
    }

    pub(super) fn timed_out() -> Self {
        Self::Nothing("The push took too long and was stopped.".to_owned())
    }

    /// Why this is no clear yes.
    pub(super) fn words(self) -> String {
        match self {
            Self::Refused(words) => format!("The push ended without a clear word on it: {words}."),
            Self::Nothing(words) => words,
            Self::Done | Self::UpToDate => "The push ended well.".to_owned(),
        }
    }

    fn of(ended: &Ended, name: &str) -> Self {
        let said = match ended {
            Ended::Exited(said) => said,
            Ended::TimedOut => return Self::timed_out(),
        };
        match report(&said.out, name) {
            Some(Report::Created) if said.status.success() => Self::Done,
            Some(Report::UpToDate) => Self::UpToDate,
            Some(Report::Rejected(summary)) => {
                Self::Refused(said.of_remote().into_iter().chain([summary]).collect::<Vec<_>>().join("; "))
            }
            Some(Report::Created) | None => {
                Self::Nothing(format!("The push ended without a word on it: {}.", said.reason()))
            }
        }
    }
}

/// The line of this ref: `<flag> TAB <from>:<to> TAB <summary>`. A remote that broke off reported nothing.
fn report<'a>(out: &'a str, name: &str) -> Option<Report<'a>> {
    out.lines().find_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let (flag, refs, summary) = (fields.next()?, fields.next()?, fields.next()?);
        let (_, to) = refs.rsplit_once(':')?;
        match flag {
            _ if to != name => None,
            "*" | "+" | "-" => Some(Report::Created),
            "=" => Some(Report::UpToDate),
            "!" if !summary.starts_with("[remote failure]") => Some(Report::Rejected(summary)),
            _ => None,
        }
    })
}
