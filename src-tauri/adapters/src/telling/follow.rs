//! A rollback and the incident that it opened: what there is to tell follows it from its beginning to its end.

use lastgood_core::error::Trouble;
use lastgood_core::incident::event::Event;
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::{Incident, Stage, opening};
use lastgood_core::ports::Clock;
use lastgood_core::rollback::{Outcome, Rollback};
use lastgood_core::settings::telling::ChannelKind;

use super::{Telling, Wish};
use crate::clock::SystemClock;

impl Telling {
    /// Opens the incident of a rollback, once, and drafts what there is to tell now; `None` where the settings want none and
    /// nobody opened one. Channels that are set to it send by themselves what lacks nothing, and not before the rollback can
    /// no longer be taken back at no cost. Called again at any time, it does what is left to do.
    pub async fn follow(&self, rollback: &Rollback) -> Result<Option<Incident>, Trouble> {
        let _lock = self.lock("following").await?;
        let Some(incident) = self.of_rollback(rollback).await? else { return Ok(None) };
        if !incident.is_open() {
            return Ok(Some(incident));
        }
        if is_taken_back(rollback) && incident.rollback_alone() {
            return self.close(&incident).await.map(Some);
        }
        if rollback.end.is_none() && (SystemClock.now() < rollback.plan.undo_until || rollback.undo_asked) {
            self.draft_all(&incident, rollback, false).await?;
        } else {
            self.draft_all(&incident, rollback, true).await?;
        }
        Ok(Some(self.incident(&incident.id).await?))
    }

    /// Every open incident, as far as its rollback went on while nobody told of it.
    pub async fn follow_open(&self) -> Result<Vec<Incident>, Trouble> {
        let mut changed = Vec::new();
        for incident in self.incidents().await?.into_iter().filter(Incident::is_open) {
            let Some(rollback) = self.rollback_of(&incident).await? else { continue };
            let drafted = self.drafts.of(&incident.id)?.len();
            let Some(after) = self.follow(&rollback).await? else { continue };
            if after != incident || self.drafts.of(&incident.id)?.len() != drafted {
                changed.push(after);
            }
        }
        Ok(changed)
    }

    async fn of_rollback(&self, rollback: &Rollback) -> Result<Option<Incident>, Trouble> {
        let id = opening::id_of(&rollback.id);
        let linked = |incident: &Incident| incident.id == id || incident.rollback.as_ref() == Some(&rollback.id);
        if let Some(there) = self.incidents().await?.into_iter().find(linked) {
            return Ok(Some(there));
        }
        let settings = &self.settings.incident;
        if rollback.end.is_some() || !settings.on_rollback.unwrap_or(!self.settings.channels.is_empty()) {
            return Ok(None);
        }
        let opening = opening::from_rollback(rollback, settings);
        self.write(&id, Event::IncidentOpened(Box::new(opening))).await.map(Some)
    }

    /// Nobody was told of it and nothing happened: there is nothing to promise any more.
    async fn close(&self, incident: &Incident) -> Result<Incident, Trouble> {
        let by = incident.opened_by.clone();
        let text = "The rollback was taken back before anything happened. Nobody was told of it.".to_owned();
        self.write(&incident.id, Event::IncidentNoted { by: by.clone(), text }).await?;
        let after = self.write(&incident.id, Event::IncidentStageSet { by, stage: Stage::Resolved }).await?;
        self.drafts.forget_untouched(&incident.id)?;
        Ok(after)
    }

    /// Drafts for every channel that was not told yet; those set to it send at once what lacks nothing.
    async fn draft_all(&self, incident: &Incident, rollback: &Rollback, sends: bool) -> Result<(), Trouble> {
        let mut at_once = Vec::new();
        for channel in self.channels_for(incident) {
            let settings = self.channel_settings(&channel)?;
            let draft = self.drafts.find(&incident.id, &channel)?;
            let due = has_something_to_tell(incident, rollback, &channel, settings.kind);
            if !due || draft.as_ref().is_some_and(|draft| draft.typed) {
                continue;
            }
            let Ok(words) = self.words(incident, Some(rollback), &channel, &Wish::default())? else { continue };
            if sends && settings.automatic && words.gaps().is_empty() && self.check(&channel).is_ok() {
                at_once.push(words);
            } else if draft.is_none() {
                self.save_untouched(incident, &words)?;
            }
        }
        if !at_once.is_empty() {
            self.approve(incident, &at_once).await?;
        }
        Ok(())
    }
}

fn is_taken_back(rollback: &Rollback) -> bool {
    rollback.end.as_ref().is_some_and(|end| end.outcome == Outcome::Aborted) && !rollback.sent
}

/// Its beginning, and later its end; release notes have nothing to say before an end that holds.
fn has_something_to_tell(
    incident: &Incident,
    rollback: &Rollback,
    channel: &lastgood_core::ids::ChannelName,
    kind: ChannelKind,
) -> bool {
    match Moment::of(incident, Some(rollback), channel) {
        Moment::RollingBack => kind != ChannelKind::ReleaseNotes,
        Moment::RolledBack | Moment::NotRolledBack => true,
        Moment::Declared | Moment::Identified | Moment::Monitoring | Moment::Resolved | Moment::NothingNew => false,
    }
}
