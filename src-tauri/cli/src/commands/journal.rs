//! `lastgood journal`: whether the record holds, and the record itself.

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lastgood_adapters::place::Place;
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::workspace::fresh;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::WriterId;
use lastgood_core::journal::Record;
use serde_json::{Value, json};

use crate::arguments::Journal;
use crate::output::{self, plain};

pub(crate) fn run(verb: &Journal) -> Result<ExitCode, Trouble> {
    let path = Place::find()?.journal();
    let journal = SqliteJournal::open(&path, &WriterId::new(format!("writer-{}", fresh())))?;
    match verb {
        Journal::Verify { json } => verify(&journal, *json),
        Journal::Export { since } => export(&journal.records()?, *since),
    }
}

/// The first place of each chain that does not hold; a record that cannot be read or found counts as one.
fn verify(journal: &SqliteJournal, as_json: bool) -> Result<ExitCode, Trouble> {
    let damage = journal.damage()?;
    let records = journal.records()?;
    let chains: Vec<&[Record]> = records.chunk_by(|one, next| one.writer == next.writer).collect();
    let misfiled = journal.misfiled()?.into_iter();
    let mut broken: Vec<(WriterId, u64, String)> = misfiled
        .map(|(writer, sequence)| (writer, sequence, "it is filed under another thing than it is about".to_owned()))
        .collect();
    for chain in &chains {
        let unreadable = chain.iter().find_map(|record| record.read().err());
        match (lastgood_core::journal::verify(chain), unreadable) {
            (Err(place), _) => broken.push((place.writer, place.sequence, place.reason.to_owned())),
            (Ok(()), Some(place)) => broken.push((place.writer, place.sequence, place.reason)),
            (Ok(()), None) => {}
        }
    }
    if as_json {
        let places: Vec<Value> = broken
            .iter()
            .map(|(writer, sequence, reason)| json!({ "writer": writer, "sequence": sequence, "reason": reason }))
            .collect();
        let heads: Vec<Value> = chains
            .iter()
            .filter_map(|chain| chain.last())
            .map(|head| json!({ "writer": head.writer, "sequence": head.sequence, "hash": head.hash }))
            .collect();
        output::json(&json!({ "facts": records.len(), "heads": heads, "broken": places, "file": damage }));
    } else {
        print(&chains, &broken, &damage);
    }
    Ok(if broken.is_empty() && damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(chains: &[&[Record]], broken: &[(WriterId, u64, String)], damage: &[String]) {
    for words in damage {
        output::line(&plain(&format!("✕ the file is damaged: {words}")));
    }
    for (writer, sequence, reason) in broken {
        output::line(&plain(&format!("✕ fact {sequence} of {writer}: {reason}")));
    }
    let holds = broken.is_empty() && damage.is_empty();
    for head in chains.iter().filter_map(|chain| chain.last()).filter(|_| holds) {
        let short = head.hash.get(..12).unwrap_or(&head.hash);
        output::line(&plain(&format!("✓ {} facts of {}, up to {short}", head.sequence, head.writer)));
    }
    output::line(match (holds, chains.is_empty()) {
        (true, true) => "The journal is empty",
        (true, false) => "The journal holds",
        (false, _) => {
            "The journal does not hold: keep the file, and go on with another data folder (LASTGOOD_DATA_DIR)."
        }
    });
}

/// One line of JSON for each fact, by time.
fn export(records: &[Record], since: Option<Timestamp>) -> Result<ExitCode, Trouble> {
    let mut lines: Vec<(Timestamp, Value)> = Vec::new();
    for record in records {
        let broken = |words: String| {
            let hint = "`lastgood journal verify` names every place; a copy of the file keeps what is in it.";
            let message = format!("Fact {} of {} cannot be read: {words}.", record.sequence, record.writer);
            Trouble::new(Code::JournalBroken, message, hint)
        };
        let at: Timestamp = record.at.parse().map_err(|error: jiff::Error| broken(error.to_string()))?;
        if since.is_some_and(|since| at < since) {
            continue;
        }
        let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| broken(error.to_string()));
        let line = json!({
            "writer": record.writer, "sequence": record.sequence, "format": record.format, "at": record.at,
            "subject": read(&record.subject)?, "event": read(&record.event)?,
            "previous": record.previous, "hash": record.hash,
        });
        lines.push((at, line));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.iter().for_each(|(_, line)| output::json(line));
    Ok(ExitCode::SUCCESS)
}

/// A moment in RFC 3339, or a day, which begins at midnight UTC.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let day = |text: &str| text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse()
        .ok()
        .or_else(|| day(text))
        .ok_or_else(|| "a day such as 2026-03-02, or 2026-03-02T10:00:00Z".to_owned())
}
