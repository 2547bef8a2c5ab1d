//! Previews: a message, in the parts that its destination shows.

use lastgood_core::ids::ChannelName;
use lastgood_core::incident::{self, Incident};
use lastgood_core::message::render::{Body, Format, Letter, event_severity, event_source, render};
use lastgood_core::message::{self, Block, Line, Message, shown};
use lastgood_core::ports::Clock;
use lastgood_core::settings::telling::{ChannelKind as Kind, ChannelSettings};

use serde_json::Value;

use super::preview::{ComponentLine, FactPair, Inline, InlineStyle, LinkButton, PreviewBlock, PreviewView};
use super::{ChannelKind, EventTone, Reason, view};

/// Where the message goes, as far as a preview shows it.
pub(super) struct Address {
    pub(super) kind: ChannelKind,
    /// A pager's: it looks like no issue.
    is_event: bool,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) components: Vec<String>,
    pub(super) labels: Vec<String>,
    /// The release notes of the release that is live again, not of the one that was left.
    pub(super) of_good: bool,
    /// The issue that was opened there before.
    pub(super) issue: Option<String>,
}

impl Address {
    pub(super) fn of(name: &str, settings: &ChannelSettings, incident: &Incident) -> Self {
        Self {
            kind: view::kind(settings.kind),
            is_event: settings.kind == Kind::Pagerduty,
            from: settings.from.clone().unwrap_or_default(),
            to: view::target(name, settings),
            components: settings.components.keys().cloned().collect(),
            labels: settings.labels.clone(),
            of_good: settings.to.iter().any(|which| which == "good"),
            issue: incident.handle(&ChannelName::new(name)).map(str::to_owned),
        }
    }

    /// Of a template, which goes to no channel in particular.
    pub(super) fn sample(kind: ChannelKind, to: &str) -> Self {
        let (from, components, labels) = (String::new(), Vec::new(), Vec::new());
        Self { kind, is_event: false, from, to: to.to_owned(), components, labels, of_good: false, issue: None }
    }
}

pub(super) fn preview(incident: &Incident, message: &Message, severity: &str, to: &Address) -> PreviewView {
    let title = if message.title.is_empty() { incident.title.clone() } else { shown(&message.title) };
    match to.kind {
        _ if to.is_event => event(incident, message, severity),
        ChannelKind::Slack => PreviewView::Slack {
            sender: "Lastgood".to_owned(),
            blocks: [header(&title, message), blocks(message), foot(incident, severity)].concat(),
        },
        ChannelKind::Teams => PreviewView::Teams {
            sender: "Lastgood".to_owned(),
            blocks: [header(&title, message), blocks(message), foot(incident, severity)].concat(),
        },
        ChannelKind::Email => email(incident, message, severity, to),
        ChannelKind::StatusPage => PreviewView::StatusPage {
            page: to.to.clone(),
            title,
            stage: view::stage(incident.stage),
            blocks: blocks(message),
            components: components(incident, &to.components),
        },
        ChannelKind::Ticket => ticket(incident, message, title, to),
        ChannelKind::InApp => notice(incident, message, title),
        ChannelKind::ReleaseNotes => PreviewView::ReleaseNotes {
            repository: to.to.clone(),
            release: if to.of_good { "The release that is live again" } else { "The release that was left" }.to_owned(),
            title,
            blocks: blocks(message),
        },
        ChannelKind::Webhook => document(incident, message, severity),
    }
}

/// The message in one of the formats that can be copied anywhere.
pub(super) fn written(incident: &Incident, message: &Message, severity: &str, format: Format) -> String {
    render(format, &letter(incident, message, severity)).body.text()
}

/// A comment has a heading of its own; the issue keeps the title that it was opened with.
fn ticket(incident: &Incident, message: &Message, title: String, to: &Address) -> PreviewView {
    PreviewView::Ticket {
        repository: to.to.clone(),
        title: if to.issue.is_some() { incident.title.clone() } else { title.clone() },
        heading: title,
        issue: to.issue.clone(),
        labels: to.labels.clone(),
        closes: incident.stage == incident::Stage::Resolved,
        blocks: blocks(message),
    }
}

fn event(incident: &Incident, message: &Message, severity: &str) -> PreviewView {
    let letter = letter(incident, message, severity);
    let rendered = render(Format::Event, &letter);
    PreviewView::Event {
        summary: rendered.title,
        source: event_source(&letter).to_owned(),
        severity: event_severity(incident.severity).to_owned(),
        resolves: incident.stage == incident::Stage::Resolved,
        text: rendered.body.text(),
    }
}

/// Word for word, apart from the key that each message has of its own.
fn document(incident: &Incident, message: &Message, severity: &str) -> PreviewView {
    let text = match render(Format::Notice, &letter(incident, message, severity)).body {
        Body::Json(document) => serde_json::to_string_pretty(&document).unwrap_or_default(),
        other @ (Body::Text(_) | Body::Mail { .. }) => other.text(),
    };
    PreviewView::Document { text }
}

/// What an app shows of the document that it reads.
fn notice(incident: &Incident, message: &Message, title: String) -> PreviewView {
    let document = match render(Format::Notice, &letter(incident, message, "")).body {
        Body::Json(document) => document,
        Body::Text(_) | Body::Mail { .. } => Value::Null,
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let link = |link: &Value| LinkButton { title: text(&link["text"]), url: text(&link["url"]) };
    PreviewView::Notice {
        title,
        text: text(&document["text"]),
        stage: view::stage(incident.stage),
        active: document["active"].as_bool().unwrap_or_default(),
        links: document["links"].as_array().into_iter().flatten().map(link).collect(),
    }
}

fn email(incident: &Incident, message: &Message, severity: &str, to: &Address) -> PreviewView {
    let rendered = render(Format::Mail, &letter(incident, message, severity));
    let (text, html) = match rendered.body {
        Body::Mail { plain, html } => (plain, html),
        other @ (Body::Json(_) | Body::Text(_)) => (other.text(), String::new()),
    };
    PreviewView::Email { from: to.from.clone(), to: to.to.clone(), subject: rendered.title, html, text }
}

/// A letter that goes nowhere.
pub(super) fn letter(incident: &Incident, message: &Message, severity: &str) -> Letter {
    Letter {
        key: "preview".to_owned(),
        incident: incident.id.to_string(),
        title: incident.title.clone(),
        severity: incident.severity,
        severity_name: severity.to_owned(),
        stage: incident.stage,
        surfaces: incident.surfaces.clone(),
        recovered: Vec::new(),
        releases: None,
        began: incident.impact_started_at.unwrap_or(incident.found_at),
        at: lastgood_adapters::clock::SystemClock.now(),
        before: 0,
        handle: None,
        reached: Vec::new(),
        behind: None,
        message: message.clone(),
    }
}

fn header(title: &str, message: &Message) -> Vec<PreviewBlock> {
    let text = if message.title.is_empty() {
        vec![Inline { text: title.to_owned(), style: InlineStyle::Plain }]
    } else {
        inlines(&message.title)
    };
    vec![PreviewBlock::Header { text }]
}

fn foot(incident: &Incident, severity: &str) -> Vec<PreviewBlock> {
    let text = format!("{severity} · {} · {}", incident.stage.as_str(), incident.id);
    vec![PreviewBlock::Context { text: vec![Inline { text, style: InlineStyle::Plain }] }]
}

fn blocks(message: &Message) -> Vec<PreviewBlock> {
    let block = |block: &Block| match block {
        Block::Paragraph(line) => PreviewBlock::Section { text: inlines(line) },
        Block::Fields(fields) => {
            let fact = |field: &message::Field| FactPair { title: field.label.clone(), value: inlines(&field.value) };
            PreviewBlock::Facts { facts: fields.iter().map(fact).collect() }
        }
        Block::List(items) => PreviewBlock::List { items: items.iter().map(inlines).collect() },
        Block::Links(links) => {
            let button = |link: &message::Link| LinkButton { title: link.text.clone(), url: link.url.clone() };
            PreviewBlock::Buttons { buttons: links.iter().map(button).collect() }
        }
    };
    message.blocks.iter().map(block).collect()
}

fn inlines(line: &Line) -> Vec<Inline> {
    let inline = |part: &message::Inline| {
        let (text, style) = match part {
            message::Inline::Text(text) => (text.clone(), InlineStyle::Plain),
            message::Inline::Bold(text) => (text.clone(), InlineStyle::Strong),
            message::Inline::Code(text) => (text.clone(), InlineStyle::Code),
            message::Inline::Link(link) => (link.text.clone(), InlineStyle::Link),
            message::Inline::Gap(name) => (title_of(name), InlineStyle::Gap),
        };
        Inline { text, style }
    };
    line.iter().map(inline).collect()
}

fn components(incident: &Incident, known: &[String]) -> Vec<ComponentLine> {
    let hit = |name: &String| incident.surfaces.iter().any(|surface| incident::is_same_surface(surface, name));
    let over = incident.stage == incident::Stage::Resolved;
    let line = |name: &String| {
        let (state, tone) =
            if hit(name) && !over { ("affected", EventTone::Warn) } else { ("operational", EventTone::Good) };
        ComponentLine { name: name.clone(), state: state.to_owned(), tone }
    };
    known.iter().map(line).collect()
}

/// `impact_duration` as people read it.
pub(super) fn title_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why nothing is sent while these are not known.
pub(super) fn lacking(gaps: &[String]) -> Option<Reason> {
    let names: Vec<String> = gaps.iter().map(|gap| gap.replace('_', " ")).collect();
    (!names.is_empty()).then(|| Reason {
        sentence: format!("Nobody knows the {} yet", names.join(", ")),
        hint: "Say it, or take it out of the text. Copying works.".to_owned(),
    })
}
