//! Requests reach the engine's end in order, and it notices when nobody can make any more.

use std::time::{Duration, Instant};

use lastgood_adapters::desk::desk;
use lastgood_core::ports::Person;
use lastgood_core::ports::world::Request;
use lastgood_core::rollback::event::Choice;

/// Never waited out in a test that passes.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn requests_are_heard_in_the_order_in_which_they_were_made() {
    let (desk, bell) = desk();
    let asked = [Request::GiveReason("checkout fails".to_owned()), Request::Undo, Request::Choose(Choice::LookAgain)];
    for request in asked.clone() {
        assert!(bell.ring(request));
    }
    let heard = [desk.asked_within(Duration::ZERO).await, desk.asked_within(LONG).await, desk.asked("", &[]).await];
    assert_eq!(heard.map(Option::unwrap), asked);
}

#[tokio::test]
async fn a_request_ends_the_waiting_and_no_request_lets_the_time_pass() {
    let (desk, bell) = desk();
    assert_eq!(desk.asked_within(Duration::ZERO).await, None);
    assert_eq!(desk.asked_within(Duration::from_millis(5)).await, None);
    let begun = Instant::now();
    let (heard, _) = tokio::join!(desk.asked_within(LONG), async { bell.ring(Request::StopAfterThisStep) });
    assert_eq!(heard, Some(Request::StopAfterThisStep));
    assert!(begun.elapsed() < LONG);
}

#[tokio::test]
async fn when_the_last_bell_is_gone_nobody_is_asked_any_more() {
    let (desk, bell) = desk();
    let other = bell.clone();
    drop(bell);
    assert!(other.ring(Request::Undo));
    drop(other);
    assert_eq!(desk.asked("", &[]).await, Some(Request::Undo), "what was asked before counts");
    assert_eq!(desk.asked("", &[]).await, None);
}

#[tokio::test]
async fn time_passes_also_when_nobody_is_there() {
    let (desk, bell) = desk();
    drop(bell);
    let (time, begun) = (Duration::from_millis(30), Instant::now());
    assert_eq!(desk.asked_within(time).await, None);
    assert!(begun.elapsed() >= time, "an engine that polls must not spin");
}

#[tokio::test]
async fn a_bell_without_a_desk_says_so() {
    let (desk, bell) = desk();
    drop(desk);
    assert!(!bell.ring(Request::Undo));
}
