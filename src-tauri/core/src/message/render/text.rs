//! Plain text: for a status page that has its own layout, for a terminal, for the clipboard.

use super::{Body, Letter, ROOMY, Rendered, headline};
use crate::message::fit::{Limits, fit};
use crate::message::{Block, shown};

/// Statuspage takes 25,000 characters, the others no fewer; nobody reads as many.
pub(super) const STATUS: Limits = Limits { channel: "a status page", title: 120, block: 3_000, total: 8_000, ..ROOMY };

/// Some status pages read HTML in their texts, and others show it: without angle brackets both show the same.
pub(super) fn status(letter: &Letter) -> Rendered {
    let (message, notes) = fit(&letter.message, &STATUS);
    let harmless = |text: String| text.replace('<', "‹").replace('>', "›");
    let title = harmless(headline(letter, &message.title));
    Rendered { title, body: Body::Text(harmless(blocks(&message.blocks))), notes }
}

pub(super) fn plain(letter: &Letter) -> Rendered {
    let (message, notes) = fit(&letter.message, &ROOMY);
    let title = headline(letter, &message.title);
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
