use jiff::civil::date;
use lastgood_core::ids::ObjectId;
use lastgood_core::postmortem::event::{Deed, Published};
use lastgood_core::postmortem::library::{Entry, Kept, Shown, factors, gather, open_actions, search};

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
    assert!(entries[0].text.contains("kept here"), "nobody knows which is the newer one");
    assert_eq!(
        entries.iter().map(|entry| entry.shown).collect::<Vec<_>>(),
        [Shown::Apart, Shown::Repository, Shown::Repository]
    );
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
    let own = Kept { postmortem: record.postmortem(), text: own.to_owned(), published: Vec::new() };
    gather(vec![own], files)
}

const PUBLISHED: &str = "---\nid: pm-1\ntitle: Checkout failed\ndate: 2026-03-02\n---\n\n# Checkout failed\n\n## Summary\n\nShort.\n\n\
                         ## What we will do\n\n- [ ] Mend it\n- [ ] Test it\n";

/// What the library shows of one that is kept here and lies in the repository.
fn shown(here: &str, published: &[&str], there: &str) -> (Shown, String, usize) {
    let postmortem = Record1::new().postmortem();
    let published = published.iter().map(|text| (*text).to_owned()).collect();
    let files = vec![("docs/postmortems/a.md".to_owned(), there.to_owned())];
    let all = gather(vec![Kept { postmortem, text: here.to_owned(), published }], files);
    assert_eq!(all.len(), 1);
    (all[0].shown, all[0].text.clone(), open_actions(&all).len())
}

#[test]
fn what_was_ticked_in_the_repository_is_done() {
    let ticked = PUBLISHED.replace("- [ ] Mend", "- [x] Mend");
    assert_eq!(shown(PUBLISHED, &[PUBLISHED], &ticked), (Shown::Repository, ticked.clone(), 1));
    let written_out = ticked
        .replace("\n\nShort.", "\n\n<!-- lastgood:timeline -->\n\n| x |\n\n<!-- /lastgood:timeline -->\n\nShort.");
    let placed = |text: &str| text.replace("\n\nShort.", "\n\n<!-- lastgood:timeline -->\n\nShort.");
    let (which, text, open) = shown(&placed(PUBLISHED), &[&placed(PUBLISHED)], &written_out);
    assert_eq!((which, text.contains("| x |"), open), (Shown::Repository, false, 1), "{text}");
}

#[test]
fn what_was_changed_on_both_sides_goes_together_or_is_said_to_be_apart() {
    let here = PUBLISHED.replace("Short.", "Longer.");
    let there = PUBLISHED.replace("- [ ] Mend", "- [x] Mend");
    assert_eq!(shown(&here, &[PUBLISHED], PUBLISHED), (Shown::Here, here.clone(), 2));
    let both = here.replace("- [ ] Mend", "- [x] Mend");
    assert_eq!(shown(&here, &[PUBLISHED], &there), (Shown::Together, both, 1));
    let other = PUBLISHED.replace("Short.", "Theirs.");
    assert_eq!(shown(&here, &[PUBLISHED], &other), (Shown::Apart, here, 2));
}

#[test]
fn an_older_copy_in_the_repository_takes_nothing_back() {
    let newer = PUBLISHED.replace("- [ ] Mend", "- [x] Mend");
    let third = newer.replace("Short.", "Longer.");
    assert_eq!(shown(&third, &[&newer, PUBLISHED], PUBLISHED), (Shown::Here, third.clone(), 1));
    let edited = PUBLISHED.replace("- [ ] Test", "- [x] Test");
    assert_eq!(shown(&third, &[&newer, PUBLISHED], &edited).0, Shown::Apart, "both changed the list since");
}

#[test]
fn a_copy_of_the_first_version_is_not_taken_for_one_of_the_second() {
    let newer = format!("{PUBLISHED}- [ ] Watch it\n");
    assert_eq!(shown(&newer, &[&newer, PUBLISHED], PUBLISHED), (Shown::Here, newer.clone(), 3));
}
