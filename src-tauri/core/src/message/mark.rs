//! How a value keeps apart from the text around it on its way through a template: between characters that no value can
//! hold (they are taken out of each, see [`super::clean`]). What stands between them is never read as markup.

/// Private use characters of plane 16.
pub(crate) const VALUE: char = '\u{10FF01}';
pub(crate) const VALUE_END: char = '\u{10FF02}';
pub(crate) const GAP: char = '\u{10FF03}';
pub(crate) const GAP_END: char = '\u{10FF04}';
/// Around the name of a value that is known and stands for itself: bold stays bold, code stays code.
pub(crate) const LINK: char = '\u{10FF05}';
pub(crate) const LINK_END: char = '\u{10FF06}';

pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, VALUE | VALUE_END | GAP | GAP_END | LINK | LINK_END)
}

/// One character of a rendered template, or a value that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Glyph {
    /// Of the template: may be markup.
    Own(char),
    /// Of a value: stands for itself.
    Value(char),
    Gap(String),
}

pub(crate) fn read(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            VALUE => depth += 1,
            VALUE_END => depth = depth.saturating_sub(1),
            GAP => glyphs.push(Glyph::Gap(chars.by_ref().take_while(|c| *c != GAP_END).collect())),
            GAP_END => {}
            c if depth > 0 => glyphs.push(Glyph::Value(c)),
            c => glyphs.push(Glyph::Own(c)),
        }
    }
    glyphs
}
