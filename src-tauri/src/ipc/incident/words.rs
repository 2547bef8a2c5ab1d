//! Drafts: from what is typed to what would be sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_adapters::clock::SystemClock;
use lastgood_adapters::drafts::Draft;
use lastgood_adapters::telling::{Composed, Telling, Wish};
use lastgood_core::error::Trouble;
use lastgood_core::ids::ChannelName;
use lastgood_core::incident::{self, Incident};
use lastgood_core::message::render::{Letter, Limit, counted, fitted};
use lastgood_core::ports::Clock;
use lastgood_core::settings::telling::ChannelSettings;
use lastgood_core::template::{NAMES, TemplateFault, shipped};

use super::commands::stage_of;
use super::draft::{DraftView, LimitView, TemplateChoice, TemplateProblem, UpdateGiven, ValueView};
use super::look::{self, Address};
use super::preview::PreviewView;
use super::{Reason, Stage};

/// What a person may say where the journal does not know it.
const SAID_BY_PEOPLE: [&str; 5] = ["impact", "cause", "found_at", "impact_started_at", "impact_ended_at"];

/// A message says this itself; nothing is linked to it.
const NOT_LINKED: &str = "note";

pub(super) struct Room<'a> {
    pub(super) telling: &'a Telling,
    pub(super) incident: &'a Incident,
    pub(super) channel: &'a ChannelName,
    /// Why nothing can be sent there at all.
    pub(super) closed: Option<Reason>,
}

impl Room<'_> {
    /// The draft as it was typed; else the words that fit now, with their values linked.
    pub(super) async fn draft(&self) -> Result<DraftView, Trouble> {
        match self.telling.drafts().find(&self.incident.id, self.channel)? {
            Some(kept) if kept.typed => {
                let stage = kept.stage.map(super::view::stage);
                self.view(kept.template, kept.body, stage, Some(kept.saved_at)).await
            }
            Some(kept) => self.fresh(None, kept.stage).await,
            None => self.fresh(None, None).await,
        }
    }

    /// The words of a template, its conditions settled as things stand.
    pub(super) async fn fresh(
        &self,
        template: Option<String>,
        stage: Option<incident::Stage>,
    ) -> Result<DraftView, Trouble> {
        let wish = Wish { template, stage, ..Wish::default() };
        match self.telling.settled(self.incident, self.channel, &wish).await? {
            Ok((template, text)) => self.view(template, text, stage.map(super::view::stage), None).await,
            Err(fault) => self.broken(fault, wish.template.unwrap_or_default(), String::new(), None),
        }
    }

    /// Another stage: typed words stay, others are those that fit it.
    pub(super) async fn turn_to(&self, stage: Stage) -> Result<DraftView, Trouble> {
        match self.telling.drafts().find(&self.incident.id, self.channel)?.filter(|kept| kept.typed) {
            Some(kept) => self.keep(kept.template, kept.body, Some(stage)).await,
            None => {
                let fresh = self.fresh(None, Some(stage_of(stage))).await?;
                self.save(fresh.template, fresh.text, Some(stage), false)?;
                self.draft().await
            }
        }
    }

    /// What a text becomes that nobody kept yet.
    pub(super) async fn try_out(
        &self,
        template: String,
        text: String,
        stage: Option<Stage>,
    ) -> Result<DraftView, Trouble> {
        self.view(template, text, stage, None).await
    }

    /// Keeps what was typed, and says what it became.
    pub(super) async fn keep(
        &self,
        template: String,
        text: String,
        stage: Option<Stage>,
    ) -> Result<DraftView, Trouble> {
        let saved_at = self.save(template.clone(), text.clone(), stage, true)?;
        self.view(template, text, stage, Some(saved_at)).await
    }

    fn save(&self, template: String, body: String, stage: Option<Stage>, typed: bool) -> Result<Timestamp, Trouble> {
        let saved_at = SystemClock.now();
        self.telling.drafts().save(&Draft {
            incident: self.incident.id.clone(),
            channel: self.channel.clone(),
            template,
            body,
            given: BTreeMap::new(),
            stage: stage.map(stage_of),
            typed,
            saved_at,
        })?;
        Ok(saved_at)
    }

    /// The words as they would be sent.
    pub(super) async fn composed(&self) -> Result<Composed, Trouble> {
        let draft = self.draft().await?;
        let composed = self.compose(&draft.template, &draft.text, Some(draft.stage)).await?;
        composed.map_err(TemplateFault::into_trouble)
    }

    /// The words that a person saw.
    pub(super) async fn as_seen(&self, given: UpdateGiven) -> Result<Composed, Trouble> {
        let wish = wish(&given.template, &given.text, Some(given.stage));
        self.telling.as_seen(self.incident, self.channel, wish, &given.seen).await
    }

    async fn compose(
        &self,
        template: &str,
        text: &str,
        stage: Option<Stage>,
    ) -> Result<Result<Composed, TemplateFault>, Trouble> {
        self.telling.compose(self.incident, self.channel, &wish(template, text, stage)).await
    }

    async fn view(
        &self,
        template: String,
        text: String,
        stage: Option<Stage>,
        saved_at: Option<Timestamp>,
    ) -> Result<DraftView, Trouble> {
        let composed = match self.compose(&template, &text, stage).await? {
            Ok(composed) => composed,
            // A mistake makes nothing unknown that is known.
            Err(fault) => {
                let values = values(&self.known().await);
                return Ok(DraftView { values, ..self.broken(fault, template, text, saved_at)? });
            }
        };
        let settings = self.telling.channel_settings(self.channel)?;
        let gaps: Vec<String> = composed.gaps().into_iter().map(str::to_owned).collect();
        let blocked = self.closed.clone().or_else(|| look::lacking(&gaps));
        let severity = self.telling.settings().incident.severity_name(self.incident.severity);
        let address = Address::of(self.channel.as_str(), settings, self.incident);
        let standing = Incident { stage: composed.stage, ..self.incident.clone() };
        Ok(DraftView {
            template,
            text,
            stage: super::view::stage(composed.stage),
            seen: composed.seen(),
            values: values(&composed.values),
            gaps,
            limits: limits(settings, &look::letter(&standing, &composed.message, &severity)),
            shortened: composed.rendered.notes.clone(),
            problems: Vec::new(),
            preview: look::preview(&standing, &fitted(settings.kind.format(), &composed.message), &severity, &address),
            blocked,
            ..self.empty(saved_at)
        })
    }

    /// The values that the words which fit now would have.
    async fn known(&self) -> Vec<(&'static str, String)> {
        let fitting = self.telling.compose(self.incident, self.channel, &Wish::default()).await;
        fitting.ok().and_then(Result::ok).map(|composed| composed.values).unwrap_or_default()
    }

    fn broken(
        &self,
        fault: TemplateFault,
        template: String,
        text: String,
        saved_at: Option<Timestamp>,
    ) -> Result<DraftView, Trouble> {
        let problem = problem(&text, &fault);
        let blocked = Some(Reason { sentence: format!("Line {} cannot be read", problem.line), hint: fault.sentence });
        Ok(DraftView { template, text, problems: vec![problem], blocked, ..self.empty(saved_at) })
    }

    fn is_reviewed(&self) -> bool {
        let settings = self.telling.channel_settings(self.channel);
        settings.is_ok_and(|settings| settings.is_reviewed(&self.telling.settings().incident))
    }

    fn empty(&self, saved_at: Option<Timestamp>) -> DraftView {
        DraftView {
            incident: self.incident.id.to_string(),
            destination: self.channel.to_string(),
            revision: saved_at.map_or(0, Timestamp::as_millisecond),
            template: String::new(),
            templates: templates(self.telling),
            stage: super::view::stage(self.incident.stage),
            seen: String::new(),
            reviewed: self.is_reviewed(),
            text: String::new(),
            saved_at: saved_at.map(|time| time.to_string()),
            values: values(&[]),
            gaps: Vec::new(),
            limits: Vec::new(),
            shortened: Vec::new(),
            problems: Vec::new(),
            preview: PreviewView::Document { text: String::new() },
            blocked: None,
        }
    }
}

fn wish(template: &str, text: &str, stage: Option<Stage>) -> Wish {
    let (template, body) = (Some(template.to_owned()), Some(text.to_owned()));
    Wish { template, body, stage: stage.map(stage_of), ..Wish::default() }
}

fn templates(telling: &Telling) -> Vec<TemplateChoice> {
    let choice = |name: &str| TemplateChoice { id: name.to_owned(), title: template_title(name) };
    telling.templates().names().into_iter().map(choice).collect()
}

pub(super) fn template_title(name: &str) -> String {
    let known = shipped().iter().find(|template| template.name == name);
    known.map_or_else(|| look::title_of(&name.replace('-', "_")), |template| template.title.to_owned())
}

/// Every value that a text can be linked to, with what is known of it.
pub(super) fn values(known: &[(&'static str, String)]) -> Vec<ValueView> {
    let view = |(name, meaning): &(&str, &str)| ValueView {
        name: (*name).to_owned(),
        title: look::title_of(name),
        value: known.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()),
        source: (*meaning).to_owned(),
        can_set: SAID_BY_PEOPLE.contains(name),
    };
    NAMES.iter().filter(|(name, _)| *name != NOT_LINKED).map(view).collect()
}

/// Before anything is cut.
fn limits(settings: &ChannelSettings, letter: &Letter) -> Vec<LimitView> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let view = |one: Limit| LimitView { title: one.place.to_owned(), used: number(one.used), limit: number(one.most) };
    counted(settings.kind.format(), letter).into_iter().map(view).collect()
}

/// Where the window underlines: it counts as JavaScript does.
pub(super) fn problem(text: &str, fault: &TemplateFault) -> TemplateProblem {
    let line = fault.line.max(1);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(|line| line.encode_utf16().count()).sum();
    let words = text.split('\n').nth(line - 1).unwrap_or_default();
    let units = |characters: usize| words.chars().take(characters).map(char::len_utf16).sum::<usize>();
    let (from, to) = if fault.length == 0 {
        (0, words.encode_utf16().count())
    } else {
        let start = fault.column.saturating_sub(1);
        (units(start), units(start + fault.length))
    };
    let offset = |units: usize| u32::try_from(before + units).unwrap_or(u32::MAX);
    TemplateProblem {
        message: [fault.sentence.trim_end_matches('.'), fault.hint.as_str()].join(". "),
        from: offset(from),
        to: offset(to),
        line: u32::try_from(line).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::incident::event::Opening;
    use lastgood_core::incident::{Severity, next};
    use lastgood_core::message::parse;
    use lastgood_core::settings::Settings;

    use super::*;

    fn counted(kind: &str, text: &str) -> Vec<(String, u32, u32)> {
        let settings = Settings::parse(&format!("[channels.room]\nkind = '{kind}'")).unwrap();
        let opening = Opening {
            title: "Plugins fail".to_owned(),
            severity: Severity::DEFAULT,
            by: "@on-call".to_owned(),
            commander: None,
            impact: None,
            surfaces: Vec::new(),
            environment: None,
            rollback: None,
            found_at: Timestamp::UNIX_EPOCH,
            impact_started_at: None,
            due: BTreeMap::new(),
        };
        let incident = next::begin("inc-1".into(), Timestamp::UNIX_EPOCH, &opening);
        let letter = look::letter(&incident, &parse(text), "SEV 2");
        let limits = limits(&settings.channels["room"], &letter);
        limits.into_iter().map(|one| (one.title, one.used, one.limit)).collect()
    }

    #[test]
    fn what_is_too_long_is_counted_as_it_was_written_and_not_as_it_is_cut() {
        let text = format!("# {}\n{}", "t".repeat(200), "w".repeat(13_000));
        let told =
            [("in the header", 200, 150), ("in the longest block", 13_000, 3_000), ("in the text", 13_000, 12_000)];
        assert_eq!(counted("slack", &text), told.map(|(title, used, limit)| (title.to_owned(), used, limit)));
        let teams = counted("teams", &format!("# Title\n{}", "w".repeat(30_000)));
        assert!(teams[1].1 > 30_000 && teams[1].2 < 28_000, "{teams:?}");
    }
}
