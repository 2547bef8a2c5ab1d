//! What people say of an incident's promises and messages, beside the words themselves.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, IncidentId, UpdateId};
use lastgood_core::incident::event::{Event, SendChoice};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::{Audience, Incident, Receipt, cadence};
use lastgood_core::ports::Clock;
use lastgood_core::settings::telling::{ChannelKind, NothingNew};

use super::send::Item;
use super::{Telling, Wish, refused};
use crate::clock::SystemClock;

impl Telling {
    /// "Nothing new": the audience hears more one cadence later. Where the settings say so it is told that, in the channels
    /// that it was told something in before; what lacks a value is recorded alone.
    pub async fn nothing_new(&self, id: &IncidentId, audience: Audience) -> Result<Incident, Trouble> {
        let incident = self.incident(id).await?;
        if self.settings.incident.nothing_new == NothingNew::Send {
            let words = self.nothing_new_words(&incident, audience).await?;
            if !words.is_empty() {
                return self.approve(&incident, &words).await;
            }
        }
        let due = cadence::next_due(&incident, audience, SystemClock.now(), &self.settings.incident);
        let due = due.ok_or_else(|| refused(id))?;
        self.write(id, Event::IncidentNothingNew { by: self.world.person.clone(), audience, due }).await
    }

    async fn nothing_new_words(
        &self,
        incident: &Incident,
        audience: Audience,
    ) -> Result<Vec<super::Composed>, Trouble> {
        let mut found = Vec::new();
        for channel in self.channels_for(incident) {
            let settings = self.channel_settings(&channel)?;
            let told = incident.to_channel(&channel).next().is_some();
            // What stands in the notes of a release stays as true as it was.
            let is_notes = settings.kind == ChannelKind::ReleaseNotes;
            if settings.audience() != audience || !told || is_notes {
                continue;
            }
            let template = Moment::NothingNew.template(settings.kind, audience, false);
            let template = Some(template.to_owned());
            // Nobody writes these words: what is not known is left out.
            let wish = Wish { template, stage: Some(incident.stage), by_itself: true, ..Wish::default() };
            if let Ok(words) = self.compose(incident, &channel, &wish).await?
                && words.gaps().is_empty()
                && self.check(&channel).is_ok()
            {
                found.push(words);
            }
        }
        Ok(found)
    }

    /// A person's decision about a message that is not on its way by itself any more. Where it arrived, `said` is its address
    /// or its number there, as far as they have it: the next update goes to the same place.
    pub async fn decide(
        &self,
        id: &IncidentId,
        update: &UpdateId,
        channel: &ChannelName,
        choice: SendChoice,
        said: &str,
    ) -> Result<Incident, Trouble> {
        let receipt = match choice {
            SendChoice::ItArrived => self.found(id, update, channel, said).await?,
            SendChoice::SendAgain | SendChoice::Drop => None,
        };
        let event = Event::IncidentSendDecided {
            update: update.clone(),
            channel: channel.clone(),
            by: self.world.person.clone(),
            choice,
            expires_at: self.expiry(SystemClock.now()),
            receipt,
        };
        self.write(id, event).await
    }

    /// The service's own word counts more than a person's.
    async fn found(
        &self,
        id: &IncidentId,
        update: &UpdateId,
        channel: &ChannelName,
        said: &str,
    ) -> Result<Option<Receipt>, Trouble> {
        let incident = self.incident(id).await?;
        let Some(item) = Item::find(&incident, update, channel) else {
            let message = format!("{channel} has no message of {update}.");
            return Err(Trouble::new(Code::IncidentRefused, message, format!("Look: `lastgood incident show {id}`.")));
        };
        let letter = self.letter_of(&item).await?;
        let Ok(channel) = self.channel(channel).await else { return Ok(Receipt::found(said, said)) };
        Ok(match channel.look_up(&letter).await {
            Some(receipt) => Some(receipt),
            None => channel.found(&letter, said).await,
        })
    }
}
