//! Asking the remote for a tag, and giving it one.
//!
//! `git push --porcelain` says per ref what happened (`git help git-push`, OUTPUT). The lease `refs/tags/X:` expects that
//! the remote has none of that name; a leading `+` would override it and is never written. Where the program ends well and
//! reports that the remote took the ref, that is the remote's own word (`report-status`). After anything else the remote is
//! asked what it has: only the remote knows.

use std::time::Duration;

use lastgood_core::error::Trouble;
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::repository::{PushOutcome, TagTarget};

use super::network::{self, Ended, Said};
use super::room::Room;
use super::{GitRepository, remote, tag, trouble};

/// One tag object travels; what takes longer is a connection that stands still.
pub(super) const PUSH_DEADLINE: Duration = Duration::from_secs(60);

pub(super) const ASK_DEADLINE: Duration = Duration::from_secs(30);

/// What the program said of the one ref.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Report<'a> {
    Created,
    UpToDate,
    Rejected(&'a str),
}

impl GitRepository {
    /// Where the remote's tag leads. A tag that names a commit itself is its own commit: the remote does not say
    /// whether it is one, so a lightweight tag on a file reads alike.
    pub(super) async fn ask_remote(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
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
        let lease = format!("--force-with-lease=refs/tags/{tag}:");
        let arguments = ["push", "--porcelain", "--no-follow-tags", &lease, "--end-of-options"];
        let refspec = format!("{object}:refs/tags/{tag}");
        let ended = self.network(&arguments, &[&refspec], PUSH_DEADLINE).await?;
        if ended.is_clear_yes(&format!("refs/tags/{tag}")) {
            return Ok(PushOutcome::Created);
        }
        let there = self.ask_remote(tag).await;
        Ok(outcome(&ended, tag, object, there))
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

/// The remote's state decides; the program's words explain.
fn outcome(ended: &Ended, tag: &TagName, object: &ObjectId, there: Result<Option<TagTarget>, Trouble>) -> PushOutcome {
    let said = match ended {
        Ended::Exited(said) => Some(said),
        Ended::TimedOut => None,
    };
    let report = said.and_then(|said| report(&said.out, &format!("refs/tags/{tag}")));
    match (there, report) {
        (Ok(Some(there)), report) if there.object == *object => match report {
            Some(Report::Created) => PushOutcome::Created,
            Some(Report::UpToDate | Report::Rejected(_)) | None => PushOutcome::AlreadyThere,
        },
        (Ok(Some(_)), _) => PushOutcome::Taken,
        (Ok(None), Some(Report::Rejected(reason))) => PushOutcome::Refused(refusal(reason, said)),
        (Ok(None), _) => PushOutcome::Unknown(explanation(said)),
        (Err(trouble), _) => PushOutcome::Unknown(format!("{} {}", explanation(said), trouble.message)),
    }
}

impl Ended {
    /// The program ended well, and reports that the remote took this ref.
    pub(super) fn is_clear_yes(&self, name: &str) -> bool {
        match self {
            Self::Exited(said) => said.status.success() && report(&said.out, name) == Some(Report::Created),
            Self::TimedOut => false,
        }
    }
}

/// The line of this ref: `<flag> TAB <from>:<to> TAB <summary>`. A remote that broke off reported nothing.
pub(super) fn report<'a>(out: &'a str, name: &str) -> Option<Report<'a>> {
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

/// What the remote's hooks and rules wrote, and git's summary of it.
pub(super) fn refusal(summary: &str, said: Option<&Said>) -> String {
    let mut words: Vec<&str> = said.map(Said::of_remote).unwrap_or_default();
    words.push(summary);
    words.join("; ")
}

pub(super) fn explanation(said: Option<&Said>) -> String {
    said.map_or_else(
        || "The push took too long and was stopped.".to_owned(),
        |said| format!("The push ended without a word on it: {}.", said.reason()),
    )
}
