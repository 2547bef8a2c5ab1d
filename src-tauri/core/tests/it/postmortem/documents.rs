use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::difference::{Change, counts, difference};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::place::{Place, reduced, written_out};
use lastgood_core::postmortem::section::SectionName;
use proptest::prelude::*;

use super::kit::about;

#[test]
fn a_new_document_has_every_section_in_order_and_its_front_matter() {
    let document = new();
    let headings: Vec<&str> = document.sections.iter().map(|section| section.heading()).collect();
    let mut expected: Vec<&str> = SectionName::ALL.iter().map(|name| name.title()).collect();
    expected.push("Timeline");
    assert_eq!(headings, expected);
    assert_eq!(document.title().as_deref(), Some("Checkout failed after v2.5.0"));
    assert_eq!(document.list("rollbacks"), ["rb-1"]);
    assert_eq!(document.field("status").as_deref(), Some("draft"));
    assert_eq!(Document::parse(&document.text()), document);
}

#[test]
fn headings_in_fenced_code_and_in_comments_begin_no_section() {
    let text = "## Summary\n\n```text\n## not one\n~~~\n```\n\n<!--\n## nor this\n-->\n~~~~\n## no\n~~~\n## no\n~~~~\n## Impact\n";
    let document = Document::parse(text);
    let headings: Vec<&str> = document.sections.iter().map(|section| section.heading()).collect();
    assert_eq!(headings, ["Summary", "Impact"]);
    assert_eq!(document.text(), text);
}

#[test]
fn windows_line_ends_emoji_and_right_to_left_text_stay_byte_by_byte() {
    let text = "---\r\ntitle: \"🚒 توقف\"\r\n---\r\n\r\n# t\r\n\r\n## Summary\r\n\u{202e}abc\r\n<script>x</script>\r\n## Impact";
    let document = Document::parse(text);
    assert_eq!(document.text(), text);
    assert_eq!(document.title().as_deref(), Some("🚒 توقف"));
    assert!(document.section(SectionName::Summary).unwrap().body.contains("<script>x</script>\r\n"));
}

#[test]
fn one_field_is_written_and_every_other_byte_stays() {
    let text = "---\ntitle: a\nauthors:\n  - one\n  - two\nodd : [\nstatus: draft\n---\n## Summary\n";
    let mut document = Document::parse(text);
    document.set_field("authors", "@on-call");
    document.set_field("status", "published: \"yes\"");
    document.set_field("new", "x");
    assert_eq!(
        document.text(),
        "---\ntitle: a\nauthors: \"@on-call\"\nodd : [\nstatus: \"published: \\\"yes\\\"\"\nnew: \"x\"\n---\n## Summary\n"
    );
    let mut bare = Document::parse("## Summary\n");
    bare.set_field("title", "t");
    assert_eq!(bare.text(), "---\ntitle: \"t\"\n---\n## Summary\n");
}

#[test]
fn what_is_written_out_is_reduced_to_the_same_text() {
    for end in ["\n", "\r\n"] {
        let text = new().text().replace('\n', end);
        let full = written_out(&text, |place| Some(format!("what belongs to {place:?}\n\n| a |\n| - |")));
        assert!(full.contains("what belongs to Timeline") && full.len() > text.len());
        assert_eq!(reduced(&full), text);
        assert_eq!(reduced(&text), text);
    }
}

#[test]
fn a_marker_in_code_or_without_its_counterpart_is_mere_text() {
    let marker = Place::Timeline.marker();
    let text = format!("```\n{marker}\n```\n\n{marker}\nmine\n\n## Summary\nkept\n");
    assert_eq!(reduced(&text), text);
    let full = written_out(&text, |_| Some("x".to_owned()));
    assert_eq!(full.matches("\nx\n").count(), 1);
    assert_eq!(reduced(&full), text);
    assert_eq!(reduced(&format!("<!-- /lastgood:timeline -->\n{text}")), text);
}

#[test]
fn a_difference_holds_both_versions_whole() {
    let (old, new) = ("a\nb\r\nc\n", "a\nx\nc\nd");
    let pieces = difference(old, new);
    let without =
        |change: Change| pieces.iter().filter(move |piece| piece.change != change).map(|piece| piece.text.as_str());
    assert_eq!(without(Change::Added).collect::<String>(), old);
    assert_eq!(without(Change::Removed).collect::<String>(), new);
    assert_eq!(counts(&pieces), (2, 1));
}

#[test]
fn two_megabytes_of_log_are_taken_apart_and_put_together() {
    let log = "## ERROR | <iframe src=x> \u{1f525}\n".repeat(60_000);
    let text = format!("# t\n\n## What happened\n\n```\n{log}```\n\n## Impact\n\nnone\n");
    let document = Document::parse(&text);
    assert_eq!((document.sections.len(), document.text() == text), (2, true));
}

fn new() -> Document {
    Document::new(&PostmortemId::new("pm-1"), &about(), "2026-03-02", "@platform-lead")
}

proptest! {
    #[test]
    fn any_text_survives(lines in prop::collection::vec("(---|## [A-Ca-c]?|# x|```|~~~|<!--|-->|<!-- lastgood:(times|timeline|line a:1) -->|<!-- /lastgood:times -->|[a-z🚒|\u{202e}]{0,6})(\r\n|\n|)", 0..30)) {
        let text = lines.concat();
        prop_assert_eq!(Document::parse(&text).text(), text.clone());
        let clean = reduced(&text);
        prop_assert_eq!(reduced(&clean), clean.clone());
        let full = written_out(&clean, |_| Some("| x |".to_owned()));
        let again = reduced(&full);
        prop_assert_eq!(again.trim_end(), clean.trim_end());
    }
}
