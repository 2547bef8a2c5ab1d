//! The keychain of this system: Secret Service, Keychain, Credential Manager.

use std::sync::mpsc;
use std::time::Duration;

use crate::secret::Secret;

/// Under this name the entries are filed.
const APPLICATION: &str = "lastgood";

/// A locked keychain asks its owner, and waits for them without a limit of its own.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the keychain said.
#[derive(Debug)]
pub enum Kept {
    Secret(Secret),
    /// There is no such entry.
    Absent,
    /// The keychain is locked, or its owner refused.
    Refused(String),
    /// There is no keychain to ask.
    NoKeychain(String),
}

/// The token for a GitHub host, such as `github.com`.
pub fn token(host: &str) -> Kept {
    let host = host.to_owned();
    ask(move || read(&host))
}

/// Keeps a secret under this name, in place of the one before.
pub fn keep(name: &str, secret: Secret) -> Kept {
    let name = name.to_owned();
    ask(move || {
        let kept = keyring::Entry::new(APPLICATION, &name).and_then(|entry| entry.set_password(secret.reveal()));
        match kept {
            Ok(()) => Kept::Absent,
            Err(error @ keyring::Error::NoStorageAccess(_)) => Kept::Refused(error.to_string()),
            Err(error) => Kept::NoKeychain(error.to_string()),
        }
    })
}

fn ask(question: impl FnOnce() -> Kept + Send + 'static) -> Kept {
    let (sender, receiver) = mpsc::channel();
    // The keychain's own calls block, and may not run on an async worker.
    let asking = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
        // The receiver may have given up; then nobody needs the answer.
        drop(sender.send(question()));
    });
    if let Err(error) = asking {
        return Kept::NoKeychain(error.to_string());
    }
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| Kept::Refused("the keychain did not answer in time".to_owned()))
}

fn read(host: &str) -> Kept {
    let entry = match keyring::Entry::new(APPLICATION, host) {
        Ok(entry) => entry,
        Err(error) => return Kept::NoKeychain(error.to_string()),
    };
    match entry.get_password() {
        Ok(token) => Kept::Secret(Secret::new(token)),
        Err(keyring::Error::NoEntry) => Kept::Absent,
        Err(error @ keyring::Error::NoStorageAccess(_)) => Kept::Refused(error.to_string()),
        Err(error) => Kept::NoKeychain(error.to_string()),
    }
}
