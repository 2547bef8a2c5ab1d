//! Plain text: for a status page that has its own layout, for a terminal, for the clipboard.

use super::{Body, Letter, ROOMY, Rendered, fit_letter, headline};
use crate::incident::Severity;
use crate::message::fit::{Frame, Limits};
use crate::message::{Block, shown};

/// Statuspage takes 25,000 characters (<https://developer.statuspage.io/>), the others no fewer; nobody reads as many.
pub(super) const STATUS: Limits =
    Limits { channel: "a status page", title: 120, block: 8_000, total: 8_000, frame: ADDRESSES, ..ROOMY };

/// An address stands in brackets behind its words, and is read with them.
pub(super) const ADDRESSES: Frame = Frame { row: 0, run: 0, address: Some(3) };

/// A summary is cut off by PagerDuty behind 1,024 characters (<https://developer.pagerduty.com/docs/send-alert-event>).
pub(super) const EVENT: Limits = Limits { channel: "PagerDuty", title: 1_024, ..STATUS };

/// Some status pages read HTML in their texts, and others show it: without angle brackets both show the same.
pub(super) fn status(letter: &Letter) -> Rendered {
    harmless(letter, &STATUS)
}

pub(super) fn event(letter: &Letter) -> Rendered {
    harmless(letter, &EVENT)
}

/// What an event is about: the first thing that is affected, else the incident.
pub fn event_source(letter: &Letter) -> &str {
    letter.surfaces.first().unwrap_or(&letter.incident)
}

/// As PagerDuty calls it (<https://developer.pagerduty.com/docs/send-alert-event>).
pub fn event_severity(severity: Severity) -> &'static str {
    match severity.number() {
        1 => "critical",
        2 => "error",
        3 => "warning",
        _ => "info",
    }
}

fn harmless(letter: &Letter, limits: &Limits) -> Rendered {
    let (message, notes) = fit_letter(letter, limits);
    let harmless = |text: String| text.replace('<', "‹").replace('>', "›");
    let title = harmless(headline(&message.title));
    Rendered { title, body: Body::Text(harmless(blocks(&message.blocks))), notes }
}

pub(super) fn plain(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &ROOMY);
    let title = headline(&message.title);
    let body = Body::Text(format!("{title}\n\n{}\n", blocks(&message.blocks)));
    Rendered { title, body, notes }
}

/// Each block behind an empty line; a link shows its address.
pub(super) fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(line) => with_addresses(line),
        Block::Fields(fields) => {
            lines(fields.iter().map(|field| format!("{}: {}", field.label, with_addresses(&field.value))))
        }
        Block::List(items) => lines(items.iter().map(|item| format!("- {}", with_addresses(item)))),
        Block::Links(links) => lines(links.iter().map(|link| format!("{}: {}", link.text, link.url))),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn with_addresses(line: &crate::message::Line) -> String {
    use crate::message::Inline;
    line.iter()
        .map(|inline| match inline {
            Inline::Link(link) => format!("{} ({})", link.text, link.url),
            Inline::Text(_) | Inline::Bold(_) | Inline::Code(_) | Inline::Gap(_) => shown(&vec![inline.clone()]),
        })
        .collect()
}
