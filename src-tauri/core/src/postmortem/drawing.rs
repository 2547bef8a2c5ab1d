//! Pictures: a small set of marks that is written as SVG, and that a page of a PDF can be drawn from as well.
//!
//! Every mark has a colour by its role. An SVG names the role's variable of the window's themes; where there is none (a
//! file of its own, a page of paper) it has a colour for light ground, and one for dark ground where the reader wants it.

mod gantt;
mod lanes;
mod probes;
mod scale;
pub mod svg;

pub use svg::svg;

use jiff::tz::TimeZone;

use crate::postmortem::place::Picture;
use crate::postmortem::story::Story;

#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    pub title: String,
    /// What it shows, in words, for who does not see it.
    pub description: String,
    pub marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Rect { x: f64, y: f64, width: f64, height: f64, radius: f64, fill: Tone, stroke: Option<Tone> },
    Line { from: (f64, f64), to: (f64, f64), tone: Tone, dashed: bool },
    Dot { x: f64, y: f64, radius: f64, tone: Tone },
    Text { x: f64, y: f64, size: f64, anchor: Anchor, bold: bool, tone: Tone, text: String },
}

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    Text,
    Muted,
    Rule,
    Ground,
    Accent,
    Good,
    GoodSoft,
    Warn,
    WarnSoft,
    Bad,
    BadSoft,
    InfoSoft,
    NeutralSoft,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// The picture, where its story has anything to show on it.
pub fn draw(picture: Picture, story: &Story, zone: &TimeZone) -> Option<Drawing> {
    match picture {
        Picture::Lanes => lanes::draw(story, zone),
        Picture::Probes => probes::draw(story, zone),
        Picture::Steps => gantt::draw(story, zone),
    }
}

/// About how wide a text is. Wider than most fonts make it, so that what is placed by it does not overlap.
pub(crate) fn width_of(text: &str, size: f64) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.34,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.98,
            c if c.is_ascii_uppercase() => 0.74,
            c if c.is_ascii() => 0.6,
            // Letters of other scripts and emoji are up to a square wide.
            _ => 1.05,
        })
        .sum::<f64>()
        * size
}

/// The text as far as it fits, with an ellipsis where it does not; `None` where not even a letter does.
pub(crate) fn fitted(text: &str, size: f64, room: f64) -> Option<String> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if width_of(&clean, size) <= room {
        return Some(clean);
    }
    let mut kept = String::new();
    for c in clean.chars() {
        kept.push(c);
        if width_of(&kept, size) + size > room {
            kept.pop();
            break;
        }
    }
    let kept = kept.trim_end();
    (!kept.is_empty()).then(|| format!("{kept}…"))
}

pub(super) fn text(x: f64, y: f64, anchor: Anchor, tone: Tone, words: impl Into<String>) -> Mark {
    Mark::Text { x, y, size: SIZE, anchor, bold: false, tone, text: words.into() }
}

/// Of all words in a picture.
pub(super) const SIZE: f64 = 12.0;

/// Of every picture; a page is narrower and scales it.
pub(super) const WIDTH: f64 = 760.0;
