//! What the live service answered, over time: one row a question, one dot an answer.

use jiff::tz::TimeZone;

use super::scale::{Scale, caption};
use super::{Anchor, Drawing, Mark, SIZE, Tone, WIDTH, fitted, text};
use crate::postmortem::line::{Line, LineKind};
use crate::postmortem::{story::Story, zone};

const LEFT: f64 = 150.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 40.0;

/// Rows by what the lines say themselves; nothing is drawn where nothing was asked.
pub(super) fn draw(story: &Story, clock: &TimeZone) -> Option<Drawing> {
    let (lines, _) = story.visible(true);
    let asked: Vec<(&str, Tone, &Line)> = lines.iter().filter_map(|line| answer(line)).collect();
    let (from, to) = (asked.iter().map(|(_, _, line)| line.at).min()?, asked.iter().map(|(_, _, line)| line.at).max()?);
    let margin = to.duration_since(from) / 12;
    let scale = Scale::new(from.checked_sub(margin).unwrap_or(from), to.checked_add(margin).unwrap_or(to), LEFT, RIGHT);
    let mut rows: Vec<&str> = Vec::new();
    for (title, _, _) in &asked {
        if !rows.contains(title) {
            rows.push(title);
        }
    }
    let top = 40.0;
    let bottom = top + ROW * rows.len() as f64;
    let head = format!("Answers of the live service, {}", caption(from, to, clock));
    let mut marks = vec![Mark::Text {
        x: 12.0,
        y: 20.0,
        size: SIZE,
        anchor: Anchor::Start,
        bold: true,
        tone: Tone::Text,
        text: fitted(&head, SIZE, WIDTH - 24.0)?,
    }];
    marks.extend(scale.axis(top, bottom, clock));
    for (number, title) in rows.iter().enumerate() {
        let y = top + ROW * number as f64 + ROW / 2.0;
        marks.push(text(LEFT - 14.0, y + 4.0, Anchor::End, Tone::Text, fitted(title, SIZE, LEFT - 26.0)?));
        marks.push(Mark::Line { from: (LEFT, y), to: (RIGHT, y), tone: Tone::Rule, dashed: false });
        marks.extend(dots(&asked, title, &scale, y));
    }
    let words = asked.iter().map(|(_, _, line)| format!("{} {}", zone::clock(line.at, clock), line.text));
    Some(Drawing {
        width: WIDTH,
        height: bottom + 34.0,
        title: "What the probes saw".to_owned(),
        description: format!("{}.", words.collect::<Vec<_>>().join("; ")),
        marks,
    })
}

/// A dot for each answer; its word above it where there is room.
fn dots(asked: &[(&str, Tone, &Line)], title: &str, scale: &Scale, y: f64) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut free_from = LEFT;
    for (_, tone, line) in asked.iter().filter(|(name, _, _)| *name == title) {
        let x = scale.x(line.at);
        let word = verdict(&line.text);
        let half = super::width_of(word, SIZE) / 2.0;
        marks.push(Mark::Dot { x, y, radius: 5.0, tone: *tone });
        if x - half > free_from {
            marks.push(text(x, y - 9.0, Anchor::Middle, Tone::Muted, word));
            free_from = x + half + 6.0;
        }
    }
    marks
}

/// `Health passed: …` is an answer; the words are ours, written in `words`.
fn answer(line: &Line) -> Option<(&str, Tone, &Line)> {
    let (head, _) = line.text.split_once(':').filter(|_| line.kind == LineKind::Proof)?;
    let (title, word) = head.rsplit_once(' ')?;
    let tone = match word {
        "passed" => Tone::Good,
        "failed" => Tone::Bad,
        "inconclusive" | "errored" => Tone::Warn,
        _ => return None,
    };
    Some((title, tone, line))
}

fn verdict(text: &str) -> &str {
    text.split_once(':').and_then(|(head, _)| head.rsplit_once(' ')).map_or("", |(_, word)| word)
}
