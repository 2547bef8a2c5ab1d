//! Every fault of a dispatch through the program itself: what it says, how it ends, and what reached GitHub.

use lastgood_rehearsal::{Fault, FaultKind, Moment, When};
use serde_json::{Value, json};

use crate::kit::{Done, Stage, finish};

/// The page that GitHub's answers about secondary limits point to.
const SECONDARY: &str =
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits";

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

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_lasts_longer_than_a_rollback_may_ends_it_with_nothing_started() {
    let secondary = json!({ "message": "You have exceeded a secondary rate limit.", "documentation_url": SECONDARY });
    for (name, code, body, headers) in [
        ("429 with retry-after", 429, json!({}), vec![("retry-after", "3600")]),
        ("429 without", 429, json!({}), vec![]),
        ("secondary limit with retry-after", 403, json!({}), vec![("retry-after", "3600")]),
        ("secondary limit without", 403, secondary, vec![]),
    ] {
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let kind = FaultKind::Status { code, body: Some(body), headers, when: When::BeforeEffect };
        // Less than the minute that is waited where GitHub names no time.
        let (stage, done) = hurried(kind).await;
        let step = dispatch(&done);
        assert_eq!((&step["outcome"], &step["code"]), (&json!("failed"), &json!("rate_limited")), "{name}: {done:?}");
        assert_eq!(step["sentence"], "GitHub's limit of calls is reached.", "{name}");
        assert!(step["hint"].as_str().unwrap().starts_with("Wait "), "{name}: {step}");
        assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("failed")), "{name}");
        assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 0, "v2.4.1"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_soon_over_is_waited_for_and_shown() {
    let headers = [("retry-after".to_owned(), "2".to_owned())].into();
    let (stage, done) = through(FaultKind::Status { code: 429, body: None, headers, when: When::BeforeEffect }).await;
    let waits = |line: &Value| line["kind"] == "waiting" && line["payload"]["step"] == "dispatch";
    let waited = done.lines().into_iter().find(waits).unwrap_or_else(|| panic!("{done:?}"));
    let sentence = waited["payload"]["sentence"].as_str().unwrap().to_owned();
    assert!(sentence.starts_with("GitHub asks for fewer calls; nothing is asked before "), "{sentence}");
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{done:?}");
    // The first one was refused before it had an effect.
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (2, 1, "v2.4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_first_byte_comes_too_late_is_looked_up() {
    let (stage, done) = through(FaultKind::Delay { milliseconds: 120_000 }).await;
    let step = dispatch(&done);
    assert_eq!(step["outcome"], "succeeded", "{done:?}");
    assert!(step["sentence"].as_str().unwrap().contains("accepted"), "{step}");
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")));
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 1, "v2.4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_nobody_knows_is_shown_as_it_came_and_ends_nothing() {
    let stage = Stage::start().await;
    let word = FaultKind::UnknownStatus { word: "levitating".to_owned() };
    stage.arm(Fault::once("/actions/runs/", word.clone()).times(4));
    let done = finish(&mut stage.rollback(&[]));
    let seen = |line: &Value| line["kind"] == "run_seen" && line["payload"]["status"] == "levitating";
    assert!(done.lines().iter().any(seen), "{done:?}");
    assert_eq!(dispatch(&done)["outcome"], "succeeded");
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")));
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 1, "v2.4.0"));

    stage.arm(Fault::once("", word).for_ever());
    let status = stage.run(&["status", "--json"]);
    assert_eq!((status.code, stage.dispatches()), (Some(0), 1), "{status:?}");
    assert!(status.last()["github"]["error"].is_null(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn null_wherever_it_may_be_changes_nothing() {
    let stage = Stage::start().await;
    stage.arm(Fault::once("", FaultKind::Nulls).for_ever());
    let done = finish(&mut stage.rollback(&[]));
    succeeded_once(&stage, &done, "nulls");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_githubs_that_is_a_day_off_changes_nothing() {
    for seconds in [86_400, -86_400] {
        let stage = Stage::start().await;
        stage.arm(Fault::once("", FaultKind::Skew { seconds }).for_ever());
        let done = finish(&mut stage.rollback(&[]));
        succeeded_once(&stage, &done, &format!("{seconds} s"));
        let status = stage.run(&["status", "--json"]);
        let production = status.last()["environments"][0].clone();
        assert_eq!((&production["live"]["tag"], status.code), (&json!("v2.4.0"), Some(0)), "{seconds} s: {status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_found_by_its_key_also_where_the_clocks_are_a_day_apart() {
    for seconds in [86_400, -86_400] {
        let stage = Stage::start().await;
        stage.arm(Fault::once("", FaultKind::Skew { seconds }).for_ever());
        stage.arm(Fault::once("/dispatches", FaultKind::Cut { moment: Moment::BeforeAnswer }).on("POST"));
        let done = finish(&mut stage.rollback(&[]));
        succeeded_once(&stage, &done, &format!("{seconds} s"));
    }
}

fn succeeded_once(stage: &Stage, done: &Done, name: &str) {
    let step = dispatch(done);
    assert_eq!(step["outcome"], "succeeded", "{name}: {done:?}");
    assert!(step["sentence"].as_str().unwrap().contains("accepted, version_tag = v2.4.0"), "{name}: {step}");
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{name}: {done:?}");
    assert_eq!((stage.dispatches(), stage.started(), stage.live().as_str()), (1, 1, "v2.4.0"), "{name}");
}

/// A rollback that may take half a minute.
async fn hurried(kind: FaultKind) -> (Stage, Done) {
    let stage = Stage::start().await;
    let file = stage.description().clone.join("lastgood.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        settings.replace("[environments.production]", "[environments.production]\nbudget_seconds = 30"),
    )
    .unwrap();
    stage.arm(Fault::once("/dispatches", kind).on("POST"));
    let done = finish(&mut stage.rollback(&[]));
    (stage, done)
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
