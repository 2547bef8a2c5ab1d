//! Markdown taken apart into what can be set on a page. HTML in it is shown as text; comments are left out.

use std::ops::Range;

use lastgood_core::postmortem::export::Written;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::postmortem::html::{parser, picture};

/// A log of more lines than this goes on in the other exports.
const MOST_CODE: usize = 2_000;

pub(super) enum Block {
    Heading {
        level: u8,
        rich: Rich,
    },
    Paragraph {
        rich: Rich,
        indent: f32,
    },
    Item {
        mark: String,
        rich: Rich,
        indent: f32,
    },
    Code(String),
    Table {
        head: Vec<Rich>,
        rows: Vec<Vec<Rich>>,
    },
    /// By its number.
    Picture(usize),
    Rule,
}

/// Text with styles.
#[derive(Debug, Clone, Default)]
pub(super) struct Rich {
    pub(super) text: String,
    pub(super) spans: Vec<(Range<usize>, Style)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Mono,
    Struck,
    Link(String),
}

impl Rich {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: shown(text), spans: Vec::new() }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(&shown(text));
    }
}

pub(super) fn blocks(written: &Written, folder: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in parser(&written.markdown) {
        reader.read(event, written, folder);
    }
    reader.paragraph();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    rich: Rich,
    open: Vec<(usize, Style)>,
    lists: Vec<Option<u64>>,
    mark: Option<String>,
    quotes: usize,
    code: Option<String>,
    /// A block of HTML comes line by line.
    html: String,
    head: Vec<Rich>,
    rows: Vec<Vec<Rich>>,
    skip: usize,
}

impl Reader {
    fn read(&mut self, event: Event<'_>, written: &Written, folder: &str) {
        match event {
            Event::Start(tag) => self.start(tag, written, folder),
            Event::End(tag) => self.end(tag),
            Event::Text(_) | Event::Code(_) if self.skip > 0 => {}
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.rich.push(&text),
            },
            Event::Code(text) => {
                let from = self.rich.text.len();
                self.rich.push(&text);
                self.rich.spans.push((from..self.rich.text.len(), Style::Mono));
            }
            Event::Html(text) => self.html.push_str(&text),
            Event::InlineHtml(text) => self.show_html(&text),
            Event::SoftBreak => self.rich.text.push(' '),
            Event::HardBreak => self.rich.text.push('\n'),
            Event::Rule => self.blocks.push(Block::Rule),
            Event::TaskListMarker(done) => self.rich.text.push_str(if done { "[x] " } else { "[ ] " }),
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "what is left is set like the text around it")]
    fn start(&mut self, tag: Tag<'_>, written: &Written, folder: &str) {
        match tag {
            Tag::MetadataBlock(_) => self.skip += 1,
            Tag::Image { dest_url, .. } => {
                if let Some(number) = picture(written, folder, &dest_url) {
                    self.blocks.push(Block::Picture(number));
                    self.skip += 1;
                } else {
                    self.open.push((self.rich.text.len(), Style::Link(dest_url.to_string())));
                }
            }
            Tag::Strong => self.open.push((self.rich.text.len(), Style::Bold)),
            Tag::Emphasis => self.open.push((self.rich.text.len(), Style::Italic)),
            Tag::Strikethrough => self.open.push((self.rich.text.len(), Style::Struck)),
            Tag::Link { dest_url, .. } => self.open.push((self.rich.text.len(), Style::Link(dest_url.to_string()))),
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::List(first) => {
                self.paragraph();
                self.lists.push(first);
            }
            Tag::Item => {
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    Some(None) | None => "•".to_owned(),
                });
            }
            Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "what is left is set like the text around it")]
    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::MetadataBlock(_) => self.skip -= 1,
            TagEnd::Image if self.skip > 0 => self.skip -= 1,
            TagEnd::Image | TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link => {
                if let Some((from, style)) = self.open.pop() {
                    self.rich.spans.push((from..self.rich.text.len(), style));
                }
            }
            TagEnd::Heading(level) => {
                let level = match level {
                    HeadingLevel::H1 => 1,
                    HeadingLevel::H2 => 2,
                    HeadingLevel::H3 | HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => 3,
                };
                let rich = std::mem::take(&mut self.rich);
                self.blocks.push(Block::Heading { level, rich });
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                self.show_html(&html);
                self.paragraph();
            }
            TagEnd::Paragraph | TagEnd::Item => self.paragraph(),
            TagEnd::BlockQuote(_) => self.quotes = self.quotes.saturating_sub(1),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                self.blocks.push(Block::Code(shortened(&code)));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.rich);
                self.rows.last_mut().unwrap_or(&mut self.head).push(cell);
            }
            TagEnd::Table => {
                let (head, rows) = (std::mem::take(&mut self.head), std::mem::take(&mut self.rows));
                self.blocks.push(Block::Table { head, rows });
            }
            _ => {}
        }
    }

    /// What was gathered becomes an item's first paragraph, or a paragraph.
    fn paragraph(&mut self) {
        let rich = std::mem::take(&mut self.rich);
        if rich.text.trim().is_empty() && self.mark.is_none() {
            return;
        }
        let depth = self.lists.len().saturating_sub(1) as f32;
        match self.mark.take() {
            Some(mark) => self.blocks.push(Block::Item { mark, rich, indent: depth * 14.0 }),
            None => {
                let indent = self.lists.len() as f32 * 14.0 + self.quotes as f32 * 12.0;
                self.blocks.push(Block::Paragraph { rich, indent });
            }
        }
    }

    fn show_html(&mut self, text: &str) {
        match text.trim() {
            "<br>" | "<br/>" | "<br />" => self.rich.text.push('\n'),
            comment if comment.starts_with("<!--") && comment.ends_with("-->") => {}
            _ => self.rich.push(text),
        }
    }
}

fn shortened(code: &str) -> String {
    let count = code.lines().count();
    if count <= MOST_CODE {
        return code.to_owned();
    }
    let kept: Vec<&str> = code.lines().take(MOST_CODE).collect();
    format!("{}\n… {} more lines are in the Markdown and the HTML of this document", kept.join("\n"), count - MOST_CODE)
}

/// Direction-turning and control characters are shown as such; a tab as blanks.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            '\n' => out.push('\n'),
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}
