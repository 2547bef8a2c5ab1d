//! The steps of each rollback as bars, with how long each took.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::scale::{Scale, caption};
use super::{Anchor, Drawing, Mark, SIZE, Tone, WIDTH, fitted, text, width_of};
use crate::postmortem::{story::Story, words, zone};
use crate::rollback::{Rollback, Step, StepPhase};

const LEFT: f64 = 96.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 24.0;

pub(super) fn draw(story: &Story, clock: &TimeZone) -> Option<Drawing> {
    let told: Vec<&Rollback> = story.rollbacks.iter().filter(|rollback| bounds(rollback).is_some()).collect();
    let mut marks = Vec::new();
    let mut y = 12.0;
    let mut about = Vec::new();
    for rollback in &told {
        let (from, to) = bounds(rollback)?;
        let steps: Vec<&Step> = rollback.steps.iter().filter(|step| step.started.is_some()).collect();
        let head = format!("Rollback to {}, {}", rollback.plan.to, caption(from, to, clock));
        let head = fitted(&head, SIZE, WIDTH - 24.0)?;
        marks.push(Mark::Text {
            x: 12.0,
            y: y + 12.0,
            size: SIZE,
            anchor: Anchor::Start,
            bold: true,
            tone: Tone::Text,
            text: head,
        });
        y += HEAD;
        let scale = Scale::new(from, to, LEFT, RIGHT);
        let bottom = y + ROW * steps.len() as f64;
        marks.extend(scale.axis(y, bottom, clock));
        for step in &steps {
            marks.extend(row(step, &scale, y, to));
            about.push(format!("{} {}", words::title(step.name), spent(step, to)));
            y += ROW;
        }
        y = bottom + 34.0;
    }
    (!told.is_empty()).then(|| Drawing {
        width: WIDTH,
        height: y,
        title: "How long each step took".to_owned(),
        description: format!("{}.", about.join(", ")),
        marks,
    })
}

fn bounds(rollback: &Rollback) -> Option<(Timestamp, Timestamp)> {
    let from = rollback.steps.iter().filter_map(|step| step.started).min()?;
    let ended = rollback.steps.iter().filter_map(|step| step.ended).max().unwrap_or(from);
    Some((from, rollback.end.as_ref().map_or(ended, |end| end.at).max(from)))
}

fn row(step: &Step, scale: &Scale, y: f64, end: Timestamp) -> Vec<Mark> {
    let Some(started) = step.started else { return Vec::new() };
    let (x, to) = (scale.x(started), scale.x(step.ended.unwrap_or(end)));
    let width = (to - x).max(3.0);
    let words = spent(step, end);
    let room = width_of(&words, SIZE) + 10.0;
    // Inside a long bar, right of a short one, left of a short one at the edge.
    let (at, anchor) = if width > room {
        (x + 6.0, Anchor::Start)
    } else if x + width + room < WIDTH {
        (x + width + 6.0, Anchor::Start)
    } else {
        (x - 6.0, Anchor::End)
    };
    let (soft, edge) = tones(step.phase);
    vec![
        text(LEFT - 10.0, y + 17.0, Anchor::End, Tone::Text, words::title(step.name)),
        Mark::Rect { x, y: y + 4.0, width, height: ROW - 8.0, radius: 4.0, fill: soft, stroke: Some(edge) },
        text(at, y + 17.0, anchor, Tone::Text, words),
    ]
}

/// The state is told in words too, where it is not the expected one.
fn spent(step: &Step, end: Timestamp) -> String {
    let (Some(from), to) = (step.started, step.ended.unwrap_or(end)) else { return String::new() };
    let taken = to.duration_since(from);
    let length = if taken.as_secs() < 1 { "under 1 s".to_owned() } else { zone::length(taken) };
    match step.phase {
        StepPhase::Succeeded => length,
        StepPhase::Pending | StepPhase::Running => format!("{length}, not over"),
        StepPhase::Failed => format!("{length}, failed"),
        StepPhase::Errored => format!("{length}, errored"),
        StepPhase::Aborted => format!("{length}, aborted"),
        StepPhase::Inconclusive => format!("{length}, inconclusive"),
    }
}

fn tones(phase: StepPhase) -> (Tone, Tone) {
    match phase {
        StepPhase::Succeeded => (Tone::GoodSoft, Tone::Good),
        StepPhase::Failed | StepPhase::Errored => (Tone::BadSoft, Tone::Bad),
        StepPhase::Inconclusive | StepPhase::Aborted => (Tone::WarnSoft, Tone::Warn),
        StepPhase::Pending | StepPhase::Running => (Tone::NeutralSoft, Tone::Muted),
    }
}
