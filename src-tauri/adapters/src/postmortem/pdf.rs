//! A post-mortem as PDF: the Markdown set on A4 pages with the fonts of this machine, pictures drawn as lines and text.

mod blocks;
mod page;
mod picture;
mod setting;
mod table;

use lastgood_core::error::{Code, Trouble};
use lastgood_core::postmortem::export::Written;

use blocks::{Block, Rich};
use page::Pages;
use setting::{Font, Setter};

/// `folder` is where the document says that its pictures lie.
///
/// # Errors
/// [`Code::ExportFailed`] where this machine has no font, or one that cannot be embedded.
pub fn pdf(written: &Written, folder: &str, title: &str) -> Result<Vec<u8>, Trouble> {
    let mut setter = Setter::new();
    if !setter.has_fonts() {
        let hint = "Install a font such as DejaVu Sans, or export as HTML and print that.";
        return Err(Trouble::new(Code::ExportFailed, "No font is on this machine, so no PDF can be set.", hint));
    }
    let mut pages = Pages::new();
    for block in blocks::blocks(written, folder) {
        set(&block, &mut setter, &mut pages, written);
    }
    let pages = pages.with_feet(&mut setter, title);
    page::write(&pages, title).map_err(|reason| {
        let message = format!("The PDF could not be made: {reason}.");
        Trouble::new(Code::ExportFailed, message, "Export as HTML and print that.")
    })
}

fn set(block: &Block, setter: &mut Setter, pages: &mut Pages, written: &Written) {
    match block {
        Block::Heading { level, rich } => {
            let size = match level {
                1 => 20.0,
                2 => 14.0,
                _ => 11.5,
            };
            pages.skip(if *level == 1 { 0.0 } else { size });
            // A heading stays with what follows it.
            pages.need(size * 4.0);
            paragraph(rich, Font { size, bold: true, mono: false }, 0.0, setter, pages);
            pages.skip(size * 0.35);
        }
        Block::Paragraph { rich, indent } => {
            paragraph(rich, Font::BODY, *indent, setter, pages);
            pages.skip(6.0);
        }
        Block::Item { mark, rich, indent } => {
            pages.need(14.0);
            let place = pages.place();
            paragraph(rich, Font::BODY, indent + 14.0, setter, pages);
            // The page may have turned while the item was set; its mark belongs to its first line.
            let mark = setter.set(&Rich::plain(mark), Font::BODY, 20.0);
            pages.draw_at(place, *indent, &mark);
            pages.skip(2.0);
        }
        Block::Code(text) => {
            for line in text.lines() {
                paragraph(&Rich::plain(line), Font { size: 8.0, bold: false, mono: true }, 8.0, setter, pages);
            }
            pages.skip(8.0);
        }
        Block::Table { head, rows } => table::set(head, rows, setter, pages),
        Block::Picture(number) => {
            if let Some((_, drawing)) = written.pictures.get(*number) {
                picture::draw(drawing, setter, pages);
            }
        }
        Block::Rule => {
            pages.skip(6.0);
            pages.rule();
            pages.skip(6.0);
        }
    }
}

fn paragraph(rich: &Rich, font: Font, indent: f32, setter: &mut Setter, pages: &mut Pages) {
    let lines = setter.set(rich, font, page::WIDTH - indent);
    for line in &lines {
        pages.line(indent, line);
    }
}
