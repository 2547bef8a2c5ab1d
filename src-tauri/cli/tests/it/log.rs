//! `lastgood log`: the log of the deploy, also of the step that failed.

use lastgood_rehearsal::{Fault, FaultKind};

use crate::kit::{Stage, finish};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_failed_deploy_names_the_step_and_says_why() {
    let stage = Stage::start().await;
    let none = stage.run(&["log", "--json"]);
    assert_eq!((none.code, none.trouble().as_str()), (Some(2), "usage"));
    stage.arm(Fault::once("/dispatches", FaultKind::FailStep { step: "switch".to_owned() }));
    assert_eq!(finish(&mut stage.rollback(&[])).code, Some(1));

    let text = stage.run(&["log", "--failed"]);
    assert_eq!(text.code, Some(0), "{text:?}");
    assert!(text.out.lines().next().unwrap().ends_with(": failure"), "{}", text.out);
    assert!(text.out.contains("▸ ") && text.out.contains("✕ "), "{}", text.out);
    let told = stage.run(&["log", "--json"]).last();
    let jobs = told["jobs"].as_array().unwrap();
    let failed = jobs.iter().find(|job| job["conclusion"] == "failure").unwrap();
    let lines = failed["log"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["kind"] == "error"), "{failed:#}");
    assert!(lines.iter().all(|line| line["at"].is_string()), "{failed:#}");
}
