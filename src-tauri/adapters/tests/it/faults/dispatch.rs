//! A dispatch under every fault: one request, one outcome, and never a claim that is not known.

use std::time::Duration;

use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::DispatchAnswer;
use lastgood_rehearsal::{Fault, FaultKind};

use super::{Case, Row, cases, is_for_people, print, writes};
use crate::rehearsed::{PATIENCE, Rehearsed, order};

/// Far below the fault that is late, far above any answer that is not.
const DEADLINE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn under_every_fault_a_dispatch_leaves_once_and_claims_only_what_is_known() {
    let mut rows = Vec::new();
    for case in cases() {
        let rehearsed = Rehearsed::start().await;
        let github = rehearsed.github_within(if is_late(&case) { DEADLINE } else { PATIENCE });
        // A connection that is used again may break in other ways than a fresh one.
        github.account().await.unwrap();
        rehearsed.arm(Fault::once("/dispatches", case.kind.clone()));
        let answer = github.dispatch(&order(&[("version_tag", "v2.4.0")])).await;

        assert_eq!(writes(&rehearsed), 1, "{}", case.name);
        assert_eq!(rehearsed.started(), usize::from(case.effect), "{}", case.name);
        let (shown, trouble) = match &answer {
            DispatchAnswer::Run(_) | DispatchAnswer::Accepted => ("taken", None),
            DispatchAnswer::Refused(trouble) => ("refused", Some(trouble)),
            DispatchAnswer::NotSent(trouble) => ("not sent", Some(trouble)),
            DispatchAnswer::Unknown(trouble) => ("a person decides", Some(trouble)),
        };
        assert_eq!(trouble.map(|trouble| trouble.code), case.code, "{}: {answer:?}", case.name);
        assert!(trouble.is_none_or(is_for_people), "{}: {trouble:?}", case.name);
        // "No" is said only where nothing was started, "sent nothing" never: it reached the server.
        assert!(!(shown == "refused" && case.effect) && shown != "not sent", "{}: {answer:?}", case.name);
        rows.push(Row::of(&rehearsed, &case, "dispatch", shown.to_owned(), trouble));
    }
    print(&rows);
}

#[tokio::test]
async fn why_github_refused_is_told_in_its_own_words() {
    for (name, words) in [
        ("403, a scope is missing", "Resource not accessible by personal access token"),
        ("409", "Conflict"),
        ("422, a rule for tags", "Cannot create ref due to creations being restricted"),
    ] {
        let rehearsed = Rehearsed::start().await;
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        rehearsed.arm(Fault::once("/dispatches", case.kind));
        let DispatchAnswer::Refused(trouble) = rehearsed.dispatch().await else { panic!("{name} is a refusal") };
        assert!(trouble.message.contains(words), "{}", trouble.message);
    }
}

fn is_late(case: &Case) -> bool {
    matches!(case.kind, FaultKind::Delay { .. })
}
