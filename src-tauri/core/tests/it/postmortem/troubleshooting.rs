use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::troubleshooting::{entry, put};

use super::kit::{Record1, about};

#[test]
fn an_entry_says_what_people_see_what_shows_it_and_what_helped() {
    let text = Document::new(&"pm-1".into(), &about(), "2026-03-02", "@platform-lead").text();
    let told = entry(&Record1::with_incident().story(), &text, "postmortems/2026-03-02-checkout.md");
    assert!(
        told.starts_with("## Checkout failed after v2.5.0\n\n**What people see:** 12 % of orders fail\n"),
        "{told}"
    );
    assert!(told.contains("- Incident opened, severity 2: “Checkout fails”\n"), "{told}");
    assert!(told.contains("**What helped:** production went back from v2.5.0 to v2.4.0, which took "), "{told}");
    assert!(told.ends_with("[The post-mortem](<postmortems/2026-03-02-checkout.md>) tells all of it.\n"), "{told}");
    assert!(!told.contains("**Why:**"), "nobody said why: {told}");
}

#[test]
fn an_entry_is_put_at_the_end_once_and_replaced_there() {
    let id = PostmortemId::new("pm-1");
    let guide = "# Help\n\n## Disk full\n\nMake room.\n";
    let first = put(Some(guide), &id, "## One\n\nold\n");
    assert_eq!(first, format!("{guide}\n<!-- lastgood:pm-1 -->\n## One\n\nold\n<!-- /lastgood:pm-1 -->\n"));
    let both = put(Some(&first), &PostmortemId::new("pm-2"), "## Two\n");
    let again = put(Some(&both), &id, "## One\n\nnew\n");
    assert_eq!(again, both.replace("old", "new"));
    assert_eq!(put(Some(&again), &id, "## One\n\nnew\n"), again);
}

#[test]
fn the_rest_of_the_guide_stays_byte_by_byte_with_its_line_endings() {
    let id = PostmortemId::new("pm-1");
    let guide = "\u{feff}# Hilfe 🚒\r\n\r\nno end of line";
    let told = put(Some(guide), &id, "## One\n\nold\n");
    let (rest, entry) = told.split_at(guide.len());
    assert_eq!(rest, guide);
    assert_eq!(entry, "\r\n\r\n<!-- lastgood:pm-1 -->\r\n## One\r\n\r\nold\r\n<!-- /lastgood:pm-1 -->\r\n");
    assert!(put(None, &id, "## One\n").starts_with("# Troubleshooting\n\n<!-- lastgood:pm-1 -->\n## One\n"));
}
