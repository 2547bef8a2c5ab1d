//! From what is known to the words of each channel.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ChannelName, RollbackId, UpdateId};
use lastgood_core::incident::cadence;
use lastgood_core::incident::event::{Approval, Event, Outgoing};
use lastgood_core::incident::moment::Moment;
use lastgood_core::incident::outbox::{Delivery, SendPhase};
use lastgood_core::incident::values::{Surroundings, values};
use lastgood_core::incident::{Audience, Incident, Stage};
use lastgood_core::message::Message;
use lastgood_core::message::render::{Letter, Rendered, render};
use lastgood_core::message::source;
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
    /// The stage that it speaks of.
    pub stage: Option<Stage>,
    /// When it is written; else now.
    pub as_of: Option<Timestamp>,
    /// Nobody writes it: what it can do without is left out.
    pub by_itself: bool,
}

/// The words for one channel, as they would be sent.
#[derive(Debug, Clone)]
pub struct Composed {
    pub channel: ChannelName,
    pub kind: ChannelKind,
    pub audience: Audience,
    pub template: String,
    pub moment: Moment,
    /// The stage that its words speak of.
    pub stage: Stage,
    pub as_of: Timestamp,
    /// The template's text, edited or not.
    pub body: String,
    pub message: Message,
    pub rendered: Rendered,
    /// What is known, by name; an editor shows it.
    pub values: Vec<(&'static str, String)>,
    /// The rollback that they are about.
    pub rollback: Option<RollbackId>,
    /// Nobody wrote them: what a person types meanwhile is not in them.
    pub by_itself: bool,
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

    /// The words of a template as a text to write on: its conditions settled as things stand, its values linked.
    pub async fn settled(
        &self,
        incident: &Incident,
        channel: &ChannelName,
        wish: &Wish,
    ) -> Result<Result<(String, String), TemplateFault>, Trouble> {
        let rollback = self.rollback_of(incident).await?;
        let as_it_is = match self.words(incident, rollback.as_ref(), channel, wish)? {
            Ok(words) => words,
            Err(fault) => return Ok(Err(fault)),
        };
        let frame = self.frame(incident, rollback.as_ref(), channel, wish)?;
        let values = self.values(&frame, rollback.as_ref(), wish);
        let linked = fill(&frame.template, &as_it_is.body, &values.linked()).map(|message| source(&message));
        // A filter that changes a value's name leaves nothing that could be linked.
        let text = linked.ok().filter(|text| fill(&frame.template, text, &values).is_ok()).unwrap_or(as_it_is.body);
        Ok(Ok((frame.template, text)))
    }

    pub(super) fn words(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        channel: &ChannelName,
        wish: &Wish,
    ) -> Result<Result<Composed, TemplateFault>, Trouble> {
        let frame = self.frame(incident, rollback, channel, wish)?;
        let mut values = self.values(&frame, rollback, wish);
        let Frame { settings, now, moment, stage, template, .. } = frame;
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
        for (name, text) in &wish.given {
            values.text(name, text);
        }
        let message = match fill(&template, &body, &values) {
            Ok(message) => message,
            Err(fault) => return Ok(Err(fault)),
        };
        let letter = self.letter(incident, rollback, channel, &UpdateId::new("preview"), stage, message.clone());
        Ok(Ok(Composed {
            channel: channel.clone(),
            kind: settings.kind,
            audience: settings.audience(),
            template,
            moment,
            stage,
            as_of: now,
            body,
            message,
            rendered: render(settings.kind.format(), &letter),
            values: values.shown(),
            rollback: rollback.map(|rollback| rollback.id.clone()),
            by_itself: wish.by_itself,
        }))
    }

    /// What is told, in which template, about which stage: each follows from the others unless a person chose it.
    fn frame(
        &self,
        incident: &Incident,
        rollback: Option<&Rollback>,
        channel: &ChannelName,
        wish: &Wish,
    ) -> Result<Frame<'_>, Trouble> {
        let settings = self.channel_settings(channel)?;
        let now = wish.as_of.unwrap_or_else(|| SystemClock.now());
        let first = incident.to_channel(channel).next().is_none();
        let proposed = Moment::of(incident, rollback, channel);
        let fitting = |moment: Moment| template(moment, settings, first);
        let moment = match (&wish.template, wish.stage) {
            (Some(name), _) if *name == fitting(proposed) => proposed,
            (Some(name), _) => Moment::named(name).unwrap_or(proposed),
            (None, Some(stage)) if stage != proposed.stage(incident.stage) => Moment::at(stage, first),
            (None, _) => proposed,
        };
        let stage = wish.stage.unwrap_or_else(|| moment.stage(incident.stage));
        let template = wish.template.clone().unwrap_or_else(|| fitting(moment));
        Ok(Frame { settings, now, standing: Incident { stage, ..incident.clone() }, moment, stage, template })
    }

    fn values(&self, frame: &Frame<'_>, rollback: Option<&Rollback>, wish: &Wish) -> Values {
        let Frame { settings, now, standing: incident, .. } = frame;
        let around = Surroundings {
            now: *now,
            zone: self.zone.clone(),
            repository: self.world.slug.as_ref().map(ToString::to_string),
            by: self.world.person.clone(),
            group: Some(settings.to.join(", ")).filter(|to| !to.is_empty()),
            note: wish.note.clone(),
            drafted: !wish.by_itself,
            next_update_at: cadence::next_due(incident, settings.audience(), *now, &self.settings.incident),
            settings: &self.settings.incident,
            contacts: &self.settings.contacts,
        };
        values(incident, rollback, &around)
    }

    /// Whether these words may leave as they are.
    ///
    /// # Errors
    /// [`Code::ValueMissing`] where a value is not known; [`Code::ChannelUnready`] where a channel lacks a setting;
    /// [`Code::IncidentRefused`] where it takes no update of this severity.
    pub fn may_leave(&self, incident: &Incident, words: &[Composed]) -> Result<(), Trouble> {
        let lacking = words.iter().find_map(|words| Some((words, words.gaps().first().map(|gap| (*gap).to_owned())?)));
        if let Some((words, gap)) = lacking {
            let message = format!("{} is not known, and {} says it.", gap.replace('_', " "), words.template);
            let hint = format!("Fill it in (`lastgood incident update --set {gap}=TEXT`), or take it out of the text.");
            return Err(Trouble::new(Code::ValueMissing, message, hint));
        }
        words.iter().try_for_each(|words| {
            self.check(&words.channel)?;
            self.takes(incident, &words.channel)
        })
    }

    /// # Errors
    /// [`Code::IncidentRefused`] where updates of the incident's severity do not go there.
    fn takes(&self, incident: &Incident, channel: &ChannelName) -> Result<(), Trouble> {
        let settings = &self.settings.incident;
        if self.channel_settings(channel)?.takes(incident.severity, settings) {
            return Ok(());
        }
        let message = format!("Updates of {} do not go to {channel}.", settings.severity_name(incident.severity));
        let hint = "Change the severity, or copy the text and send it yourself.";
        Err(Trouble::new(Code::IncidentRefused, message, hint))
    }

    /// One update: these words, approved by the person at the keyboard, queued in one fact; those that a second person reads
    /// first wait for that.
    ///
    /// # Errors
    /// As [`Self::may_leave`] says. Nothing is approved then.
    pub async fn approve(&self, incident: &Incident, words: &[Composed]) -> Result<Incident, Trouble> {
        self.may_leave(incident, words)?;
        let settings = &self.settings;
        let is_read = |words: &&Composed| {
            let channel = settings.channels.get(words.channel.as_str());
            channel.is_some_and(|channel| channel.is_reviewed(&settings.incident))
        };
        let (read, free): (Vec<&Composed>, Vec<&Composed>) = words.iter().partition(is_read);
        let event = if read.is_empty() {
            Event::IncidentUpdateApproved(Box::new(self.approval(incident, words, &free)))
        } else {
            let at_once = channels(&free).collect();
            Event::IncidentReviewAsked(Box::new(Approval { at_once, ..self.approval(incident, words, &free) }))
        };
        if words.is_empty() {
            return Ok(incident.clone());
        }
        self.write_approved(&incident.id, event, words).await
    }

    /// The stage that all of these words speak of is the incident's from then on. Whom the `free` ones are for hears more;
    /// the others do once they were read.
    fn approval(&self, incident: &Incident, words: &[Composed], free: &[&Composed]) -> Approval {
        let one = words.first().map(|words| words.stage);
        let agreed = one.filter(|stage| words.iter().all(|words| words.stage == *stage));
        let stage = agreed.unwrap_or(incident.stage);
        let standing = Incident { stage, ..incident.clone() };
        // The notes of a release are read when somebody looks there: they promise nothing.
        let promising = |words: &&&Composed| words.kind != ChannelKind::ReleaseNotes;
        let due = |words: &&Composed| {
            let due = cadence::next_due(&standing, words.audience, words.as_of, &self.settings.incident)?;
            Some((words.audience, due))
        };
        Approval {
            update: UpdateId::new(format!("up-{}", crate::workspace::fresh())),
            by: self.world.person.clone(),
            stage,
            messages: words.iter().map(outgoing).collect(),
            at_once: BTreeSet::new(),
            expires_at: self.expiry(SystemClock.now()),
            due: free.iter().filter(promising).filter_map(due).collect(),
        }
    }

    /// Marks that there is something to tell: the words are written when somebody looks.
    pub(super) fn save_untouched(&self, incident: &Incident, words: &Composed) -> Result<(), Trouble> {
        self.drafts.save(&Draft {
            incident: incident.id.clone(),
            channel: words.channel.clone(),
            template: words.template.clone(),
            body: words.body.clone(),
            given: BTreeMap::new(),
            stage: None,
            typed: false,
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
            recovered: incident.recovered(channel),
            releases: rollback.map(|rollback| (rollback.plan.from.clone(), rollback.plan.to.clone())),
            began: incident.impact_started_at.unwrap_or(incident.found_at),
            at: SystemClock.now(),
            before: u32::try_from(incident.to_channel(channel).filter(taken).count()).unwrap_or(u32::MAX),
            handle: incident.handle(channel).map(str::to_owned),
            reached: Vec::new(),
            behind: None,
            message,
        }
    }
}

/// What a message is about, before its words.
struct Frame<'a> {
    settings: &'a ChannelSettings,
    now: Timestamp,
    /// The incident as the words speak of it.
    standing: Incident,
    moment: Moment,
    stage: Stage,
    template: String,
}

fn template(moment: Moment, settings: &ChannelSettings, first: bool) -> String {
    if settings.kind == ChannelKind::ReleaseNotes && settings.to.iter().any(|which| which == "good") {
        return "release-good".to_owned();
    }
    moment.template(settings.kind, settings.audience(), first).to_owned()
}

fn channels<'a>(words: &'a [&'a Composed]) -> impl Iterator<Item = ChannelName> + 'a {
    words.iter().map(|words| words.channel.clone())
}

fn outgoing(words: &Composed) -> Outgoing {
    Outgoing {
        channel: words.channel.clone(),
        audience: words.audience,
        template: words.template.clone(),
        moment: Some(words.moment),
        stage: Some(words.stage),
        rollback: words.rollback.clone(),
        message: words.message.clone(),
    }
}
