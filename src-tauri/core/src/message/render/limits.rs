//! What a channel takes, counted while somebody writes: before anything is cut.

use super::{Format, Letter, of, titled};
use crate::message::fit::{characters, used};

/// One limit of a channel, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Where it counts: "in the subject".
    pub place: &'static str,
    pub used: usize,
    pub most: usize,
}

/// What the letter uses of each limit of this format; what is beyond one is cut there. None for Slack's and Teams' payloads,
/// which are counted whole, and for plain text.
pub fn counted(format: Format, letter: &Letter) -> Vec<Limit> {
    let title = match format {
        Format::Slack | Format::Teams | Format::Plain => return Vec::new(),
        Format::Mail => "in the subject",
        Format::Event => "in the summary",
        Format::Status | Format::Markdown | Format::Notice => "in the title",
    };
    let limits = of(format);
    let (in_title, in_text) = used(&titled(letter), characters);
    let title = Limit { place: title, used: in_title, most: limits.title };
    let text = Limit { place: "in the text", used: in_text, most: limits.total };
    // Nobody reads as far as a mail may go.
    if format == Format::Mail { vec![title] } else { vec![title, text] }
}
