//! Where a channel's secret comes from: the environment, for this process alone, else the keychain, filed by repository and
//! channel.

use lastgood_core::error::{Code, Trouble};

use crate::secret::Secret;
use crate::vault::{self, Closed};

/// Before the channel's name in capitals, every other character an underscore: `LASTGOOD_SECRET_INCIDENTS`.
pub const VARIABLE: &str = "LASTGOOD_SECRET_";

/// May block while a person unlocks the keychain.
pub fn find(repository: &str, channel: &str) -> Option<Secret> {
    if let Ok(secret) = std::env::var(variable(channel))
        && !secret.trim().is_empty()
    {
        return Some(Secret::new(secret.trim()));
    }
    vault::read(&entry(repository, channel)).unwrap_or_else(|closed| {
        tracing::info!("the keychain gave no secret: {}", closed.trouble());
        None
    })
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
pub fn state(repository: &str, channel: &str) -> SecretState {
    if std::env::var(variable(channel)).is_ok_and(|secret| !secret.trim().is_empty()) {
        return SecretState::ThisSession;
    }
    match vault::read(&entry(repository, channel)) {
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
pub fn keep(repository: &str, channel: &str, secret: Secret) -> Result<(), Trouble> {
    vault::keep(&entry(repository, channel), &secret).map_err(|closed| {
        Trouble::new(
            Code::ChannelSecret,
            closed.trouble().message,
            format!("Unlock or start your keychain, or put it into {} for one process.", variable(channel)),
        )
    })
}

/// # Errors
/// [`Code::ChannelSecret`] where there is no keychain, or it refuses.
pub fn forget(repository: &str, channel: &str) -> Result<(), Trouble> {
    vault::forget(&entry(repository, channel)).map_err(|closed| {
        Trouble::new(Code::ChannelSecret, closed.trouble().message, "Unlock your keychain, then try again.")
    })
}

pub fn variable(channel: &str) -> String {
    let name: String =
        channel.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("{VARIABLE}{name}")
}

fn entry(repository: &str, channel: &str) -> String {
    format!("channel {channel} of {repository}")
}
