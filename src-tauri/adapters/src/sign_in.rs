//! Being signed in to GitHub: which hosts, as whom, and where each token lives.
//!
//! A token is in the keychain, with the `gh` program, or in this process; what is no secret is kept beside the journal.

mod device;
mod gh;
mod hosts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lastgood_core::error::{Code, Trouble};

pub use device::{DeviceFlow, no_client};
pub use hosts::{CLIENT_VARIABLE, Home, Host};

use crate::github::account::{self, Account};
use crate::secret::Secret;
use crate::sqlite::SqliteJournal;
use crate::vault;

/// A token for this process alone; the keychain is not asked then.
pub const TOKEN_VARIABLE: &str = "LASTGOOD_GITHUB_TOKEN";

/// The newest sign-ins of this process, by host. Clones share them; they end with it.
#[derive(Clone, Default)]
pub struct SessionTokens(Arc<Mutex<HashMap<String, Newest>>>);

/// What the newest sign-in to a host brought.
#[derive(Clone)]
pub(crate) enum Newest {
    Token(Secret),
    /// `gh` is asked each time: it may have another one by then.
    WithGh,
}

/// Signs in and out, and knows where each token is.
#[derive(Clone)]
pub struct SignIn {
    journal: SqliteJournal,
    session: SessionTokens,
}

impl SignIn {
    pub fn new(journal: SqliteJournal, session: SessionTokens) -> Self {
        Self { journal, session }
    }

    /// Every host that was ever chosen, the public GitHub first.
    pub fn hosts(&self) -> Result<Vec<Host>, Trouble> {
        hosts::all(&self.journal)
    }

    /// As it was chosen; `None` for one that never was.
    pub fn known(&self, name: &str) -> Result<Option<Host>, Trouble> {
        hosts::find(&self.journal, name)
    }

    /// As it was chosen, else at its customary address.
    pub fn host(&self, name: &str) -> Result<Host, Trouble> {
        match self.known(name)? {
            Some(host) => Ok(host),
            None => Host::of_name(name),
        }
    }

    /// Keeps what was chosen for a host.
    ///
    /// # Errors
    /// Those of its address and of its certificates: what cannot be used is not kept.
    pub fn save(&self, host: &Host) -> Result<(), Trouble> {
        host.server()?.client(reqwest::redirect::Policy::none())?;
        hosts::save(&self.journal, host.clone())
    }

    /// Signs out, and forgets the host.
    pub async fn remove(&self, host: &Host) -> Result<(), Trouble> {
        self.sign_out(host).await?;
        hosts::remove(&self.journal, &host.name)
    }

    /// Where the host's token is now.
    pub fn home(&self, host: &Host) -> Option<Home> {
        match host.home {
            None if self.session.get(&host.name).is_some() => Some(Home::Session),
            home => home,
        }
    }

    /// The token of a host, from where it lives. Blocks while the keychain or `gh` asks its owner.
    ///
    /// # Errors
    /// [`Code::SignedOut`], and what the keychain or `gh` says.
    pub fn token(&self, host: &Host) -> Result<Secret, Trouble> {
        match self.session.get(&host.name) {
            Some(Newest::Token(token)) => return Ok(token),
            Some(Newest::WithGh) => return gh::token(&host.name),
            None => {}
        }
        match host.home {
            Some(Home::Gh) => gh::token(&host.name),
            None if host.past_keychain => Err(signed_out(&host.name)),
            // An entry may be older than the settings, or outlive them.
            Some(Home::Keychain | Home::Session | Home::Environment) | None => match vault::read(&host.name) {
                Ok(Some(token)) => Ok(token),
                Ok(None) => Err(signed_out(&host.name)),
                // Nobody chose the keychain: that there is none is no trouble of its own.
                Err(vault::Closed::Missing(_)) if host.home.is_none() => Err(signed_out(&host.name)),
                Err(closed) => Err(closed.trouble()),
            },
        }
    }

    /// Proves the token with GitHub, then keeps it.
    ///
    /// # Errors
    /// GitHub's refusal, and nothing is kept; the keychain's refusal, and the one before is kept.
    pub async fn take(&self, host: &Host, token: Secret, home: Home) -> Result<Account, Trouble> {
        let account = account::read(&host.server()?, &token).await?;
        self.settle(host, token, home, &account).await?;
        Ok(account)
    }

    /// The same for the token that `gh` has; it stays there.
    pub async fn take_from_gh(&self, host: &Host) -> Result<Account, Trouble> {
        let name = host.name.clone();
        let token = blocking(move || gh::token(&name)).await?;
        self.take(host, token, Home::Gh).await
    }

    /// Forgets the token here, wherever it lives. `gh` keeps its own.
    pub async fn sign_out(&self, host: &Host) -> Result<(), Trouble> {
        self.session.remove(&host.name);
        // A keychain that is locked keeps its entry, which must not sign in by itself once it is open.
        let left = Host { login: None, home: None, past_keychain: true, ..host.clone() };
        hosts::save(&self.journal, left)?;
        if host.home == Some(Home::Gh) {
            return Ok(());
        }
        let name = host.name.clone();
        let forgotten = blocking(move || Ok(vault::forget(&name))).await?;
        match forgotten {
            Ok(()) => Ok(()),
            // Where there is no keychain nothing is left in it.
            Err(vault::Closed::Missing(_)) => Ok(()),
            Err(closed) => Err(closed.trouble()),
        }
    }

    async fn settle(&self, host: &Host, token: Secret, home: Home, account: &Account) -> Result<(), Trouble> {
        if home == Home::Keychain {
            let (name, token) = (host.name.clone(), token.clone());
            blocking(move || vault::keep(&name, &token).map_err(|closed| closed.trouble())).await?;
        }
        let kept = matches!(home, Home::Keychain | Home::Gh).then_some(home);
        let (login, past_keychain) = (Some(account.login.clone()), home != Home::Keychain);
        hosts::save(&self.journal, Host { login, home: kept, past_keychain, ..host.clone() })?;
        // The newest sign-in counts in this process, whatever it began with.
        self.session.put(&host.name, if home == Home::Gh { Newest::WithGh } else { Newest::Token(token) });
        Ok(())
    }
}

impl SessionTokens {
    pub(crate) fn get(&self, host: &str) -> Option<Newest> {
        self.lock().get(host).cloned()
    }

    fn put(&self, host: &str, newest: Newest) {
        self.lock().insert(host.to_owned(), newest);
    }

    fn remove(&self, host: &str) {
        self.lock().remove(host);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Newest>> {
        // Each change is one call: a panic leaves whole values behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token in the environment of this process.
pub fn given() -> Option<Secret> {
    let value = std::env::var(TOKEN_VARIABLE).ok()?;
    Some(value.trim()).filter(|value| !value.is_empty()).map(Secret::new)
}

pub(crate) fn signed_out(host: &str) -> Trouble {
    Trouble::new(
        Code::SignedOut,
        format!("You are not signed in to {host}."),
        format!(
            "Sign in under Settings, by `lastgood auth login --host {host}`, or put a token into {TOKEN_VARIABLE}."
        ),
    )
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Start Lastgood again."))?
}
