//! One renderer for each format. All are pure, so that the preview and what is sent are one thing.

mod copying;
mod limits;
mod mail;
mod markdown;
mod notice;
mod slack;
mod teams;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use copying::{CopyAs, copied};
pub use limits::{Limit, counted};
pub use markdown::heading;
pub use text::{event_severity, event_source};

use super::fit::{Frame, Limits, characters, fit};
use super::{Inline, Line, Message};
use crate::ids::TagName;
use crate::incident::{Severity, Stage};

/// A message on its way to one channel, with what its channel may need to know of the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Unique for this update and channel: the idempotency key, the Message-ID, the mark in a ticket.
    pub key: String,
    /// The incident's id: what follows an earlier message of it belongs to the same thread.
    pub incident: String,
    /// The incident's own title.
    pub title: String,
    pub severity: Severity,
    pub severity_name: String,
    pub stage: Stage,
    pub surfaces: Vec<String>,
    /// What this channel was told is affected, and is no more.
    pub recovered: Vec<String>,
    /// The releases of the rollback, where there is one: from which, to which.
    pub releases: Option<(Option<TagName>, TagName)>,
    /// When the disturbance began, as far as it is known.
    pub began: Timestamp,
    pub at: Timestamp,
    /// Messages of the same incident that this channel took before.
    pub before: u32,
    /// What the channel called the first of them: a Slack timestamp, an incident's id, an issue's number.
    pub handle: Option<String>,
    /// Who has it already: it goes to the others alone.
    pub reached: Vec<String>,
    /// What stands in the channel's one place once this incident is over: the newest of another one that is not.
    pub behind: Option<Box<Letter>>,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Slack's Block Kit.
    Slack,
    /// An Adaptive Card 1.4 in the envelope that Teams' workflows take.
    Teams,
    /// HTML and plain text.
    Mail,
    /// A status page's own text: no markup.
    Status,
    /// An event of a pager: a line for whoever is woken, and plain text behind it.
    Event,
    /// GitHub's and most status pages' Markdown.
    Markdown,
    Plain,
    /// The document of the in-app notice and of webhooks.
    Notice,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line: a subject, a title, what a notification shows.
    pub title: String,
    pub body: Body,
    /// What was shortened, a sentence each.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Json(Value),
    Text(String),
    Mail { plain: String, html: String },
}

impl Body {
    /// As evidence keeps it.
    pub fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::Mail { plain, .. } => plain.clone(),
        }
    }
}

pub fn render(format: Format, letter: &Letter) -> Rendered {
    match format {
        Format::Slack => slack::render(letter),
        Format::Teams => teams::render(letter),
        Format::Mail => mail::render(letter),
        Format::Status => text::status(letter),
        Format::Event => text::event(letter),
        Format::Markdown => markdown::render(letter),
        Format::Plain => text::plain(letter),
        Format::Notice => notice::render(letter),
    }
}

/// The message as this format takes it: what is cut there is cut in a preview.
pub fn fitted(format: Format, message: &Message) -> Message {
    fit(message, of(format)).0
}

fn of(format: Format) -> &'static Limits {
    match format {
        Format::Slack => &slack::LIMITS,
        Format::Teams => &teams::LIMITS,
        Format::Mail => &mail::LIMITS,
        Format::Status => &text::STATUS,
        Format::Event => &text::EVENT,
        Format::Markdown => &markdown::LIMITS,
        Format::Plain => &ROOMY,
        Format::Notice => &notice::LIMITS,
    }
}

/// The message with the incident's title where it has none of its own.
fn titled(letter: &Letter) -> Message {
    let message = letter.message.clone();
    let own = Some(message.title.clone()).filter(|title| !title.is_empty());
    Message { title: own.unwrap_or_else(|| vec![Inline::Text(letter.title.clone())]), ..message }
}

/// What a channel takes of the letter's message, and what was shortened.
fn fit_letter(letter: &Letter, limits: &Limits) -> (Message, Vec<String>) {
    fit(&titled(letter), limits)
}

/// The title on one line.
fn headline(title: &Line) -> String {
    super::shown(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For formats whose own limit is far away.
const ROOMY: Limits = Limits {
    channel: "this channel",
    title: 200,
    block: 20_000,
    total: 60_000,
    blocks: 200,
    links: 50,
    link_text: 200,
    link_url: 3_000,
    measure: characters,
    frame: Frame::NONE,
};
