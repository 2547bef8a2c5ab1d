//! Email: the same message as HTML and as plain text. Styles stand inline, because many readers drop all others.

use super::{Body, Letter, ROOMY, Rendered, fit_letter, headline, text};
use crate::message::fit::Limits;
use crate::message::{Block, Inline, Line, gap};

/// A subject is read to about here (RFC 5322 asks for lines of 78 and allows 998).
pub(super) const LIMITS: Limits = Limits { channel: "a mail", title: 150, ..ROOMY };

pub(super) fn render(letter: &Letter) -> Rendered {
    let (message, notes) = fit_letter(letter, &LIMITS);
    let title = headline(&message.title);
    let foot = format!("{} · {} · {}", letter.severity_name, letter.stage.as_str(), letter.incident);
    let plain = format!("{}\n\n-- \n{foot}\n", text::blocks(&message.blocks));
    let blocks: String = message.blocks.iter().map(block).collect();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1a1d21;background:#ffffff\">\n\
         <div style=\"max-width:640px\">\n<h1 style=\"font-size:20px;margin:0 0 16px\">{0}</h1>\n{blocks}\
         <p style=\"margin:24px 0 0;font-size:13px;color:#5c6370\">{1}</p>\n</div></body></html>\n",
        escaped(&title),
        escaped(&foot),
    );
    Rendered { title, body: Body::Mail { plain, html }, notes }
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(line) => format!("<p style=\"margin:0 0 12px\">{}</p>\n", spans(line)),
        Block::Fields(fields) => {
            let rows = fields.iter().map(|field| format!("<b>{}:</b> {}", escaped(&field.label), spans(&field.value)));
            format!("<p style=\"margin:0 0 12px\">{}</p>\n", rows.collect::<Vec<_>>().join("<br>\n"))
        }
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", spans(item))).collect();
            format!("<ul style=\"margin:0 0 12px;padding-left:20px\">\n{items}</ul>\n")
        }
        Block::Links(links) => {
            let links = links.iter().map(|link| anchor(&link.text, &link.url));
            format!("<p style=\"margin:0 0 12px\">{}</p>\n", links.collect::<Vec<_>>().join(" &nbsp; "))
        }
    }
}

fn spans(line: &Line) -> String {
    line.iter()
        .map(|inline| match inline {
            Inline::Text(text) => escaped(text).replace('\n', "<br>\n"),
            Inline::Bold(text) => format!("<b>{}</b>", escaped(text)),
            Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
            Inline::Link(link) => anchor(&link.text, &link.url),
            Inline::Gap(name) => format!("<mark>{}</mark>", escaped(&gap(name))),
        })
        .collect()
}

fn anchor(text: &str, url: &str) -> String {
    format!("<a href=\"{}\" style=\"color:#0b57d0\">{}</a>", escaped(url), escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
