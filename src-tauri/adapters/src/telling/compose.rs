//! From what is known to the words of each channel.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, UpdateId};
use lastgood_core::incident::cadence;
use lastgood_core::incident::event::{Approval, Event, Outgoing};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::outbox::{Delivery, SendPhase};
use lastgood_core::incident::values::{Surroundings, values};
use lastgood_core::incident::{Audience, Incident, Stage};
use lastgood_core::message::Message;
use lastgood_core::message::render::{Letter, Rendered, render};
use lastgood_core::ports::Clock;
use lastgood_core::rollback::Rollback;
use lastgood_core::settings::telling::{ChannelKind, ChannelSettings};
use lastgood_core::template::{TemplateFault, Values, fill};

use super::Telling;
use crate::clock::SystemClock;
use crate::drafts::Draft;

/// What a person wants said in one channel. Everything left out is what fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub template: Option<String>,
    /// The template's text, edited.
    pub body: Option<String>,
    /// What the sender adds.
    pub note: Option<String>,
    /// Values that a person filled in, by name.
    pub given: BTreeMap<String, String>,
}

/// The words for one channel, as they would be sent.
#[derive(Debug, Clone)]
pub struct Composed {
    pub channel: ChannelName,
    pub kind: ChannelKind,
    pub audience: Audience,
    pub template: String,
    /// The template's text, edited or not.
    pub body: String,
    pub message: Message,
    pub rendered: Rendered,
    /// What is known, by name; an editor shows it.
    pub values: Vec<(&'static str, String)>,
}

impl Composed {
    /// The names of the values that are not known; while there is one, nothing is sent.
    pub fn gaps(&self) -> Vec<&str> {
        self.message.gaps()
    }
}

impl Telling {
    /// The channels that an update of this incident goes to, unless somebody names others.
    pub fn channels_for(&self, incident: &Incident) -> Vec<ChannelName> {
        let takes = |settings: &ChannelSettings| settings.takes(incident.severity, &self.settings.incident);
        let fitting = self.settings.channels.iter().filter(|(_, settings)| takes(settings));
        fitting.map(|(name, _)| ChannelName::new(name.as_str())).collect()
    }

    /// Writes the words for one channel. A mistake in the template comes with its place.
    pub async fn compose(
        &self,
        incident: &Incident,
        channel: &ChannelName,
        wish: &Wish,
    ) -> Result<Result<Composed, TemplateFault>, Trouble> {
        let rollback = self.rollback_of(incident).await?;
        self.words(incident, rollback.as_ref(), channel, wish)
    }

    fn words(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        channel: &ChannelName,
        wish: &Wish,
    ) -> Result<Result<Composed, TemplateFault>, Trouble> {
        let settings = self.channel_settings(channel)?;
        let now = SystemClock.now();
        let template = wish.template.clone().unwrap_or_else(|| self.template(incident, rollback, channel, settings));
        let body = match (&wish.body, self.templates.source(&template)) {
            (Some(body), _) => body.clone(),
            (None, Some(source)) => source.to_owned(),
            // Says which templates there are.
            (None, None) => {
                return Err(self
                    .templates
                    .render(&template, &Values::default())
                    .err()
                    .unwrap_or_else(|| super::broken(&template)));
            }
        };
        let mut values = self.values(incident, rollback, settings, wish.note.as_deref(), now);
        for (name, text) in &wish.given {
            values.text(name, text);
        }
        let message = match fill(&template, &body, &values) {
            Ok(message) => message,
            Err(fault) => return Ok(Err(fault)),
        };
        let letter =
            self.letter(incident, rollback, channel, &UpdateId::new("preview"), incident.stage, message.clone());
        Ok(Ok(Composed {
            channel: channel.clone(),
            kind: settings.kind,
            audience: settings.audience(),
            template,
            body,
            message,
            rendered: render(settings.kind.format(), &letter),
            values: values.shown(),
        }))
    }

    fn template(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        channel: &ChannelName,
        settings: &ChannelSettings,
    ) -> String {
        if settings.kind == ChannelKind::ReleaseNotes && settings.to.iter().any(|which| which == "good") {
            return "release-good".to_owned();
        }
        let first = incident.to_channel(channel).next().is_none();
        Moment::of(incident, rollback, channel).template(settings.kind, settings.audience(), first).to_owned()
    }

    fn values(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        settings: &ChannelSettings,
        note: Option<&str>,
        now: Timestamp,
    ) -> Values {
        let around = Surroundings {
            now,
            zone: self.zone.clone(),
            repository: self.world.slug.as_ref().map(ToString::to_string),
            by: self.world.person.clone(),
            group: Some(settings.to.join(", ")).filter(|to| !to.is_empty()),
            note: note.map(str::to_owned),
            next_update_at: cadence::next_due(incident, settings.audience(), now, &self.settings.incident),
            settings: &self.settings.incident,
            contacts: &self.settings.contacts,
        };
        values(incident, rollback, &around)
    }

    /// One update: these words, approved by the person at the keyboard, queued in one fact.
    ///
    /// # Errors
    /// [`Code::ValueMissing`] where a value is not known.
    pub async fn approve(&self, incident: &Incident, words: &[Composed]) -> Result<Incident, Trouble> {
        let lacking = words.iter().find_map(|words| Some((words, words.gaps().first().map(|gap| (*gap).to_owned())?)));
        if let Some((words, gap)) = lacking {
            let message = format!("{} is not known, and {} says it.", gap.replace('_', " "), words.template);
            let hint = format!("Fill it in (`lastgood incident update --set {gap}=TEXT`), or take it out of the text.");
            return Err(Trouble::new(Code::ValueMissing, message, hint));
        }
        let now = SystemClock.now();
        let due = |audience| cadence::next_due(incident, audience, now, &self.settings.incident);
        let approval = Approval {
            update: UpdateId::new(format!("up-{}", crate::workspace::fresh())),
            by: self.world.person.clone(),
            stage: incident.stage,
            messages: words.iter().map(outgoing).collect(),
            expires_at: self.expiry(now),
            due: words.iter().filter_map(|words| Some((words.audience, due(words.audience)?))).collect(),
        };
        let after = self.write(&incident.id, Event::IncidentUpdateApproved(Box::new(approval))).await?;
        for words in words {
            self.drafts.discard(&incident.id, &words.channel)?;
        }
        Ok(after)
    }

    /// Drafts what fits for every channel; those set to it send at once what lacks nothing.
    pub(super) async fn draft_all(&self, incident: &Incident) -> Result<(), Trouble> {
        let rollback = self.rollback_of(incident).await?;
        let mut at_once = Vec::new();
        for channel in self.channels_for(incident) {
            let settings = self.channel_settings(&channel)?;
            // Release notes have nothing to say before the end.
            if settings.kind == ChannelKind::ReleaseNotes {
                continue;
            }
            let Ok(words) = self.words(incident, rollback.as_ref(), &channel, &Wish::default())? else { continue };
            if settings.automatic && words.gaps().is_empty() {
                at_once.push(words);
            } else {
                self.save(incident, &words)?;
            }
        }
        if !at_once.is_empty() {
            self.approve(incident, &at_once).await?;
        }
        Ok(())
    }

    fn save(&self, incident: &Incident, words: &Composed) -> Result<(), Trouble> {
        self.drafts.save(&Draft {
            incident: incident.id.clone(),
            channel: words.channel.clone(),
            template: words.template.clone(),
            body: words.body.clone(),
            given: BTreeMap::new(),
            saved_at: SystemClock.now(),
        })
    }

    /// A message on its way to its channel.
    pub(super) fn letter(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        channel: &ChannelName,
        update: &UpdateId,
        stage: Stage,
        message: Message,
    ) -> Letter {
        let taken = |delivery: &&Delivery| delivery.phase == SendPhase::Delivered;
        Letter {
            key: format!("{update}.{channel}"),
            incident: incident.id.to_string(),
            title: incident.title.clone(),
            severity: incident.severity,
            severity_name: self.settings.incident.severity_name(incident.severity),
            stage,
            surfaces: incident.surfaces.clone(),
            releases: rollback.map(|rollback| (rollback.plan.from.clone(), rollback.plan.to.clone())),
            began: incident.impact_started_at.unwrap_or(incident.found_at),
            at: SystemClock.now(),
            before: u32::try_from(incident.to_channel(channel).filter(taken).count()).unwrap_or(u32::MAX),
            handle: incident.handle(channel).map(str::to_owned),
            message,
        }
    }
}

fn outgoing(words: &Composed) -> Outgoing {
    Outgoing {
        channel: words.channel.clone(),
        audience: words.audience,
        template: words.template.clone(),
        message: words.message.clone(),
    }
}
