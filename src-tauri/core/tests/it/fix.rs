//! A fix on its way: its name, its checklist, and what can happen to it.

use jiff::Timestamp;
use lastgood_core::fix::checklist::{SHIPPED, of_playbook};
use lastgood_core::fix::event::{Base, Beginning, Deed, Event, PullRequest};
use lastgood_core::fix::{Fix, begin, branch_name, fold, id_of, next, pull_request_number};
use lastgood_core::ids::{FixId, ObjectId, RollbackId};
use lastgood_core::journal::{self, Fact, Subject};

#[test]
fn a_branch_is_named_after_the_reason_and_else_after_the_bad_release() {
    let bad = "v2.4.1".into();
    for (pattern, reason, name) in [
        ("fix/{slug}", "Checkout fails: HTTP 500!", "fix/checkout-fails-http-500"),
        ("fix/{slug}", "  ", "fix/v2.4.1"),
        ("fix/{slug}", "支払いが失敗する", "fix/v2.4.1"),
        ("hotfix/{tag}/{slug}", "Ümlaut", "hotfix/v2.4.1/mlaut"),
        (
            "fix/{slug}",
            "one two three four five six seven eight nine ten",
            "fix/one-two-three-four-five-six-seven-eight",
        ),
    ] {
        assert_eq!(branch_name(pattern, Some(&bad), reason), name, "{reason}");
    }
    assert_eq!(branch_name("fix/{slug}", None, ""), "fix/release");
    let long = branch_name("fix/{slug}", None, &"x".repeat(200));
    assert_eq!(long.len(), "fix/".len() + 40);
}

#[test]
fn a_pull_request_is_named_by_its_number_or_its_address() {
    for (text, number) in [
        ("418", Some(418)),
        (" #418 ", Some(418)),
        ("https://github.com/acme/shop/pull/418", Some(418)),
        ("https://github.com/acme/shop/pull/418/files?w=1", Some(418)),
        ("https://github.com/acme/shop/issues/418", None),
        ("0", None),
        ("", None),
        ("latest", None),
    ] {
        assert_eq!(pull_request_number(text), number, "{text}");
    }
}

#[test]
fn the_checklist_is_what_the_playbook_lists_below_its_heading() {
    let text = "# Rollback\n- [ ] not this\n\n## The way back up ##\n\nSome words.\n- [ ] Reproduce it\n### Before it ships\n* [x] Test it\n\n## After\n- [ ] nor this\n";
    assert_eq!(of_playbook(text), ["Reproduce it", "Test it"]);
    assert!(of_playbook("## Something else\n- [ ] x\n").is_empty());
    assert_eq!(of_playbook("## the way back up\r\n- [ ] One\r\n"), ["One"]);
    assert!(!SHIPPED.is_empty());
}

#[test]
fn an_item_is_done_once_and_its_taking_back_is_a_fact_too() {
    let fix = begun();
    let set = |done| Deed::FixItemSet { item: 1, done, by: "@developer".to_owned() };
    let done = next(&fix, at(2), &set(true)).unwrap();
    assert_eq!(done.items[1].done, Some(("@developer".to_owned(), at(2))));
    assert!(next(&done, at(3), &set(true)).is_err(), "it is done already");
    assert_eq!(next(&done, at(3), &set(false)).unwrap(), fix);
    let missing = Deed::FixItemSet { item: 2, done: true, by: String::new() };
    assert_eq!(
        next(&fix, at(2), &missing).unwrap_err().to_string(),
        "this cannot happen to the fix now: FixItemSet { item: 2, done: true, by: \"\" }"
    );
    assert!(next(&fix, at(2), &Deed::FixBegan(Box::new(beginning()))).is_err(), "it has begun already");
}

#[test]
fn a_fold_of_the_facts_is_the_fix_itself_and_each_fact_is_read_as_it_was_written() {
    let request = PullRequest { number: 418, url: "https://github.com/a/b/pull/418".to_owned(), title: "T".to_owned() };
    let deeds = [
        Deed::FixBegan(Box::new(beginning())),
        Deed::FixItemSet { item: 0, done: true, by: "@developer".to_owned() },
        Deed::FixBranchPushed { commit: ObjectId::new("c2"), by: "@developer".to_owned() },
        Deed::FixPullRequestLinked { pull_request: request.clone(), by: "@developer".to_owned() },
    ];
    let facts: Vec<Fact> = deeds.into_iter().zip(1..).map(|(deed, time)| fact(time, deed)).collect();
    for fact in &facts {
        let text = serde_json::to_string(&fact.event).unwrap();
        assert!(text.contains("\"kind\":\"fix_"), "{text}");
        assert_eq!(serde_json::from_str::<journal::Event>(&text).unwrap(), fact.event);
    }
    let [fix] = &fold(&facts).unwrap()[..] else { panic!("one fix") };
    assert_eq!((fix.pushed.as_ref().unwrap().as_str(), fix.pull_request.as_ref()), ("c2", Some(&request)));
    assert_eq!(fix.items[0].done.as_ref().unwrap().1, at(2));
    assert!(fold(&facts[1..]).is_err(), "it never began");
}

#[test]
fn the_fix_of_a_rollback_has_its_digits() {
    assert_eq!(id_of(&RollbackId::new("rb-0123")), FixId::new("fix-0123"));
}

fn begun() -> Fix {
    begin(FixId::new("fix-1"), at(1), beginning())
}

fn beginning() -> Beginning {
    Beginning {
        rollback: Some(RollbackId::new("rb-1")),
        incident: None,
        bad: Some("v2.4.1".into()),
        branch: "fix/checkout".to_owned(),
        base: Base::DefaultBranch,
        commit: ObjectId::new("c1"),
        checklist: vec!["One".to_owned(), "Two".to_owned()],
        playbook: None,
        by: "@developer".to_owned(),
    }
}

fn fact(time: i64, deed: Deed) -> Fact {
    Fact {
        writer: "writer".into(),
        sequence: u64::try_from(time).unwrap(),
        at: at(time),
        subject: Subject::repository("acme/shop"),
        event: Event { fix: FixId::new("fix-1"), deed }.into(),
        hash: String::new(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}
