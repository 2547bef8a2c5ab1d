//! Every fault of a dispatch through the program itself: what it says, how it ends, and what reached GitHub.

use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use serde_json::{Value, json};

use crate::kit::{Done, Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_ends_the_rollback_with_githubs_words() {
    let before = |code| status(code, When::BeforeEffect, &json!({ "message": "No." }));
    let rule = json!({ "message": "Repository rule violations found\n\nCannot create ref.\n\n" });
    for (name, kind, code, words) in [
        ("401", before(401), "token_rejected", "the token is wrong or expired"),
        ("403", before(403), "token_too_weak", "No."),
        ("404", before(404), "not_on_github", "the token may not write it"),
        ("409", before(409), "github_answer", "No."),
        ("422", status(422, When::BeforeEffect, &rule), "github_answer", "Cannot create ref."),
        ("301", before(301), "not_on_github", "renamed or moved"),
    ] {
        let (stage, done) = through(kind).await;
        let step = dispatch(&done);
        assert_eq!((&step["outcome"], &step["code"]), (&json!("failed"), &json!(code)), "{name}: {done:?}");
        let sentence = step["sentence"].as_str().unwrap();
        assert!(sentence.contains(words), "{name}: {sentence}");
        assert!(step["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{name}: {step}");
        assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("failed")), "{name}");
        assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 0, "v2.4.1"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_tells_nothing_leaves_the_decision_to_a_person() {
    for (name, kind) in [
        ("500", status(500, When::BeforeEffect, &json!({}))),
        ("502", status(502, When::BeforeEffect, &json!({}))),
        ("cut before the effect", FaultKind::Cut { moment: Moment::BeforeEffect }),
        ("200 in HTML", FaultKind::Html { code: 200, when: When::BeforeEffect }),
        ("502 in HTML", FaultKind::Html { code: 502, when: When::BeforeEffect }),
    ] {
        let (stage, done) = through(kind).await;
        let step = dispatch(&done);
        assert_eq!(step["outcome"], "inconclusive", "{name}: {done:?}");
        assert!(!step["sentence"].as_str().unwrap().contains('<'), "{name}: {step}");
        assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("inconclusive")), "{name}");
        assert!(done.last()["hint"].as_str().unwrap().contains("--choose"), "{name}: {done:?}");
        assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 0, "v2.4.1"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_answer_was_lost_is_found_and_followed() {
    for (name, kind) in [
        ("502 after the effect", status(502, When::AfterEffect, &json!({}))),
        ("cut before the answer", FaultKind::Cut { moment: Moment::BeforeAnswer }),
        ("cut during the answer", FaultKind::Cut { moment: Moment::DuringAnswer }),
        ("cut after the answer", FaultKind::Cut { moment: Moment::AfterAnswer }),
    ] {
        let (stage, done) = through(kind).await;
        assert_eq!(dispatch(&done)["outcome"], "succeeded", "{name}: {done:?}");
        assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{name}");
        assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 1, "v2.4.0"), "{name}");
    }
}

async fn through(kind: FaultKind) -> (Stage, Done) {
    let stage = Stage::start().await;
    stage.arm(Fault::once("/dispatches", kind).on("POST"));
    let done = finish(&mut stage.rollback(&[]));
    (stage, done)
}

/// How the step that dispatches ended.
fn dispatch(done: &Done) -> Value {
    let ended = |line: &Value| line["kind"] == "step_ended" && line["payload"]["step"] == "dispatch";
    let fact = done.lines().into_iter().find(ended).unwrap_or_else(|| panic!("{done:?}"));
    fact["payload"].clone()
}

fn status(code: u16, when: When, body: &Value) -> FaultKind {
    let headers = [("location".to_owned(), "/repositories/300".to_owned())];
    let headers = if code == 301 { headers.into() } else { [].into() };
    FaultKind::Status { code, body: Some(body.clone()), headers, when }
}
