//! A rendered template to a message. The markup is small: `# Title`, `Label:: value`, `- item`, `[text](address)`,
//! `**bold**`, `` `code` ``; a line of links alone is a row of buttons; an empty line ends a paragraph.

use super::mark::{self, Glyph};
use super::{Block, Field, Inline, Line, Link, Message};

/// A label is a word or three.
const LONGEST_LABEL: usize = 40;

/// What has no content, such as a bullet whose value is empty, is left out.
pub fn parse(text: &str) -> Message {
    let glyphs = mark::read(text);
    let mut message = Message::default();
    let mut paragraph: Vec<Glyph> = Vec::new();
    for line in glyphs.split(|glyph| *glyph == Glyph::Own('\n')) {
        let line = trimmed(line);
        if let Some(title) = after(line, "# ").filter(|_| message.title.is_empty()) {
            message.title = inlines(title);
        } else if let Some(item) = after(line, "- ").or_else(|| after(line, "* ")) {
            end_paragraph(&mut message, &mut paragraph);
            add_item(&mut message, inlines(item));
        } else if let Some((label, value)) = field(line) {
            end_paragraph(&mut message, &mut paragraph);
            add_field(&mut message, label, inlines(value));
        } else if let Some(links) = links(line) {
            end_paragraph(&mut message, &mut paragraph);
            add_links(&mut message, links);
        } else if line.is_empty() || line == [Glyph::Own('-')] {
            end_paragraph(&mut message, &mut paragraph);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(Glyph::Own('\n'));
            }
            paragraph.extend_from_slice(line);
        }
    }
    end_paragraph(&mut message, &mut paragraph);
    message
}

fn end_paragraph(message: &mut Message, paragraph: &mut Vec<Glyph>) {
    let line = inlines(&std::mem::take(paragraph));
    if !line.is_empty() {
        message.blocks.push(Block::Paragraph(line));
    }
}

fn add_item(message: &mut Message, item: Line) {
    if item.is_empty() {
        return;
    }
    match message.blocks.last_mut() {
        Some(Block::List(items)) => items.push(item),
        Some(_) | None => message.blocks.push(Block::List(vec![item])),
    }
}

fn add_field(message: &mut Message, label: String, value: Line) {
    if value.is_empty() {
        return;
    }
    let field = Field { label, value };
    match message.blocks.last_mut() {
        Some(Block::Fields(fields)) => fields.push(field),
        Some(_) | None => message.blocks.push(Block::Fields(vec![field])),
    }
}

fn add_links(message: &mut Message, more: Vec<Link>) {
    match message.blocks.last_mut() {
        Some(Block::Links(links)) => links.extend(more),
        Some(_) | None => message.blocks.push(Block::Links(more)),
    }
}

fn is_blank(glyph: &Glyph) -> bool {
    match glyph {
        Glyph::Own(c) | Glyph::Value(c) => c.is_whitespace(),
        Glyph::Gap(_) => false,
    }
}

fn trimmed(line: &[Glyph]) -> &[Glyph] {
    let start = line.iter().position(|glyph| !is_blank(glyph)).unwrap_or(line.len());
    let end = line.iter().rposition(|glyph| !is_blank(glyph)).map_or(start, |last| last + 1);
    &line[start..end]
}

/// What follows this markup at the beginning of the line.
fn after<'a>(line: &'a [Glyph], markup: &str) -> Option<&'a [Glyph]> {
    let length = markup.chars().count();
    (line.len() >= length && starts_with(line, markup)).then(|| &line[length..])
}

fn starts_with(line: &[Glyph], markup: &str) -> bool {
    let mut glyphs = line.iter();
    markup.chars().all(|c| glyphs.next() == Some(&Glyph::Own(c)))
}

fn find(line: &[Glyph], markup: &str) -> Option<usize> {
    (0..line.len()).find(|&place| starts_with(&line[place..], markup))
}

/// `Label:: value`, its label in the template's own words.
fn field(line: &[Glyph]) -> Option<(String, &[Glyph])> {
    let end = find(line, "::").filter(|&end| (1..=LONGEST_LABEL).contains(&end))?;
    let label: Option<String> = line[..end]
        .iter()
        .map(|glyph| match glyph {
            Glyph::Own(c) => Some(*c),
            Glyph::Value(_) | Glyph::Gap(_) => None,
        })
        .collect();
    Some((label?.trim().to_owned(), &line[end + 2..]))
}

/// A line that holds links and nothing else.
fn links(line: &[Glyph]) -> Option<Vec<Link>> {
    if !starts_with(line, "[") {
        return None;
    }
    let mut found = Vec::new();
    for inline in inlines(line) {
        match inline {
            Inline::Link(link) => found.push(link),
            Inline::Text(text) if text.chars().all(|c| c.is_whitespace() || c == '|' || c == '·') => {}
            Inline::Text(_) | Inline::Bold(_) | Inline::Code(_) | Inline::Gap(_) => return None,
        }
    }
    Some(found)
}

fn inlines(line: &[Glyph]) -> Line {
    let mut rest = trimmed(line);
    let mut found = Vec::new();
    while let Some((first, others)) = rest.split_first() {
        if let Some((inside, behind)) = between(rest, "**", "**") {
            emphasise(&mut found, inside, Inline::Bold);
            rest = behind;
        } else if let Some((inside, behind)) = between(rest, "`", "`") {
            emphasise(&mut found, inside, Inline::Code);
            rest = behind;
        } else if let Some((link, behind)) = link(rest) {
            found.extend(link);
            rest = behind;
        } else {
            push(&mut found, first);
            rest = others;
        }
    }
    found
}

fn between<'a>(line: &'a [Glyph], open: &str, close: &str) -> Option<(&'a [Glyph], &'a [Glyph])> {
    let inside = after(line, open)?;
    let end = find(inside, close).filter(|&end| end > 0)?;
    Some((&inside[..end], &inside[end + close.chars().count()..]))
}

/// `[text](address)`; what leads nowhere stays text with its address behind it.
fn link(line: &[Glyph]) -> Option<(Line, &[Glyph])> {
    let (text, behind) = between(line, "[", "](")?;
    let end = find(behind, ")")?;
    let (address, rest) = (inlines(&behind[..end]), &behind[end + 1..]);
    let mut words = inlines(text);
    let whole = super::shown(&address);
    let known = !address.iter().chain(&words).any(|inline| matches!(inline, Inline::Gap(_)));
    if let Some(link) = Link::new(super::shown(&words), &whole).filter(|_| known) {
        return Some((vec![Inline::Link(link)], rest));
    }
    words.push(Inline::Text(" (".to_owned()));
    words.extend(address);
    words.push(Inline::Text(")".to_owned()));
    Some((words, rest))
}

fn emphasise(found: &mut Line, inside: &[Glyph], dress: fn(String) -> Inline) {
    let mut plain = Vec::new();
    inside.iter().for_each(|glyph| push(&mut plain, glyph));
    found.extend(plain.into_iter().map(|inline| match inline {
        Inline::Text(text) => dress(text),
        other @ (Inline::Bold(_) | Inline::Code(_) | Inline::Link(_) | Inline::Gap(_)) => other,
    }));
}

fn push(found: &mut Line, glyph: &Glyph) {
    let c = match glyph {
        Glyph::Gap(name) => return found.push(Inline::Gap(name.clone())),
        Glyph::Own(c) | Glyph::Value(c) => *c,
    };
    match found.last_mut() {
        Some(Inline::Text(text)) => text.push(c),
        Some(_) | None => found.push(Inline::Text(c.to_string())),
    }
}
