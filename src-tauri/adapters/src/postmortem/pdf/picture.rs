//! A drawing, scaled to the page.

use lastgood_core::postmortem::drawing::{Anchor, Drawing, Mark as Drawn};

use super::blocks::Rich;
use super::page::{Mark, Pages, WIDTH};
use super::setting::{Font, Setter};

pub(super) fn draw(drawing: &Drawing, setter: &mut Setter, pages: &mut Pages) {
    let scale = WIDTH / drawing.width as f32;
    let marks = drawing.marks.iter().flat_map(|mark| scaled(mark, scale, setter)).collect();
    pages.skip(6.0);
    pages.put(marks, drawing.height as f32 * scale);
    pages.skip(6.0);
}

fn scaled(mark: &Drawn, scale: f32, setter: &mut Setter) -> Vec<Mark> {
    let on = |value: f64| value as f32 * scale;
    match mark {
        Drawn::Rect { x, y, width, height, radius, fill, stroke } => vec![Mark::Rect {
            x: on(*x),
            y: on(*y),
            width: on(*width),
            height: on(*height),
            radius: on(*radius),
            fill: fill.light(),
            stroke: stroke.map(|tone| tone.light()),
        }],
        Drawn::Line { from, to, tone, dashed } => vec![Mark::Rule {
            from: (on(from.0), on(from.1)),
            to: (on(to.0), on(to.1)),
            colour: tone.light(),
            dashed: *dashed,
        }],
        Drawn::Dot { x, y, radius, tone } => vec![Mark::Rect {
            x: on(x - radius),
            y: on(y - radius),
            width: on(radius * 2.0),
            height: on(radius * 2.0),
            radius: on(*radius),
            fill: tone.light(),
            stroke: None,
        }],
        Drawn::Text { x, y, size, anchor, bold, tone, text } => {
            let font = Font { size: on(*size), bold: *bold, mono: false };
            let Some(mut line) = setter.set(&Rich::plain(text), font, 10_000.0).into_iter().next() else {
                return Vec::new();
            };
            for run in &mut line.runs {
                run.colour = tone.light();
            }
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => line.width / 2.0,
                Anchor::End => line.width,
            };
            let baseline = line.runs.first().map_or(0.0, |run| run.baseline);
            vec![Mark::Text { x: on(*x) - back, y: on(*y) - baseline, line }]
        }
    }
}
