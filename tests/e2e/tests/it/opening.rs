use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window};
use serde_json::json;

const ARMED_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(120);

#[test]
fn the_window_opens_on_the_rehearsal() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let window = desk.open(&["--rehearsal"])?;
    window.find(&By::test_id("timeline"))?;
    let armed = By::css("[data-testid=armed][data-state=armed]");
    window.wait_until("the armed target", ARMED_WITHIN, |window| Ok(!window.find_all(&armed)?.is_empty()))?;
    window.picture("rehearsal")?;
    let title = desk.title_with("rehearsal")?;
    assert!(title.ends_with("connectias (rehearsal) – Lastgood"), "{title}");
    desk.picture("rehearsal-on-the-desk")?;
    Ok(())
}

#[test]
fn what_github_told_last_stays_in_the_window_and_is_there_at_the_next_start() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    let armed = By::css("[data-testid=armed][data-state=armed]");
    window.wait_until("the armed target", ARMED_WITHIN, |window| Ok(!window.find_all(&armed)?.is_empty()))?;
    let title = desk.title_with("connectias")?;
    assert!(title.ends_with("connectias (rehearsal) – Lastgood"), "{title}");

    rehearsal.switch("faults", &json!({ "path": "/environments", "times": null, "kind": "status", "code": 502 }))?;
    window.click(&By::role("button", "Ask git and GitHub again"))?;
    stays(&window)?;
    window.picture("github-fails-light")?;
    window.kill();
    stays(&desk.open(&[&folder])?)
}

#[test]
fn a_start_while_the_window_before_is_just_ending_opens_one_all_the_same() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let mut before = desk.ending_window("dev.lastgood.desktop.SingleInstance")?;
    let window = desk.open(&["--rehearsal"])?;
    window.find(&By::test_id("timeline"))?;
    assert!(before.ended().is_some(), "it was asked, and went");
    Ok(())
}

/// What is live and what was last good, with the age of what GitHub told.
fn stays(window: &Window) -> Result<(), Failure> {
    window.wait_until("the age of what GitHub told", ARMED_WITHIN, |window| {
        Ok(!window.find_all(&By::test_id("known-at"))?.is_empty())
    })?;
    assert!(window.text(&By::test_id("hero-live"))?.contains("v2.4.1"));
    assert!(window.text(&By::test_id("hero-last-good"))?.contains("v2.4.0"));
    Ok(())
}

#[test]
fn a_rehearsal_of_the_windows_own_is_rolled_back_and_gone_on_with_after_a_kill() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let window = desk.open(&["--rehearsal"])?;
    let armed = By::css("[data-testid=armed][data-state=armed]");
    window.wait_until("the armed target", ARMED_WITHIN, |window| Ok(!window.find_all(&armed)?.is_empty()))?;
    window.click(&By::test_id("roll-back"))?;
    let deploys = By::css("[data-testid=step-follow][data-phase=running]");
    window.wait_until("the deploy", ENDS_WITHIN, |window| Ok(!window.find_all(&deploys)?.is_empty()))?;
    window.kill();

    // The story goes on where it stood, with its GitHub.
    let window = desk.open(&["--rehearsal"])?;
    window.click(&By::test_id("watch"))?;
    let ended = By::css("[data-testid=outcome][data-phase=succeeded]");
    window.wait_until("the end", ENDS_WITHIN, |window| Ok(!window.find_all(&ended)?.is_empty()))?;
    assert!(!window.find_all(&By::test_id("rehearsal-badge"))?.is_empty(), "it is said that nothing here is real");
    window.picture("rehearsal-rolled-back")?;
    Ok(())
}
