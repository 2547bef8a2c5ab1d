//! What the live service answered, over time: one row a question, a small dot for each look of a probe and a dot for its
//! answer. Only facts make a dot: a line that a person wrote is no answer, whatever its words are.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::scale::{Scale, caption};
use super::{Anchor, Drawing, Mark, SIZE, Tone, WIDTH, fitted, text};
use crate::postmortem::line::{Evidence, Line};
use crate::postmortem::{story::Story, words, zone};
use crate::rollback::check::Verdict;
use crate::rollback::check::samples::Samples;

const LEFT: f64 = 150.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 40.0;

/// A row for each question; nothing is drawn where nothing was asked.
pub(super) fn draw(story: &Story, clock: &TimeZone) -> Option<Drawing> {
    let (lines, _) = story.visible(true);
    let seen: Vec<Seen> = lines.iter().flat_map(|line| of_line(line)).collect();
    let (from, to) = (seen.iter().map(|one| one.at).min()?, seen.iter().map(|one| one.at).max()?);
    let margin = to.duration_since(from) / 12;
    let scale = Scale::new(from.checked_sub(margin).unwrap_or(from), to.checked_add(margin).unwrap_or(to), LEFT, RIGHT);
    let mut rows: Vec<&str> = Vec::new();
    for one in &seen {
        if !rows.contains(&one.question) {
            rows.push(one.question);
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
        marks.extend(dots(&seen, title, &scale, y));
    }
    let words = seen.iter().filter_map(|one| Some(format!("{} {}", zone::clock(one.at, clock), one.text.as_ref()?)));
    Some(Drawing {
        width: WIDTH,
        height: bottom + 34.0,
        title: "What the probes saw".to_owned(),
        description: format!("{}.", words.collect::<Vec<_>>().join("; ")),
        marks,
    })
}

/// One dot.
struct Seen {
    question: &'static str,
    at: Timestamp,
    verdict: Verdict,
    /// What an answer says; `None` for one look of many.
    text: Option<String>,
}

/// The looks of a line, and its answer behind them.
fn of_line(line: &Line) -> Vec<Seen> {
    let Some(answer) = &line.answer else { return Vec::new() };
    let (question, kept) = (answer.question, looks(line).map_or(&[][..], |samples| &samples.kept));
    let mut told: Vec<Seen> =
        kept.iter().map(|look| Seen { question, at: look.at, verdict: look.verdict, text: None }).collect();
    let said = looks(line).map_or_else(String::new, |samples| format!(" ({})", samples.words()));
    let text = Some(format!("{}{said}", line.text));
    told.push(Seen { question, at: line.at, verdict: answer.verdict, text });
    told
}

fn looks(line: &Line) -> Option<&Samples> {
    line.evidence.iter().find_map(|evidence| if let Evidence::Looks(samples) = evidence { Some(samples) } else { None })
}

/// A word stands above each answer and each turn, where there is room.
fn dots(seen: &[Seen], title: &str, scale: &Scale, y: f64) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut free_from = LEFT;
    let mut before = None;
    for one in seen.iter().filter(|one| one.question == title) {
        let x = scale.x(one.at);
        let word = words::verdict(one.verdict);
        let half = super::width_of(word, SIZE) / 2.0;
        let is_answer = one.text.is_some();
        let turned = before.is_none_or(|before| before != one.verdict);
        before = Some(one.verdict);
        marks.push(Mark::Dot { x, y, radius: if is_answer { 5.0 } else { 2.5 }, tone: tone(one.verdict) });
        if (is_answer || turned) && x - half > free_from {
            marks.push(text(x, y - 9.0, Anchor::Middle, Tone::Muted, word));
            free_from = x + half + 6.0;
        }
    }
    marks
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Inconclusive | Verdict::Errored => Tone::Warn,
    }
}
