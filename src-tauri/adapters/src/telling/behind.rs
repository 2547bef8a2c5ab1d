//! Where all incidents share one place, as an in-app notice does: what stands there once one of them is over.

use lastgood_core::error::Trouble;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::outbox::SendPhase;
use lastgood_core::incident::{Incident, Stage};
use lastgood_core::message::render::Letter;
use lastgood_core::settings::telling::ChannelKind;

use super::Telling;

impl Telling {
    /// What another incident that is open showed last where this channel writes.
    pub(super) async fn behind(
        &self,
        incident: &Incident,
        channel: &ChannelName,
    ) -> Result<Option<Box<Letter>>, Trouble> {
        let Some(place) = self.shared_place(channel) else { return Ok(None) };
        let incidents = self.incidents().await?;
        let shown = incidents.iter().filter(|other| other.is_open() && other.id != incident.id);
        let newest = shown.filter_map(|other| self.shown_at(other, &place)).max_by_key(|letter| letter.at);
        Ok(newest.map(Box::new))
    }

    /// The newest that this incident showed there, unless that said that it is over.
    fn shown_at(&self, incident: &Incident, place: &str) -> Option<Letter> {
        let all = incident.updates.iter().flat_map(|update| update.deliveries.iter().map(move |one| (update, one)));
        let there = all.filter(|(_, one)| {
            one.phase == SendPhase::Delivered && self.shared_place(&one.channel).is_some_and(|own| own == place)
        });
        let (update, one) = there.max_by_key(|(_, one)| one.ended_at)?;
        let stage = one.stage.unwrap_or(update.stage);
        let letter = self.letter(incident, None, &one.channel, &update.id, stage, one.message.clone());
        (stage != Stage::Resolved).then(|| Letter { at: one.ended_at.unwrap_or(letter.at), ..letter })
    }

    /// The address of an in-app notice, which shows one document.
    fn shared_place(&self, channel: &ChannelName) -> Option<String> {
        let settings = self.settings.channels.get(channel.as_str())?;
        settings.url.clone().filter(|_| settings.kind == ChannelKind::Notice)
    }
}
