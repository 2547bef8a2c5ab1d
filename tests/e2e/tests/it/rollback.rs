use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};
use serde_json::json;

/// A deploy takes two seconds at ten times the speed of life; a loaded machine takes its time around that.
const ENDS_WITHIN: Duration = Duration::from_secs(90);
const ARMED_WITHIN: Duration = Duration::from_secs(60);
const STEP_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn one_click_brings_production_back_and_the_desktop_says_so() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    // Slow enough to be seen on its way, whatever else the machine does.
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    assert_eq!(rehearsal.live_version()?, "v2.4.1", "the bad release is live at first");

    armed(&window)?.click()?;
    window.find(&By::test_id("undo"))?;
    window.picture("rollback-countdown")?;
    step(&window, "follow", "running")?;
    window.picture("rollback-running")?;
    rehearsal.switch("speed", &json!({ "speed": 100 }))?;
    outcome(&window, "succeeded")?;
    window.picture("rollback-succeeded")?;

    assert_eq!(rehearsal.live_version()?, "v2.4.0");
    assert_eq!(rehearsal.dispatches()?, 1);
    assert_eq!(rehearsal.rollback_tags()?.len(), 1);
    let alerts = desk.alerts()?;
    assert!(
        alerts.iter().any(|alert| alert.app == "Lastgood" && alert.summary == "production is back on v2.4.0"),
        "the notification daemon got {alerts:?}"
    );
    Ok(())
}

#[test]
fn undo_in_the_countdown_leaves_nothing_but_facts() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;

    armed(&window)?.click()?;
    window.find(&By::test_id("undo"))?;
    // No picture before the key: on a loaded machine one takes longer than the five seconds to undo.
    window.press(&[keys::ESCAPE])?;
    outcome(&window, "aborted")?;
    window.picture("rollback-undone-light")?;

    assert_eq!(rehearsal.live_version()?, "v2.4.1");
    assert_eq!(rehearsal.dispatches()?, 0);
    assert_eq!(rehearsal.rollback_tags()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_window_killed_half_way_goes_on_when_it_is_opened_again() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    // Slow enough that the run is under way when the window dies.
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    armed(&window)?.click()?;
    step(&window, "follow", "running")?;
    window.kill();

    let window = desk.open(&[&folder])?;
    window.click(&By::test_id("watch"))?;
    outcome(&window, "succeeded")?;
    assert_eq!(rehearsal.dispatches()?, 1, "the dispatch is never sent twice");
    assert_eq!(rehearsal.rollback_tags()?.len(), 1);
    assert_eq!(rehearsal.live_version()?, "v2.4.0");
    Ok(())
}

/// The one button, once it acts.
pub(crate) fn armed(window: &Window) -> Result<lastgood_e2e::Element<'_>, Failure> {
    let button = By::test_id("roll-back");
    window.wait_until("the armed button", ARMED_WITHIN, |window| window.find(&button)?.is_enabled())?;
    window.find(&button)
}

fn step(window: &Window, name: &str, phase: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=\"step-{name}\"][data-phase=\"{phase}\"]"));
    window.wait_until(&format!("step {name} {phase}"), STEP_WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}

pub(crate) fn outcome(window: &Window, phase: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=\"outcome\"][data-phase=\"{phase}\"]"));
    window.wait_until(&format!("the outcome {phase}"), ENDS_WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}
