//! Who reads along, and who stops reading.

#[cfg(unix)]
use crate::kit::signal;
use crate::kit::{Running, Stage};
#[cfg(unix)]
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_went_away_does_not_end_the_rollback() {
    for more in [&["--json"][..], &[]] {
        let stage = Stage::start().await;
        let arguments = [&["rollback", "production", "--reason", "r", "--yes"], more].concat();
        let mut running = Running::start(&mut stage.lastgood(&arguments));
        running.line().unwrap();
        let done = running.walk_away();
        assert_eq!((done.code, stage.live().as_str(), stage.facts("rollback_ended")), (Some(0), "v2.4.0", 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_may_take_and_what_it_took_is_said() {
    let stage = Stage::start().await;
    let arguments = ["rollback", "production", "--reason", "r", "--yes"];
    let done = crate::kit::finish(&mut stage.lastgood(&arguments));
    assert!(done.out.contains("  may take 5 min; none has ended well here yet\n"), "{}", done.out);
    assert!(done.out.trim_end().lines().last().unwrap().ends_with(" of 5 min"), "{}", done.out);
    let forward = crate::kit::finish(&mut stage.lastgood(&["forward", "production", "--reason", "mended", "--yes"]));
    assert!(forward.out.contains("(from 1 rollback here), may take 5 min"), "{}", forward.out);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_stops_after_the_step_and_a_second_one_leaves_at_once() {
    // At life's speed a deploy takes 20 s.
    let stage = Stage::at_speed(1.0).await;
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("run_seen"));
    signal(running.child.id(), "INT");
    assert!(running.reads("stop_asked"));
    signal(running.child.id(), "INT");
    let left = running.finish();
    assert_eq!(left.code, Some(130), "{left:?}");
    assert!(left.err.contains("a hold that was taken stays. The same command takes it up."), "{left:?}");
    assert_eq!(stage.facts("rollback_ended"), 0);

    // The run goes on at GitHub; the rollback is taken up, and the stop still counts.
    stage.server().set_speed(f64::INFINITY).unwrap();
    let done = crate::kit::finish(&mut stage.rollback(&[]));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(1), &json!("aborted")), "{done:?}");
    assert_eq!(stage.dispatches(), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_counts_also_while_github_is_asked() {
    let stage = Stage::start().await;
    let slow = lastgood_rehearsal::FaultKind::Delay { milliseconds: 1_500 };
    stage.arm(lastgood_rehearsal::Fault::once("/dispatches", slow));
    let mut running = Running::start(&mut stage.rollback(&[]));
    assert!(running.reads("dispatch_sent"));
    signal(running.child.id(), "INT");
    let done = running.finish();
    let outcome: Value = done.last()["outcome"].clone();
    assert_eq!((done.code, outcome), (Some(1), json!("aborted")), "{done:?}");
    assert_eq!((stage.dispatches(), stage.facts("stop_asked")), (1, 1));
}
