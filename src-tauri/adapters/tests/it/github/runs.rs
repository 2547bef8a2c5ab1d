//! Runs: found among others, and seen in every phase.

use jiff::SignedDuration;
use lastgood_adapters::github::Memory;
use lastgood_core::error::Code;
use lastgood_core::ids::RunId;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{DispatchAnswer, RunSnapshot};
use lastgood_rehearsal::{Fault, FaultKind};

use crate::rehearsed::{Rehearsed, order};

/// Longer than any deploy of the sample.
const DEPLOY: SignedDuration = SignedDuration::from_secs(30);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);

#[tokio::test]
async fn runs_are_found_by_workflow_branch_and_account_newest_first() {
    let rehearsed = Rehearsed::start().await;
    let github = rehearsed.github();
    rehearsed.pass(MINUTE);
    let named = [("version_tag", "v2.4.0"), ("rollback_id", "rb-0123456789ab")];
    let first = dispatched(&rehearsed, &named).await;
    rehearsed.pass(MINUTE);
    let second = dispatched(&rehearsed, &[("version_tag", "v2.3.1")]).await;

    let found = github.dispatched_runs("deploy.yml", "main").await.unwrap();
    assert_eq!(found.iter().take(2).map(|run| run.id).collect::<Vec<_>>(), [second, first]);
    assert!(found[1].title.contains("rb-0123456789ab"), "{}", found[1].title);
    let request = rehearsed.sent("GET").pop().unwrap().path_and_query;
    assert!(!request.contains("created="), "no time of ours decides what is listed: {request}");
    assert_eq!(github.dispatched_runs("deploy.yml", "other").await.unwrap(), []);
    assert_eq!(github.dispatched_runs("ci.yml", "main").await.unwrap(), []);

    // Somebody else's dispatch is not ours.
    rehearsed.server().change(|state, _| state.viewer = "on-call".to_owned()).unwrap();
    let theirs = rehearsed.github().dispatched_runs("deploy.yml", "main").await.unwrap();
    assert!(theirs.iter().all(|run| ![first, second].contains(&run.id)), "{theirs:?}");
}

#[tokio::test]
async fn a_followed_run_that_did_not_change_is_asked_for_with_304s_alone_and_costs_no_call() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["platform-lead".to_owned()]).unwrap();
    let id = dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await;
    // It waits for its approval, and stays as it is.
    rehearsed.pass(DEPLOY);
    let github = rehearsed.github().remembering(Memory::open(&rehearsed.beside("cache.sqlite")));
    let first = github.run(id).await.unwrap();
    let (asked, left) = (rehearsed.server().requests().len(), github.calls_left());
    for _ in 0..3 {
        assert_eq!(github.run(id).await.unwrap(), first);
    }
    let again = rehearsed.server().requests().split_off(asked);
    assert_eq!(again.len(), 6, "the run and its jobs, each time");
    assert!(again.iter().all(|request| request.status == Some(304)), "{again:#?}");
    assert_eq!(github.calls_left(), left);
}

#[tokio::test]
async fn a_run_is_seen_from_the_queue_to_its_success() {
    let rehearsed = Rehearsed::start().await;
    let id = dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await;
    let queued = seen(&rehearsed, id).await;
    assert_eq!((queued.status.as_str(), queued.is_over()), ("queued", false));
    assert!(queued.jobs.iter().all(|job| job.started.is_none()), "{:?}", queued.jobs);
    assert!(queued.url.ends_with(&format!("/acme/connectias/actions/runs/{id}")));

    rehearsed.pass(SignedDuration::from_secs(2));
    let running = seen(&rehearsed, id).await;
    assert_eq!(running.status, "in_progress");
    let job = &running.jobs[0];
    assert_eq!((job.name.as_str(), job.status.as_str()), ("Fetch build", "in_progress"));
    assert!(job.started.is_some() && job.ended.is_none() && job.url.is_some());
    assert!(job.steps.iter().any(|step| step.status == "in_progress"));

    rehearsed.pass(DEPLOY);
    let over = seen(&rehearsed, id).await;
    assert_eq!((over.is_over(), over.conclusion.as_deref()), (true, Some("success")));
    assert_eq!(over.jobs.len(), 3);
    assert!(over.jobs.iter().flat_map(|job| &job.steps).all(|step| step.started.is_some() && step.ended.is_some()));
}

#[tokio::test]
async fn a_run_that_fails_names_the_job_and_the_step() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::FailStep { step: "switch traffic".to_owned() }));
    let id = dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await;
    rehearsed.pass(DEPLOY);
    let over = seen(&rehearsed, id).await;
    assert_eq!(over.conclusion.as_deref(), Some("failure"));
    let failed = over.jobs.iter().flat_map(|job| &job.steps).find(|step| step.conclusion.as_deref() == Some("failure"));
    assert_eq!(failed.unwrap().name, "Switch traffic");
    assert!(!over.never_began());
}

#[tokio::test]
async fn a_run_that_waits_for_an_approval_has_not_begun_to_deploy() {
    let rehearsed = Rehearsed::start().await;
    rehearsed.arm(Fault::once("", FaultKind::WaitForApproval));
    let id = dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await;
    rehearsed.pass(DEPLOY);
    let waiting = seen(&rehearsed, id).await;
    assert_eq!(waiting.status, "waiting");
    let job = waiting.jobs.iter().find(|job| job.status == "waiting").unwrap();
    assert_eq!((job.name.as_str(), job.started), ("Deploy", None));
}

#[tokio::test]
async fn a_run_that_was_replaced_in_the_queue_never_began_and_a_cancelled_one_did() {
    let rehearsed = Rehearsed::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await);
        rehearsed.pass(SignedDuration::from_secs(1));
    }
    let evicted = seen(&rehearsed, ids[1]).await;
    assert_eq!((evicted.conclusion.as_deref(), evicted.never_began()), (Some("cancelled"), true));
    rehearsed.server().change(|state, now| state.cancel(ids[0].0, now)).unwrap();
    let cancelled = seen(&rehearsed, ids[0]).await;
    assert_eq!((cancelled.conclusion.as_deref(), cancelled.never_began()), (Some("cancelled"), false));
}

#[tokio::test]
async fn a_word_that_nobody_knows_is_kept_as_it_came() {
    let rehearsed = Rehearsed::start().await;
    let id = dispatched(&rehearsed, &[("version_tag", "v2.4.0")]).await;
    rehearsed.arm(Fault::once("/actions/", FaultKind::UnknownStatus { word: "levitating".to_owned() }).for_ever());
    let run = seen(&rehearsed, id).await;
    assert_eq!((run.status.as_str(), run.is_over()), ("levitating", false));
    assert_eq!(run.jobs[0].status, "levitating");
}

#[tokio::test]
async fn a_run_that_github_does_not_know_is_a_trouble() {
    let rehearsed = Rehearsed::start().await;
    assert_eq!(rehearsed.github().run(RunId(1)).await.unwrap_err().code, Code::NotOnGithub);
}

async fn dispatched(rehearsed: &Rehearsed, inputs: &[(&str, &str)]) -> RunId {
    let answer = rehearsed.github().dispatch(&order(inputs)).await;
    let DispatchAnswer::Run(run) = answer else { panic!("{answer:?}") };
    run
}

async fn seen(rehearsed: &Rehearsed, id: RunId) -> RunSnapshot {
    rehearsed.github().run(id).await.unwrap()
}
