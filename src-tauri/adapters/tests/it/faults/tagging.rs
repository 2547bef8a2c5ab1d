//! A tag by API under every fault. Nobody is told that it is there when it is not, or that it is not when it is.

use std::time::Duration;

use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Tagger, Written};
use lastgood_core::ports::repository::{PushOutcome, TagOrder};
use lastgood_core::release::Moment;
use lastgood_rehearsal::Fault;

use super::{Case, Row, cases, print};
use crate::rehearsed::{Rehearsed, git};

/// Far below the fault that is late, far above any answer that is not.
const DEADLINE: Duration = Duration::from_secs(5);
const TAG: &str = "rollback-20261122-144000";

#[tokio::test]
async fn under_every_fault_a_tag_is_placed_once_and_told_as_it_is() {
    let mut rows = Vec::new();
    for case in cases() {
        let rehearsed = Rehearsed::start().await;
        let made = tag_object(&rehearsed).await;
        rehearsed.arm(Fault::once("/git/refs", case.kind.clone()).on("POST"));
        let outcome = rehearsed.github_within(DEADLINE).place_tag(&TagName::new(TAG), &made).await;

        let placed = git(&rehearsed.description().remote, &["tag", "--list", TAG]) == TAG;
        assert_eq!(placed, case.effect, "{}", case.name);
        let sent = rehearsed.sent("POST");
        assert_eq!(
            sent.iter().filter(|request| request.path_and_query.ends_with("/git/refs")).count(),
            1,
            "{}",
            case.name
        );
        assert!(is_true(&outcome, placed), "{}: {outcome:?}", case.name);
        let (shown, words) = shown(&outcome);
        assert!(!words.contains(['<', '\n', '{']), "{}: {words}", case.name);
        rows.push(row(&rehearsed, &case, shown, words));
    }
    print(&rows);
}

#[tokio::test]
async fn a_rule_that_forbids_the_tag_is_quoted() {
    let rehearsed = Rehearsed::start().await;
    let made = tag_object(&rehearsed).await;
    let case = cases().into_iter().find(|case| case.name == "422, a rule for tags").unwrap();
    rehearsed.arm(Fault::once("/git/refs", case.kind).on("POST"));
    let outcome = rehearsed.github().place_tag(&TagName::new(TAG), &made).await;
    let PushOutcome::Refused(words) = outcome else { panic!("{outcome:?}") };
    assert!(words.contains("Cannot create ref due to creations being restricted"), "{words}");
}

#[tokio::test]
async fn a_name_that_another_object_has_stays_where_it_is() {
    let rehearsed = Rehearsed::start().await;
    let made = tag_object(&rehearsed).await;
    let remote = &rehearsed.description().remote;
    git(remote, &["tag", TAG, "v2.3.1"]);
    let before = git(remote, &["rev-parse", TAG]);
    let github = rehearsed.github();
    assert_eq!(github.place_tag(&TagName::new(TAG), &made).await, PushOutcome::Taken);
    assert_eq!(git(remote, &["rev-parse", TAG]), before);
    git(remote, &["tag", "--delete", TAG]);
    assert_eq!(github.place_tag(&TagName::new(TAG), &made).await, PushOutcome::Created);
    assert_eq!(github.place_tag(&TagName::new(TAG), &made).await, PushOutcome::AlreadyThere);
}

/// An annotated tag's object on the rehearsal, without a name.
async fn tag_object(rehearsed: &Rehearsed) -> ObjectId {
    let commit = git(&rehearsed.description().remote, &["rev-parse", "v2.4.0^{commit}"]);
    let order = TagOrder {
        name: TagName::new(TAG),
        commit: ObjectId::new(commit),
        message: "Rollback to v2.4.0".to_owned(),
        date: Moment { seconds: 1_763_822_400, offset: 0 },
    };
    let tagger = Tagger { name: "platform-lead".to_owned(), email: "platform-lead@acme.example".to_owned() };
    let Written::Done(made) = rehearsed.github().create_tag(&order, &tagger).await else { panic!("it is made") };
    made
}

fn is_true(outcome: &PushOutcome, placed: bool) -> bool {
    match outcome {
        PushOutcome::Created | PushOutcome::AlreadyThere => placed,
        PushOutcome::Refused(_) | PushOutcome::Taken => !placed,
        PushOutcome::Unknown(_) => true,
    }
}

fn shown(outcome: &PushOutcome) -> (&'static str, &str) {
    match outcome {
        PushOutcome::Created => ("created", ""),
        PushOutcome::AlreadyThere => ("already there", ""),
        PushOutcome::Taken => ("taken", ""),
        PushOutcome::Refused(words) => ("refused", words),
        PushOutcome::Unknown(words) => ("a person decides", words),
    }
}

fn row(rehearsed: &Rehearsed, case: &Case, shown: &str, words: &str) -> Row {
    Row { sentence: words.to_owned(), ..Row::of(rehearsed, case, "place_tag", shown.to_owned(), None) }
}
