//! How much is unread, drawn into the mark itself: many trays show neither a label nor a title.

/// A picture, four bytes a pixel: red, green, blue, opacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) pixels: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

const DISC: [u8; 4] = [0xC8, 0x1E, 0x1E, 0xFF];
const INK: [u8; 4] = [0xFF, 0xFF, 0xFF, 0xFF];
const NOTHING: [u8; 4] = [0; 4];

/// The disc's width in the mark's sixteenths, and that of the gap around it.
const DISC_WIDTH: u32 = 10;
const GAP: u32 = 1;

const SIGN_WIDTH: u32 = 3;
const SIGN_HEIGHT: u32 = 5;

/// 1 to 9, then what stands for more. Rows from above, the highest of three bits is the left one.
const SIGNS: [[u8; 5]; 10] = [
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b011, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
    [0b000, 0b010, 0b111, 0b010, 0b000],
];

/// The mark with a disc and the count on it; as it is where nothing is unread.
pub(super) fn with_count(mark: Picture, unread: usize) -> Picture {
    let mut picture = mark;
    if let Some(sign) = unread.checked_sub(1).map(|place| SIGNS[place.min(SIGNS.len() - 1)]) {
        let unit = (picture.width.min(picture.height) / 16).max(1);
        let disc = Disc { right: picture.width, below: picture.height, width: DISC_WIDTH * unit };
        disc.fill(&mut picture, disc.width + 2 * GAP * unit, NOTHING);
        disc.fill(&mut picture, disc.width, DISC);
        disc.write(&mut picture, sign, unit);
    }
    picture
}

/// In the lower right corner.
#[derive(Clone, Copy)]
struct Disc {
    right: u32,
    below: u32,
    width: u32,
}

impl Disc {
    /// Its centre, in halves of a pixel.
    fn centre(self) -> (i64, i64) {
        (i64::from(2 * self.right) - i64::from(self.width), i64::from(2 * self.below) - i64::from(self.width))
    }

    fn fill(self, picture: &mut Picture, width: u32, colour: [u8; 4]) {
        let (across, down) = self.centre();
        for y in 0..picture.height {
            for x in 0..picture.width {
                let (right, below) = (i64::from(2 * x + 1) - across, i64::from(2 * y + 1) - down);
                if right * right + below * below <= i64::from(width) * i64::from(width) {
                    picture.paint(x, y, colour);
                }
            }
        }
    }

    fn write(self, picture: &mut Picture, sign: [u8; 5], unit: u32) {
        let (left, top) =
            (self.right - (self.width + SIGN_WIDTH * unit) / 2, self.below - (self.width + SIGN_HEIGHT * unit) / 2);
        for (row, bits) in (0..).zip(sign) {
            for column in (0..SIGN_WIDTH).filter(|column| bits & (0b100 >> column) != 0) {
                for (y, x) in (0..unit).flat_map(|y| (0..unit).map(move |x| (y, x))) {
                    picture.paint(left + column * unit + x, top + row * unit + y, INK);
                }
            }
        }
    }
}

impl Picture {
    fn place(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then(|| usize::try_from((y * self.width + x) * 4).ok())?
    }

    fn paint(&mut self, x: u32, y: u32, colour: [u8; 4]) {
        let place = self.place(x, y);
        if let Some(pixel) = place.and_then(|place| self.pixels.get_mut(place..place + 4)) {
            pixel.copy_from_slice(&colour);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test it says that it failed")]
mod tests {
    use super::*;

    const MARK: [u8; 4] = [1, 2, 3, 4];

    fn mark(width: u32) -> Picture {
        Picture { pixels: MARK.repeat((width * width) as usize), width, height: width }
    }

    fn at(picture: &Picture, x: u32, y: u32) -> &[u8] {
        let place = picture.place(x, y).unwrap();
        &picture.pixels[place..place + 4]
    }

    fn count(picture: &Picture, colour: [u8; 4]) -> usize {
        picture.pixels.chunks_exact(4).filter(|pixel| **pixel == colour).count()
    }

    /// The sign as it stands in the middle of the disc, a letter for a pixel.
    fn sign(picture: &Picture) -> Vec<String> {
        let row = |y: u32| (9..15).map(|x| if at(picture, x, y) == INK { '#' } else { '.' }).collect();
        (9..15).map(row).collect()
    }

    #[test]
    fn where_nothing_is_unread_the_mark_is_as_it_was() {
        assert_eq!(with_count(mark(32), 0), mark(32));
    }

    #[test]
    fn a_disc_with_the_count_stands_in_the_lower_right_corner() {
        for width in [16, 32, 64] {
            let picture = with_count(mark(width), 3);
            assert_eq!(picture.pixels.len(), mark(width).pixels.len());
            let (middle, edge) = (width - 5 * width / 16, width - 1);
            assert_eq!((at(&picture, edge, middle), at(&picture, middle, edge)), (&DISC[..], &DISC[..]), "{width}");
            assert_eq!(at(&picture, 0, 0), MARK, "the rest is the mark");
            let unit = (width / 16) as usize;
            assert_eq!(count(&picture, INK), 10 * unit * unit, "as many as the sign has");
        }
    }

    #[test]
    fn each_count_up_to_nine_looks_different_and_more_is_a_plus() {
        let pictures: Vec<Picture> = (1..=10).map(|unread| with_count(mark(16), unread)).collect();
        for (place, picture) in pictures.iter().enumerate() {
            assert!(!pictures[..place].contains(picture), "{} looks like another", place + 1);
        }
        assert_eq!(with_count(mark(16), 250), pictures[9]);
        assert_eq!(sign(&pictures[6]), [".###..", "...#..", "..#...", "..#...", "..#...", "......"]);
    }
}
