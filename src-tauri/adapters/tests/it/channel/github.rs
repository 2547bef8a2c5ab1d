//! Tickets and release notes go the one way to GitHub: with its limits, its turn to write, and its words.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lastgood_adapters::channel::{Keys, channel};
use lastgood_adapters::github::Github;
use lastgood_core::error::Code;
use lastgood_core::incident::Stage;
use lastgood_core::message::render::Letter;
use lastgood_core::ports::channel::Sent;
use lastgood_core::ports::{Channel, Forge};
use lastgood_core::settings::Settings;
use lastgood_rehearsal::state::Access;
use lastgood_rehearsal::{Fault, FaultKind, When};
use serde_json::json;

use super::kit::{first, letter};
use crate::rehearsed::{Rehearsed, status};

/// "Wait at least one second between each request" that writes.
const BETWEEN: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_ticket_is_opened_commented_closed_and_found_again() {
    let rehearsed = Rehearsed::start().await;
    let ticket = built("github", &Arc::new(rehearsed.github()));
    let Sent::Delivered(opened) = ticket.send(&first()).await else { panic!() };
    assert_eq!(ticket.look_up(&first()).await.unwrap().handle, opened.handle);
    let last = Letter { stage: Stage::Resolved, handle: opened.handle.clone(), ..letter("# Over\nIt is back.") };
    let Sent::Delivered(closed) = ticket.send(&last).await else { panic!() };
    assert_eq!(ticket.look_up(&last).await.unwrap().url, closed.url);
    let issue = rehearsed.server().state().issues[0].clone();
    assert_eq!((issue.state(), issue.comments.len(), opened.url.is_some()), ("closed", 1, true));
}

#[tokio::test]
async fn a_ticket_says_what_github_left_out() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.access = Access::Read).unwrap();
    let Sent::Delivered(opened) = built("github", &Arc::new(rehearsed.github())).send(&first()).await else { panic!() };
    assert_eq!(opened.sentence, "It is on GitHub, without incident: the token may not set that.");
}

#[tokio::test]
async fn where_issues_are_switched_off_the_ticket_says_so() {
    let rehearsed = Rehearsed::start().await;
    let body = Some(json!({ "message": "Issues are disabled for this repo" }));
    let gone = FaultKind::Status { code: 410, body, headers: [].into(), when: When::BeforeEffect };
    rehearsed.arm(Fault::once("/issues", gone));
    let Sent::Refused(trouble) = built("github", &Arc::new(rehearsed.github())).send(&first()).await else { panic!() };
    assert!(trouble.message.contains("Issues are disabled"), "{}", trouble.message);
    assert!(trouble.hint.contains("repository's settings"), "{}", trouble.hint);
}

#[tokio::test]
async fn after_a_limit_nothing_is_sent_until_github_takes_calls() {
    let rehearsed = Rehearsed::start().await;
    let github = Arc::new(rehearsed.github());
    rehearsed.arm(Fault::once("/environments", status(429, &[("retry-after", "30")], When::BeforeEffect)));
    assert_eq!(github.environments().await.unwrap_err().code, Code::RateLimited);
    for kind in ["github", "release_notes"] {
        let sent = built(kind, &github).send(&first()).await;
        let Sent::NotSent { trouble, again_in } = sent else { panic!("{kind}: {sent:?}") };
        assert_eq!((trouble.code, again_in.unwrap() > Duration::from_secs(25)), (Code::RateLimited, true), "{kind}");
    }
    assert_eq!((rehearsed.sent("POST").len(), rehearsed.sent("PATCH").len()), (0, 0));
}

#[tokio::test]
async fn two_channels_write_a_second_apart() {
    let rehearsed = Rehearsed::start().await;
    let github = Arc::new(rehearsed.github());
    let (ticket, notes) = (built("github", &github), built("release_notes", &github));
    assert!(matches!(ticket.send(&first()).await, Sent::Delivered(_)));
    let begun = Instant::now();
    assert!(matches!(notes.send(&first()).await, Sent::Delivered(_)));
    assert!(begun.elapsed() + Duration::from_millis(200) >= BETWEEN, "{:?}", begun.elapsed());
    let releases = rehearsed.server().state().releases;
    let bad = releases.iter().find(|release| release.tag == "v2.4.1").unwrap();
    assert!(!bad.latest && bad.body.as_ref().unwrap().contains("Plugins fail"), "{bad:?}");
}

fn built(kind: &str, github: &Arc<Github>) -> Arc<dyn Channel> {
    let text = format!("[channels.it]\nkind = '{kind}'\nlabels = ['incident']\n");
    let text = if kind == "github" { text } else { text.replace("labels = ['incident']\n", "") };
    let settings = Settings::parse(&text).unwrap();
    let repository = Some(github.slug().clone());
    let keys = Keys { secret: None, github: Some(Arc::clone(github)), repository, authorizer: None, deadline: None };
    channel("it", &settings.channels["it"], &keys).unwrap()
}
