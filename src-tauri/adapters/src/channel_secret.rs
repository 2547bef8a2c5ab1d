//! Where a channel's secret comes from: the environment, for this process alone, else the keychain, filed by repository,
//! channel and service.

use lastgood_core::error::{Code, Trouble};

use crate::secret::Secret;
use crate::vault::{self, Closed};

/// Before the channel's name in capitals, every other character an underscore: `LASTGOOD_SECRET_INCIDENTS`.
pub const VARIABLE: &str = "LASTGOOD_SECRET_";

/// Whose secret it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub repository: String,
    pub channel: String,
    /// Whom it goes to: what was kept for one is not given to another.
    pub service: String,
}

/// `None` where there is none. May block while a person unlocks the keychain, unless nobody is to be asked (`asks`).
///
/// # Errors
/// Why the keychain gave no answer.
pub fn find(owner: &Owner, asks: bool) -> Result<Option<Secret>, Closed> {
    if let Some(secret) = of_process(&owner.channel) {
        return Ok(Some(secret));
    }
    if !asks && vault::look() == Err(Closed::Locked) {
        return Err(Closed::Locked);
    }
    vault::read(&entry(owner))
}

/// A person gave it to this process alone.
fn of_process(channel: &str) -> Option<Secret> {
    let secret = std::env::var(variable(channel)).ok()?;
    (!secret.trim().is_empty()).then(|| Secret::new(secret.trim()))
}

/// What is known of a secret, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretState {
    /// In the environment of this process.
    ThisSession,
    Kept,
    Missing,
    /// The keychain is locked, or its owner refused.
    Locked,
    NoKeychain,
}

/// May block while a person unlocks the keychain.
pub fn state(owner: &Owner) -> SecretState {
    if of_process(&owner.channel).is_some() {
        return SecretState::ThisSession;
    }
    match vault::read(&entry(owner)) {
        Ok(Some(_)) => SecretState::Kept,
        Ok(None) => SecretState::Missing,
        Err(Closed::Locked | Closed::Refused(_)) => SecretState::Locked,
        Err(Closed::Missing(_)) => SecretState::NoKeychain,
    }
}

/// Keeps it in place of the one before.
///
/// # Errors
/// [`Code::ChannelSecret`] where there is no keychain, or it refuses.
pub fn keep(owner: &Owner, secret: Secret) -> Result<(), Trouble> {
    vault::keep(&entry(owner), &secret).map_err(|closed| {
        Trouble::new(
            Code::ChannelSecret,
            closed.trouble().message,
            format!("Unlock or start your keychain, or put it into {} for one process.", variable(&owner.channel)),
        )
    })
}

/// Forgets what an earlier version kept as well.
///
/// # Errors
/// [`Code::ChannelSecret`] where there is no keychain, or it refuses.
pub fn forget(owner: &Owner) -> Result<(), Trouble> {
    vault::forget(&entry(owner)).and_then(|()| vault::forget(&entry_before(owner))).map_err(|closed| {
        Trouble::new(Code::ChannelSecret, closed.trouble().message, "Unlock your keychain, then try again.")
    })
}

pub fn variable(channel: &str) -> String {
    let name: String =
        channel.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("{VARIABLE}{name}")
}

fn entry(owner: &Owner) -> String {
    format!("channel {} of {} for {}", owner.channel, owner.repository, owner.service)
}

/// As an earlier version filed it, which did not say for whom.
fn entry_before(owner: &Owner) -> String {
    format!("channel {} of {}", owner.channel, owner.repository)
}
