//! The rollback on the lane of its environment: which release ran when, and the four landmarks on it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::scale::{Scale, caption};
use super::{Anchor, Drawing, Mark, SIZE, Tone, WIDTH, fitted, text, width_of};
use crate::live::spans::Span;
use crate::postmortem::story::Story;
use crate::postmortem::zone;

const LEFT: f64 = 20.0;
const RIGHT: f64 = 740.0;
const LANE: f64 = 34.0;
const HEAD: f64 = 20.0;
/// One row of words a landmark, so that no two of them meet.
const WORDS: f64 = 18.0;

pub(super) fn draw(story: &Story, clock: &TimeZone) -> Option<Drawing> {
    let (first, last) = story.window?;
    let margin = (last.duration_since(first) / 8).max(SignedDuration::from_secs(5));
    let (from, to) = (first.checked_sub(margin).ok()?, last.checked_add(margin).ok()?);
    let shown: Vec<&Span> =
        story.spans.iter().filter(|span| span.from < to && span.to.is_none_or(|end| end > from)).collect();
    let landmarks: Vec<(&str, Timestamp)> =
        story.times.landmarks.iter().filter_map(|found| Some((found.landmark.title(), found.at?))).collect();
    if shown.is_empty() && landmarks.is_empty() {
        return None;
    }
    let scale = Scale::new(from, to, LEFT, RIGHT);
    let lane = HEAD + 14.0 + WORDS * landmarks.len() as f64;
    let bottom = lane + LANE + 10.0;
    let environment = story.postmortem.about.environment.as_ref().map_or("the environment", |name| name.as_str());
    let head = format!("{environment}, {}", caption(first, last, clock));
    let mut marks = vec![Mark::Text {
        x: LEFT,
        y: HEAD,
        size: SIZE,
        anchor: Anchor::Start,
        bold: true,
        tone: Tone::Text,
        text: fitted(&head, SIZE, WIDTH - 2.0 * LEFT)?,
    }];
    marks.extend(scale.axis(lane - 4.0, bottom, clock));
    marks.extend(shown.iter().flat_map(|span| bar(span, &scale, lane, to)));
    marks.extend(flags(&landmarks, &scale, lane, clock));
    let ran = shown.iter().map(|span| format!("{} from {}", span.tag, zone::moment(span.from, clock)));
    let known = landmarks.iter().map(|(name, at)| format!("{} {}", name.to_lowercase(), zone::moment(*at, clock)));
    Some(Drawing {
        width: WIDTH,
        height: bottom + 34.0,
        title: format!("What ran in {environment} when"),
        description: format!("{}.", ran.chain(known).collect::<Vec<_>>().join("; ")),
        marks,
    })
}

fn bar(span: &Span, scale: &Scale, y: f64, edge: Timestamp) -> Vec<Mark> {
    let (x, end) = (scale.x(span.from), scale.x(span.to.unwrap_or(edge)));
    let width = (end - x - 2.0).max(3.0);
    let (fill, stroke) = if span.left_behind {
        (Tone::BadSoft, Tone::Bad)
    } else if span.went_back {
        (Tone::GoodSoft, Tone::Good)
    } else {
        (Tone::InfoSoft, Tone::Muted)
    };
    let mut marks = vec![Mark::Rect { x, y, width, height: LANE, radius: 6.0, fill, stroke: Some(stroke) }];
    if let Some(name) = fitted(span.tag.as_str(), SIZE, width - 14.0) {
        marks.push(text(x + 8.0, y + LANE / 2.0 + 4.0, Anchor::Start, Tone::Text, name));
    }
    marks
}

/// Each landmark has a row above the lane for itself; its words stand on the side where there is room.
fn flags(landmarks: &[(&str, Timestamp)], scale: &Scale, lane: f64, clock: &TimeZone) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (row, (name, at)) in landmarks.iter().enumerate() {
        let x = scale.x(*at);
        let y = lane - 8.0 - WORDS * (landmarks.len() - row) as f64 + 12.0;
        let words = format!("{name} {}", zone::clock(*at, clock));
        let width = width_of(&words, SIZE);
        let (place, anchor) = if x + width + 12.0 < WIDTH { (x + 8.0, Anchor::Start) } else { (x - 8.0, Anchor::End) };
        let left = if anchor == Anchor::Start { place - 3.0 } else { place - width - 1.0 };
        marks.push(Mark::Line { from: (x, y - 4.0), to: (x, lane + LANE), tone: Tone::Accent, dashed: true });
        marks.push(Mark::Dot { x, y: y - 4.0, radius: 3.5, tone: Tone::Accent });
        // The line of another landmark may pass behind the words.
        marks.push(Mark::Rect {
            x: left,
            y: y - 13.0,
            width: width + 4.0,
            height: 17.0,
            radius: 3.0,
            fill: Tone::Ground,
            stroke: None,
        });
        marks.push(text(place, y, anchor, Tone::Text, words));
    }
    // Words above lines: a line drawn later would cross them.
    let (lines, rest): (Vec<Mark>, Vec<Mark>) = marks.into_iter().partition(|mark| matches!(mark, Mark::Line { .. }));
    lines.into_iter().chain(rest).collect()
}
