//! A rollback and the incident that it opened or answers: what there is to tell follows it from its beginning to its end.

use lastgood_core::error::Trouble;
use lastgood_core::ids::{ChannelName, IncidentId};
use lastgood_core::incident::event::{Edit, Event};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::{Incident, Stage, opening};
use lastgood_core::ports::Clock;
use lastgood_core::rollback::{Outcome, Rollback};
use lastgood_core::settings::telling::{ChannelKind, ChannelSettings};

use super::{Composed, Telling, Wish};
use crate::clock::SystemClock;

impl Telling {
    /// Joins the open incident that the rollback answers, else opens one, once, and drafts what there is to tell now; `None`
    /// where the settings want none and nobody opened one, and for who goes forward, which is no rollback to tell of. Channels that are set to it send by themselves what lacks nothing, and not before the rollback can
    /// no longer be taken back at no cost; what a person took back or declined stays with them. Called again at any time, it does what is left to do.
    pub async fn follow(&self, rollback: &Rollback) -> Result<Option<Incident>, Trouble> {
        if rollback.plan.forward {
            return Ok(None);
        }
        let _lock = self.lock("following").await?;
        // It may have gone on while this waited for its turn.
        let newest = self.rollback(&rollback.id).await?;
        let rollback = newest.as_ref().unwrap_or(rollback);
        let Some(incident) = self.of_rollback(rollback).await? else { return Ok(None) };
        // A newer rollback may answer it by now, and tells its own story.
        if !incident.is_open() || incident.rollback.as_ref() != Some(&rollback.id) {
            return Ok(Some(incident));
        }
        if is_taken_back(rollback) && incident.rollback_alone() {
            return self.close(&incident).await.map(Some);
        }
        self.draft_all(&incident, rollback, may_tell(rollback)).await?;
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
        let linked = |incident: &Incident| {
            incident.id == id
                || incident.rollback.as_ref() == Some(&rollback.id)
                || incident.rollbacks_before.contains(&rollback.id)
        };
        if let Some(there) = self.incidents().await?.into_iter().find(linked) {
            return Ok(Some(there));
        }
        if let Some(joined) = self.join(rollback).await? {
            return Ok(Some(joined));
        }
        let settings = &self.settings.incident;
        if rollback.end.is_some() || !settings.on_rollback.unwrap_or(!self.settings.channels.is_empty()) {
            return Ok(None);
        }
        let opening = opening::from_rollback(rollback, settings);
        self.write(&id, Event::IncidentOpened(Box::new(opening))).await.map(Some)
    }

    /// The incident that was open here when the rollback began, where it still is: there is one clock and one story.
    async fn join(&self, rollback: &Rollback) -> Result<Option<Incident>, Trouble> {
        let Some(id) = &rollback.plan.incident else { return Ok(None) };
        let open = self.all().await?.iter().any(|incident| incident.id == *id && incident.is_open());
        if !open {
            return Ok(None);
        }
        let edit = Edit::Rollback(Some(rollback.id.clone()));
        self.write(id, Event::IncidentEdited { by: rollback.plan.who.clone(), edit }).await.map(Some)
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
            if sends
                && goes_by_itself(incident, rollback, &channel, settings)
                && let Ok(words) = self.by_itself(incident, rollback, &channel)?
            {
                at_once.push(words);
            } else if draft.is_none()
                && let Ok(words) = self.words(incident, Some(rollback), &channel, &Wish::default())?
            {
                self.save_untouched(incident, &words)?;
            }
        }
        if !at_once.is_empty() {
            self.approve(incident, &at_once).await?;
        }
        Ok(())
    }
}

/// An automatic channel that told nobody, because something is lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    pub incident: IncidentId,
    pub channel: ChannelName,
    /// What is lacking, and what to do.
    pub trouble: Trouble,
}

impl Telling {
    /// Automatic channels that should have told of a rollback and could not. Each is told once for what it should have said.
    pub async fn silent(&self) -> Result<Vec<Silent>, Trouble> {
        let mut found = Vec::new();
        for incident in self.incidents().await?.into_iter().filter(Incident::is_open) {
            let Some(rollback) = self.rollback_of(&incident).await? else { continue };
            if rollback.plan.forward || !may_tell(&rollback) {
                continue;
            }
            for channel in self.channels_for(&incident) {
                let Some(trouble) = self.keeps_silent(&incident, &rollback, &channel)? else { continue };
                let moment = Moment::of(&incident, Some(&rollback), &channel);
                let name = format!("silent {} {} {channel} {moment:?}", incident.id, rollback.id);
                if self.journal.recall(&name)?.is_none() {
                    self.journal.remember(&name, &SystemClock.now().to_string())?;
                    found.push(Silent { incident: incident.id.clone(), channel, trouble });
                }
            }
        }
        Ok(found)
    }

    /// A person who writes on it sends it themselves.
    fn keeps_silent(
        &self,
        incident: &Incident,
        rollback: &Rollback,
        channel: &ChannelName,
    ) -> Result<Option<Trouble>, Trouble> {
        let settings = self.channel_settings(channel)?;
        let typed = self.drafts.find(&incident.id, channel)?.is_some_and(|draft| draft.typed);
        if !goes_by_itself(incident, rollback, channel, settings)
            || typed
            || !has_something_to_tell(incident, rollback, channel, settings.kind)
        {
            return Ok(None);
        }
        Ok(self.by_itself(incident, rollback, channel)?.err())
    }

    /// The words that leave without anybody, or what they lack.
    fn by_itself(
        &self,
        incident: &Incident,
        rollback: &Rollback,
        channel: &ChannelName,
    ) -> Result<Result<Composed, Trouble>, Trouble> {
        let wish = Wish { by_itself: true, ..Wish::default() };
        Ok(match self.words(incident, Some(rollback), channel, &wish)? {
            Ok(words) => self.may_leave(incident, std::slice::from_ref(&words)).map(|()| words),
            Err(fault) => Err(fault.into_trouble()),
        })
    }
}

/// Not while it can be taken back at no cost.
fn may_tell(rollback: &Rollback) -> bool {
    rollback.end.is_some() || (SystemClock.now() >= rollback.plan.undo_until && !rollback.undo_asked)
}

fn is_taken_back(rollback: &Rollback) -> bool {
    rollback.end.as_ref().is_some_and(|end| end.outcome == Outcome::Aborted) && !rollback.may_have_run()
}

/// What a person took back or declined does not leave by itself again.
fn goes_by_itself(incident: &Incident, rollback: &Rollback, channel: &ChannelName, settings: &ChannelSettings) -> bool {
    let moment = Moment::of(incident, Some(rollback), channel);
    settings.automatic && !moment.was_taken_back(incident, rollback, channel)
}

/// Its beginning, and later its end; release notes have nothing to say before an end that holds.
fn has_something_to_tell(incident: &Incident, rollback: &Rollback, channel: &ChannelName, kind: ChannelKind) -> bool {
    match Moment::of(incident, Some(rollback), channel) {
        Moment::RollingBack => kind != ChannelKind::ReleaseNotes,
        Moment::RolledBack | Moment::NotRolledBack => true,
        Moment::Declared | Moment::Identified | Moment::Monitoring | Moment::Resolved | Moment::NothingNew => false,
    }
}
