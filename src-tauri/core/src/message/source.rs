//! A message as the text of a template again: what a person edits when a template's conditions are settled.
//!
//! What stands in the message as text was no markup, wherever it came from; where its characters would be read as markup or
//! as a command, it is written as a quoted value, which nothing reads.

use super::mark::{LINK, LINK_END};
use super::{Block, Inline, Line, Message};

/// The text whose message this is. A gap stands there as the value it is linked to.
pub fn source(message: &Message) -> String {
    let mut parts = Vec::new();
    if !message.title.is_empty() {
        parts.push(format!("# {}", line(&message.title, false)));
    }
    parts.extend(message.blocks.iter().map(block));
    parts.join("\n\n")
}

fn block(block: &Block) -> String {
    let lines: Vec<String> = match block {
        Block::Paragraph(words) => vec![line(words, true)],
        Block::Fields(fields) => {
            fields.iter().map(|field| format!("{}:: {}", field.label, line(&field.value, false))).collect()
        }
        Block::List(items) => items.iter().map(|item| format!("- {}", line(item, false))).collect(),
        Block::Links(links) => vec![links.iter().map(link).collect::<Vec<_>>().join(" ")],
    };
    lines.join("\n")
}

/// Several lines stand only in a paragraph as they are.
fn line(line: &Line, lines: bool) -> String {
    let words = |inline: &Inline| match inline {
        Inline::Text(text) => linked(text, |text| plain(text, lines)),
        Inline::Bold(text) => format!("**{}**", linked(text, |text| plain(text, false))),
        Inline::Code(text) => format!("`{}`", linked(text, |text| plain(text, false))),
        Inline::Link(found) => link(found),
        Inline::Gap(name) => value(name),
    };
    line.iter().map(words).collect()
}

fn value(name: &str) -> String {
    format!("{{{{ {name} }}}}")
}

/// The text around linked values as `words` writes it, and each value by its name.
fn linked(text: &str, words: impl Fn(&str) -> String) -> String {
    let piece = |piece: &str| match piece.split_once(LINK_END) {
        Some((name, behind)) => format!("{}{}", value(name), words(behind)),
        None => words(piece),
    };
    text.split(LINK).map(piece).collect()
}

fn link(link: &super::Link) -> String {
    let address = |url: &str| if url.contains([')', '(', '{']) { quoted(url) } else { url.to_owned() };
    format!("[{}]({})", linked(&link.text, |text| plain(text, false)), linked(&link.url, address))
}

fn plain(text: &str, lines: bool) -> String {
    let each: Vec<&str> = text.split('\n').collect();
    let inner = each.get(1..each.len().saturating_sub(1)).unwrap_or_default();
    if each.len() > 1 && (!lines || inner.iter().any(|line| line.trim().is_empty())) {
        return around(text);
    }
    each.iter().map(|line| if is_read(line) { around(line) } else { (*line).to_owned() }).collect::<Vec<_>>().join("\n")
}

/// Whether some of it would be read as markup or as a command, alone or with what may follow.
fn is_read(line: &str) -> bool {
    ["{{", "{%", "{#", "**", "`", "](", "::"].iter().any(|sign| line.contains(sign))
        || line.ends_with(['{', '*'])
        || line.trim_start().starts_with(['#', '-', '*'])
}

/// Spaces at the ends part it from its neighbours, and stay outside.
fn around(text: &str) -> String {
    let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    if start >= end {
        return " ".to_owned();
    }
    format!("{}{}{}", space(&text[..start]), quoted(&text[start..end]), space(&text[end..]))
}

fn space(text: &str) -> &str {
    if text.is_empty() { "" } else { " " }
}

/// A template's string is written like one of JSON.
fn quoted(text: &str) -> String {
    format!("{{{{ {} }}}}", serde_json::Value::from(text))
}
