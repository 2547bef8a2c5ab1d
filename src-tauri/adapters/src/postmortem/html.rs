//! A post-mortem as one HTML file: no script, no request, nothing of the document's own HTML but what is harmless.

use lastgood_core::postmortem::drawing::svg;
use lastgood_core::postmortem::export::Written;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The Markdown that Lastgood and GitHub share.
pub(super) fn parser(markdown: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    Parser::new_ext(markdown, options)
}

/// `folder` is where the document says that its pictures lie.
pub fn html(written: &Written, folder: &str, title: &str) -> String {
    let stand_in = stand_in(&written.markdown);
    let mut body = String::with_capacity(written.markdown.len() * 2);
    html::push_html(&mut body, events(written, folder, &stand_in).into_iter());
    let mut body = ammonia::clean(&body);
    for (number, (name, drawing)) in written.pictures.iter().enumerate() {
        let id = name.trim_end_matches(".svg");
        let figure = format!("<figure>{}</figure>", svg(drawing, id));
        body = body.replacen(&format!("{stand_in}{number}x"), &figure, 1);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        ammonia::clean_text(title),
    )
}

/// A text without a story, as the inside of a page: its places stay empty.
pub fn body(markdown: &str) -> String {
    let written = Written { markdown: markdown.to_owned(), pictures: Vec::new() };
    let mut body = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut body, events(&written, "", "").into_iter());
    ammonia::clean(&body)
}

/// Words that are nowhere in the text; a picture takes their place after everything else was made harmless.
fn stand_in(markdown: &str) -> String {
    let mut words = "lastgoodpicture".to_owned();
    while markdown.contains(&words) {
        words.push('q');
    }
    words
}

/// The front matter left out, each picture replaced by its stand-in.
fn events<'a>(written: &'a Written, folder: &str, stand_in: &str) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let (mut in_front, mut in_picture) = (false, false);
    for event in parser(&written.markdown) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => in_front = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_front = false,
            Event::Start(Tag::Image { ref dest_url, .. }) => match picture(written, folder, dest_url) {
                Some(number) => {
                    in_picture = true;
                    events.push(Event::Text(CowStr::from(format!("{stand_in}{number}x"))));
                }
                None => events.push(event),
            },
            Event::End(TagEnd::Image) if in_picture => in_picture = false,
            event @ (Event::Start(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_)) => {
                if !in_front && !in_picture {
                    events.push(event);
                }
            }
        }
    }
    events
}

/// Which of our pictures an address means.
pub(super) fn picture(written: &Written, folder: &str, address: &str) -> Option<usize> {
    let name = address.strip_prefix(folder)?.strip_prefix('/')?;
    written.pictures.iter().position(|(known, _)| known == name)
}

const STYLE: &str = "\
:root { color-scheme: light dark; --text: #1d222b; --muted: #535b67; --line: #dbdfe4; --ground: #ffffff; --raised: #f3f5f7; --accent: #007963; }
@media (prefers-color-scheme: dark) { :root { --text: #eef0f3; --muted: #a7aeb8; --line: #2d3239; --ground: #101317; --raised: #1c2026; --accent: #53d8b3; } }
@media print { :root { color-scheme: light; --text: #1d222b; --muted: #535b67; --line: #dbdfe4; --ground: #ffffff; --raised: #f3f5f7; --accent: #007963; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.6 \"Inter Variable\", Inter, system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 1.5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .9rem; }
th { text-align: left; color: var(--muted); font-weight: 500; }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { unicode-bidi: plaintext; }
p, li, h1, h2, h3 { unicode-bidi: plaintext; }
pre { background: var(--raised); padding: .9rem 1rem; border-radius: 10px; overflow-x: auto; }
code { font: .87em \"JetBrains Mono\", \"DejaVu Sans Mono\", ui-monospace, monospace; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--muted); }
figure { margin: 1.5rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
@media print { main { max-width: none; padding: 0; } tr, figure { break-inside: avoid; } }
";
