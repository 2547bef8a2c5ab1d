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
    pub(super) frame: Frame,
}

/// What stands around a text where the payload itself is counted, in the unit of the measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Around each line of a block.
    pub(super) row: usize,
    /// Around each part of a line that looks different.
    pub(super) run: usize,
    /// Around the address of a link in a line, where addresses count.
    pub(super) address: Option<usize>,
}

impl Frame {
    /// Only what people read counts.
    pub(super) const NONE: Self = Self { row: 0, run: 0, address: None };
}

impl Limits {
    fn of(&self, inline: &Inline) -> usize {
        let address = match (inline, self.frame.address) {
            (Inline::Link(link), Some(around)) => (self.measure)(&link.url) + around,
            (Inline::Text(_) | Inline::Bold(_) | Inline::Code(_) | Inline::Link(_) | Inline::Gap(_), _) => 0,
        };
        (self.measure)(&inline.shown()) + self.frame.run + address
    }

    fn line(&self, line: &Line) -> usize {
        line.iter().map(|inline| self.of(inline)).sum()
    }

    /// A row with what stands around it: its bullet, or its label, and its end.
    fn row(&self, label: &str, line: &Line) -> usize {
        self.around(label) + self.line(line)
    }

    fn around(&self, label: &str) -> usize {
        // For the bullet, or for what stands between label and value, and the line's end.
        const AROUND: usize = 4;
        (self.measure)(label) + AROUND + self.frame.row
    }

    fn link(&self, link: &Link) -> usize {
        (self.measure)(&link.url) + (self.measure)(&link.text) + self.frame.run
    }

    fn block(&self, block: &Block) -> usize {
        match block {
            Block::Paragraph(line) => self.line(line) + self.frame.row,
            Block::List(items) => items.iter().map(|item| self.row("", item)).sum(),
            Block::Fields(fields) => fields.iter().map(|field| self.row(&field.label, &field.value)).sum(),
            Block::Links(links) => links.iter().map(|link| self.link(link)).sum(),
        }
    }

    /// For a title: its runs become one, and no row of a block.
    fn of_title(&self) -> Self {
        Self { frame: Frame::NONE, ..*self }
    }
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
    let title = cut(&message.title, limits.title, &limits.of_title());
    if title.is_some() {
        notes.push(format!("The title was shortened: {} takes {}.", limits.channel, limits.title));
    }
    let title = title.unwrap_or_else(|| message.title.clone());
    let (whole, shortened) = fit_blocks(&message.blocks, limits, limits.total, limits.blocks);
    if !shortened {
        return (Message { title, blocks: whole }, notes);
    }
    // One block, and the room for it, are kept for the note.
    let note = Block::Paragraph(vec![Inline::Text(CUT_NOTE.to_owned())]);
    let room = limits.total.saturating_sub(limits.block(&note) + 1);
    let (mut blocks, _) = fit_blocks(&message.blocks, limits, room, limits.blocks.saturating_sub(1));
    blocks.push(note);
    notes.push(format!("The text was shortened: it is longer than {} takes.", limits.channel));
    (Message { title, blocks }, notes)
}

/// How much of each limit a message uses as it is, before anything is cut.
pub(super) struct Used {
    pub(super) title: usize,
    /// Of its blocks the longest.
    pub(super) block: usize,
    pub(super) total: usize,
}

pub(super) fn used(message: &Message, limits: &Limits) -> Used {
    let is_text = |block: &&Block| !matches!(block, Block::Links(_));
    let texts = message.blocks.iter().filter(is_text).map(|block| limits.block(block));
    Used {
        title: limits.of_title().line(&message.title),
        block: texts.max().unwrap_or(0),
        total: message.blocks.iter().map(|block| limits.block(block)).sum(),
    }
}

/// So many blocks in so much room, and whether something is missing from them.
fn fit_blocks(blocks: &[Block], limits: &Limits, room: usize, most: usize) -> (Vec<Block>, bool) {
    let (mut kept, mut room, mut shortened) = (Vec::new(), room, blocks.len() > most);
    for block in blocks.iter().take(most) {
        let (block, was_cut) = fit_block(block, limits, room);
        shortened |= was_cut;
        if let Some(block) = block {
            room = room.saturating_sub(limits.block(&block));
            kept.push(block);
        }
    }
    (kept, shortened)
}

/// The line within this many units, cut at a word; `None` where it fits as it is.
fn cut(line: &Line, most: usize, limits: &Limits) -> Option<Line> {
    if limits.line(line) <= most {
        return None;
    }
    let measure = limits.measure;
    let mut room = most.saturating_sub(measure(CUT) + limits.frame.run);
    let mut kept = Vec::new();
    for inline in line {
        let length = limits.of(inline);
        if length <= room {
            room -= length;
            kept.push(inline.clone());
            continue;
        }
        let room = room.saturating_sub(limits.frame.run);
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
    if !matches!(block, Block::Links(_)) && limits.block(block) <= most {
        return (Some(block.clone()), false);
    }
    if most < (limits.measure)(CUT) + 8 + limits.frame.row + 2 * limits.frame.run {
        return (None, true);
    }
    match block {
        Block::Paragraph(line) => match cut(line, most.saturating_sub(limits.frame.row), limits) {
            Some(line) => (Some(Block::Paragraph(line)), true),
            None => (Some(block.clone()), false),
        },
        Block::List(items) => {
            let (items, was_cut) = fit_lines(items.iter().map(|item| ("", item)), most, limits);
            (keep(items, |items| Block::List(items.into_iter().map(|(_, item)| item).collect())), was_cut)
        }
        Block::Fields(fields) => {
            let lines = fields.iter().map(|field| (field.label.as_str(), &field.value));
            let (lines, was_cut) = fit_lines(lines, most, limits);
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
    limits: &Limits,
) -> (Vec<(&'a str, Line)>, bool) {
    let mut room = most;
    let mut kept = Vec::new();
    for (label, line) in lines {
        let around = limits.around(label);
        if room <= around + (limits.measure)(CUT) + 2 * limits.frame.run {
            return (kept, true);
        }
        room -= around;
        if let Some(line) = cut(line, room, limits) {
            kept.push((label, line));
            return (kept, true);
        }
        room -= limits.line(line);
        kept.push((label, line.clone()));
    }
    (kept, false)
}

/// A link that is cut leads elsewhere: too long a one is left out.
fn fit_links(links: &[Link], limits: &Limits, budget: usize) -> (Option<Block>, bool) {
    let mut room = budget;
    let mut kept = Vec::new();
    for link in links.iter().take(limits.links) {
        let text = cut(&vec![Inline::Text(link.text.clone())], limits.link_text, &limits.of_title());
        let text = text.map_or_else(|| link.text.clone(), |line| super::shown(&line));
        let link = Link { text, url: link.url.clone() };
        let length = limits.link(&link);
        if (limits.measure)(&link.url) <= limits.link_url && length <= room {
            room -= length;
            kept.push(link);
        }
    }
    let was_cut = kept.len() < links.len();
    (keep(kept, Block::Links), was_cut)
}
