//! A message as the text of a template again: what a person edits when a template's conditions are settled.

use lastgood_core::message::{Block, Inline, Line, Message};

/// The text whose message this is. A value that is not known stands there by its name.
pub(super) fn text(message: &Message) -> String {
    let mut parts = Vec::new();
    if !message.title.is_empty() {
        parts.push(format!("# {}", line(&message.title)));
    }
    parts.extend(message.blocks.iter().map(block));
    parts.join("\n\n")
}

fn block(block: &Block) -> String {
    let lines: Vec<String> = match block {
        Block::Paragraph(words) => vec![line(words)],
        Block::Fields(fields) => {
            fields.iter().map(|field| format!("{}:: {}", field.label, line(&field.value))).collect()
        }
        Block::List(items) => items.iter().map(|item| format!("- {}", line(item))).collect(),
        Block::Links(links) => {
            vec![links.iter().map(|link| format!("[{}]({})", link.text, link.url)).collect::<Vec<_>>().join(" ")]
        }
    };
    lines.join("\n")
}

fn line(line: &Line) -> String {
    let words = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Bold(text) => format!("**{text}**"),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Link(link) => format!("[{}]({})", link.text, link.url),
        Inline::Gap(name) => linked(name),
    };
    line.iter().map(words).collect()
}

/// How a text is linked to a value.
pub(super) fn linked(name: &str) -> String {
    format!("{{{{ {name} }}}}")
}
