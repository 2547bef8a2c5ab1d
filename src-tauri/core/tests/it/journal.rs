//! The chain of facts: what was written stays readable, and what was changed shows.

use std::collections::BTreeSet;

use lastgood_core::hold;
use lastgood_core::ids::WriterId;
use lastgood_core::journal::{self, Head, NewFact, Record, Subject, chain, merged, verify};
use lastgood_core::rollback::Outcome;
use lastgood_core::rollback::event::Event;
use lastgood_core::rollback::next::fold;
use proptest::prelude::*;

use crate::engine::transitions::everything;

/// Written by the first version that wrote a journal. It is never written anew: a format that changes gets a number
/// and a file of its own.
const FORMAT_1: &str = include_str!("samples/journal-format-1.jsonl");

/// Written since holds and quarantines lie on the remote; the fields that came then may be absent.
const FORMAT_1_SHARED: &str = include_str!("samples/journal-format-1-shared.jsonl");

/// One fact of each kind, as the version wrote them that knew local deploys and who quarantined a release.
const FORMAT_1_WHOLE: &str = include_str!("samples/journal-format-1-whole.jsonl");

#[test]
fn what_was_written_since_holds_are_shared_stays_readable_and_verifies() {
    let records: Vec<Record> = FORMAT_1_SHARED.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    verify(&records).unwrap();
    let facts: Vec<_> = records.iter().map(|record| record.read().unwrap()).collect();
    let rollback = fold(&facts[..3]).unwrap().expect("it tells of a rollback");
    assert!(rollback.held && rollback.plan.forward && rollback.plan.hold_hours == 24);
    assert_eq!(rollback.over.unwrap().owner, "@on-call");
    let hold = hold::standing(&facts, &"production".into()).unwrap();
    assert_eq!((hold.owner.as_str(), hold.place), ("@release-manager", hold::Place::Remote));
    let bad = hold::quarantined(&facts, &"staging".into());
    assert_eq!((bad.len(), bad[0].tag.as_str()), (1, "v2.5.0"));
}

#[test]
fn what_the_first_format_wrote_stays_readable_and_verifies() {
    let records = sample();
    verify(&records).unwrap();
    let facts = records.iter().map(|record| record.read().unwrap());
    let facts: Vec<_> = facts.filter(|fact| fact.subject.rollback == Some("rb-1".into())).collect();
    let rollback = fold(&facts).unwrap().expect("it tells of a rollback");
    assert_eq!(rollback.end.unwrap().outcome, Outcome::Succeeded);
    assert_eq!((rollback.plan.to.as_str(), rollback.reason.as_str()), ("v2.4.0", "Checkout fails"));
}

/// Whoever adds a kind adds a sample of it, so that later versions go on reading it.
#[test]
fn the_samples_hold_every_kind_of_fact_about_a_rollback_and_all_are_read() {
    let records: Vec<Record> = FORMAT_1_WHOLE.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    verify(&records).unwrap();
    let kept: BTreeSet<String> = records.iter().map(|record| kind(&record.read().unwrap().event)).collect();
    let all: BTreeSet<String> = everything().into_iter().map(|event| kind(&event.into())).collect();
    assert_eq!(kept, all);
    let first: BTreeSet<String> = sample().iter().map(|record| kind(&record.read().unwrap().event)).collect();
    assert_eq!(first.len(), 17, "what the first version wrote: {first:?}");
}

fn kind(event: &journal::Event) -> String {
    serde_json::to_value(event).unwrap()["kind"].as_str().unwrap().to_owned()
}

#[test]
fn a_format_from_the_future_is_not_guessed_at() {
    let mut record = sample().remove(0);
    record.format = 2;
    let error = record.read().unwrap_err().to_string();
    assert_eq!(error, "fact 1 of laptop cannot be read: a newer version of Lastgood wrote it (format 2)");
}

#[test]
fn a_missing_fact_shows() {
    let mut records = sample();
    records.remove(4);
    let broken = verify(&records).unwrap_err();
    assert_eq!((broken.sequence, broken.reason), (6, "its number does not follow the one before"));

    let mut headless = sample();
    headless.remove(0);
    assert_eq!(verify(&headless).unwrap_err().sequence, 2);
}

#[test]
fn a_swapped_pair_shows_even_where_it_is_renumbered() {
    let mut records = sample();
    records.swap(3, 4);
    assert_eq!(verify(&records).unwrap_err().reason, "its number does not follow the one before");
    (records[3].sequence, records[4].sequence) = (4, 5);
    assert_eq!(verify(&records).unwrap_err().reason, "it names another predecessor");
}

#[test]
fn a_fact_of_which_one_letter_changed_is_not_read_as_if_it_were_true() {
    let mut record = sample().remove(0);
    record.event = record.event.replace("undo_asked", "stop_asked");
    record.subject = record.subject.replace("acme", "acne");
    let error = record.read().unwrap_err();
    assert!(error.to_string().ends_with("its content is not what was written"), "{error}");
}

#[test]
fn a_fact_put_in_from_another_chain_shows() {
    let mut records = sample();
    let other = chain(&WriterId::new("other"), None, &undo()).unwrap();
    records[0] = other;
    assert_eq!(verify(&records).unwrap_err().sequence, 2);
}

#[test]
fn two_writers_become_one_story_by_time_and_neither_is_reordered() {
    let said = |writer: &str, sequence: u64, at: &str| {
        let head = (sequence > 1).then(|| Head { sequence: sequence - 1, hash: "before".to_owned() });
        let fact = NewFact { at: at.parse().unwrap(), ..undo() };
        chain(&WriterId::new(writer), head.as_ref(), &fact).unwrap().read().unwrap()
    };
    let (early, back, late) = ("2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z", "2026-03-02T10:00:30Z");
    let story = merged(vec![
        said("b", 2, late),
        said("a", 2, back),
        said("b", 1, "2026-03-02T10:00:00.5Z"),
        said("a", 1, early),
        said("a", 3, late),
    ]);
    let order: Vec<_> = story.iter().map(|fact| (fact.writer.as_str(), fact.sequence)).collect();
    assert_eq!(order, [("a", 1), ("a", 2), ("b", 1), ("a", 3), ("b", 2)]);
}

#[test]
fn an_empty_chain_holds() {
    verify(&[]).unwrap();
}

#[test]
fn two_records_whose_fields_run_together_have_two_hashes() {
    let head = |hash: &str| Head { sequence: 1, hash: hash.to_owned() };
    let one = chain(&WriterId::new("ab"), Some(&head("c")), &undo()).unwrap();
    let two = chain(&WriterId::new("a"), Some(&head("bc")), &undo()).unwrap();
    assert_ne!(one.hash, two.hash);
}

proptest! {
    #[test]
    fn a_changed_byte_shows_wherever_it_is(place in any::<prop::sample::Index>(), field in 0..6_usize, byte in any::<prop::sample::Index>()) {
        let mut records = sample();
        let number = place.index(records.len());
        let record = &mut records[number];
        match field {
            0 => change(&mut record.at, &byte),
            1 => change(&mut record.subject, &byte),
            2 => change(&mut record.event, &byte),
            3 => change(&mut record.previous, &byte),
            4 => change(&mut record.hash, &byte),
            _ => record.format += 1,
        }
        let broken = verify(&records).unwrap_err();
        prop_assert!(broken.sequence == number as u64 + 1 || broken.sequence == number as u64 + 2);
    }
}

fn change(text: &mut String, byte: &prop::sample::Index) {
    if text.is_empty() {
        return text.push('0');
    }
    let at = text.floor_char_boundary(byte.index(text.len()));
    let end = text.ceil_char_boundary(at + 1);
    let other = if &text[at..end] == "x" { "y" } else { "x" };
    text.replace_range(at..end, other);
}

fn sample() -> Vec<Record> {
    FORMAT_1.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn undo() -> NewFact {
    let at = "2026-03-02T10:00:00Z".parse().unwrap();
    NewFact { at, subject: Subject::repository("acme/shop"), event: Event::UndoAsked.into() }
}
