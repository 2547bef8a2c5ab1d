//! What changed between two versions of a document, line by line.

use similar::{ChangeTag, TextDiff};

/// A run of lines of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub change: Change,
    /// With their ends.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Removed,
    Added,
}

/// All of both versions, in order: without the added ones it is the old text, without the removed ones the new.
pub fn difference(old: &str, new: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for change in TextDiff::from_lines(old, new).iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => Change::Same,
            ChangeTag::Delete => Change::Removed,
            ChangeTag::Insert => Change::Added,
        };
        match pieces.last_mut().filter(|last| last.change == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => pieces.push(Piece { change: kind, text: change.value().to_owned() }),
        }
    }
    pieces
}

/// Lines added and lines removed.
pub fn counts(pieces: &[Piece]) -> (usize, usize) {
    let count =
        |kind: Change| pieces.iter().filter(|piece| piece.change == kind).map(|piece| piece.text.lines().count()).sum();
    (count(Change::Added), count(Change::Removed))
}
