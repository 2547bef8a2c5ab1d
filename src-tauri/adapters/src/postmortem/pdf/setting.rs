//! Setting text in lines: fonts, fallbacks, directions and breaks are parley's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use krilla::text::{Font as Embedded, GlyphId, KrillaGlyph};
use parley::layout::Alignment;
use parley::style::{FontFamily, FontStyle, FontWeight, LineHeight, OverflowWrap, StyleProperty};
use parley::{FontContext, Layout, LayoutContext};

use super::blocks::{Rich, Style};

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

pub(super) const INK: Colour = [0x1d, 0x22, 0x2b];
const LINK: Colour = [0x00, 0x60, 0x50];

const SANS: &str = "Inter, Liberation Sans, DejaVu Sans, Segoe UI, Helvetica Neue, sans-serif, emoji";
const MONO: &str = "JetBrains Mono, DejaVu Sans Mono, Liberation Mono, Consolas, Menlo, monospace, emoji";

#[derive(Debug, Clone, Copy)]
pub(super) struct Font {
    /// In points.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) mono: bool,
}

impl Font {
    pub(super) const BODY: Self = Self { size: 9.5, bold: false, mono: false };
    pub(super) const SMALL: Self = Self { size: 8.0, bold: false, mono: false };
}

/// One line, ready to be drawn; its beginning is at 0, 0.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) height: f32,
    pub(super) width: f32,
    pub(super) runs: Vec<Run>,
    /// Left, right, and where it leads.
    pub(super) links: Vec<(f32, f32, String)>,
}

#[derive(Clone)]
pub(super) struct Run {
    pub(super) x: f32,
    /// Below the line's top.
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) font: Embedded,
    pub(super) colour: Colour,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) text: Arc<str>,
}

pub(super) struct Setter {
    fonts: FontContext,
    layouts: LayoutContext<Colour>,
    embedded: HashMap<(u64, u32), Option<Embedded>>,
}

impl Setter {
    pub(super) fn new() -> Self {
        Self { fonts: FontContext::new(), layouts: LayoutContext::new(), embedded: HashMap::new() }
    }

    pub(super) fn has_fonts(&mut self) -> bool {
        self.set(&Rich::plain("a"), Font::BODY, 100.0).iter().any(|line| !line.runs.is_empty())
    }

    /// In lines that are no wider than this.
    pub(super) fn set(&mut self, rich: &Rich, font: Font, width: f32) -> Vec<Line> {
        let text: Arc<str> = rich.text.trim_end_matches('\n').into();
        let layout = self.layout(&text, rich, font, Some(width.max(10.0)));
        self.lines(&layout, &text, rich)
    }

    /// How wide the text would be on one line, and its widest word.
    pub(super) fn widths(&mut self, rich: &Rich, font: Font) -> (f32, f32) {
        let layout = self.layout(&rich.text, rich, font, None);
        let widths = layout.calculate_content_widths();
        (widths.min, widths.max)
    }

    fn layout(&mut self, text: &str, rich: &Rich, font: Font, width: Option<f32>) -> Layout<Colour> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        let family = |names: &'static str| StyleProperty::FontFamily(FontFamily::Source(Cow::Borrowed(names)));
        builder.push_default(family(if font.mono { MONO } else { SANS }));
        builder.push_default(StyleProperty::FontSize(font.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.35)));
        builder.push_default(StyleProperty::Brush(INK));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if font.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        for (range, style) in &rich.spans {
            let range = within(range, text.len());
            match style {
                Style::Bold => builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range),
                Style::Italic => builder.push(StyleProperty::FontStyle(FontStyle::Italic), range),
                Style::Mono => builder.push(family(MONO), range),
                Style::Link(_) => builder.push(StyleProperty::Brush(LINK), range),
                Style::Struck => {}
            }
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(width);
        layout.align(Alignment::Start, Default::default());
        layout
    }

    fn lines(&mut self, layout: &Layout<Colour>, text: &Arc<str>, rich: &Rich) -> Vec<Line> {
        let mut set = Vec::new();
        let mut top = 0.0;
        for line in layout.lines() {
            let metrics = *line.metrics();
            let mut runs = Vec::new();
            let mut links = Vec::new();
            let mut x = metrics.offset;
            for run in line.runs() {
                let data = run.font().clone();
                let (bytes, id) = data.data.into_raw_parts();
                let known = self.embedded.entry((id, data.index));
                let font = known.or_insert_with(|| Embedded::new(bytes.into(), data.index)).clone();
                let size = run.font_size();
                let mut open: Option<Run> = None;
                for cluster in run.visual_clusters() {
                    let range = cluster.text_range();
                    let from = x;
                    let colour = cluster.style().brush;
                    for glyph in cluster.glyphs() {
                        if open.as_ref().is_none_or(|open| open.colour != colour) {
                            runs.extend(open.take());
                            open = font.clone().map(|font| Run {
                                x,
                                baseline: metrics.baseline - top,
                                size,
                                font,
                                colour,
                                glyphs: Vec::new(),
                                text: text.clone(),
                            });
                        }
                        if let Some(open) = &mut open {
                            open.glyphs.push(KrillaGlyph::new(
                                GlyphId::new(glyph.id),
                                glyph.advance / size,
                                glyph.x / size,
                                glyph.y / size,
                                0.0,
                                range.clone(),
                                None,
                            ));
                        }
                        x += glyph.advance;
                    }
                    if cluster.is_ligature_continuation()
                        && let Some(last) = open.as_mut().and_then(|open| open.glyphs.last_mut())
                    {
                        last.text_range.end = last.text_range.end.max(range.end);
                    }
                    link(rich, &range, from, x, &mut links);
                }
                runs.extend(open);
            }
            set.push(Line { height: metrics.line_height, width: x, runs, links });
            top += metrics.line_height;
        }
        set
    }
}

/// Joins what leads to one place and stands side by side.
fn link(rich: &Rich, range: &Range<usize>, from: f32, to: f32, links: &mut Vec<(f32, f32, String)>) {
    let found = rich.spans.iter().find_map(|(span, style)| match style {
        Style::Link(url) if span.contains(&range.start) => Some(url),
        Style::Link(_) | Style::Bold | Style::Italic | Style::Mono | Style::Struck => None,
    });
    let Some(url) = found.filter(|url| url.starts_with("https://") || url.starts_with("http://")) else { return };
    match links.last_mut() {
        Some((_, end, last)) if last == url && (*end - from).abs() < 0.5 => *end = to,
        _ => links.push((from, to, url.clone())),
    }
}

fn within(range: &Range<usize>, length: usize) -> Range<usize> {
    range.start.min(length)..range.end.min(length)
}
