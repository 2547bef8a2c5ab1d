//! GitHub as a channel: the one client that everything else uses, on the repository that the channel names. Its limits,
//! its turn to write and its certificates are those of the rest.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::RepositorySlug;
use lastgood_core::ports::Forge;
use lastgood_core::ports::channel::Sent;
use lastgood_core::ports::forge::Written;
use lastgood_core::settings::telling::ChannelSettings;

use super::Keys;
use super::http::unknown;
use crate::github::Github;

pub(super) fn github(name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Github, Trouble> {
    let named = settings.repository.as_deref().and_then(RepositorySlug::from_remote);
    let github: &Arc<Github> = keys.github.as_ref().ok_or_else(|| {
        let message = format!("The channel {name} writes to GitHub, and you are not signed in.");
        Trouble::new(Code::SignedOut, message, "Sign in with a token that has the scope repo.")
    })?;
    let repository = named.or_else(|| keys.repository.clone()).ok_or_else(|| {
        let message = format!("The channel {name} names no repository on GitHub, and this one has no remote there.");
        Trouble::new(Code::ChannelUnready, message, format!("Add repository = \"owner/name\" below [channels.{name}]."))
    })?;
    Ok(github.of(repository))
}

/// What a request that writes made, or what its sender is told.
pub(super) fn written<T>(github: &Github, written: Written<T>) -> Result<T, Sent> {
    match written {
        Written::Done(made) => Ok(made),
        Written::Refused(trouble) | Written::NotSent(trouble) if trouble.code == Code::RateLimited => {
            Err(later(github, trouble))
        }
        Written::Refused(trouble) => Err(Sent::Refused(trouble)),
        Written::NotSent(trouble) => Err(Sent::NotSent { trouble, again_in: None }),
        Written::Unknown(trouble) => Err(Sent::Unknown(unknown(trouble.message))),
    }
}

/// What could not be read was not written either.
pub(super) fn unread(github: &Github, trouble: Trouble) -> Sent {
    if trouble.code == Code::RateLimited {
        later(github, trouble)
    } else if trouble.code == Code::GithubUnreachable {
        Sent::NotSent { trouble, again_in: None }
    } else {
        Sent::Refused(trouble)
    }
}

pub(super) async fn readable(github: &Github) -> Result<String, Trouble> {
    github.default_branch().await?;
    Ok(format!("{} can be read.", github.slug()))
}

/// Whole seconds, never too few.
fn later(github: &Github, trouble: Trouble) -> Sent {
    let left = github.waiting().map(|waiting| waiting.until.duration_since(Timestamp::now()));
    let seconds = left.map(|left| u64::try_from(left.as_millis()).unwrap_or_default().div_ceil(1000));
    Sent::NotSent { trouble, again_in: seconds.map(Duration::from_secs) }
}
