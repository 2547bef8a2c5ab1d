//! A dispatch leaves exactly once, whatever comes back.

use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::DispatchAnswer;
use lastgood_rehearsal::state::Access;
use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use serde_json::{Value, json};

use crate::rehearsed::{Rehearsed, order, status};

#[tokio::test]
async fn github_names_the_run_that_it_started() {
    let rehearsed = Rehearsed::start().await;
    let answer = rehearsed.dispatch().await;
    let run = RunId(rehearsed.server().state().runs.last().unwrap().id);
    assert_eq!(answer, DispatchAnswer::Run(run));
    let sent = rehearsed.sent("POST");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].path_and_query, "/repos/acme/connectias/actions/workflows/deploy.yml/dispatches");
    let body: Value = serde_json::from_str(&sent[0].body).unwrap();
    assert_eq!(body, json!({ "ref": "main", "inputs": { "version_tag": "v2.4.0" }, "return_run_details": true }));
    assert_eq!(rehearsed.started(), 1);
}

#[tokio::test]
async fn a_server_that_names_no_run_has_accepted() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::NoRunDetails { refuse: false }));
    assert_eq!(rehearsed.dispatch().await, DispatchAnswer::Accepted);
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 1));
}

#[tokio::test]
async fn a_server_that_refuses_to_be_asked_for_the_run_is_asked_once_more_without() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::NoRunDetails { refuse: true }).for_ever());
    assert_eq!(rehearsed.dispatch().await, DispatchAnswer::Accepted);
    let bodies: Vec<bool> =
        rehearsed.sent("POST").iter().map(|request| request.body.contains("return_run_details")).collect();
    assert_eq!(bodies, [true, false]);
    assert_eq!(rehearsed.started(), 1);
}

#[tokio::test]
async fn what_github_refuses_is_told_in_its_words_and_sent_once() {
    for (inputs, words) in [
        (&[("version_tag", "v2.4.0"), ("colour", "red")][..], "Unexpected inputs provided: [\"colour\"]"),
        (&[][..], "Required input 'version_tag' not provided"),
        (&[("version_tag", "v2.4.0"), ("environment", "moon")][..], "Provided value 'moon'"),
    ] {
        let rehearsed = Rehearsed::start().await;
        let DispatchAnswer::Refused(trouble) = rehearsed.github().dispatch(&order(inputs)).await else {
            panic!("{inputs:?} is refused")
        };
        assert_eq!(trouble.code, Code::GithubAnswer);
        assert!(trouble.message.contains(words), "{}", trouble.message);
        assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, 0));
    }
}

#[tokio::test]
async fn a_workflow_that_is_missing_or_switched_off_is_refused() {
    let rehearsed = Rehearsed::start().await;
    let mut missing = order(&[]);
    missing.workflow = "none.yml".to_owned();
    assert_eq!(outcome(&rehearsed.github().dispatch(&missing).await), ("refused", Some(Code::NotOnGithub)));
    let path = ".github/workflows/deploy.yml".to_owned();
    rehearsed.server().change(|state, _| state.disabled_workflows.insert(path)).unwrap();
    let DispatchAnswer::Refused(trouble) = rehearsed.dispatch().await else { panic!("it is switched off") };
    assert!(trouble.message.contains("disabled workflow"), "{}", trouble.message);
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (2, 0));
}

#[tokio::test]
async fn a_token_that_is_wrong_or_too_weak_is_refused() {
    let rehearsed = Rehearsed::start().await;
    let wrong = rehearsed.github_with("wrong").dispatch(&order(&[("version_tag", "v2.4.0")])).await;
    assert_eq!(outcome(&wrong), ("refused", Some(Code::TokenRejected)));
    rehearsed.server().change(|state, _| state.access = Access::Read).unwrap();
    assert_eq!(outcome(&rehearsed.dispatch().await), ("refused", Some(Code::TokenTooWeak)));
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (2, 0));
}

#[tokio::test]
async fn every_answer_and_every_silence_is_one_request_and_one_outcome() {
    use Code::{GithubAnswer, GithubUnreachable, NotOnGithub, RateLimited};
    let limited: &[(&str, &str)] = &[("retry-after", "3")];
    let moved: &[(&str, &str)] = &[("location", "/repositories/1/dispatches")];
    let (before, after) = (When::BeforeEffect, When::AfterEffect);
    let cut = |moment| FaultKind::Cut { moment };
    for (kind, expected, started) in [
        (status(429, limited, before), ("refused", Some(RateLimited)), 0),
        (status(403, limited, before), ("refused", Some(RateLimited)), 0),
        (status(404, &[], before), ("refused", Some(NotOnGithub)), 0),
        (status(301, moved, before), ("refused", Some(NotOnGithub)), 0),
        (status(307, moved, before), ("refused", Some(NotOnGithub)), 0),
        (status(500, &[], before), ("unknown", Some(GithubUnreachable)), 0),
        (status(502, &[], before), ("unknown", Some(GithubUnreachable)), 0),
        (status(503, limited, before), ("unknown", Some(GithubUnreachable)), 0),
        (status(502, &[], after), ("unknown", Some(GithubUnreachable)), 1),
        (FaultKind::Html { code: 502, when: after }, ("unknown", Some(GithubUnreachable)), 1),
        (FaultKind::Html { code: 200, when: before }, ("unknown", Some(GithubAnswer)), 0),
        (FaultKind::Html { code: 200, when: after }, ("unknown", Some(GithubAnswer)), 1),
        (cut(Moment::BeforeEffect), ("unknown", Some(GithubUnreachable)), 0),
        (cut(Moment::BeforeAnswer), ("unknown", Some(GithubUnreachable)), 1),
        (cut(Moment::DuringAnswer), ("unknown", Some(GithubUnreachable)), 1),
        (cut(Moment::AfterAnswer), ("run", None), 1),
    ] {
        let rehearsed = Rehearsed::start().await;
        // A connection that is used again may break in other ways than a fresh one.
        let github = rehearsed.github();
        github.account().await.unwrap();
        rehearsed.arm(Fault::once("/dispatches", kind.clone()));
        let answer = github.dispatch(&order(&[("version_tag", "v2.4.0")])).await;
        assert_eq!(outcome(&answer), expected, "{kind:?} {answer:?}");
        assert_eq!((rehearsed.sent("POST").len(), rehearsed.started()), (1, started), "{kind:?}");
    }
}

/// The kind of answer, and its trouble's code.
pub(super) fn outcome(answer: &DispatchAnswer) -> (&'static str, Option<Code>) {
    match answer {
        DispatchAnswer::Run(_) => ("run", None),
        DispatchAnswer::Accepted => ("accepted", None),
        DispatchAnswer::Refused(trouble) => ("refused", Some(trouble.code)),
        DispatchAnswer::NotSent(trouble) => ("not sent", Some(trouble.code)),
        DispatchAnswer::Unknown(trouble) => ("unknown", Some(trouble.code)),
    }
}
