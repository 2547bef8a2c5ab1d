//! What channels sign in with, each filed under whom it is for.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ChannelName;

use super::{Telling, blocking};
use crate::channel;
use crate::channel_secret::{self, Owner, SecretState};
use crate::secret::Secret;
use crate::vault::Closed;

impl Telling {
    /// What is known of its secret, without the secret. May block while a person unlocks the keychain.
    pub fn secret_state(&self, name: &ChannelName) -> Result<SecretState, Trouble> {
        self.owner(name).map(|owner| channel_secret::state(&owner))
    }

    /// For whom it was kept on this machine, where that is not whom the settings name now.
    pub fn kept_for_another(&self, name: &ChannelName) -> Option<String> {
        let owner = self.owner(name).ok()?;
        let kept = self.journal.recall(&self.service_entry(name)).ok()??;
        (kept != owner.service).then_some(kept)
    }

    pub async fn keep_secret(&self, name: &ChannelName, secret: Secret) -> Result<(), Trouble> {
        let owner = self.owner(name)?;
        let service = owner.service.clone();
        blocking(move || channel_secret::keep(&owner, secret)).await??;
        self.journal.remember(&self.service_entry(name), &service)
    }

    /// Takes it out of the keychain, whomever it was kept for; one that is not there is no trouble.
    pub async fn forget_secret(&self, name: &ChannelName) -> Result<(), Trouble> {
        let owner = self.owner(name)?;
        let before = self.kept_for_another(name).map(|service| Owner { service, ..owner.clone() });
        let owners: Vec<Owner> = before.into_iter().chain([owner]).collect();
        blocking(move || owners.iter().try_for_each(channel_secret::forget)).await??;
        self.journal.forget(&self.service_entry(name)).map(drop)
    }

    /// `None` where the channel can do without. `asks`: its owner may be asked to unlock the keychain.
    ///
    /// # Errors
    /// [`Code::KeychainLocked`], [`Code::KeychainRefused`], or [`Code::ChannelSecret`] where it is not there.
    pub(super) async fn secret(&self, name: &ChannelName, asks: bool) -> Result<Option<Secret>, Trouble> {
        let settings = self.channel_settings(name)?;
        if settings.kind.secret().is_none() {
            return Ok(None);
        }
        let owner = self.owner(name)?;
        let wanted = settings.needs_secret();
        match blocking(move || channel_secret::find(&owner, asks)).await? {
            Ok(Some(secret)) => Ok(Some(secret)),
            Ok(None) => match self.kept_for_another(name) {
                Some(before) => Err(self.moved(name, &before)),
                // A channel that lacks it says so itself.
                None => Ok(None),
            },
            Err(Closed::Missing(_)) if !wanted => Ok(None),
            Err(closed) => Err(unread(name, &closed)),
        }
    }

    fn owner(&self, name: &ChannelName) -> Result<Owner, Trouble> {
        let service = channel::service(self.channel_settings(name)?);
        Ok(Owner { repository: self.key.clone(), channel: name.to_string(), service })
    }

    fn service_entry(&self, name: &ChannelName) -> String {
        format!("channel-service {} {name}", self.key)
    }

    /// A changed address gets nothing that was kept for another one.
    fn moved(&self, name: &ChannelName, before: &str) -> Trouble {
        let now = self.channel_settings(name).map(channel::service).unwrap_or_default();
        let message = format!("The secret of {name} was kept for {before}, and lastgood.toml names {now} now.");
        let hint = format!("If that is right, give it anew: `lastgood channel secret {name}`.");
        Trouble::new(Code::ChannelSecret, message, hint)
    }
}

fn unread(name: &ChannelName, closed: &Closed) -> Trouble {
    let variable = channel_secret::variable(name.as_str());
    match closed {
        Closed::Locked => Trouble::new(
            Code::KeychainLocked,
            format!("Your keychain is locked, and the secret of {name} lies in it."),
            "Unlock it; the update then goes by itself.",
        ),
        Closed::Refused(_) => {
            let hint = format!("Look at its entry for lastgood and {name}, then send again.");
            Trouble::new(Code::KeychainRefused, closed.trouble().message, hint)
        }
        Closed::Missing(_) => Trouble::new(
            Code::ChannelSecret,
            format!("This system has no keychain to ask for the secret of {name}."),
            format!("Start your keychain, or put the secret into {variable} for one process."),
        ),
    }
}
