//! What comes from outside is text and nothing else.

use super::mark;

/// Longer values say nothing more; what is cut off shows as cut off.
const LONGEST: usize = 20_000;

/// Shows control characters and those that turn the direction of text instead of obeying them. Line breaks stay; a tab is
/// a space. Characters by which templates mark values lose that power.
pub fn clean(text: &str) -> String {
    let mut cleaned: String = text.replace("\r\n", "\n").chars().take(LONGEST).map(harmless).collect();
    if text.chars().nth(LONGEST).is_some() {
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}

fn harmless(c: char) -> char {
    match c {
        '\n' => '\n',
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' | '\u{a0}' => ' ',
        c if c.is_control() || turns_text(c) || mark::is_mark(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// The directional formatting characters of Unicode Standard Annex 9, section 2.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
