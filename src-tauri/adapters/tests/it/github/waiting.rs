//! Deployments that wait for somebody while others come.

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::github::{Github, Memory};
use lastgood_core::ids::RunId;
use lastgood_core::ports::Forge;
use lastgood_core::ports::forge::{Decision, Deployment, DeploymentState, DispatchAnswer, Written};
use lastgood_rehearsal::{Fault, When};

use crate::rehearsed::{Rehearsed, preview, status};

/// Longer than any deploy of the sample.
const DEPLOY: SignedDuration = SignedDuration::from_secs(30);

/// More than GitHub's newest page holds.
const CROWD: u64 = 120;

#[tokio::test]
async fn one_that_waits_is_seen_to_go_on_when_a_hundred_newer_ones_came_meanwhile() {
    let rehearsed = Rehearsed::start().await;
    let run = waiting_run(&rehearsed).await;
    let github = remembering(&rehearsed);
    assert!(matches!(of(run, &github).await.state, DeploymentState::Pending | DeploymentState::Waiting));
    rehearsed
        .server()
        .change(|state, now| state.deployments.extend((0..CROWD).map(|n| preview(n, now, "success"))))
        .unwrap();
    assert_eq!(of(run, &github).await.succeeded, None);

    let environment_ids = vec![github.pending_approvals(run).await.unwrap()[0].environment_id];
    let decision = Decision { environment_ids, approve: true, comment: String::new() };
    assert!(matches!(github.decide(run, &decision).await, Written::Done(())));
    rehearsed.pass(DEPLOY);
    let gone_on = of(run, &github).await;
    assert!(gone_on.state == DeploymentState::Success && gone_on.succeeded.is_some(), "{gone_on:?}");
    let before = rehearsed.server().requests().len();
    of(run, &github).await;
    let again = rehearsed.server().requests().split_off(before);
    assert!(again.iter().all(|request| request.status == Some(304)), "{again:#?}");
}

#[tokio::test]
async fn of_many_that_wait_each_look_asks_for_some_and_those_of_longest_ago_come_first() {
    let rehearsed = Rehearsed::start().await;
    let put = |state: &mut lastgood_rehearsal::state::State, now: Timestamp| {
        state.deployments.extend((0..25).map(|number| preview(number, now, "pending")));
        let later = now.checked_add(SignedDuration::from_secs(1)).unwrap();
        state.deployments.extend((100..100 + CROWD).map(|number| preview(number, later, "success")));
    };
    rehearsed.server().change(put).unwrap();
    rehearsed.pass(DEPLOY);
    let github = remembering(&rehearsed);
    github.deployments().await.unwrap();
    let mut asked: Vec<Vec<String>> = Vec::new();
    for _ in 0..3 {
        let before = rehearsed.server().requests().len();
        github.deployments().await.unwrap();
        let look = rehearsed.server().requests().split_off(before).into_iter().map(|request| request.path_and_query);
        asked.push(look.filter(|path| path.contains("/statuses")).collect());
    }
    assert!(asked.iter().all(|look| look.len() == 10), "{asked:#?}");
    let mut each = asked.concat();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), 25, "the third look began anew only when each had had its turn");
}

#[tokio::test]
async fn one_that_waited_and_was_deleted_is_gone() {
    let rehearsed = Rehearsed::start().await;
    let put = |state: &mut lastgood_rehearsal::state::State, now: Timestamp| {
        state.deployments.push(preview(1, now, "pending"));
        let later = now.checked_add(SignedDuration::from_secs(1)).unwrap();
        state.deployments.extend((100..100 + CROWD).map(|number| preview(number, later, "success")));
    };
    rehearsed.server().change(put).unwrap();
    rehearsed.pass(DEPLOY);
    let github = remembering(&rehearsed);
    let waits = |all: &[Deployment]| all.iter().any(|found| found.state == DeploymentState::Pending);
    assert!(waits(&github.deployments().await.unwrap()));
    rehearsed.server().change(|state, _| drop(state.deployments.remove(0))).unwrap();
    assert!(!waits(&github.deployments().await.unwrap()));
}

#[tokio::test]
async fn one_that_waits_and_of_which_github_tells_nothing_hides_none_of_the_others() {
    let rehearsed = Rehearsed::start().await;
    let put = |state: &mut lastgood_rehearsal::state::State, now: Timestamp| {
        state.deployments.extend((0..12).map(|number| preview(number, now, "pending")));
        let later = now.checked_add(SignedDuration::from_secs(1)).unwrap();
        state.deployments.extend((100..100 + CROWD).map(|number| preview(number, later, "success")));
    };
    rehearsed.server().change(put).unwrap();
    rehearsed.pass(DEPLOY);
    let github = remembering(&rehearsed);
    let before = github.deployments().await.unwrap();
    let silent = preview(0, Timestamp::UNIX_EPOCH, "pending").id;
    rehearsed
        .arm(Fault::once(&format!("/deployments/{silent}/statuses"), status(502, &[], When::BeforeEffect)).for_ever());
    for _ in 0..2 {
        assert_eq!(github.deployments().await.unwrap(), before);
    }
    let asked = rehearsed.server().requests();
    let turns = |number: u64| {
        let path = format!("/deployments/{}/statuses", preview(number, Timestamp::UNIX_EPOCH, "pending").id);
        asked.iter().filter(|request| request.path_and_query.contains(&path)).count()
    };
    assert!((0..12).all(|number| turns(number) >= 1), "it had its turn, and the others theirs");
}

async fn of(run: RunId, github: &Github) -> Deployment {
    github.deployments().await.unwrap().into_iter().find(|found| found.run == Some(run)).unwrap()
}

async fn waiting_run(rehearsed: &Rehearsed) -> RunId {
    rehearsed.server().change(|state, _| state.environments[0].reviewers = vec!["platform-lead".to_owned()]).unwrap();
    let DispatchAnswer::Run(run) = rehearsed.dispatch().await else { panic!("GitHub names the run") };
    rehearsed.pass(DEPLOY);
    run
}

fn remembering(rehearsed: &Rehearsed) -> Github {
    rehearsed.github().remembering(Memory::open(&rehearsed.beside("cache.sqlite")))
}
