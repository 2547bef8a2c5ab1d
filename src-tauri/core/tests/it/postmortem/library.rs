use jiff::civil::date;
use lastgood_core::ids::ObjectId;
use lastgood_core::postmortem::event::{Deed, Published};
use lastgood_core::postmortem::library::{Entry, factors, gather, open_actions, search};

use super::kit::Record1;

const OLD: &str = "---\ntitle: Checkout slow\ndate: 2025-11-02\n---\n## Contributing factors\n\n- No alert at night.\n- Load test\n\n\
                   ## What we will do\n\n| Action | Owner | Due | State |\n| - | - | - | - |\n| Add an alert | @on-call | 2025-12-01 | open |\n| Tell support | | | done |\n";

#[test]
fn what_lies_in_the_repository_and_what_the_journal_knows_is_one_list_newest_first() {
    let entries = entries();
    let told: Vec<(&str, bool, Option<&str>)> =
        entries.iter().map(|entry| (entry.title.as_str(), entry.id.is_some(), entry.path.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("Checkout failed after v2.5.0", true, Some("docs/postmortems/2026-03-02-checkout.md")),
            ("Checkout slow", false, Some("docs/postmortems/old.md")),
            ("2024-01-02-no-front", false, Some("docs/postmortems/2024-01-02-no-front.md")),
        ]
    );
    assert!(entries[0].text.contains("kept here"), "the copy of the repository is not the newer one");
}

#[test]
fn words_are_found_wherever_they_stand() {
    let entries = entries();
    let hits = search(&entries, "ALERT night");
    let told: Vec<(usize, &str)> = hits.iter().map(|hit| (hit.entry, hit.line.as_str())).collect();
    assert_eq!(told, [(0, "factors: [no alert at night]"), (1, "- No alert at night.")]);
    assert_eq!(search(&entries, "checkout").len(), 2);
    assert!(search(&entries, "nowhere").is_empty());
}

#[test]
fn what_contributed_more_than_once_is_counted_whatever_its_spelling() {
    let found = factors(&entries());
    let counts: Vec<(&str, usize)> = found.iter().map(|factor| (factor.name.as_str(), factor.entries.len())).collect();
    assert_eq!(counts, [("no alert at night", 2), ("Load test", 1)]);
}

#[test]
fn what_is_still_to_be_done_is_gathered_from_all_of_them() {
    let entries = entries();
    let open = open_actions(&entries);
    let told: Vec<(usize, &str)> = open.iter().map(|(entry, action)| (*entry, action.text.as_str())).collect();
    assert_eq!(told, [(1, "Add an alert"), (0, "Mend it")]);
    assert!(open[0].1.is_overdue(date(2025, 12, 2)));
}

fn entries() -> Vec<Entry> {
    let mut record = Record1::new();
    let path = "docs/postmortems/2026-03-02-checkout.md";
    record.say(
        "2026-03-02T13:00:00Z",
        Deed::PostmortemPublished(Published {
            branch: "postmortem/a".to_owned(),
            commit: ObjectId::new("a".repeat(40)),
            path: path.to_owned(),
            link: None,
            by: "@on-call".to_owned(),
        }),
    );
    let own = "---\nid: pm-1\ntitle: Checkout failed after v2.5.0\ndate: 2026-03-02\nfactors: [no alert at night]\n---\nkept here\n\
               ## What we will do\n\n- [ ] Mend it\n";
    let files = [
        (path, "---\nid: pm-1\n---\n"),
        ("docs/postmortems/old.md", OLD),
        ("docs/postmortems/2024-01-02-no-front.md", "text"),
        ("docs/postmortems/a.svg", "<svg/>"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec();
    gather(vec![(record.postmortem(), own.to_owned())], files)
}
