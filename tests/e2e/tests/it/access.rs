//! What can be reached and read: axe-core over every screen of a rollback, and the same rollback by keyboard alone.

use std::path::Path;
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};
use serde_json::Value;

const ARMED_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(90);
const FOCUS_WITHIN: Duration = Duration::from_secs(10);
/// Colours fade in for a moment; axe reads a page of this size in a second.
const READ_WITHIN: Duration = Duration::from_secs(30);
/// More than there are places for the focus before the one button.
const MOST_TABS: usize = 12;

#[test]
fn axe_finds_nothing_in_either_look_from_the_timeline_to_the_outcome() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        armed(&window)?;
        window.execute(&axe()?, &[])?;
        nothing_found(&window, "the timeline", look)?;
        window.press(&[keys::CONTROL, 'k'])?;
        window.find(&By::test_id("palette"))?;
        nothing_found(&window, "the palette", look)?;
        window.press(&[keys::ESCAPE])?;
        window.click(&By::test_id("roll-back"))?;
        window.find(&By::test_id("undo"))?;
        nothing_found(&window, "the countdown", look)?;
        outcome(&window, "succeeded")?;
        nothing_found(&window, "the outcome", look)?;
        window.click(&By::role("button", "Lift the hold…"))?;
        window.find(&By::role("dialog", "Lift the hold on production"))?;
        nothing_found(&window, "a dialog", look)?;
        window.press(&[keys::ESCAPE])?;
        window.click(&By::role("button", "Rollbacks"))?;
        window.find(&By::test_id("rollbacks"))?;
        nothing_found(&window, "the rollbacks", look)?;
        window.click(&By::role("button", "Settings"))?;
        window.find(&By::test_id("account"))?;
        nothing_found(&window, "the settings", look)?;
    }
    Ok(())
}

#[test]
fn a_rollback_goes_from_click_to_lifted_hold_by_keyboard_alone() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    armed(&window)?;
    tab_to(&window, "Roll back to v2.4.0")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("undo"))?;
    tab_to(&window, "Why")?;
    type_words(&window, "fuel")?;
    window.press(&[keys::ENTER])?;
    outcome(&window, "succeeded")?;
    assert_eq!(rehearsal.dispatches()?, 1);

    // The field of the reason is gone; the focus is not lost with it.
    tab_to(&window, "Lift the hold…")?;
    window.press(&[keys::ENTER])?;
    window.wait_until("the focus in the dialog", FOCUS_WITHIN, |window| Ok(focused(window)? == "Reason"))?;
    type_words(&window, "fixed")?;
    window.press(&[keys::ENTER])?;
    let said = By::text("The hold on production is lifted");
    window.find(&said)?;
    assert!(window.text(&By::test_id("rollback-screen"))?.contains("“fuel”"), "the reason was kept");
    Ok(())
}

pub(crate) fn axe() -> Result<String, Failure> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file)
        .map_err(|error| Failure::new(format!("{}: {error}; run npm ci in ui", file.display())))
}

pub(crate) fn nothing_found(window: &Window, place: &str, look: Look) -> Result<(), Failure> {
    window.execute(
        // What was just typed is drawn within two frames; what moves because of it is waited for.
        "window.found = null;
         const frame = () => new Promise((done) => requestAnimationFrame(done));
         const settled = () => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
         Promise.race([frame().then(frame).then(settled), new Promise((done) => setTimeout(done, 2000))])
           .then(() => axe.run())
           .then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))
           .catch((error) => [String(error)])
           .then((found) => { window.found = found; });",
        &[],
    )?;
    window.wait_until(&format!("axe's words on {place}"), READ_WITHIN, |window| {
        Ok(!window.execute("return window.found", &[])?.is_null())
    })?;
    let found = window.execute("return window.found", &[])?;
    assert_eq!(found, Value::Array(Vec::new()), "{place}, {look:?}");
    Ok(())
}

/// Production is back on its last good release, by keyboard alone, and axe is in the page.
pub(crate) fn rolled_back(window: &Window) -> Result<(), Failure> {
    armed(window)?;
    window.execute(&axe()?, &[])?;
    tab_to(window, "Roll back to v2.4.0")?;
    window.press(&[keys::ENTER])?;
    outcome(window, "succeeded")
}

pub(crate) fn armed(window: &Window) -> Result<(), Failure> {
    let button = By::test_id("roll-back");
    window.wait_until("the armed button", ARMED_WITHIN, |window| window.find(&button)?.is_enabled())
}

pub(crate) fn outcome(window: &Window, phase: &str) -> Result<(), Failure> {
    let wanted = By::css(&format!("[data-testid=\"outcome\"][data-phase=\"{phase}\"]"));
    window.wait_until(&format!("the outcome {phase}"), ENDS_WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}

pub(crate) fn tab_to(window: &Window, name: &str) -> Result<(), Failure> {
    for _ in 0..MOST_TABS {
        window.press(&[keys::TAB])?;
        if focused(window)? == name {
            return Ok(());
        }
    }
    Err(Failure::new(format!("{MOST_TABS} tabs do not reach “{name}”; the focus is on “{}”", focused(window)?)))
}

/// What the focused element is called: by its label, else by its own words.
fn focused(window: &Window) -> Result<String, Failure> {
    let script = "const one = document.activeElement;
        return (one.labels?.[0]?.querySelector('span')?.textContent ?? one.textContent).trim();";
    Ok(window.execute(script, &[])?.as_str().unwrap_or_default().to_owned())
}

pub(crate) fn type_words(window: &Window, words: &str) -> Result<(), Failure> {
    words.chars().try_for_each(|letter| window.press(&[letter]))
}
