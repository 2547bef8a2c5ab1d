//! The keychain of this system: Secret Service, Keychain, Credential Manager.
//!
//! Each question opens it anew: one that was not there, or was locked, is found as soon as it is. The calls block, as long
//! as a person takes to unlock it; an async task asks from a blocking thread.

use std::sync::mpsc;
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use lastgood_core::error::{Code, Trouble};

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;
#[cfg(not(any(windows, target_os = "macos")))]
use zbus_secret_service_keyring_store::Store;

use crate::secret::Secret;

/// Under this name the entries are filed.
const APPLICATION: &str = "lastgood";

/// A locked keychain asks its owner, and waits for them without a limit of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the keychain gave nothing and took nothing. That an entry is absent is an answer, no reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// There is no keychain to ask.
    Missing(String),
    /// It is locked, and nobody unlocked it: its question was dismissed, or not answered in time.
    Locked,
    /// It is there and open, and says no.
    Refused(String),
}

/// The token for a GitHub host, such as `github.com`; `None` where there is no such entry.
pub fn read(host: &str) -> Result<Option<Secret>, Closed> {
    let host = host.to_owned();
    patiently(move || match entry(&host)?.get_password() {
        Ok(token) => Ok(Some(Secret::new(token))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(closed(&error)),
    })
}

/// Keeps the token for a host, in place of the one before.
pub fn keep(host: &str, token: &Secret) -> Result<(), Closed> {
    let (host, token) = (host.to_owned(), token.clone());
    patiently(move || entry(&host)?.set_password(token.reveal()).map_err(|error| closed(&error)))
}

/// Removes the token of a host; that there was none is no trouble.
pub fn forget(host: &str) -> Result<(), Closed> {
    let host = host.to_owned();
    patiently(move || match entry(&host)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(closed(&error)),
    })
}

/// Whether it would take a token now. Its owner is not asked anything.
pub fn look() -> Result<(), Closed> {
    patiently(|| {
        Store::new().map_err(|error| Closed::Missing(words(&error)))?;
        if is_locked() { Err(Closed::Locked) } else { Ok(()) }
    })
}

impl Closed {
    /// What a person is told, each state in a sentence of its own.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Missing(_) => Trouble::new(
                Code::KeychainMissing,
                "This system has no keychain to ask.",
                "Start your keychain (such as GNOME Keyring or KWallet), or sign in for this session only.",
            ),
            Self::Locked => Trouble::new(
                Code::KeychainLocked,
                "Your keychain is locked.",
                "Unlock it and try again, or sign in for this session only.",
            ),
            Self::Refused(words) => Trouble::new(
                Code::KeychainRefused,
                format!("Your keychain refused: {words}."),
                "Look at its entry for lastgood, or sign in for this session only.",
            ),
        }
    }
}

/// The keychain's own calls block, and may not run on an async worker.
fn patiently<T: Send + 'static>(ask: impl FnOnce() -> Result<T, Closed> + Send + 'static) -> Result<T, Closed> {
    let (sender, receiver) = mpsc::channel();
    let asking = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
        // The receiver may have given up; then nobody needs the answer.
        drop(sender.send(ask()));
    });
    match asking {
        Ok(_) => receiver.recv_timeout(PATIENCE).unwrap_or(Err(Closed::Locked)),
        Err(error) => Err(Closed::Missing(error.to_string())),
    }
}

fn entry(host: &str) -> Result<Entry, Closed> {
    let store = Store::new().map_err(|error| Closed::Missing(words(&error)))?;
    store.build(APPLICATION, host, None).map_err(|error| closed(&error))
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the library may tell more some day")]
fn closed(error: &Error) -> Closed {
    match error {
        Error::NoStorageAccess(_) => Closed::Locked,
        Error::PlatformFailure(cause) => platform(cause.as_ref(), error),
        Error::Ambiguous(_) => Closed::Refused("it holds several entries for this host".to_owned()),
        other => Closed::Refused(words(other)),
    }
}

/// On one line, without a full stop.
#[allow(clippy::wildcard_enum_match_arm, reason = "the library may tell more some day")]
fn words(error: &Error) -> String {
    let text = match error {
        // These carry what was read, which is the secret.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry is damaged".to_owned(),
        other => other.to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}

#[cfg(any(windows, target_os = "macos"))]
fn platform(_: &(dyn std::error::Error + Send + Sync + 'static), error: &Error) -> Closed {
    Closed::Refused(words(error))
}

/// The store calls it a failure of the platform that a prompt was dismissed while an entry was made.
#[cfg(not(any(windows, target_os = "macos")))]
fn platform(cause: &(dyn std::error::Error + Send + Sync + 'static), error: &Error) -> Closed {
    use secret_service::Error as Service;
    match cause.downcast_ref::<Service>() {
        Some(Service::Locked | Service::Prompt | Service::PromptDisconnected | Service::NoResult) => Closed::Locked,
        Some(Service::Unavailable) => Closed::Missing(words(error)),
        Some(_) | None => Closed::Refused(words(error)),
    }
}

#[cfg(any(windows, target_os = "macos"))]
fn is_locked() -> bool {
    false
}

/// A default collection that is not there yet is made with the first entry.
#[cfg(not(any(windows, target_os = "macos")))]
fn is_locked() -> bool {
    use secret_service::EncryptionType;
    use secret_service::blocking::SecretService;
    let service = SecretService::connect(EncryptionType::Plain);
    service.is_ok_and(|service| service.get_default_collection().is_ok_and(|found| found.is_locked().unwrap_or(false)))
}
