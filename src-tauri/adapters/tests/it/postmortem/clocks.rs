//! Times across a change of clocks, as they leave: the reader's own beside UTC, row by row.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::postmortem::html::html;
use lastgood_adapters::postmortem::pdf::pdf;
use lastgood_core::ids::PostmortemId;
use lastgood_core::journal::{Fact, Record as Stored, Subject};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::{Deed, Event};
use lastgood_core::postmortem::export::{Options, write};
use lastgood_core::postmortem::story::tell;
use lastgood_core::postmortem::timeline::{GAP, Record};
use lastgood_core::postmortem::{About, fold};

use super::read_as;

#[test]
fn the_hour_that_comes_twice_is_told_apart_in_html_and_pdf_and_utc_goes_on() {
    let facts = across("2026-10-25T00:59:00Z");
    assert_told(&facts, ["CEST", "CET"]);
}

#[test]
fn the_hour_that_is_left_out_is_no_gap_in_html_and_pdf() {
    let facts = across("2026-03-29T00:59:00Z");
    let told = assert_told(&facts, ["CET", "CEST"]);
    assert!(told.iter().all(|text| !text.contains("1hwithoutanentry")), "nobody was silent for an hour");
}

/// A rollback that began before the clocks were changed at the next full hour, and ended behind it.
fn across(began: &str) -> Vec<Fact> {
    let all = include_str!("../../../../core/tests/it/samples/journal-format-1.jsonl").lines();
    let facts = all.map(|line| serde_json::from_str::<Stored>(line).unwrap().read().unwrap());
    let mut facts: Vec<Fact> = facts.filter(|fact| fact.subject.rollback == Some("rb-1".into())).collect();
    let shift = began.parse::<Timestamp>().unwrap().duration_since(facts[0].at);
    for fact in &mut facts {
        let later = if fact.sequence > 20 { SignedDuration::from_mins(5) } else { SignedDuration::ZERO };
        fact.at = fact.at + shift + later;
    }
    facts
}

/// Each fact's own time stands right before its UTC, in both forms, in the order of time; first in one zone, then in the
/// other.
fn assert_told(facts: &[Fact], zones: [&str; 2]) -> [String; 2] {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let about = About { rollbacks: vec!["rb-1".into()], ..About::by_hand("Checkout fails") };
    let begun = Event {
        postmortem: PostmortemId::new("pm-1"),
        deed: Deed::PostmortemCreated { about: about.clone(), by: "@on-call".to_owned() },
    };
    let begun = Fact {
        writer: "desk".into(),
        sequence: 1,
        at: facts[0].at,
        subject: Subject::repository("acme/shop"),
        event: begun.into(),
        hash: "0".repeat(64),
    };
    let all: Vec<Fact> = facts.iter().cloned().chain([begun]).collect();
    let story = tell(fold(&all).remove(0), &Record { facts: &all, deployments: &[], releases: &[] }, Vec::new(), GAP);
    let text = Document::new(&PostmortemId::new("pm-1"), &about, "2026-10-25", "@on-call").text();
    let written = write(&text, &story, &Options { zone: zone.clone(), details: true, pictures: "p".to_owned() });
    let page = html(&written, "p", "Checkout fails");
    let forms = [words_of(&page), flat(&read_as(&pdf(&written, "p", "Checkout fails").unwrap(), "-raw"))];
    for form in &forms {
        // Above it the times have the same words.
        let mut rest = &form[form.find("KindWhatSource").unwrap()..];
        let mut seen = Vec::new();
        for fact in facts {
            let here = fact.at.to_zoned(zone.clone()).strftime("%H:%M:%S%Z").to_string();
            let row = format!("{here}{}", fact.at.strftime("%Y-%m-%d%H:%M:%SUTC"));
            let source = format!("#{}{}", fact.sequence, &fact.hash[..12]);
            let start = rest.find(&row).unwrap_or_else(|| panic!("{row} of {source} in {rest}"));
            let end = rest[start..].find(&source).unwrap_or_else(|| panic!("{source} in {rest}"));
            assert_eq!(rest[start + 1..start + end].matches("UTC").count(), 1, "{source} is in the row of its time");
            rest = &rest[start + end..];
            seen.push(if here.ends_with("CEST") { "CEST" } else { "CET" });
        }
        seen.dedup();
        assert_eq!(seen, zones);
    }
    forms
}

fn words_of(page: &str) -> String {
    let mut within = false;
    let shown = |c: &char| {
        let shown = !within && *c != '<';
        within = (within || *c == '<') && *c != '>';
        shown
    };
    flat(&page[page.find("<body>").unwrap()..].chars().filter(shown).collect::<String>())
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect()
}
