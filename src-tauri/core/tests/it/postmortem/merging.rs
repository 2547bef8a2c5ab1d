use lastgood_core::postmortem::Stage;
use lastgood_core::postmortem::event::{Deed, PullRequestOpened};
use lastgood_core::postmortem::merge::{Conflict, Part, Side, merge, settle, settle_shown};

use super::kit::Record1;

const BASE: &str =
    "---\ntitle: t\n---\n# t\n\n## Summary\n\nold\n\n## Impact\n\nsmall\n\n## What went well\n\nnothing\n";

#[test]
fn a_pull_request_that_was_closed_can_be_opened_anew_and_merged() {
    let mut record = Record1::new();
    let opened = |number| {
        let url = format!("https://github.com/acme/shop/pull/{number}");
        let branch = "postmortem/a".to_owned();
        Deed::PostmortemPullRequestOpened(PullRequestOpened { branch, number, url, by: "@on-call".to_owned() })
    };
    let ended = |merged| Deed::PostmortemPullRequestEnded { number: 7, merged };
    let steps = [
        (opened(7), Stage::Review, true),
        (ended(false), Stage::Closed, true),
        (opened(7), Stage::Review, true),
        (ended(false), Stage::Closed, true),
        (ended(true), Stage::Published, false),
        (opened(7), Stage::Published, false),
    ];
    for (second, (deed, stage, asked)) in steps.into_iter().enumerate() {
        record.say(&format!("2026-03-02T13:00:0{second}Z"), deed);
        let postmortem = record.postmortem();
        assert_eq!((postmortem.stage(), postmortem.unmerged().is_some()), (stage, asked), "after {second}");
        assert_eq!(postmortem.pull_requests.len(), 1);
    }
}

#[test]
fn what_each_side_changed_alone_is_taken() {
    let ours = BASE.replace("old", "ours");
    let theirs = format!("{}\n## Appendix\n\nmore\n", BASE.replace("small", "theirs"));
    let merged = merge(BASE, &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    let text = merged.document.text();
    assert_eq!(text, format!("{}\n## Appendix\n\nmore\n", ours.replace("small", "theirs")));
}

#[test]
fn what_both_changed_is_shown_and_nothing_is_overwritten() {
    let ours = BASE.replace("old", "ours");
    let theirs = BASE.replace("old", "theirs");
    let merged = merge(BASE, &ours, &theirs);
    let [conflict] = merged.conflicts.as_slice() else { panic!("{:?}", merged.conflicts) };
    assert_eq!(conflict.part, Part::Section("Summary".to_owned()));
    let text = merged.document.text();
    assert_eq!(text, ours);
    assert_eq!(settle(&text, conflict, Side::Ours), ours);
    assert_eq!(settle(&text, conflict, Side::Theirs), theirs);
    let both = settle(&text, conflict, Side::Both);
    assert!(both.contains("ours") && both.contains("theirs") && both.matches("## Summary").count() == 1, "{both}");
    assert!(both.ends_with(&BASE[BASE.find("## Impact").unwrap()..]));
}

#[test]
fn what_was_chosen_counts_for_the_texts_that_were_shown_and_for_no_others() {
    let ours = BASE.replace("old", "ours").replace("small", "mine");
    let theirs = BASE.replace("old", "theirs").replace("small", "other");
    let merged = merge(BASE, &ours, &theirs);
    let marks: Vec<String> = merged.conflicts.iter().map(Conflict::mark).collect();
    let chosen = [(marks[0].clone(), Side::Theirs), (marks[1].clone(), Side::Ours)];
    let settled = settle_shown(&merged.document.text(), &merged.conflicts, &chosen).unwrap();
    assert_eq!(settled, BASE.replace("old", "theirs").replace("small", "mine"));
    let again = merge(BASE, &ours, &theirs.replace("theirs", "newer"));
    assert_eq!(settle_shown(&again.document.text(), &again.conflicts, &chosen), None, "nobody saw the newer text");
    let typed = merge(BASE, &ours.replace("mine", "typed"), &theirs);
    assert_eq!(settle_shown(&typed.document.text(), &typed.conflicts, &chosen), None, "nor what was typed since");
    assert_eq!(settle_shown(&ours, &merged.conflicts, &chosen[..1]), None, "one was not chosen");
}

#[test]
fn line_ends_alone_are_no_change() {
    let theirs = BASE.replace("small", "theirs").replace('\n', "\r\n");
    let merged = merge(BASE, &BASE.replace("old", "ours"), &theirs);
    assert_eq!(merged.conflicts, []);
    let text = merged.document.text();
    assert!(text.contains("ours") && text.contains("theirs"));
}

#[test]
fn a_section_that_one_took_away_and_the_other_went_on_with_is_kept_and_asked_about() {
    let ours = BASE.replace("## Impact\n\nsmall\n\n", "");
    let theirs = BASE.replace("small", "larger");
    let merged = merge(BASE, &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].ours, None);
    assert!(merged.document.text().contains("larger"));
    let gone = merge(BASE, &ours, BASE);
    assert_eq!((gone.conflicts.len(), gone.document.text()), (0, ours));
}

#[test]
fn without_a_common_copy_every_difference_is_a_conflict() {
    let merged = merge("", BASE, &BASE.replace("small", "theirs").replace("title: t", "title: u"));
    let parts: Vec<&Part> = merged.conflicts.iter().map(|conflict| &conflict.part).collect();
    assert_eq!(parts, [&Part::Head, &Part::Section("Impact".to_owned())]);
    assert_eq!(merged.document.text(), BASE);
    let settled = settle(BASE, &merged.conflicts[0], Side::Theirs);
    assert_eq!(settled, BASE.replace("title: t", "title: u"));
}
