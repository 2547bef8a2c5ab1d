//! A post-mortem written out as Markdown: what people wrote, with times, timeline and pictures where they put them.
//!
//! HTML and PDF are made from this Markdown; there is one text, and every fact is in it once.

use jiff::tz::TimeZone;

use crate::postmortem::drawing::{self, Drawing};
use crate::postmortem::line::{Evidence, Line, LineKind, Weight};
use crate::postmortem::place::{Picture, Place, reduced, written_out};
use crate::postmortem::story::Story;
use crate::postmortem::times::{Found, Length, Time};
use crate::postmortem::zone;

/// How it is to be written out.
#[derive(Debug, Clone)]
pub struct Options {
    /// The reader's.
    pub zone: TimeZone,
    /// With the small lines of each step, or without.
    pub details: bool,
    /// Where the pictures lie, as seen from the document.
    pub pictures: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub markdown: String,
    /// Those that the document shows, each with its file's name.
    pub pictures: Vec<(String, Drawing)>,
}

pub fn write(text: &str, story: &Story, options: &Options) -> Written {
    let mut pictures: Vec<(String, Drawing)> = Vec::new();
    // Somebody may have pasted what was once written out.
    let markdown = written_out(&reduced(text), |place| match place {
        Place::Times => Some(times(story, &options.zone)),
        Place::Timeline => Some(timeline(story, options)),
        Place::Line(id) => {
            let line = story.lines.iter().find(|line| line.id == *id)?;
            Some(format!("> {} ({}) {}", zone::moment(line.at, &options.zone), zone::utc(line.at), escaped(&line.text)))
        }
        Place::Picture(picture) => {
            let drawing = drawing::draw(*picture, story, &options.zone)?;
            let file = file_name(*picture);
            let link = format!("![{}]({}/{file})", escaped(&drawing.title), options.pictures);
            if !pictures.iter().any(|(known, _)| *known == file) {
                pictures.push((file, drawing));
            }
            Some(link)
        }
    });
    Written { markdown, pictures }
}

pub fn file_name(picture: Picture) -> String {
    format!("{}.svg", picture.name())
}

/// `2026-11-22-plugin-execution-failed`: the day, then the title's letters and digits.
pub fn slug(day: &str, title: &str) -> String {
    const LONGEST: usize = 60;
    let mut slug = day.to_owned();
    for word in title.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST + day.len() {
            break;
        }
        slug.push('-');
        slug.push_str(word);
    }
    slug
}

/// Text that stays text in Markdown, in a table's cell too. Characters that turn the direction of what follows are shown
/// as what they are.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("<br>"),
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            '\r' => {}
            '\t' => out.push(' '),
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

fn times(story: &Story, clock: &TimeZone) -> String {
    let mut text = String::from("| Time | How long | From | To |\n| --- | --- | --- | --- |\n");
    for time in &story.times.times {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            time.name.title(),
            length(time),
            time.from.title().to_lowercase(),
            time.to.title().to_lowercase(),
        ));
    }
    text.push_str(&format!("\n| Moment | {} | UTC | Made from |\n| --- | --- | --- | --- |\n", zone::name(clock)));
    for found in &story.times.landmarks {
        let (here, utc) = found
            .at
            .map_or_else(|| ("not known".to_owned(), String::new()), |at| (zone::moment(at, clock), zone::utc(at)));
        text.push_str(&format!("| {} | {here} | {utc} | {} |\n", found.landmark.title(), made_from(found, clock)));
    }
    text
}

fn length(time: &Time) -> String {
    match time.length {
        Length::Known(length) => zone::length(length),
        Length::Missing(landmark) => format!("not known: {} is missing", landmark.title().to_lowercase()),
        Length::Backwards => "not known: the clocks disagree".to_owned(),
    }
}

/// What it was computed from, and behind that who set it when, from what, and why.
fn made_from(found: &Found, clock: &TimeZone) -> String {
    let mut words = escaped(&found.source);
    let shown = |at: Option<jiff::Timestamp>| at.map_or("not known".to_owned(), |at| zone::moment(at, clock));
    let mut before = found.computed;
    for edit in &found.edits {
        let after = edit.to.or(found.computed);
        words.push_str(&format!(
            "; {} set it from {} to {} on {}: {}",
            escaped(&edit.by),
            shown(before),
            shown(after),
            zone::moment(edit.when, clock),
            escaped(&edit.reason)
        ));
        before = after;
    }
    words
}

fn timeline(story: &Story, options: &Options) -> String {
    let (lines, left_out) = story.visible(options.details);
    let mut text = format!("| {} | UTC | Kind | What | Source |\n", zone::name(&options.zone));
    text.push_str("| --- | --- | --- | --- | --- |\n");
    let mut day = String::new();
    for line in lines {
        let today = zone::day(line.at, &options.zone);
        // The day stands where it changes; UTC may be on another one.
        let here =
            if today == day { zone::clock(line.at, &options.zone) } else { zone::moment(line.at, &options.zone) };
        day = today;
        text.push_str(&format!(
            "| {here} | {} | {} | {} | {} |\n",
            zone::utc(line.at),
            line.kind.title(),
            what(line),
            source(line)
        ));
    }
    if left_out > 0 {
        text.push_str(&format!("\n{left_out} smaller entries are left out here; the journal has them.\n"));
    }
    text
}

fn what(line: &Line) -> String {
    let mut words = match &line.who {
        Some(who) if line.kind == LineKind::Message => format!("{}: {}", escaped(who), escaped(&line.text)),
        Some(who) => format!("{} ({})", escaped(&line.text), escaped(who)),
        None => escaped(&line.text),
    };
    for evidence in &line.evidence {
        match evidence {
            Evidence::Output(seen) if !seen.is_empty() => {
                words.push_str(&format!("<br>seen: {}", escaped(&seen.join("; "))));
            }
            // The outcome of a message has its words too: they stand once, where it left.
            Evidence::Sent(words_sent) if line.weight == Weight::Detail && !words_sent.is_empty() => {
                words.push_str(&format!("<br>sent: {}", escaped(&words_sent.join("\n"))));
            }
            Evidence::Run { id, url: Some(url) } if is_web(url) => words.push_str(&format!(" [run {id}](<{url}>)")),
            Evidence::Looks(samples) => words.push_str(&format!("<br>{}", escaped(&samples.words()))),
            Evidence::Stored(hash) => words.push_str(&format!("<br>output kept as {hash}")),
            Evidence::Link(url) if is_web(url) => words.push_str(&format!(" [evidence](<{url}>)")),
            Evidence::Output(_)
            | Evidence::Sent(_)
            | Evidence::Run { .. }
            | Evidence::Link(_)
            | Evidence::Deployment(_)
            | Evidence::Fact { .. } => {}
        }
    }
    if let Some(comment) = &line.comment {
        words.push_str(&format!("<br>Comment: {}", escaped(comment)));
    }
    if line.clock_went_back {
        words.push_str("<br>This machine’s clock had been set back before this entry.");
    }
    words
}

fn source(line: &Line) -> String {
    let hash = line.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Fact { hash } => hash.get(..12).map(str::to_owned),
        Evidence::Deployment(id) => Some(format!("deployment {id}")),
        Evidence::Output(_)
        | Evidence::Looks(_)
        | Evidence::Sent(_)
        | Evidence::Stored(_)
        | Evidence::Run { .. }
        | Evidence::Link(_) => None,
    });
    let words = escaped(&line.source.words());
    hash.map_or(words.clone(), |hash| format!("{words} {hash}"))
}

/// Only such an address becomes a link, and only one that cannot end the link early.
fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '|' | '\\'))
}
