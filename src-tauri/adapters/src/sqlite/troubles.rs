//! What can be wrong with a journal, and what a person does about it.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::WriterId;
use lastgood_core::journal::{self, BrokenChain, Record};
use rusqlite::ErrorCode;

pub(super) fn unopened(error: &rusqlite::Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => unreadable(error),
        Some(_) | None => unwritable(error),
    }
}

pub(super) fn newer() -> Trouble {
    let message = "The journal was written by a newer version of Lastgood.";
    Trouble::new(Code::JournalBroken, message, "Use the newest version of Lastgood with this data folder.")
}

pub(super) fn unwritable(error: &rusqlite::Error) -> Trouble {
    Trouble::new(
        Code::JournalUnwritable,
        format!("The journal cannot be written: {error}."),
        "Nothing is done that is not recorded. Make room on the disk, or check the data folder's permissions.",
    )
}

pub(super) fn unreadable(error: &rusqlite::Error) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal cannot be read: {error}."),
        "Keep the file; a copy of it beside a fresh data folder lets you go on.",
    )
}

/// Everything that was done from here is forgotten with it, so that nothing goes on as if nothing had been done.
pub(super) fn lost() -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        "The journal is empty or gone, and facts were written to it before.",
        "Put a copy of journal.sqlite back, with what lies beside it. To begin anew, use another data folder \
         (LASTGOOD_DATA_DIR).",
    )
}

pub(super) fn torn(place: &BrokenChain) -> Trouble {
    does_not_hold(&place.writer, place.sequence, place.reason)
}

pub(super) fn misfiled(record: &Record) -> Trouble {
    does_not_hold(&record.writer, record.sequence, "it is filed under another thing than it is about")
}

fn does_not_hold(writer: &WriterId, sequence: u64, reason: &str) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal does not hold at fact {sequence} of {writer}: {reason}."),
        "See `lastgood journal verify`, keep the file, and go on with a copy of it from before, or with another data folder \
         (LASTGOOD_DATA_DIR).",
    )
}

pub(super) fn broken(error: &journal::Unreadable) -> Trouble {
    Trouble::new(
        Code::JournalBroken,
        format!("The journal holds a fact that this version cannot read: {error}."),
        "Use the newest version of Lastgood. If this is it, see `lastgood journal verify`, keep the file, and go on with \
         another data folder (LASTGOOD_DATA_DIR).",
    )
}
