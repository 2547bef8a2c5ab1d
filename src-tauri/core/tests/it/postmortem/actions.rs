use jiff::civil::date;
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::action::{Action, Priority, actions, set_actions};
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::section::SectionName;

use super::kit::about;

#[test]
fn actions_are_read_back_as_they_were_set_and_other_words_stay() {
    let mut document = Document::new(&PostmortemId::new("pm-1"), &about(), "2026-03-02", "@platform-lead");
    assert_eq!(actions(&document), []);
    document.section_mut(SectionName::WhatWeWillDo).unwrap().body.push_str("\nReviewed on Friday.\n");
    let wanted = vec![
        Action {
            text: "Run the load test | with default features".to_owned(),
            owner: "@platform-lead".to_owned(),
            due: Some(date(2026, 3, 9)),
            priority: Some(Priority::High),
            ticket: Some("#418".to_owned()),
            done: false,
        },
        Action {
            text: "Overlap on-call rotas".to_owned(),
            owner: String::new(),
            due: None,
            priority: None,
            ticket: None,
            done: true,
        },
    ];
    set_actions(&mut document, &wanted);
    assert_eq!(actions(&Document::parse(&document.text())), wanted);
    set_actions(&mut document, &wanted[..1]);
    assert_eq!(actions(&document), wanted[..1]);
    assert!(document.text().contains("Reviewed on Friday."));
    assert!(wanted[0].is_overdue(date(2026, 3, 10)) && !wanted[1].is_overdue(date(2026, 3, 10)));
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
