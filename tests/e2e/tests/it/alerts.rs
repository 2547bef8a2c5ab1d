//! Alerts on the desktop and what their button does; and that nothing of all this tells the token.

use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal};
use serde_json::json;

use crate::rollback::{armed, outcome};
use crate::sign_in::{found_nowhere, would_be_seen};

const ALERTED_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn the_button_of_an_alert_brings_the_window_to_its_rollback() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    // What is failing already is told; put away, it does not stand before the one that this is about.
    window.wait_until("the alert about production", ALERTED_WITHIN, |_| {
        Ok(desk.alerts()?.iter().any(|alert| alert.summary == "production is failing"))
    })?;

    rehearsal.arm(&json!({ "kind": "fail_step", "step": "switch traffic" }))?;
    armed(&window)?.click()?;
    outcome(&window, "failed")?;
    window.click(&By::role("button", "Timeline"))?;
    window.find(&By::test_id("timeline"))?;
    desk.minimise("Lastgood")?;
    desk.act_on_alert()?;
    desk.comes_to_the_front("Lastgood")?;
    window.find(&By::test_id("rollback-screen"))?;
    outcome(&window, "failed")?;
    assert_eq!(rehearsal.dispatches()?, 1, "the button shows, and does nothing");
    Ok(())
}

#[test]
fn a_whole_rollback_leaves_the_token_nowhere() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let log = desk.keep_log();
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    would_be_seen(&desk, &window, rehearsal.token())?;
    armed(&window)?.click()?;
    window.find(&By::test_id("undo"))?;
    found_nowhere(&desk, &window, &log, rehearsal.token())?;
    outcome(&window, "succeeded")?;
    found_nowhere(&desk, &window, &log, rehearsal.token())?;
    for place in ["Timeline", "Settings"] {
        window.click(&By::role("button", place))?;
        found_nowhere(&desk, &window, &log, rehearsal.token())?;
    }
    Ok(())
}
