//! The answer to the dispatch is lost, where the workflow takes a rollback's id and its runs' titles do not show it.

use lastgood_adapters::workspace::{Inserted, insert};
use lastgood_core::rollback::event::{Event, Evidence};
use lastgood_core::rollback::{Outcome, Rollback};
use lastgood_rehearsal::{Fault, FaultKind, Moment};

use super::audience::{Seen, audience, opened, plan};
use crate::rehearsed::{Rehearsed, git};

const FILE: &str = ".github/workflows/deploy.yml";

#[tokio::test]
async fn an_input_without_a_title_is_no_reason_to_lose_the_run() {
    let (rehearsed, text) = deploy_file().await;
    rehearsed.publish(FILE, &untitled(&text));
    let (rollback, seen) = answer_lost(&rehearsed).await;
    assert_eq!(rollback.plan.deploy.key_input.as_deref(), Some("rollback_id"));
    assert!(!rollback.plan.deploy.key_in_title);
    is_found_and_sent_once(&rehearsed, &rollback, &seen, Evidence::TimeAndActor);
}

#[tokio::test]
async fn the_guard_that_adds_the_input_adds_the_title_by_which_the_run_is_found() {
    let (rehearsed, text) = deploy_file().await;
    let input = "      rollback_id:\n        description: Rollback that this deploy belongs to\n        required: false\n        type: string\n";
    let Inserted::Text(guarded) = insert(&untitled(&text).replace(input, ""), None) else { panic!("{text}") };
    rehearsed.publish(FILE, &guarded);
    let (rollback, seen) = answer_lost(&rehearsed).await;
    assert!(rollback.plan.deploy.key_in_title, "{guarded}");
    is_found_and_sent_once(&rehearsed, &rollback, &seen, Evidence::Key);
}

async fn deploy_file() -> (Rehearsed, String) {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let text = git(&rehearsed.description().remote, &["show", &format!("main:{FILE}")]) + "\n";
    (rehearsed, text)
}

fn untitled(text: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("run-name:")).collect();
    assert_eq!(kept.len() + 1, text.lines().count());
    kept.join("\n") + "\n"
}

/// GitHub starts the run, and nobody here is told.
async fn answer_lost(rehearsed: &Rehearsed) -> (Rollback, Seen) {
    let workspace = opened(rehearsed);
    let (audience, seen, bell) = audience();
    let plan = plan(&workspace, None).await;
    rehearsed.arm(Fault::once("/dispatches", FaultKind::Cut { moment: Moment::BeforeAnswer }));
    drop(bell);
    let rollback = workspace.begin(plan, audience).await.unwrap().to_the_end().await.unwrap();
    (rollback, seen)
}

fn is_found_and_sent_once(rehearsed: &Rehearsed, rollback: &Rollback, seen: &Seen, expected: Evidence) {
    let facts = seen.lock().unwrap();
    let found = facts.iter().find_map(|fact| match fact.event.rollback() {
        Some(Event::RunFound { how, .. }) => Some(*how),
        _ => None,
    });
    assert_eq!((found, rehearsed.sent("POST").len(), rehearsed.started()), (Some(expected), 1, 1), "{rollback:?}");
    assert_eq!(rollback.end.as_ref().map(|end| end.outcome), Some(Outcome::Succeeded));
}
