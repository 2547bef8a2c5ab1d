//! What a channel takes, counted while somebody writes: before anything is cut.

use super::{Format, Letter, of, titled};
use crate::message::fit::used;

/// One limit of a channel, in characters; Teams counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Where it counts: "in the subject".
    pub place: &'static str,
    pub used: usize,
    pub most: usize,
}

/// What the letter uses of each limit of this format; what is beyond one is cut there. None for plain text.
pub fn counted(format: Format, letter: &Letter) -> Vec<Limit> {
    let title = match format {
        Format::Plain => return Vec::new(),
        Format::Slack => "in the header",
        Format::Teams => "bytes in the title",
        Format::Mail => "in the subject",
        Format::Event => "in the summary",
        Format::Status | Format::Markdown | Format::Notice => "in the title",
    };
    let limits = of(format);
    let used = used(&titled(letter), limits);
    let title = Limit { place: title, used: used.title, most: limits.title };
    let text = |place| Limit { place, used: used.total, most: limits.total };
    match format {
        // Nobody reads as far as a mail may go.
        Format::Mail | Format::Plain => vec![title],
        Format::Slack => {
            let block = Limit { place: "in the longest block", used: used.block, most: limits.block };
            vec![title, block, text("in the text")]
        }
        Format::Teams => vec![title, text("bytes in the text")],
        Format::Status | Format::Event | Format::Markdown | Format::Notice => vec![title, text("in the text")],
    }
}
