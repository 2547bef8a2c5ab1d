//! A folder outlives its server.

use lastgood_rehearsal::{Rehearsal, StartError};

use crate::kit::{DEPLOY, Kit, options};

#[tokio::test]
async fn a_run_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::start_in(folder.path()).await;
    let before = kit.description().clone();
    let id = kit.deploy("v2.4.0").await;
    kit.pass(jiff::SignedDuration::from_secs(9));
    assert_eq!(kit.run(id).await["status"], "in_progress");
    kit.rehearsal.stop().await;

    let kit = Kit::start_in(folder.path()).await;
    assert_eq!(*kit.description(), before, "the same token and the same ports");
    assert_eq!(kit.run(id).await["status"], "in_progress");
    kit.pass(DEPLOY);
    assert_eq!(kit.run(id).await["conclusion"], "success");
    assert_eq!(kit.service("/version").await.1["version"], "v2.4.0");
}

#[tokio::test]
async fn a_folder_takes_one_server_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::start_in(folder.path()).await;
    let second = Rehearsal::start(options(folder.path())).await;
    assert!(matches!(second, Err(StartError::InUse(_))));
    drop(kit);
    Kit::start_in(folder.path()).await;
}

#[tokio::test]
async fn a_start_that_was_interrupted_begins_anew_and_a_foreign_folder_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("clone/connectias/half");
    std::fs::create_dir_all(&half).unwrap();
    for _ in 0..2 {
        let foreign = Rehearsal::start(options(folder.path())).await;
        assert!(matches!(foreign, Err(StartError::Folder { .. })));
        assert!(half.exists());
    }
    std::fs::write(folder.path().join("unfinished"), "").unwrap();
    let kit = Kit::start_in(folder.path()).await;
    assert_eq!(kit.get("/releases").await.as_array().unwrap().len(), 6);
}
