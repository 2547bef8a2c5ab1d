use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::event::Deed;
use lastgood_core::postmortem::export::{Options, Written, escaped, slug, write};
use lastgood_core::postmortem::line::{LineId, LineKind};
use lastgood_core::postmortem::place::reduced;
use lastgood_core::postmortem::times::Landmark;

use super::kit::{Record1, about, at, berlin};

#[test]
fn every_fact_is_there_once_in_order_with_utc_beside_the_readers_time() {
    let record = Record1::new();
    let written = written(&record, true);
    let rows: Vec<&str> = timeline(&written.markdown);
    let facts = record.facts.iter().filter(|fact| fact.subject.rollback.is_some());
    let mut place = 0;
    let mut found = 0;
    for fact in facts {
        let source = format!("journal laptop #{} {}", fact.sequence, &fact.hash[..12]);
        assert_eq!(written.markdown.matches(&source).count(), 1, "{source}");
        let row = rows.iter().position(|row| row.contains(&source)).unwrap();
        assert!(row >= place, "{source} is out of order");
        assert!(rows[row].contains(&fact.at.strftime("%H:%M:%S UTC").to_string()), "{}", rows[row]);
        assert!(rows[row].contains(&fact.at.to_zoned(berlin()).strftime("%H:%M:%S CET").to_string()));
        place = row;
        found += 1;
    }
    // What is no fact: a deployment of GitHub's, and one gap, said as such.
    assert_eq!(rows.len(), found + 2);
}

#[test]
fn a_short_timeline_says_how_many_it_leaves_out() {
    let record = Record1::new();
    let (long, short) = (written(&record, true).markdown, written(&record, false).markdown);
    let left_out = timeline(&long).len() - timeline(&short).len();
    assert!(left_out > 10 && short.contains(&format!("{left_out} smaller entries are left out here")), "{short}");
}

#[test]
fn the_trace_of_an_edit_is_in_the_document() {
    let mut record = Record1::new();
    record.say(
        "2026-03-02T12:00:00Z",
        Deed::PostmortemMomentSet {
            landmark: Landmark::Began,
            to: Some(at("2026-03-02T09:25:00Z")),
            reason: "The first failed payment".to_owned(),
            by: "@on-call".to_owned(),
        },
    );
    let markdown = written(&record, true).markdown;
    assert!(markdown.contains(
        "| Began | 2026-03-02 10:25:00 CET | 2026-03-02 09:25:00 UTC | deployment 41 of v2.5.0 went live; @on-call set it from \
         2026-03-02 10:20:00 CET to 2026-03-02 10:25:00 CET on 2026-03-02 13:00:00 CET: The first failed payment |"
    ));
}

#[test]
fn what_comes_from_outside_stays_text_in_its_cell() {
    let mut record = Record1::new();
    record.add(
        "2026-03-02T09:31:00Z",
        LineKind::Message,
        "a | b\n<script>alert(1)</script> [x](javascript:y) \u{202e}z",
    );
    let markdown = written(&record, true).markdown;
    let row = timeline(&markdown).into_iter().find(|row| row.contains("alert")).unwrap();
    assert!(row.contains(r"a \| b<br>&lt;script&gt;alert(1)&lt;/script&gt; \[x\](javascript:y) "), "{row}");
    assert!(!row.contains('\u{202e}'));
    assert_eq!(row.replace("\\|", "").matches('|').count(), 6);
}

#[test]
fn the_export_is_reduced_to_the_document_it_was_made_from() {
    let record = Record1::new();
    assert_eq!(reduced(&written(&record, true).markdown), document());
}

#[test]
fn a_line_can_stand_in_the_text_and_one_that_is_gone_stays_a_comment() {
    let record = Record1::new();
    let text = "<!-- lastgood:line laptop:33 -->\n<!-- lastgood:line nobody:1 -->\n";
    let markdown = write(text, &record.story(), &options(true)).markdown;
    assert!(markdown.contains("> 2026-03-02 11:01:19 CET (2026-03-02 10:01:19 UTC) Prove succeeded"), "{markdown}");
    assert!(markdown.ends_with("<!-- lastgood:line nobody:1 -->\n"));
    assert_eq!(LineId::new("laptop:33").as_str(), "laptop:33");
}

#[test]
fn pictures_are_beside_the_document_under_relative_names() {
    let written = written(&Record1::new(), true);
    let names: Vec<&str> = written.pictures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["rollback.svg", "probes.svg", "steps.svg"]);
    assert!(written.markdown.contains("](pictures/steps.svg)"));
}

#[test]
fn across_a_change_of_clocks_each_time_is_told_apart_and_in_order() {
    let mut record = Record1::new();
    let shift = at("2026-10-25T00:59:00Z").duration_since(record.facts[0].at);
    for fact in record.facts.iter_mut().filter(|fact| fact.subject.rollback.is_some()) {
        fact.at = fact.at.checked_add(shift).unwrap();
        // The rollback began before the hour that comes twice, and ended in its second turn.
        if fact.sequence > 20 {
            fact.at = fact.at.checked_add(jiff::SignedDuration::from_mins(45)).unwrap();
        }
    }
    record.deployments.clear();
    let markdown = written(&record, true).markdown;
    let rows = timeline(&markdown);
    let told: Vec<&str> = rows.iter().filter(|row| row.contains("journal laptop")).copied().collect();
    assert_eq!(told.len(), 38);
    let zones: Vec<bool> = told.iter().map(|row| row.contains(" CEST")).collect();
    assert!(zones[0] && !zones[37] && zones.is_sorted_by(|one, next| one >= next), "{zones:?}");
    let utc = |row: &str| row.split('|').find(|cell| cell.contains("UTC")).unwrap().trim().to_owned();
    assert!(told.is_sorted_by_key(|row| utc(row)), "{told:?}");
}

#[test]
fn a_clock_that_was_put_forward_leaves_a_gap_and_no_line_out() {
    let mut record = Record1::new();
    for fact in record.facts.iter_mut().filter(|fact| fact.writer.as_str() == "laptop" && fact.sequence >= 20) {
        fact.at = fact.at.checked_add(jiff::SignedDuration::from_hours(26)).unwrap();
    }
    let markdown = written(&record, true).markdown;
    assert_eq!(timeline(&markdown).iter().filter(|row| row.contains("journal laptop")).count(), 38);
    assert!(markdown.contains("1 d 2 h without an entry"), "{markdown}");
    assert!(!markdown.contains("set back"), "{markdown}");
}

#[test]
fn a_slug_is_short_and_made_of_letters_and_digits() {
    assert_eq!(
        slug("2026-03-02", "Plugin execution: failed/after v2.4.1!"),
        "2026-03-02-plugin-execution-failed-after-v2-4-1"
    );
    assert_eq!(slug("2026-03-02", "../../etc"), "2026-03-02-etc");
    assert!(slug("2026-03-02", &"word ".repeat(50)).len() < 80);
    assert_eq!(escaped("tab\tand\u{7}bell"), "tab and\u{fffd}bell");
}

fn written(record: &Record1, details: bool) -> Written {
    write(&document(), &record.story(), &options(details))
}

fn options(details: bool) -> Options {
    Options { zone: berlin(), details, pictures: "pictures".to_owned() }
}

fn document() -> String {
    Document::new(&PostmortemId::new("pm-1"), &about(), "2026-03-02", "@platform-lead").text()
}

/// The rows of the timeline.
fn timeline(markdown: &str) -> Vec<&str> {
    let from = markdown.find("| Kind | What | Source |").unwrap();
    markdown[from..].lines().skip(2).take_while(|line| line.starts_with('|')).collect()
}
