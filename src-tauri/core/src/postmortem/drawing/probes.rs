//! What the live service answered, over time: one row a question, one dot an answer. Only facts make a dot: a line that a
//! person wrote is no answer, whatever its words are.

use jiff::tz::TimeZone;

use super::scale::{Scale, caption};
use super::{Anchor, Drawing, Mark, SIZE, Tone, WIDTH, fitted, text};
use crate::postmortem::line::{Answered, Line};
use crate::postmortem::{story::Story, words, zone};
use crate::rollback::check::Verdict;

const LEFT: f64 = 150.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 40.0;

/// A row for each question; nothing is drawn where nothing was asked.
pub(super) fn draw(story: &Story, clock: &TimeZone) -> Option<Drawing> {
    let (lines, _) = story.visible(true);
    let asked: Vec<(&Answered, &Line)> = lines.iter().filter_map(answer).collect();
    let (from, to) = (asked.iter().map(|(_, line)| line.at).min()?, asked.iter().map(|(_, line)| line.at).max()?);
    let margin = to.duration_since(from) / 12;
    let scale = Scale::new(from.checked_sub(margin).unwrap_or(from), to.checked_add(margin).unwrap_or(to), LEFT, RIGHT);
    let mut rows: Vec<&str> = Vec::new();
    for (answer, _) in &asked {
        if !rows.contains(&answer.question) {
            rows.push(answer.question);
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
    let words = asked.iter().map(|(_, line)| format!("{} {}", zone::clock(line.at, clock), line.text));
    Some(Drawing {
        width: WIDTH,
        height: bottom + 34.0,
        title: "What the probes saw".to_owned(),
        description: format!("{}.", words.collect::<Vec<_>>().join("; ")),
        marks,
    })
}

/// A dot for each answer; its word above it where there is room.
fn dots(asked: &[(&Answered, &Line)], title: &str, scale: &Scale, y: f64) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut free_from = LEFT;
    for (answer, line) in asked.iter().filter(|(answer, _)| answer.question == title) {
        let x = scale.x(line.at);
        let word = words::verdict(answer.verdict);
        let half = super::width_of(word, SIZE) / 2.0;
        marks.push(Mark::Dot { x, y, radius: 5.0, tone: tone(answer.verdict) });
        if x - half > free_from {
            marks.push(text(x, y - 9.0, Anchor::Middle, Tone::Muted, word));
            free_from = x + half + 6.0;
        }
    }
    marks
}

fn answer<'a>(line: &&'a Line) -> Option<(&'a Answered, &'a Line)> {
    line.answer.as_ref().map(|answer| (answer, *line))
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Inconclusive | Verdict::Errored => Tone::Warn,
    }
}
