//! Reading under every fault: nothing is written, and what cannot be read is said, never guessed.

use std::fmt::Write as _;
use std::time::Duration;

use lastgood_core::error::Trouble;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::DeploymentState;
use lastgood_rehearsal::{Fault, FaultKind};

use super::{Case, Row, cases, is_for_people, print, without_transports_words, writes};
use crate::rehearsed::{PATIENCE, Rehearsed};

/// Far below the fault that is late; nothing else has to come in this time.
const DEADLINE: Duration = Duration::from_millis(500);
const CALLS: [&str; 4] = ["environments", "deployments", "workflows", "run"];

#[tokio::test]
async fn under_every_fault_reading_writes_nothing_and_says_what_is_wrong() {
    let (mut rows, mut told) = (Vec::new(), String::new());
    let faulty = cases().into_iter().filter(|case| case.code.is_some() && !is_moved(case));
    for case in faulty {
        let rehearsed = Rehearsed::start().await;
        // Whatever a call asks, and however often, it meets the fault.
        rehearsed.arm(Fault::once("", case.kind.clone()).for_ever());
        for call in CALLS {
            let outcome = asked(&rehearsed, &case, call).await;
            let code = outcome.as_ref().err().map(|trouble| trouble.code);
            assert_eq!(code, case.code, "{} {call}: {outcome:?}", case.name);
            assert_eq!((writes(&rehearsed), rehearsed.started()), (0, 0), "{} {call}", case.name);
            assert!(outcome.as_ref().err().is_none_or(is_for_people), "{outcome:?}");
            if let Err(trouble) = &outcome {
                let words = without_transports_words(&trouble.message);
                writeln!(told, "{}, {call}\n    {words}\n    {}", case.name, trouble.hint).unwrap();
            }
            rows.push(Row::of(&rehearsed, &case, call, "said".to_owned(), outcome.as_ref().err()));
        }
    }
    print(&rows);
    insta::assert_snapshot!("reading", told);
}

#[tokio::test]
async fn a_word_that_nobody_knows_is_kept_as_it_came() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::UnknownStatus { word: "levitating".to_owned() }).for_ever());
    let deployments = rehearsed.github().deployments().await.unwrap();
    assert_eq!(deployments.len(), 13, "one word spoils no page");
    let kept = |state: &DeploymentState| matches!(state, DeploymentState::Other(word) if word.eq_ignore_ascii_case("levitating"));
    assert!(deployments.iter().all(|deployment| kept(&deployment.state)), "{deployments:?}");
    let run = rehearsed.server().state().runs[0].id;
    let run = rehearsed.github().run(lastgood_core::ids::RunId(run)).await.unwrap();
    assert_eq!(run.status, "levitating");
    assert!(!run.is_over(), "of an unknown word nothing is claimed");
    assert_eq!((writes(&rehearsed), rehearsed.started()), (0, 0));
}

#[tokio::test]
async fn null_where_the_description_allows_it_costs_no_more_than_that_field() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::Nulls).for_ever());
    let github = rehearsed.github();
    let deployments = github.deployments().await.unwrap();
    assert_eq!(deployments.len(), 13);
    assert!(deployments.iter().all(|deployment| deployment.succeeded.is_some()), "{deployments:?}");
    rehearsed.dispatch().await;
    let newest = rehearsed.server().state().runs.last().unwrap().id;
    let run = github.run(lastgood_core::ids::RunId(newest)).await.unwrap();
    assert!(run.id.0 == newest && !run.jobs.is_empty(), "{run:?}");
    let found = github.dispatched_runs("deploy.yml", "main").await.unwrap();
    assert_eq!(found[0].id.0, newest);
    assert_eq!(github.workflows().await.unwrap().len(), 1);
    assert_eq!((writes(&rehearsed), rehearsed.started()), (1, 1), "the dispatch above, and nothing else");
}

async fn asked(rehearsed: &Rehearsed, case: &Case, call: &str) -> Result<(), Trouble> {
    let is_late = matches!(case.kind, FaultKind::Delay { .. });
    let github = rehearsed.github_within(if is_late { DEADLINE } else { PATIENCE });
    let run = rehearsed.server().state().runs[0].id;
    match call {
        "environments" => github.environments().await.map(drop),
        "deployments" => github.deployments().await.map(drop),
        "workflows" => github.workflows().await.map(drop),
        _ => github.run(lastgood_core::ids::RunId(run)).await.map(drop),
    }
}

/// Reading follows a renamed repository; here it would lead in a circle.
fn is_moved(case: &Case) -> bool {
    matches!(case.kind, FaultKind::Status { code: 301, .. })
}
