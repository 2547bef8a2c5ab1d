//! Approving, rejecting and cancelling from here: one request each, and a lost answer is looked up.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{OrderWish, Workspace};
use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::ports::forge::DispatchAnswer;
use lastgood_core::rollback::event::{Event, OrderOutcome, RunOrder};
use lastgood_rehearsal::state::State;
use lastgood_rehearsal::state::run::Review;
use lastgood_rehearsal::{Fault, FaultKind, Moment};

use super::audience::{opened, opened_at};
use crate::rehearsed::{PATIENCE, Rehearsed};

#[tokio::test]
async fn an_approval_leaves_once_between_its_intent_and_its_outcome() {
    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    let pending = workspace.approvals(run).await.unwrap();
    assert_eq!((pending[0].environment.as_str(), pending[0].can_approve), ("production", true));
    assert_eq!(workspace.waiting_run(&"production".into()).await.unwrap(), (run, None));

    let said = workspace.order(wish(run, RunOrder::Approve)).await.unwrap();
    assert_eq!(said, format!("Run {run} is approved for production"));
    assert_eq!(decisions(&rehearsed), 1);
    assert_eq!(told(&workspace).await, [(RunOrder::Approve, Some(OrderOutcome::Done))]);
    assert_eq!(workspace.waiting_run(&"production".into()).await.unwrap_err().code, Code::NothingWaits);
    let again = workspace.order(wish(run, RunOrder::Approve)).await.unwrap_err();
    assert_eq!((again.code, decisions(&rehearsed)), (Code::NothingWaits, 1), "nothing is sent for what does not wait");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_at_the_run() {
    for (moment, outcome) in [(Moment::BeforeAnswer, OrderOutcome::Done), (Moment::BeforeEffect, OrderOutcome::Unknown)]
    {
        let (rehearsed, workspace, run) = waiting("platform-lead").await;
        let cut = Fault::once("/pending_deployments", FaultKind::Cut { moment });
        rehearsed.arm(Fault { method: Some("POST".to_owned()), ..cut });
        let said = workspace.order(wish(run, RunOrder::Reject)).await;
        assert_eq!(said.map_err(|trouble| trouble.code).is_err(), outcome == OrderOutcome::Unknown, "{outcome:?}");
        assert_eq!(told(&workspace).await, [(RunOrder::Reject, Some(outcome))]);
        assert_eq!(decisions(&rehearsed), 1, "it is never sent again by itself");
    }
}

#[tokio::test]
async fn a_lost_approval_is_not_called_done_where_somebody_else_rejected() {
    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    lost(&rehearsed, "/pending_deployments");
    let order = workspace.order(wish(run, RunOrder::Approve));
    let meanwhile = async {
        arrived(|| decisions(&rehearsed)).await;
        let no = |state: &mut State, now| {
            let attempt = state.runs.iter_mut().find(|one| one.id == run.0).unwrap().attempts.last_mut().unwrap();
            attempt.reviews.push(review("on-call-lead", false, now));
        };
        rehearsed.server().change(no).unwrap();
    };
    let (said, ()) = tokio::join!(order, meanwhile);
    let trouble = said.unwrap_err();
    assert_eq!(trouble.message, format!("Run {run} was rejected for production by @on-call-lead."));
    assert_eq!(told(&workspace).await, [(RunOrder::Approve, Some(OrderOutcome::Refused))]);
    assert_eq!(decisions(&rehearsed), 1);
}

#[tokio::test]
async fn a_lost_approval_of_a_run_that_somebody_cancelled_is_not_known() {
    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    // An approval of an earlier wait says nothing of this one.
    let earlier = |state: &mut State, now| {
        let run = state.runs.iter_mut().find(|one| one.id == run.0).unwrap();
        run.attempts[0]
            .reviews
            .push(Review { environment: "staging".to_owned(), ..review("platform-lead", true, now) });
    };
    rehearsed.server().change(earlier).unwrap();
    lost(&rehearsed, "/pending_deployments");
    let order = workspace.order(wish(run, RunOrder::Approve));
    let meanwhile = async {
        arrived(|| decisions(&rehearsed)).await;
        rehearsed.server().change(|state, now| state.cancel(run.0, now)).unwrap();
    };
    let trouble = tokio::join!(order, meanwhile).0.unwrap_err();
    assert_eq!(trouble.code, Code::OrderUnknown);
    assert!(trouble.message.starts_with(&format!("Run {run} does not wait for production any more. ")), "{trouble}");
    assert_eq!(told(&workspace).await, [(RunOrder::Approve, Some(OrderOutcome::Unknown))]);
}

#[tokio::test]
async fn a_lost_cancel_is_told_by_how_the_run_ended() {
    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    rehearsed.arm(Fault::once("/cancel", FaultKind::Cut { moment: Moment::BeforeAnswer }));
    let said = workspace.order(wish(run, RunOrder::Cancel)).await.unwrap();
    assert_eq!(said, format!("Run {run} is being cancelled (GitHub's answer was lost; the run tells it)"));

    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers.clear()).unwrap();
    workspace.order(wish(run, RunOrder::Approve)).await.unwrap_or_default();
    lost(&rehearsed, "/cancel");
    let order = workspace.order(wish(run, RunOrder::Cancel));
    let meanwhile = async {
        arrived(|| cancels(&rehearsed)).await;
        rehearsed.pass(SignedDuration::from_mins(5));
    };
    let trouble = tokio::join!(order, meanwhile).0.unwrap_err();
    assert_eq!(trouble.message, format!("Run {run} ended before it was cancelled: success."));
    assert_eq!(told(&workspace).await.pop(), Some((RunOrder::Cancel, Some(OrderOutcome::Refused))));
    assert_eq!(cancels(&rehearsed), 1);
}

#[tokio::test]
async fn who_is_no_reviewer_is_told_who_is_and_sends_nothing() {
    let (rehearsed, workspace, run) = waiting("on-call-lead").await;
    let trouble = workspace.order(wish(run, RunOrder::Approve)).await.unwrap_err();
    assert_eq!(trouble.code, Code::NotAReviewer);
    assert_eq!(trouble.message, "production wants the approval of on-call-lead.");
    assert_eq!((decisions(&rehearsed), told(&workspace).await.len()), (0, 0));
}

#[tokio::test]
async fn a_token_of_a_github_app_is_told_that_it_cannot() {
    let (rehearsed, _, run) = waiting("platform-lead").await;
    let workspace = opened_at(&rehearsed, &rehearsed.description().api, Secret::new("ghs_0123456789abcdef0123"));
    let trouble = workspace.order(wish(run, RunOrder::Approve)).await.unwrap_err();
    assert_eq!(trouble.code, Code::TokenTooWeak);
    assert!(trouble.message.contains("no token of a GitHub App"), "{trouble}");
    assert_eq!(decisions(&rehearsed), 0);
}

#[tokio::test]
async fn a_run_is_cancelled_once_and_one_that_is_over_is_not() {
    let (rehearsed, workspace, run) = waiting("platform-lead").await;
    workspace.order(wish(run, RunOrder::Cancel)).await.unwrap();
    let sent = || cancels(&rehearsed);
    assert_eq!(sent(), 1);
    let trouble = workspace.order(wish(run, RunOrder::Cancel)).await.unwrap_err();
    assert_eq!((trouble.code, sent()), (Code::GithubAnswer, 2));
    let orders = [(RunOrder::Cancel, Some(OrderOutcome::Done)), (RunOrder::Cancel, Some(OrderOutcome::Refused))];
    assert_eq!(told(&workspace).await, orders);
}

/// A run that waits for this reviewer.
async fn waiting(reviewer: &str) -> (Rehearsed, Workspace, RunId) {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec![reviewer.to_owned()]).unwrap();
    let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!() };
    // Its first job runs before it comes to the environment.
    rehearsed.pass(SignedDuration::from_secs(30));
    let workspace = opened(&rehearsed);
    (rehearsed, workspace, run)
}

fn wish(run: RunId, order: RunOrder) -> OrderWish {
    OrderWish {
        run,
        environment: "production".into(),
        rollback: None,
        order,
        by: "@platform-lead".to_owned(),
        comment: "checkout fails".to_owned(),
    }
}

fn decisions(rehearsed: &Rehearsed) -> usize {
    rehearsed.sent("POST").iter().filter(|one| one.path_and_query.ends_with("/pending_deployments")).count()
}

fn cancels(rehearsed: &Rehearsed) -> usize {
    rehearsed.sent("POST").iter().filter(|one| one.path_and_query.ends_with("/cancel")).count()
}

/// The next POST there does nothing and is never answered; the server holds it for long enough to act beside it.
fn lost(rehearsed: &Rehearsed, path: &str) {
    const HELD: u64 = 3_000;
    rehearsed.arm(Fault::once(path, FaultKind::Delay { milliseconds: HELD }).on("POST"));
    rehearsed.arm(Fault::once(path, FaultKind::Cut { moment: Moment::BeforeEffect }).on("POST"));
}

async fn arrived(count: impl Fn() -> usize) {
    let begun = Instant::now();
    while count() == 0 {
        assert!(begun.elapsed() < PATIENCE, "the request did not come");
        tokio::task::yield_now().await;
    }
}

fn review(reviewer: &str, approved: bool, at: Timestamp) -> Review {
    let (reviewer, environment) = (reviewer.to_owned(), "production".to_owned());
    Review { at, reviewer, environment, approved, comment: String::new() }
}

/// Each order in the journal, and its outcome.
async fn told(workspace: &Workspace) -> Vec<(RunOrder, Option<OrderOutcome>)> {
    let mut orders: Vec<(RunOrder, Option<OrderOutcome>)> = Vec::new();
    for fact in workspace.facts().await.unwrap().iter() {
        match fact.event.rollback() {
            Some(Event::RunOrdered { order, .. }) => orders.push((*order, None)),
            Some(Event::RunOrderEnded { outcome, .. }) => orders.last_mut().unwrap().1 = Some(*outcome),
            _ => {}
        }
    }
    orders
}
