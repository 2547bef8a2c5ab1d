//! A data folder that may not be written: from the beginning, or since the process that drove the rollback was killed, at
//! each write to the journal. It is said, nothing is done, and once it may be written the rollback goes on to the
//! undisturbed end.
//!
//! The folder is a disk of its own that is mounted anew for reading only, which binds root as well. Where nobody may mount,
//! its permissions are taken away; files that are open stay writable then, and so it is between two lives.

use std::sync::Arc;

use lastgood_core::rollback::Outcome;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::disk::{Kind, Stage};
use super::life::{self, Orders};
use super::{AT_ONCE, Ending, number, repeatable, run, was_killed};
use crate::again;
use crate::rehearsed::git;

const NAME: &str = "killed::sealed::a_data_folder_that_may_not_be_written_stops_everything_until_it_may";

/// Of the writes one in so many is taken where nobody asks for all.
const ONE_IN: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_may_not_be_written_stops_everything_until_it_may() {
    match again::told() {
        Some(told) => match told.to_str().and_then(Kind::read) {
            Some(kind) => everywhere(kind).await,
            None => life::live(Orders::read(&told)).await,
        },
        None => Kind::possible().inside(NAME).await,
    }
}

async fn everywhere(kind: Kind) {
    let undisturbed = Stage::on(kind, NAME).await;
    let (points, ended) = run(&undisturbed.rehearsed, NAME, Orders::of(&undisturbed.rehearsed)).await;
    assert!(ended.success(), "{points:?}");
    let end = Arc::new(Ending::of(&undisturbed.rehearsed).await);
    assert_eq!((end.outcome, end.runs, end.rollback_tags, end.holds), (Some(Outcome::Succeeded), 1, 1, 1));
    let whole = number("LASTGOOD_TORTURE_ROUNDS").is_some();
    let writes = repeatable(&points, false).into_iter().filter(|(point, _)| point.starts_with("before")).enumerate();
    let halfway = writes.filter(|(place, _)| whole || place % ONE_IN == 0).map(|(_, write)| Some(write));
    let (turns, mut all) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for killed_at in [None].into_iter().chain(halfway) {
        let (turns, end) = (Arc::clone(&turns), Arc::clone(&end));
        all.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            sealed(&Stage::on(kind, NAME).await, killed_at, &end).await;
        });
    }
    assert!(all.len() > 3, "a rollback writes more often: {points:?}");
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
}

/// From the beginning, where no point is named.
async fn sealed(stage: &Stage, killed_at: Option<(String, usize)>, end: &Ending) {
    let point = killed_at.as_ref().map_or(life::OPENING, |(point, _)| point).to_owned();
    if killed_at.is_some() {
        let orders = Orders { die_on: killed_at, ..Orders::of(&stage.rehearsed) };
        let (words, ended) = run(&stage.rehearsed, NAME, orders).await;
        assert!(was_killed(ended), "{point}: {words:?}");
    }
    stage.disk.is_sealed(true);
    let before = outside(stage);
    for _ in 0..2 {
        let (words, ended) = run(&stage.rehearsed, NAME, Orders::of(&stage.rehearsed)).await;
        assert!(!ended.success(), "{point}: {words:?}");
        let refused = words.last().unwrap();
        let unwritable = r#"refused {"code":"journal_unwritable","message":"The journal cannot be written: "#;
        assert!(
            refused.starts_with(unwritable) && refused.contains("check the data folder's permissions"),
            "{point}: {refused}"
        );
        assert_eq!(outside(stage), before, "{point}: nothing is done that is not recorded");
    }
    stage.disk.is_sealed(false);
    stage.goes_on(&point, end).await;
}

/// All that a rollback changes outside of this machine.
fn outside(stage: &Stage) -> (usize, String) {
    let remote = &stage.rehearsed.description().remote;
    (stage.rehearsed.started(), git(remote, &["for-each-ref", "--format=%(refname) %(objectname)"]))
}
