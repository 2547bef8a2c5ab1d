//! Slack's Block Kit. Text goes into `rich_text` blocks, whose texts Slack takes as they are: no value can mention anybody
//! or become markup there. Only the fallback text is mrkdwn, and is escaped.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks>; the whole message was seen to fail above about 13,200
//! characters (`msg_blocks_too_long`).

use serde_json::{Value, json};

use super::{Body, Letter, Rendered, fit_letter, headline};
use crate::message::fit::{Frame, Limits, characters};
use crate::message::{Block, Inline, Line, Link, gap};

pub(super) const LIMITS: Limits = Limits {
    channel: "Slack",
    title: 150,
    block: 3_000,
    total: 12_000,
    // Of 50, with the header and the line at the end.
    blocks: 47,
    links: 25,
    link_text: 75,
    link_url: 3_000,
    measure: characters,
    frame: Frame::NONE,
};

/// A notification shows the beginning of it.
const LONGEST_FALLBACK: usize = 300;

pub(super) fn render(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &LIMITS);
    let title = headline(&message.title);
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": title.chars().take(LIMITS.title).collect::<String>(), "emoji": false },
    })];
    blocks.extend(message.blocks.iter().map(block));
    blocks.push(json!({
        "type": "context",
        "elements": [{ "type": "plain_text", "text": foot(letter), "emoji": false }],
    }));
    let fallback: String = title.chars().take(LONGEST_FALLBACK).collect();
    let body = json!({ "text": escaped(&fallback), "blocks": blocks, "unfurl_links": false, "unfurl_media": false });
    Rendered { title, body: Body::Json(body), notes }
}

fn foot(letter: &Letter) -> String {
    format!("{} · {} · {}", letter.severity_name, letter.stage.as_str(), letter.incident).chars().take(300).collect()
}

/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(line) => rich(vec![section(elements(line))]),
        Block::Fields(fields) => {
            let mut all = Vec::new();
            for (number, field) in fields.iter().enumerate() {
                let label = if number == 0 { format!("{}: ", field.label) } else { format!("\n{}: ", field.label) };
                all.push(json!({ "type": "text", "text": label, "style": { "bold": true } }));
                all.extend(elements(&field.value));
            }
            rich(vec![section(all)])
        }
        Block::List(items) => {
            let items: Vec<Value> = items.iter().map(|item| section(elements(item))).collect();
            rich(vec![json!({ "type": "rich_text_list", "style": "bullet", "elements": items })])
        }
        Block::Links(links) => json!({ "type": "actions", "elements": links.iter().map(button).collect::<Vec<_>>() }),
    }
}

fn rich(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text", "elements": elements })
}

fn section(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text_section", "elements": elements })
}

fn button(link: &Link) -> Value {
    json!({ "type": "button", "text": { "type": "plain_text", "text": link.text, "emoji": false }, "url": link.url })
}

fn elements(line: &Line) -> Vec<Value> {
    line.iter()
        .map(|inline| match inline {
            Inline::Text(text) => json!({ "type": "text", "text": text }),
            Inline::Bold(text) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
            Inline::Code(text) => json!({ "type": "text", "text": text, "style": { "code": true } }),
            Inline::Link(link) => json!({ "type": "link", "text": link.text, "url": link.url }),
            Inline::Gap(name) => json!({ "type": "text", "text": gap(name), "style": { "code": true } }),
        })
        .collect()
}
