//! The document that an app of yours reads to show a notice, and that webhooks carry. Its shape is promised in
//! `docs/in-app-notice.md`; everything in it is plain text.

use serde_json::{Value, json};

use super::{Body, Letter, ROOMY, Rendered, fit_letter, headline, text};
use crate::incident::Stage;
use crate::message::Block;
use crate::message::fit::Limits;

/// A banner holds little.
pub(super) const LIMITS: Limits =
    Limits { channel: "a notice", title: 120, block: 2_000, total: 2_000, frame: text::ADDRESSES, ..ROOMY };

/// Counts up when a reader must know of a change.
const VERSION: u32 = 1;

/// There is one place for all incidents: one that is over does not take away what another one, which is not, shows there.
pub(super) fn render(letter: &Letter) -> Rendered {
    let own = document(letter);
    match letter.behind.as_deref().filter(|_| letter.stage == Stage::Resolved) {
        None => own,
        Some(behind) => {
            let Rendered { body, .. } = document(behind);
            Rendered { body: ending(body, &letter.key), ..own }
        }
    }
}

/// Says which message was the last of the one that is over.
fn ending(body: Body, key: &str) -> Body {
    match body {
        Body::Json(Value::Object(mut document)) => {
            document.insert("ended".to_owned(), json!(key));
            Body::Json(Value::Object(document))
        }
        other @ (Body::Json(_) | Body::Text(_) | Body::Mail { .. }) => other,
    }
}

fn document(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &LIMITS);
    let title = headline(&message.title);
    let is_links = |block: &&Block| matches!(block, Block::Links(_));
    let links: Vec<_> = message
        .blocks
        .iter()
        .filter_map(|block| if let Block::Links(links) = block { Some(links) } else { None })
        .flatten()
        .map(|link| json!({ "text": link.text, "url": link.url }))
        .collect();
    let words: Vec<Block> = message.blocks.iter().filter(|block| !is_links(block)).cloned().collect();
    let body = json!({
        "version": VERSION,
        "id": letter.key,
        "incident": letter.incident,
        "active": letter.stage != Stage::Resolved,
        "severity": letter.severity.number(),
        "stage": letter.stage.as_str(),
        "title": title,
        "text": text::blocks(&words),
        "links": links,
        "surfaces": letter.surfaces,
        "began_at": letter.began,
        "updated_at": letter.at,
    });
    Rendered { title, body: Body::Json(body), notes }
}
