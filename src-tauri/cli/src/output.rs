//! Words for a terminal. What comes from outside is data: nothing in it moves the cursor or turns the text around.

use std::io::{self, Write};

use lastgood_core::error::Trouble;
use serde::Serialize;

/// What a shell expects of a program that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// A line on standard output. A reader that went away ends the program's words, not its work.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{text}"));
    drop(out.flush());
}

/// A line beside the output, for whoever is there: on standard error.
pub(crate) fn aside(text: &str) {
    drop(writeln!(io::stderr().lock(), "lastgood: {text}"));
}

/// A value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        line(&text);
    }
}

/// What did not work, and what to do: for a person on standard error, for a program as JSON on standard output.
pub(crate) fn trouble(trouble: &Trouble, as_json: bool) {
    if as_json {
        json(&serde_json::json!({ "error": trouble }));
    }
    let mut out = io::stderr().lock();
    drop(writeln!(out, "lastgood: {}", plain(&trouble.message)));
    if !trouble.hint.is_empty() {
        drop(writeln!(out, "  {}", plain(&trouble.hint)));
    }
}

/// Shows control characters and those that turn the direction of text instead of obeying them.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns_text(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The directional formatting characters of Unicode Standard Annex 9, section 2.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
