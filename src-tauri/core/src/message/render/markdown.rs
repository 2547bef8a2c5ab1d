//! Markdown as GitHub, Cachet, Instatus and Hugo (cState) read it. Every character with a meaning is escaped; those that
//! mean something outside Markdown too (mentions, shortcodes, HTML) lose it.

mod address;

use super::{Body, Letter, ROOMY, Rendered, fit_letter, headline};
use crate::message::fit::Limits;
use crate::message::{Block, Inline, Line, gap};

/// Cachet takes 255 characters in a name (<https://docs.cachethq.io/v3.x/api-reference>), GitHub 256 in a title and 65,536 in
/// a comment (<https://docs.github.com/rest/issues>); escaping makes up to six of one.
pub(super) const LIMITS: Limits = Limits { channel: "this channel", title: 255, block: 10_000, total: 10_000, ..ROOMY };

/// Parts a mention or a reference from the sign that would make it one.
const APART: char = '\u{200B}';

pub(super) fn render(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &LIMITS);
    let title = headline(&message.title);
    let body = message.blocks.iter().map(block).collect::<Vec<_>>().join("\n\n");
    Rendered { title, body: Body::Text(format!("{body}\n")), notes }
}

/// One line for a heading: nothing in it is markup, a mention or a link.
pub fn heading(title: &str) -> String {
    escaped(&title.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(line) => spans(line),
        Block::Fields(fields) => fields
            .iter()
            .map(|field| format!("- **{}:** {}", escaped(&field.label), spans(&field.value).replace("\\\n", " ")))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::List(items) => {
            items.iter().map(|item| format!("- {}", spans(item).replace("\\\n", " "))).collect::<Vec<_>>().join("\n")
        }
        Block::Links(links) => {
            let links = links.iter().map(|link| format!("[{}](<{}>)", escaped(&link.text), link.url));
            links.collect::<Vec<_>>().join(" · ")
        }
    }
}

fn spans(line: &Line) -> String {
    let words = |inline: &Inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Bold(text) => format!("**{}**", escaped(text.trim())),
        Inline::Code(text) if is_plain_code(text) => format!("`{text}`"),
        Inline::Code(text) => escaped(text),
        Inline::Link(link) => format!("[{}](<{}>)", escaped(&link.text), link.url),
        Inline::Gap(name) => format!("**{}**", escaped(&gap(name))),
    };
    let mut written = String::new();
    line.iter().for_each(|inline| push_apart(&mut written, &words(inline)));
    written
}

/// Two backticks beside each other would be one sign, and begin a code span that nothing ends.
fn push_apart(written: &mut String, words: &str) {
    if written.ends_with('`') && words.starts_with('`') {
        written.push(APART);
    }
    written.push_str(words);
}

/// Versions, ids, paths: what needs no escaping, which code spans do not know.
fn is_plain_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '+'))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut place = 0;
    while let Some(c) = text[place..].chars().next() {
        // Nothing is read in a code span: an address in it can be copied, and is no link and no mention.
        if let Some(address) = address::at(&text[..place], &text[place..]) {
            push_apart(&mut escaped, &format!("`{address}`"));
            place += address.len();
        } else {
            escape(&mut escaped, &text[..place], c, &text[place + c.len_utf8()..]);
            place += c.len_utf8();
        }
    }
    at_line_starts(&escaped)
}

fn escape(escaped: &mut String, before: &str, c: char, behind: &str) {
    match c {
        '&' => escaped.push_str("&amp;"),
        '<' => escaped.push_str("&lt;"),
        '>' => escaped.push_str("&gt;"),
        '{' => escaped.push_str("&#123;"),
        '}' => escaped.push_str("&#125;"),
        '@' => escaped.extend(['@', APART]),
        '#' => escaped.extend(['\\', '#', APART]),
        // A reference to an issue, and what is made a link without being one.
        '-' if is_reference(before, behind) => escaped.extend(['-', APART]),
        '.' if ends_with(before, "www") => escaped.extend([APART, '.']),
        '/' if before.ends_with(":/") => escaped.extend([APART, '/']),
        '\n' => escaped.push_str("\\\n"),
        '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' => escaped.extend(['\\', c]),
        c => escaped.push(c),
    }
}

/// `GH-3`, which GitHub reads as `#3`.
fn is_reference(before: &str, behind: &str) -> bool {
    let whole = before.chars().rev().nth(2).is_none_or(|c| !c.is_alphanumeric());
    whole && ends_with(before, "gh") && behind.starts_with(|c: char| c.is_ascii_digit())
}

/// In whichever case.
fn ends_with(text: &str, word: &str) -> bool {
    let end = text.len().checked_sub(word.len()).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// Where a line begins with them, these make lists and headings, whatever space stands before.
fn at_line_starts(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let words = line.trim_start();
        let digits = words.chars().take_while(char::is_ascii_digit).count();
        match words.chars().nth(digits) {
            Some(c @ ('-' | '+' | '=')) if digits == 0 => line.replacen(c, &format!("\\{c}"), 1),
            Some(c @ ('.' | ')')) if digits > 0 => line.replacen(c, &format!("\\{c}"), 1),
            Some(_) | None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
