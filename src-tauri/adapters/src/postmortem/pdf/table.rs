//! A table whose rows may go on over the end of a page; its head stands on each page anew.

use super::blocks::{Rich, Style};
use super::page::{Pages, WIDTH};
use super::setting::{Font, Line, Setter};

const GAP: f32 = 8.0;
/// No column is narrower, however little is in it.
const NARROWEST: f32 = 34.0;

pub(super) fn set(head: &[Rich], rows: &[Vec<Rich>], setter: &mut Setter, pages: &mut Pages) {
    let columns = columns(head, rows, setter);
    let head: Vec<Rich> = head.iter().map(bold).collect();
    pages.need(48.0);
    row(&head, &columns, None, setter, pages);
    for cells in rows {
        row(cells, &columns, Some(&head), setter, pages);
    }
    pages.skip(8.0);
}

/// Each column's left edge and width: at least its widest word, the rest shared by what the columns hold.
fn columns(head: &[Rich], rows: &[Vec<Rich>], setter: &mut Setter) -> Vec<(f32, f32)> {
    let mut least = vec![NARROWEST; head.len()];
    let mut most = vec![NARROWEST; head.len()];
    for cells in rows.iter().map(Vec::as_slice).chain([head]) {
        for (number, cell) in cells.iter().enumerate().take(head.len()) {
            let (word, whole) = setter.widths(cell, Font::SMALL);
            // Widths in bold are a little more.
            least[number] = least[number].max(word.min(90.0) * 1.08);
            most[number] = most[number].max(whole.min(420.0) * 1.08);
        }
    }
    let room = WIDTH - GAP * head.len().saturating_sub(1) as f32;
    let (taken, wanted): (f32, f32) = (least.iter().sum(), most.iter().sum());
    let mut left = 0.0;
    least
        .iter()
        .zip(&most)
        .map(|(least, most)| {
            let width = if wanted <= room {
                most * room / wanted
            } else if taken >= room {
                least * room / taken
            } else {
                least + (room - taken) * (most - least) / (wanted - taken).max(1.0)
            };
            let column = (left, width);
            left += width + GAP;
            column
        })
        .collect()
}

/// Sets the cells line by line side by side. `again` is the head, put on top of a new page.
fn row(cells: &[Rich], columns: &[(f32, f32)], again: Option<&[Rich]>, setter: &mut Setter, pages: &mut Pages) {
    let set: Vec<(f32, Vec<Line>)> =
        cells.iter().zip(columns).map(|(cell, (left, width))| (*left, setter.set(cell, Font::SMALL, *width))).collect();
    let count = set.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    let height = |number: usize| {
        set.iter().filter_map(|(_, lines)| lines.get(number)).map(|line| line.height).fold(0.0, f32::max)
    };
    let whole: f32 = (0..count).map(height).sum();
    // A row that fits a page is not torn apart.
    if pages.room() < whole.min(300.0) {
        turn(again, columns, setter, pages);
    }
    let mut first = 0;
    while first < count {
        let mut taken = 0.0;
        let fitting = (first..count).take_while(|number| {
            taken += height(*number);
            taken <= pages.room()
        });
        // A line that fits no page at all is set all the same.
        let next = first + fitting.count().max(usize::from(pages.is_fresh()));
        // Cell by cell, so that who copies or reads it aloud gets each cell whole.
        let place = pages.place();
        for (left, lines) in &set {
            pages.draw_at(place, *left, lines.get(first..next.min(lines.len())).unwrap_or_default());
        }
        pages.skip_always((first..next).map(height).sum());
        if next < count {
            turn(again, columns, setter, pages);
        }
        first = next;
    }
    pages.skip_always(2.5);
    pages.rule();
    pages.skip_always(3.5);
}

fn turn(again: Option<&[Rich]>, columns: &[(f32, f32)], setter: &mut Setter, pages: &mut Pages) {
    pages.turn();
    if let Some(head) = again {
        row(head, columns, None, setter, pages);
    }
}

fn bold(cell: &Rich) -> Rich {
    let mut cell = cell.clone();
    cell.spans.push((0..cell.text.len(), Style::Bold));
    cell
}
