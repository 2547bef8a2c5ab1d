//! One message, whatever channel it goes to: a title, and blocks of text in which nothing is markup any more.
//!
//! A template is parsed into it ([`parse`]), each channel renders it in its own format ([`render`]), and each renderer
//! escapes what it writes. A value that is not known is a [`Inline::Gap`]: visible in every format, and in the way of
//! sending.

mod clean;
mod fit;
pub(crate) mod mark;
mod parse;
pub mod render;
mod source;

use serde::{Deserialize, Serialize};

pub use clean::clean;
pub use parse::parse;
pub use source::source;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub title: Line,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Paragraph(Line),
    /// A name and what it is, one a line.
    Fields(Vec<Field>),
    List(Vec<Line>),
    /// Addresses to open; a channel with buttons shows buttons.
    Links(Vec<Link>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub label: String,
    pub value: Line,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub text: String,
    /// `http`, `https` or `mailto`, and nothing else.
    pub url: String,
}

/// Text with emphasis in it; may hold line breaks.
pub type Line = Vec<Inline>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    Text(String),
    Bold(String),
    Code(String),
    Link(Link),
    /// The name of a value that is not known.
    Gap(String),
}

impl Message {
    /// The names of the values that are not known, each once, in the order of the text. Nothing is sent while there is one.
    pub fn gaps(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for inline in self.lines().flatten() {
            if let Inline::Gap(name) = inline
                && !found.contains(&name.as_str())
            {
                found.push(name);
            }
        }
        found
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        let blocks = self.blocks.iter().flat_map(|block| -> Vec<&Line> {
            match block {
                Block::Paragraph(line) => vec![line],
                Block::Fields(fields) => fields.iter().map(|field| &field.value).collect(),
                Block::List(items) => items.iter().collect(),
                Block::Links(_) => Vec::new(),
            }
        });
        std::iter::once(&self.title).chain(blocks)
    }
}

impl Link {
    /// An address of another kind (`javascript:`, `file:`) is no link.
    pub fn new(text: impl Into<String>, url: impl Into<String>) -> Option<Self> {
        let url = url.into();
        let lower = url.to_ascii_lowercase();
        let fits = ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
            && !url
                .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '\\'));
        fits.then(|| Self { text: text.into(), url })
    }
}

impl Inline {
    /// What a reader sees of it; a gap shows as one.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Bold(text) | Self::Code(text) => text.clone(),
            Self::Link(link) => link.text.clone(),
            Self::Gap(name) => gap(name),
        }
    }
}

/// A line as plain text.
pub fn shown(line: &Line) -> String {
    line.iter().map(Inline::shown).collect()
}

/// How a value that is not known shows where text is all there is.
pub fn gap(name: &str) -> String {
    format!("⟨{}?⟩", name.replace('_', " "))
}
