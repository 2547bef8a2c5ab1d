//! What one round of the outbox remembers, and no longer.

use std::collections::{BTreeMap, BTreeSet};

use lastgood_core::error::Trouble;
use lastgood_core::ids::{ChannelName, UpdateId};
use lastgood_core::incident::Update;
use lastgood_core::incident::outbox::Delivery;

use super::Telling;
use super::send::Item;
use crate::secret::Secret;

/// What it leaves where it is, and what channels sign in with: the keychain is asked once for each.
#[derive(Default)]
pub(super) struct Round {
    /// Nothing more leaves for these.
    channels: BTreeSet<ChannelName>,
    /// These went to some and not yet to all.
    partly: BTreeSet<(UpdateId, ChannelName)>,
    secrets: BTreeMap<ChannelName, Result<Option<Secret>, Trouble>>,
}

impl Round {
    /// It stays queued, and what was written after it waits behind it, unless some have it already.
    pub(super) fn leave(&mut self, item: &Item, after: Option<&Delivery>) {
        let channel = item.delivery.channel.clone();
        if after.is_some_and(is_partly) {
            self.partly.insert((item.update.clone(), channel));
        } else {
            self.channels.insert(channel);
        }
    }

    pub(super) fn waits(&self, channel: &ChannelName) -> bool {
        self.channels.contains(channel)
    }

    pub(super) fn has_left(&self, update: &Update, delivery: &Delivery) -> bool {
        self.partly.contains(&(update.id.clone(), delivery.channel.clone()))
    }
}

impl Telling {
    pub(super) async fn secret_of_round(
        &self,
        round: &mut Round,
        name: &ChannelName,
        asks: bool,
    ) -> Result<Option<Secret>, Trouble> {
        if let Some(known) = round.secrets.get(name) {
            return known.clone();
        }
        let found = self.secret(name, asks).await;
        round.secrets.insert(name.clone(), found.clone());
        found
    }
}

/// Some have it, and the others do not yet.
pub(super) fn is_partly(delivery: &Delivery) -> bool {
    !delivery.reached.is_empty()
}
