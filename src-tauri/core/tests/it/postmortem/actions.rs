use jiff::civil::date;
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::action::{Action, Priority, actions, add_action, remove_action, set_action, set_ticket};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::section::SectionName;

use super::kit::about;

#[test]
fn actions_are_read_back_as_they_were_added_and_other_words_stay() {
    let mut document = Document::new(&PostmortemId::new("pm-1"), &about(), "2026-03-02", "@platform-lead");
    assert_eq!(actions(&document), []);
    document.section_mut(SectionName::WhatWeWillDo).unwrap().body.push_str("\nReviewed on Friday.\n");
    let mut test = action("Run the load test | with default features");
    test = Action { owner: "@platform-lead".to_owned(), due: Some(date(2026, 3, 9)), ..test };
    test = Action { priority: Some(Priority::High), ticket: Some("#418".to_owned()), ..test };
    let rota = Action { done: true, ..action("Overlap on-call rotas") };
    assert!(add_action(&mut document, &test) && add_action(&mut document, &rota));
    assert_eq!(actions(&Document::parse(&document.text())), [test.clone(), rota.clone()]);
    assert!(remove_action(&mut document, 1) && !remove_action(&mut document, 1));
    assert_eq!(actions(&document), [test.clone()]);
    assert!(document.text().contains("\n\nReviewed on Friday.\n"));
    assert!(test.is_overdue(date(2026, 3, 10)) && !rota.is_overdue(date(2026, 3, 10)));
}

const OTHERS: &str = "## What we will do\r\n\r\n\
    | # | Action   | Owner | Due    | Priority | Effort | State       |\r\n\
    |---|:---------|-------|--------|:--------:|-------:|-------------|\r\n\
    | 1 | Meter it | @dev  | 27 Nov | Must     | 3 d    | in progress |\r\n\
    | 2 | Tell \\| ask\r\n\
    \r\n- [ ] Add an alert @on-call (due 2026-03-09)\r\n  with the lead\r\n\r\n\
    | Action | Who |\r\n| - | - |\r\n| Mend the lamp | Jo |\r\n";

#[test]
fn a_change_writes_the_cells_that_it_is_about_and_leaves_all_else_as_people_wrote_it() {
    let ticked = changed(OTHERS, 0, |one| Action { done: true, ..one });
    assert_eq!(ticked, OTHERS.replace("| in progress |", "| done |"));
    let owned = changed(OTHERS, 0, |one| Action { owner: "@lead".to_owned(), ..one });
    assert_eq!(owned, OTHERS.replace("| @dev  |", "| @lead |"));
    let named = changed(OTHERS, 1, |one| Action { text: "Tell | ask | wait".to_owned(), ..one });
    assert_eq!(named, OTHERS.replace("Tell \\| ask", "Tell \\| ask \\| wait"));
    let due = changed(OTHERS, 1, |one| Action { due: Some(date(2026, 3, 9)), ..one });
    assert_eq!(due, OTHERS.replace("Tell \\| ask", "Tell \\| ask |  | 2026-03-09 |"));
    let same = changed(OTHERS, 3, |one| one);
    assert_eq!(same, OTHERS);
}

#[test]
fn a_column_that_is_missing_is_added_to_its_own_table_alone() {
    let mut document = Document::parse(OTHERS);
    assert!(set_ticket(&mut document, "Mend the lamp", "#7"));
    let wanted = "| Action | Who | Ticket |\r\n| - | - | --- |\r\n| Mend the lamp | Jo | #7 |\r\n";
    assert_eq!(document.text(), OTHERS.replace("| Action | Who |\r\n| - | - |\r\n| Mend the lamp | Jo |\r\n", wanted));
    assert!(!set_ticket(&mut document, "Mend the lamp", "#8"), "it has one");
    assert_eq!(actions(&document).len(), 4, "nothing was copied");
}

#[test]
fn a_task_of_a_list_is_changed_in_its_own_words() {
    let done = changed(OTHERS, 2, |one| Action { done: true, ticket: Some("#9".to_owned()), ..one });
    let line = "- [x] Add an alert @on-call (due 2026-03-09) #9";
    assert_eq!(done, OTHERS.replace("- [ ] Add an alert @on-call (due 2026-03-09)", line));
    let other = changed(OTHERS, 2, |one| Action { owner: "@dev".to_owned(), due: None, ..one });
    assert_eq!(other, OTHERS.replace("@on-call (due 2026-03-09)", "@dev"));
    let later = changed(OTHERS, 2, |one| Action { due: Some(date(2026, 4, 1)), priority: Some(Priority::Low), ..one });
    assert_eq!(later, OTHERS.replace("(due 2026-03-09)", "(due 2026-04-01) priority:low"));
    let mut list = Document::parse("## What we will do\n\n* [x] Tell support");
    assert!(add_action(&mut list, &Action { ticket: Some("#3".to_owned()), ..action("Ask them") }));
    assert_eq!(list.text(), "## What we will do\n\n* [x] Tell support\n* [ ] Ask them #3\n");
    let nobody = Action { owner: "Jo".to_owned(), ..actions(&list)[1].clone() };
    assert!(!set_action(&mut list, 1, &nobody), "a task has no place for such an owner");
    assert!(list.text().ends_with("* [ ] Ask them #3\n"));
}

#[test]
fn what_stands_in_code_is_no_action() {
    let text = "## What we will do\n\n```\n- [ ] not this\n| Action |\n| --- |\n| nor this |\n```\n- [ ] this\n";
    let found: Vec<String> = actions(&Document::parse(text)).into_iter().map(|one| one.text).collect();
    assert_eq!(found, ["this"]);
}

#[test]
fn what_other_teams_write_is_understood() {
    let text = "## What we will do\n\n- [ ] Add an alert @on-call (due 2026-03-09) #12\n- [x] Tell support\n- a thought\n\n\
                | Issue | Action | Owner |\n|:--|:-:|--|\n| #7 | Mend it | @dev |\n";
    let found = actions(&Document::parse(text));
    assert_eq!(found.len(), 3);
    assert_eq!(
        (found[0].owner.as_str(), found[0].due, found[0].ticket.as_deref()),
        ("@on-call", Some(date(2026, 3, 9)), Some("#12"))
    );
    assert!(found[1].done);
    assert_eq!((found[2].text.as_str(), found[2].ticket.as_deref()), ("Mend it", Some("#7")));
}

fn action(text: &str) -> Action {
    Action { text: text.to_owned(), owner: String::new(), due: None, priority: None, ticket: None, done: false }
}

/// The text after one change of the action with this number.
fn changed(text: &str, number: usize, change: impl FnOnce(Action) -> Action) -> String {
    let mut document = Document::parse(text);
    let wanted = change(actions(&document).remove(number));
    assert!(set_action(&mut document, number, &wanted), "{wanted:?}");
    document.text()
}

#[test]
fn a_backslash_before_a_bar_is_read_back_as_it_was_added() {
    let mut document = Document::new(&PostmortemId::new("pm-1"), &about(), "2026-03-02", "@platform-lead");
    let grep = Action { owner: "@dev".to_owned(), ..action(r"Run `grep 'a\|b'`, then C:\ | \\| x\") };
    assert!(add_action(&mut document, &grep) && add_action(&mut document, &grep));
    assert_eq!(actions(&Document::parse(&document.text())), [grep.clone(), grep.clone()]);
    let before = document.text();
    assert!(!add_action(&mut document, &action(" ")), "it would not be read back");
    assert_eq!(document.text(), before);
    let mut list = Document::parse("## What we will do\n\n- [ ] One\n");
    assert!(!add_action(&mut list, &Action { owner: "Jo".to_owned(), ..action("Two") }), "no place for such an owner");
    assert_eq!(list.text(), "## What we will do\n\n- [ ] One\n");
}

#[test]
fn a_task_of_several_lines_stays_whole_and_goes_as_a_whole() {
    let text =
        "## What we will do\n\n- [ ] One\n  with the lead\n\t- [ ] A part of it\n- [ ] Two\n  and its\n    words";
    let mut list = Document::parse(text);
    assert!(add_action(&mut list, &action("Three")));
    assert_eq!(list.text(), format!("{text}\n- [ ] Three\n"));
    assert!(remove_action(&mut list, 2) && remove_action(&mut list, 0));
    assert_eq!(list.text(), "## What we will do\n\n\t- [ ] A part of it\n- [ ] Three\n");
}
