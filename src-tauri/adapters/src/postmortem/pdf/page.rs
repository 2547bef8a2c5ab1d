//! Pages filled from top to bottom, then written.

use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;

use super::blocks::Rich;
use super::setting::{Colour, Font, Line, Setter};

/// A4 in points.
const PAPER: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 48.0;
const BOTTOM: f32 = PAPER.1 - 56.0;

/// What text may take.
pub(super) const WIDTH: f32 = PAPER.0 - 2.0 * MARGIN;

const RULE: Colour = [0xdb, 0xdf, 0xe4];

/// Something at its place on a page.
pub(super) enum Mark {
    Text { x: f32, y: f32, line: Line },
    Rect { x: f32, y: f32, width: f32, height: f32, radius: f32, fill: Colour, stroke: Option<Colour> },
    Rule { from: (f32, f32), to: (f32, f32), colour: Colour, dashed: bool },
}

/// A page's number and the height on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    page: usize,
    y: f32,
}

pub(super) struct Pages {
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self { pages: vec![Vec::new()], y: MARGIN }
    }

    pub(super) fn place(&self) -> Place {
        Place { page: self.pages.len() - 1, y: self.y }
    }

    /// Leaves room, except at the top of a page.
    pub(super) fn skip(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// Also at the top of a page.
    pub(super) fn skip_always(&mut self, height: f32) {
        self.y += height;
    }

    /// Turns the page where so much does not fit any more.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.turn();
        }
    }

    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// Nothing is on it but, at most, a table's head.
    pub(super) fn is_fresh(&self) -> bool {
        self.y < MARGIN + 60.0
    }

    /// What is left of this page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    pub(super) fn line(&mut self, indent: f32, line: &Line) {
        self.need(line.height);
        let y = self.y;
        self.push(Mark::Text { x: MARGIN + indent, y, line: line.clone() });
        self.y += line.height;
    }

    /// Draws beside what is already there.
    pub(super) fn draw_at(&mut self, place: Place, indent: f32, lines: &[Line]) {
        let mut y = place.y;
        for line in lines {
            if let Some(page) = self.pages.get_mut(place.page) {
                page.push(Mark::Text { x: MARGIN + indent, y, line: line.clone() });
            }
            y += line.height;
        }
    }

    pub(super) fn rule(&mut self) {
        let y = self.y;
        self.push(Mark::Rule { from: (MARGIN, y), to: (MARGIN + WIDTH, y), colour: RULE, dashed: false });
    }

    /// Puts marks, made for a corner at 0, 0, on this page.
    pub(super) fn put(&mut self, marks: Vec<Mark>, height: f32) {
        self.need(height);
        let (x, y) = (MARGIN, self.y);
        for mark in marks {
            let mark = mark.moved(x, y);
            self.push(mark);
        }
        self.y += height;
    }

    /// Under each page its number, once it is known how many there are.
    pub(super) fn with_feet(mut self, setter: &mut Setter, title: &str) -> Vec<Vec<Mark>> {
        let count = self.pages.len();
        for (number, page) in self.pages.iter_mut().enumerate() {
            let words = format!("{} of {count}", number + 1);
            let left = setter.set(&Rich::plain(title), Font::SMALL, WIDTH - 80.0);
            let right = setter.set(&Rich::plain(&words), Font::SMALL, 80.0);
            let y = PAPER.1 - 36.0;
            page.extend(left.into_iter().next().map(|line| Mark::Text { x: MARGIN, y, line }));
            page.extend(right.into_iter().next().map(|line| Mark::Text { x: MARGIN + WIDTH - line.width, y, line }));
        }
        self.pages
    }

    fn push(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

impl Mark {
    fn moved(self, by: f32, down: f32) -> Self {
        match self {
            Self::Text { x, y, line } => Self::Text { x: x + by, y: y + down, line },
            Self::Rect { x, y, width, height, radius, fill, stroke } => {
                Self::Rect { x: x + by, y: y + down, width, height, radius, fill, stroke }
            }
            Self::Rule { from, to, colour, dashed } => {
                let moved = |(x, y): (f32, f32)| (x + by, y + down);
                Self::Rule { from: moved(from), to: moved(to), colour, dashed }
            }
        }
    }
}

pub(super) fn write(pages: &[Vec<Mark>], title: &str) -> Result<Vec<u8>, String> {
    let mut document = Document::new();
    let about = Metadata::new().title(title.to_owned()).language("en".to_owned()).creator("Lastgood".to_owned());
    document.set_metadata(about);
    for marks in pages {
        let settings = PageSettings::from_wh(PAPER.0, PAPER.1).ok_or("the paper has no size")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(mark, &mut surface);
        }
        surface.finish();
        for link in marks.iter().flat_map(links) {
            page.add_annotation(link);
        }
        page.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn draw(mark: &Mark, surface: &mut Surface<'_>) {
    match mark {
        Mark::Text { x, y, line } => {
            surface.set_stroke(None);
            for run in &line.runs {
                surface.set_fill(Some(fill(run.colour)));
                let start = Point::from_xy(x + run.x, y + run.baseline);
                surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &run.text, run.size, false);
            }
        }
        Mark::Rect { x, y, width, height, radius, fill: inner, stroke } => {
            surface.set_fill(Some(fill(*inner)));
            surface.set_stroke(stroke.map(|colour| line_of(colour, false)));
            if let Some(path) = rounded(*x, *y, *width, *height, *radius) {
                surface.draw_path(&path);
            }
        }
        Mark::Rule { from, to, colour, dashed } => {
            surface.set_fill(None);
            surface.set_stroke(Some(line_of(*colour, *dashed)));
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn links(mark: &Mark) -> Vec<Annotation> {
    let Mark::Text { x, y, line } = mark else { return Vec::new() };
    let of = |(from, to, url): &(f32, f32, String)| {
        let area = Rect::from_ltrb(x + from, *y, x + to, y + line.height)?;
        let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
        Some(Annotation::new_link(LinkAnnotation::new(area, target), Some(url.clone())))
    };
    line.links.iter().filter_map(of).collect()
}

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let r = radius.min(width / 2.0).min(height / 2.0).max(0.0);
    let (right, bottom) = (x + width, y + height);
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.line_to(right - r, y);
    path.quad_to(right, y, right, y + r);
    path.line_to(right, bottom - r);
    path.quad_to(right, bottom, right - r, bottom);
    path.line_to(x + r, bottom);
    path.quad_to(x, bottom, x, bottom - r);
    path.line_to(x, y + r);
    path.quad_to(x, y, x + r, y);
    path.close();
    path.finish()
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn line_of([red, green, blue]: Colour, dashed: bool) -> Stroke {
    Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width: 0.7,
        dash: dashed.then(|| StrokeDash { array: vec![3.0, 2.0], offset: 0.0 }),
        ..Stroke::default()
    }
}
