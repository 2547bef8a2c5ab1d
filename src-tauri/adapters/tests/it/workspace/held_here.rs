//! A hold that the remote did not take is kept on this machine, and is lifted here whatever becomes of the remote.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use lastgood_adapters::workspace::{HoldWish, Workspace};
use lastgood_core::error::Code;
use lastgood_core::hold;
use lastgood_core::hold::record::{QuarantineRecord, Scope};
use lastgood_core::ids::EnvironmentName;
use lastgood_core::ports::Clock;

use super::audience::opened;
use crate::rehearsed::{Rehearsed, git};

const NOWHERE: &str = "http://127.0.0.1:1/connectias/connectias.git";

#[tokio::test]
async fn it_is_lifted_while_the_remote_is_away() {
    let rehearsed = Rehearsed::start().await;
    takes_no_marks(&rehearsed);
    let workspace = opened(&rehearsed);
    let taken = workspace.take_hold(wish()).await.unwrap();
    assert!(taken.refused.is_some(), "{taken:?}");
    let bad = workspace.quarantine(quarantine()).await.unwrap();
    assert!(bad.is_some(), "the remote did not take it");

    goes_away(&rehearsed);
    let lifted = workspace.lift_hold(&production(), "@platform-lead", "Done").await;
    assert_eq!(lifted, Ok(true));
    assert_eq!(standing(&workspace).await, None);
    assert_eq!(workspace.lift_quarantine(&"v2.3.1".into(), "@platform-lead", "Mended").await, Ok(true));
    let facts = workspace.facts().await.unwrap();
    assert!(hold::quarantined(&facts, &production()).is_empty());
}

#[tokio::test]
async fn a_hold_by_hand_runs_no_hook_of_a_remote_that_came_with_the_folder() {
    let rehearsed = Rehearsed::start().await;
    let (clone, mark) = (&rehearsed.description().clone, rehearsed.beside("MARK"));
    let inside = clone.join(".x/acme/connectias.git");
    fs::create_dir_all(inside.parent().unwrap()).unwrap();
    git(clone, &["clone", "--quiet", "--bare", ".", inside.to_str().unwrap()]);
    fs::create_dir_all(inside.join("hooks")).unwrap();
    let hook = inside.join("hooks/pre-receive");
    fs::write(&hook, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    git(clone, &["remote", "set-url", "origin", "./.x/acme/connectias.git"]);

    let workspace = opened(&rehearsed);
    let taken = workspace.take_hold(wish()).await.unwrap();
    let refused = taken.refused.unwrap();
    assert!(refused.contains("it lies in this repository's own folder"), "{refused}");
    assert!(workspace.quarantine(quarantine()).await.unwrap().is_some());
    assert_eq!(standing(&workspace).await.unwrap().place, hold::Place::ThisMachine);
    assert_eq!(workspace.lift_hold(&production(), "@platform-lead", "Done").await, Ok(true));
    assert!(!mark.exists());
}

#[tokio::test]
async fn one_that_everybody_sees_is_not_called_lifted_while_the_remote_is_away() {
    let rehearsed = Rehearsed::start().await;
    let workspace = opened(&rehearsed);
    assert_eq!(workspace.take_hold(wish()).await.unwrap().refused, None);
    goes_away(&rehearsed);
    let trouble = workspace.lift_hold(&production(), "@platform-lead", "Done").await.unwrap_err();
    assert_eq!(trouble.code, Code::RemoteUnreachable);
    assert!(standing(&workspace).await.is_some(), "it stands, as far as anybody knows");
}

async fn standing(workspace: &Workspace) -> Option<hold::Hold> {
    hold::standing(&workspace.facts().await.unwrap(), &production())
}

fn takes_no_marks(rehearsed: &Rehearsed) {
    let hook = rehearsed.description().remote.join("hooks").join("update");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\ncase $1 in refs/lastgood/*) echo 'No such refs here' >&2; exit 1;; esac\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}

fn goes_away(rehearsed: &Rehearsed) {
    git(&rehearsed.description().clone, &["remote", "set-url", "origin", NOWHERE]);
}

fn wish() -> HoldWish {
    HoldWish {
        environment: production(),
        owner: "@platform-lead".to_owned(),
        reason: "Migrating".to_owned(),
        hours: None,
    }
}

fn quarantine() -> QuarantineRecord {
    QuarantineRecord {
        tag: "v2.3.1".into(),
        owner: "@platform-lead".to_owned(),
        reason: "Loses orders".to_owned(),
        since: lastgood_adapters::clock::SystemClock.now(),
        expires: None,
        scope: Scope::Environments(vec![production()]),
    }
}

fn production() -> EnvironmentName {
    EnvironmentName::new("production")
}
