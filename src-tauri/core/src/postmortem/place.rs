//! Places in a document where Lastgood writes: the times, the timeline, one line of it, a picture.
//!
//! In the document a place is one HTML comment on a line of its own. Written out, what belongs there stands between that
//! comment and its counterpart, so that a copy that comes back from the repository can be reduced to its places again.

use crate::postmortem::document::Scanner;
use crate::postmortem::line::LineId;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    Times,
    Timeline,
    Picture(Picture),
    Line(LineId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Picture {
    /// The rollback on the lane of its environment.
    Lanes,
    /// What the probes saw, over time.
    Probes,
    /// The steps, as bars.
    Steps,
}

impl Picture {
    pub const ALL: [Self; 3] = [Self::Lanes, Self::Probes, Self::Steps];

    /// Its name in a marker and of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lanes => "rollback",
            Self::Probes => "probes",
            Self::Steps => "steps",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Lanes => "What ran when",
            Self::Probes => "What the probes saw",
            Self::Steps => "How long each step took",
        }
    }
}

impl Place {
    pub const PICTURES: [Self; 3] =
        [Self::Picture(Picture::Lanes), Self::Picture(Picture::Probes), Self::Picture(Picture::Steps)];

    pub fn marker(&self) -> String {
        format!("<!-- lastgood:{} -->", self.words())
    }

    fn end_marker(&self) -> String {
        format!("<!-- /lastgood:{} -->", self.words())
    }

    fn words(&self) -> String {
        match self {
            Self::Times => "times".to_owned(),
            Self::Timeline => "timeline".to_owned(),
            Self::Picture(picture) => format!("picture {}", picture.name()),
            Self::Line(id) => format!("line {id}"),
        }
    }

    /// The place that this line is, whatever its end.
    fn of_line(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("<!-- lastgood:")?.strip_suffix(" -->")?;
        match words.split_once(' ') {
            None if words == "times" => Some(Self::Times),
            None if words == "timeline" => Some(Self::Timeline),
            Some(("picture", name)) => {
                Picture::ALL.into_iter().find(|picture| picture.name() == name).map(Self::Picture)
            }
            Some(("line", id)) => Some(Self::Line(LineId::new(id))),
            Some(_) | None => None,
        }
    }
}

/// The text with each place filled. A place that `fill` leaves empty stays as it is.
pub fn written_out(text: &str, mut fill: impl FnMut(&Place) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut scanner = Scanner::default();
    for line in text.split_inclusive('\n') {
        out.push_str(line);
        let place = scanner.reads(line).then(|| Place::of_line(line)).flatten();
        if let Some((place, content)) = place.and_then(|place| fill(&place).map(|content| (place, content))) {
            let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            if !line.ends_with('\n') {
                out.push_str(end);
            }
            let content = content.trim_matches('\n').replace('\n', end);
            out.push_str(&format!("{end}{content}{end}{end}{}{end}", place.end_marker()));
        }
    }
    out
}

/// The text with what was written out taken away again. Counterparts that stand alone go as well, so that none can ever
/// close a place above it.
pub fn reduced(text: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out = String::with_capacity(text.len());
    let mut scanner = Scanner::default();
    let mut number = 0;
    while let Some(line) = lines.get(number) {
        number += 1;
        let counts = scanner.reads(line);
        if counts && is_end(line) {
            continue;
        }
        out.push_str(line);
        if let Some(place) = counts.then(|| Place::of_line(line)).flatten() {
            number += written(&place, &lines[number..]);
        }
    }
    out
}

/// How many of these lines were written at this place. What Lastgood writes has no code in it and no other place.
fn written(place: &Place, lines: &[&str]) -> usize {
    let end = place.end_marker();
    let mut scanner = Scanner::default();
    let own = lines.iter().take_while(|line| scanner.reads(line) && Place::of_line(line).is_none());
    own.into_iter().position(|line| line.trim() == end).map_or(0, |last| last + 1)
}

fn is_end(line: &str) -> bool {
    line.trim().strip_prefix("<!-- /").is_some_and(|rest| Place::of_line(&format!("<!-- {rest}")).is_some())
}
