//! A rollback whose tag git cannot deliver.

use lastgood_core::rollback::{Outcome, StepName, StepPhase};
use lastgood_rehearsal::{Fault, When};

use super::audience::{audience, opened, plan};
use crate::rehearsed::{Rehearsed, git, status};

#[tokio::test]
async fn a_tag_that_git_cannot_push_is_made_by_github_itself_with_the_same_id() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    hang_up_on_tags(&rehearsed);
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
    hang_up_on_tags(&rehearsed);
    // The bell is gone with its statement: nobody is there to be asked.
    let drive = workspace.begin(plan, audience().0).await.unwrap();
    let rollback = drive.to_the_end().await.unwrap();
    let tag = rollback.step(StepName::Tag);
    assert_eq!(tag.phase, StepPhase::Inconclusive);
    assert!(tag.sentence.starts_with("Whether the tag arrived is not known"), "{}", tag.sentence);
    assert_eq!(rehearsed.started(), 0);
}

/// From now on the remote hangs up on whoever pushes a tag. Holds still arrive: a remote that takes none of them, and says
/// nothing, leaves it to a person whether to go on.
#[cfg(unix)]
fn hang_up_on_tags(rehearsed: &Rehearsed) {
    use std::os::unix::fs::PermissionsExt;
    let hook = rehearsed.description().remote.join("hooks").join("pre-receive");
    let script = "#!/bin/sh\nwhile read old new ref; do case \"$ref\" in refs/tags/*) kill -9 $PPID;; esac; done\n";
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}
