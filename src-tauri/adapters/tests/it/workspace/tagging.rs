//! A rollback whose tag git cannot deliver.

use lastgood_core::rollback::{Outcome, StepName, StepPhase};
use lastgood_rehearsal::{Fault, When};

use super::audience::{audience, opened, plan};
use crate::rehearsed::{Rehearsed, git, status};

#[tokio::test]
async fn a_tag_that_git_cannot_push_is_made_by_github_itself_with_the_same_id() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    unreachable(&rehearsed);
    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    let rollback = drive.to_the_end().await.unwrap();
    assert_eq!(rollback.end.as_ref().unwrap().outcome, Outcome::Succeeded, "{:?}", rollback.current());
    let reference = format!("refs/tags/{}", rollback.plan.rollback_tag);
    let there = git(&rehearsed.description().remote, &["rev-parse", &reference]);
    assert_eq!(there, rollback.tag.unwrap().as_str());
    let made: Vec<String> = rehearsed.sent("POST").into_iter().map(|request| request.path_and_query).collect();
    let ends: Vec<&str> = made.iter().map(|path| path.rsplit("connectias").next().unwrap()).collect();
    assert_eq!(ends, ["/git/tags", "/git/refs", "/actions/workflows/deploy.yml/dispatches"]);
}

#[tokio::test]
async fn where_github_refuses_too_the_trouble_is_git_s() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    rehearsed.arm(Fault::once("/git/tags", status(403, &[], When::BeforeEffect)).on("POST").for_ever());
    let plan = plan(&workspace, None).await;
    unreachable(&rehearsed);
    let rollback = workspace.begin(plan, audience().0).await.unwrap().to_the_end().await.unwrap();
    let tag = rollback.step(StepName::Tag);
    assert_eq!(tag.phase, StepPhase::Inconclusive);
    assert!(tag.sentence.starts_with("Whether the tag arrived is not known"), "{}", tag.sentence);
    assert_eq!(rehearsed.started(), 0);
}

/// The remote's address leads nowhere from now on.
fn unreachable(rehearsed: &Rehearsed) {
    let nowhere = rehearsed.beside("gone").join("acme").join("connectias.git");
    git(&rehearsed.description().clone, &["remote", "set-url", "origin", &nowhere.to_string_lossy()]);
}
