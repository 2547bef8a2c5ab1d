//! An Adaptive Card 1.4 for a Teams workflow. Text goes into `RichTextBlock`s, whose runs are taken as they are; a
//! `TextBlock` would read Markdown in them.
//!
//! Teams refuses posts above about 28 KB with 413:
//! <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>.

use serde_json::{Value, json};

use super::{Body, Letter, Rendered, fit_letter, headline};
use crate::message::fit::{Frame, Limits, json_bytes};
use crate::message::{Block, Inline, Line, gap};

/// In bytes of JSON, with what stands around each row and run; the rest of the 28 KB is the title's, the foot's and the
/// envelope's.
pub(super) const LIMITS: Limits = Limits {
    channel: "Teams",
    title: 600,
    block: 20_000,
    total: 24_000,
    blocks: 40,
    links: 6,
    link_text: 200,
    link_url: 2_000,
    measure: json_bytes,
    frame: Frame { row: 115, run: 55, address: Some(45) },
};

pub(super) fn render(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &LIMITS);
    let title = headline(&message.title);
    let run = json!({ "type": "TextRun", "text": title, "weight": "Bolder", "size": "Large" });
    let mut body = vec![json!({ "type": "RichTextBlock", "inlines": [run] })];
    let mut actions = Vec::new();
    for block in &message.blocks {
        match block {
            Block::Paragraph(line) => body.push(rich(runs(line), "Medium")),
            Block::Fields(fields) => body.extend(fields.iter().enumerate().map(|(number, field)| {
                let mut all =
                    vec![json!({ "type": "TextRun", "text": format!("{}: ", field.label), "weight": "Bolder" })];
                all.extend(runs(&field.value));
                rich(all, if number == 0 { "Medium" } else { "Small" })
            })),
            Block::List(items) => body.extend(items.iter().enumerate().map(|(number, item)| {
                let mut all = vec![json!({ "type": "TextRun", "text": "• " })];
                all.extend(runs(item));
                rich(all, if number == 0 { "Medium" } else { "Small" })
            })),
            Block::Links(links) => actions.extend(
                links.iter().map(|link| json!({ "type": "Action.OpenUrl", "title": link.text, "url": link.url })),
            ),
        }
    }
    let foot = format!("{} · {} · {}", letter.severity_name, letter.stage.as_str(), letter.incident);
    let foot = json!({ "type": "TextRun", "text": foot, "isSubtle": true, "size": "Small" });
    body.push(rich(vec![foot], "Medium"));
    // A card shows six actions, and refuses none.
    actions.truncate(6);
    Rendered { title, body: Body::Json(envelope(&body, &actions)), notes }
}

fn envelope(body: &[Value], actions: &[Value]) -> Value {
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
    });
    if !actions.is_empty() {
        card["actions"] = json!(actions);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}

fn rich(inlines: Vec<Value>, spacing: &str) -> Value {
    json!({ "type": "RichTextBlock", "spacing": spacing, "inlines": inlines })
}

fn runs(line: &Line) -> Vec<Value> {
    line.iter()
        .map(|inline| match inline {
            Inline::Text(text) => json!({ "type": "TextRun", "text": text }),
            Inline::Bold(text) => json!({ "type": "TextRun", "text": text, "weight": "Bolder" }),
            Inline::Code(text) => json!({ "type": "TextRun", "text": text, "fontType": "Monospace" }),
            Inline::Link(link) => json!({
                "type": "TextRun",
                "text": link.text,
                "underline": true,
                "selectAction": { "type": "Action.OpenUrl", "url": link.url },
            }),
            Inline::Gap(name) => json!({ "type": "TextRun", "text": gap(name), "highlight": true }),
        })
        .collect()
}
