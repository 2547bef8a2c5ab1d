//! Web addresses in somebody's words.

/// Of what is read as an address where it merely stands in a text.
const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// At its end this belongs to the sentence that it stands in.
const PUNCTUATION: &str = ".,;:!?'*_~([";

/// The web address that begins here, in characters that a code span holds as they are; none where none does.
pub(super) fn at<'a>(before: &str, text: &'a str) -> Option<&'a str> {
    if before.ends_with(char::is_alphanumeric) {
        return None;
    }
    let begins = |start: &&&str| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let start = BEGINNINGS.iter().find(begins)?;
    let address = text[..end(text)].trim_end_matches(|c| PUNCTUATION.contains(c));
    (address.len() > start.len()).then_some(address)
}

/// A bracket that was not opened in it ends it, and so does what would make a link of it.
fn end(text: &str) -> usize {
    let (mut round, mut square, mut before) = (0_usize, 0_usize, ' ');
    for (place, c) in text.char_indices() {
        let goes_on = match c {
            '(' => before != ']' && open(&mut round),
            '[' => open(&mut square),
            ')' => close(&mut round),
            ']' => close(&mut square),
            c => is_of_address(c),
        };
        if !goes_on {
            return place;
        }
        before = c;
    }
    text.len()
}

fn open(count: &mut usize) -> bool {
    *count += 1;
    true
}

/// Whether one was open.
fn close(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

/// By RFC 3986, with letters of every script; `$` begins a formula.
fn is_of_address(c: char) -> bool {
    c.is_alphanumeric() || "-._~:/?#@!&'*+,;=%".contains(c)
}
