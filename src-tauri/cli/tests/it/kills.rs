//! The program is killed at every moment, and the same command again brings the rollback to the undisturbed end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::kit::{Done, Running, Stage, finish, git};
use crate::status::environment;

/// Rollbacks at a time; each mostly waits.
const AT_ONCE: usize = 4;

/// A handful of moments that no fact marks, milliseconds after the start; the whole takes about 1,500.
const MOMENTS: [u64; 8] = [30, 110, 190, 280, 370, 520, 700, 1_000];

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_any_fact_the_same_command_brings_the_same_end() {
    let undisturbed = Stage::start().await;
    let facts = finish(&mut undisturbed.rollback(&[])).lines().len() - 1;
    let end = ending(&undisturbed, 1);
    assert!(facts > 20, "a rollback has {facts} facts");
    // After the last fact there is nothing to take up.
    each((1..facts).map(Moment::AfterFact).collect(), end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_time_the_same_command_brings_the_same_end() {
    at_times(MOMENTS.to_vec()).await;
}

/// Kills at these times after the start, and what every one of them must lead to.
pub(crate) async fn at_times(milliseconds: Vec<u64>) {
    let undisturbed = Stage::start().await;
    assert_eq!(finish(&mut undisturbed.rollback(&[])).code, Some(0));
    let end = ending(&undisturbed, 1);
    each(milliseconds.into_iter().map(|time| Moment::AfterTime(Duration::from_millis(time))).collect(), end).await;
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    AfterFact(usize),
    AfterTime(Duration),
}

/// What counts at the end.
#[derive(Debug, PartialEq)]
struct End {
    live: String,
    rollback_tags: usize,
    runs: usize,
    holds: usize,
    /// Refs of holds and quarantines on the remote.
    marks: String,
    ends: usize,
    steps: BTreeSet<String>,
    status: [serde_json::Value; 4],
}

async fn each(moments: Vec<Moment>, end: End) {
    let (end, turns) = (Arc::new(end), Arc::new(Semaphore::new(AT_ONCE)));
    let mut all = JoinSet::new();
    for moment in moments {
        let (end, turns) = (Arc::clone(&end), Arc::clone(&turns));
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let stage = Stage::start().await;
            tokio::task::spawn_blocking(move || assert_eq!(killed_at(&stage, moment), *end, "{moment:?}"))
                .await
                .unwrap();
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

fn killed_at(stage: &Stage, moment: Moment) -> End {
    let mut running = Running::start(&mut stage.rollback(&[]));
    match moment {
        Moment::AfterFact(count) => (0..count).for_each(|_| drop(running.line().unwrap())),
        Moment::AfterTime(time) => let_pass(time),
    }
    running.kill();
    if stage.facts("rollback_ended") == 1 {
        // It was faster than the kill.
        return ending(stage, 1);
    }
    let unseen = stage.facts("dispatch_sent") == 1 && stage.started() == 0;
    let done = finish(&mut stage.rollback(&[]));
    if done.last()["outcome"] == "inconclusive" {
        assert!(unseen, "there is evidence: {done:?}");
        assert_eq!(stage.started(), 0, "{done:?}");
        let sent_before = stage.dispatches();
        assert_succeeded(&finish(&mut stage.rollback(&["--choose", "send-again"])));
        return ending(stage, sent_before + 1);
    }
    assert_succeeded(&done);
    ending(stage, 1)
}

fn assert_succeeded(done: &Done) {
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")), "{done:?}");
}

fn ending(stage: &Stage, dispatches: usize) -> End {
    assert_eq!(stage.dispatches(), dispatches);
    let status = stage.run(&["status", "--json"]).last();
    let production = environment(&status, "production");
    let steps = stage.records().into_iter().map(|record| serde_json::from_str(&record.event).unwrap());
    let succeeded = steps.filter(|event: &serde_json::Value| event["payload"]["outcome"] == "succeeded");
    End {
        live: stage.live(),
        rollback_tags: stage.rollback_tags().len(),
        runs: stage.started(),
        holds: stage.facts("hold_taken"),
        marks: git(&stage.description().remote, &["for-each-ref", "--format=%(refname)", "refs/lastgood/"]),
        ends: stage.facts("rollback_ended"),
        steps: succeeded.filter_map(|event| Some(event["payload"]["step"].as_str()?.to_owned())).collect(),
        status: ["live", "last_good", "quarantined", "unfinished"].map(|key| match key {
            "live" => production["live"]["tag"].clone(),
            key => production[key].clone(),
        }),
    }
}

/// Nothing says when a moment that no fact marks has come, so this is the clock itself.
fn let_pass(time: Duration) {
    let (_never, nothing) = std::sync::mpsc::channel::<()>();
    assert!(nothing.recv_timeout(time).is_err());
}
