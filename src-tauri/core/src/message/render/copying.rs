//! A message on the clipboard: for a place that Lastgood has no channel to.

use super::{Body, Format, Letter, heading, render};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyAs {
    Plain,
    Markdown,
    /// As the channel takes it: Block Kit, an Adaptive Card, HTML, the text of a page.
    Channel,
}

/// The letter in this form; `format` is its channel's. What would not be sent may be copied.
pub fn copied(form: CopyAs, format: Format, letter: &Letter) -> String {
    match form {
        CopyAs::Plain => render(Format::Plain, letter).body.text(),
        CopyAs::Markdown => {
            let rendered = render(Format::Markdown, letter);
            format!("## {}\n\n{}", heading(&rendered.title), rendered.body.text())
        }
        CopyAs::Channel => match render(format, letter).body {
            Body::Json(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
            Body::Mail { html, .. } => html,
            Body::Text(text) => text,
        },
    }
}
