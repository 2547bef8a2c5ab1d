//! Making a message fit where it goes: cut at a word, and said so.

use super::{Block, Field, Inline, Line, Link, Message};

/// What a channel takes, in the unit of its measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For the note: "Slack takes …".
    pub(super) channel: &'static str,
    pub(super) title: usize,
    /// One block of text.
    pub(super) block: usize,
    /// All of them together.
    pub(super) total: usize,
    pub(super) blocks: usize,
    pub(super) links: usize,
    pub(super) link_text: usize,
    pub(super) link_url: usize,
    pub(super) measure: fn(&str) -> usize,
}

/// What is put where something was cut off.
const CUT: &str = " …";

/// The last words of a message that was cut.
const CUT_NOTE: &str = "Shortened to fit here.";

/// Characters, as people and most services count.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Bytes as they travel in JSON that escapes what it must, and all that is not ASCII.
pub(super) fn json_bytes(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '"' | '\\' | '\n' => 2,
            c if c.is_ascii() && !c.is_control() => 1,
            c if u32::from(c) > 0xFFFF => 12,
            _ => 6,
        })
        .sum()
}

/// The message as it fits, and what was done to it, one sentence each. What is as long as the limit is not touched.
pub(super) fn fit(message: &Message, limits: &Limits) -> (Message, Vec<String>) {
    let mut notes = Vec::new();
    let title = cut(&message.title, limits.title, limits.measure);
    if title.is_some() {
        notes.push(format!("The title was shortened: {} takes {}.", limits.channel, limits.title));
    }
    let title = title.unwrap_or_else(|| message.title.clone());
    let (whole, shortened) = fit_blocks(&message.blocks, limits, limits.total, limits.blocks);
    if !shortened {
        return (Message { title, blocks: whole }, notes);
    }
    // One block, and the room for it, are kept for the note.
    let room = limits.total.saturating_sub((limits.measure)(CUT_NOTE) + 1);
    let (mut blocks, _) = fit_blocks(&message.blocks, limits, room, limits.blocks.saturating_sub(1));
    blocks.push(Block::Paragraph(vec![Inline::Text(CUT_NOTE.to_owned())]));
    notes.push(format!("The text was shortened: it is longer than {} takes.", limits.channel));
    (Message { title, blocks }, notes)
}

/// How much of each limit the message uses as it is: its title, and all else.
pub(super) fn used(message: &Message, measure: fn(&str) -> usize) -> (usize, usize) {
    let title = message.title.iter().map(|inline| measure(&inline.shown())).sum();
    (title, message.blocks.iter().map(|block| size(block, measure)).sum())
}

/// So many blocks in so much room, and whether something is missing from them.
fn fit_blocks(blocks: &[Block], limits: &Limits, room: usize, most: usize) -> (Vec<Block>, bool) {
    let (mut kept, mut room, mut shortened) = (Vec::new(), room, blocks.len() > most);
    for block in blocks.iter().take(most) {
        let (block, was_cut) = fit_block(block, limits, room);
        shortened |= was_cut;
        if let Some(block) = block {
            room = room.saturating_sub(size(&block, limits.measure));
            kept.push(block);
        }
    }
    (kept, shortened)
}

/// The line within this many units, cut at a word; `None` where it fits as it is.
pub(super) fn cut(line: &Line, most: usize, measure: fn(&str) -> usize) -> Option<Line> {
    if line.iter().map(|inline| measure(&inline.shown())).sum::<usize>() <= most {
        return None;
    }
    let mut room = most.saturating_sub(measure(CUT));
    let mut kept = Vec::new();
    for inline in line {
        let length = measure(&inline.shown());
        if length <= room {
            room -= length;
            kept.push(inline.clone());
            continue;
        }
        match inline {
            Inline::Text(text) => kept.push(Inline::Text(words(text, room, measure).to_owned())),
            Inline::Bold(text) => kept.push(Inline::Bold(words(text, room, measure).to_owned())),
            Inline::Code(text) => kept.push(Inline::Code(words(text, room, measure).to_owned())),
            Inline::Link(_) | Inline::Gap(_) => {}
        }
        break;
    }
    kept.push(Inline::Text(CUT.to_owned()));
    Some(kept)
}

/// As many whole words as fit; a single long one is cut where it must be.
fn words(text: &str, room: usize, measure: fn(&str) -> usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (place, c) in text.char_indices() {
        used += measure(c.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        end = place + c.len_utf8();
    }
    let head = &text[..end];
    if text[end..].starts_with(char::is_whitespace) {
        return head;
    }
    match head.rfind(char::is_whitespace) {
        Some(space) if space > 0 && head.len() - space <= 80 => head[..space].trim_end(),
        Some(_) | None => head,
    }
}

fn fit_block(block: &Block, limits: &Limits, budget: usize) -> (Option<Block>, bool) {
    let most = limits.block.min(budget);
    if !matches!(block, Block::Links(_)) && size(block, limits.measure) <= most {
        return (Some(block.clone()), false);
    }
    if most < (limits.measure)(CUT) + 8 {
        return (None, true);
    }
    match block {
        Block::Paragraph(line) => match cut(line, most, limits.measure) {
            Some(line) => (Some(Block::Paragraph(line)), true),
            None => (Some(block.clone()), false),
        },
        Block::List(items) => {
            let (items, was_cut) = fit_lines(items.iter().map(|item| ("", item)), most, limits.measure);
            (keep(items, |items| Block::List(items.into_iter().map(|(_, item)| item).collect())), was_cut)
        }
        Block::Fields(fields) => {
            let lines = fields.iter().map(|field| (field.label.as_str(), &field.value));
            let (lines, was_cut) = fit_lines(lines, most, limits.measure);
            let field = |(label, value): (&str, Line)| Field { label: label.to_owned(), value };
            (keep(lines, |lines| Block::Fields(lines.into_iter().map(field).collect())), was_cut)
        }
        Block::Links(links) => fit_links(links, limits, budget),
    }
}

fn keep<T>(items: Vec<T>, block: impl FnOnce(Vec<T>) -> Block) -> Option<Block> {
    (!items.is_empty()).then(|| block(items))
}

fn fit_lines<'a>(
    lines: impl Iterator<Item = (&'a str, &'a Line)>,
    most: usize,
    measure: fn(&str) -> usize,
) -> (Vec<(&'a str, Line)>, bool) {
    // For the bullet, or for what stands between label and value, and the line's end.
    const AROUND: usize = 4;
    let mut room = most;
    let mut kept = Vec::new();
    for (label, line) in lines {
        let around = measure(label) + AROUND;
        if room <= around + measure(CUT) {
            return (kept, true);
        }
        room -= around;
        if let Some(line) = cut(line, room, measure) {
            kept.push((label, line));
            return (kept, true);
        }
        room -= line.iter().map(|inline| measure(&inline.shown())).sum::<usize>();
        kept.push((label, line.clone()));
    }
    (kept, false)
}

/// A link that is cut leads elsewhere: too long a one is left out.
fn fit_links(links: &[Link], limits: &Limits, budget: usize) -> (Option<Block>, bool) {
    let mut room = budget;
    let mut kept = Vec::new();
    for link in links.iter().take(limits.links) {
        let text = cut(&vec![Inline::Text(link.text.clone())], limits.link_text, limits.measure);
        let text = text.map_or_else(|| link.text.clone(), |line| super::shown(&line));
        let length = (limits.measure)(&link.url) + (limits.measure)(&text);
        if (limits.measure)(&link.url) <= limits.link_url && length <= room {
            room -= length;
            kept.push(Link { text, url: link.url.clone() });
        }
    }
    let was_cut = kept.len() < links.len();
    (keep(kept, Block::Links), was_cut)
}

fn size(block: &Block, measure: fn(&str) -> usize) -> usize {
    let of = |line: &Line| line.iter().map(|inline| measure(&inline.shown())).sum::<usize>();
    match block {
        Block::Paragraph(line) => of(line),
        Block::List(items) => items.iter().map(|item| of(item) + 4).sum(),
        Block::Fields(fields) => fields.iter().map(|field| measure(&field.label) + of(&field.value) + 4).sum(),
        Block::Links(links) => links.iter().map(|link| measure(&link.url) + measure(&link.text)).sum(),
    }
}
