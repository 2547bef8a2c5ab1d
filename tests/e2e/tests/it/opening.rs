use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window};
use serde_json::json;

const ARMED_WITHIN: Duration = Duration::from_secs(60);

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
    assert!(title.ends_with("connectias – Lastgood"), "{title}");

    rehearsal.switch("faults", &json!({ "path": "/environments", "times": null, "kind": "status", "code": 502 }))?;
    window.click(&By::role("button", "Ask git and GitHub again"))?;
    stays(&window)?;
    window.picture("github-fails-light")?;
    window.kill();
    stays(&desk.open(&[&folder])?)
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
