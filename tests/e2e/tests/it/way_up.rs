//! The way back up in the real window: from a rollback over its fix to a rollout that ends in production.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use crate::access::{nothing_found, rolled_back};
use crate::keyboard::{focus_on, press_on, told, type_words};

const SHOWS_WITHIN: Duration = Duration::from_secs(60);
/// Two deploys, and two stages that are watched for twenty seconds each.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

#[test]
fn from_a_rollback_the_way_leads_over_a_fix_and_a_gate_back_to_production() -> Result<(), Failure> {
    from_the_rollback_to_production(Look::Dark)
}

#[test]
fn from_a_rollback_the_way_leads_back_to_production_in_the_light() -> Result<(), Failure> {
    from_the_rollback_to_production(Look::Light)
}

fn from_the_rollback_to_production(look: Look) -> Result<(), Failure> {
    let mut desk = Desk::start(look)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    rolled_back(&window)?;
    release(&rehearsal.clone_folder())?;
    press_on(&window, "The way back up…")?;
    fix(&window, look)?;
    window.press(&[keys::CONTROL, 'k'])?;
    window.find(&By::test_id("palette"))?;
    window.press(&[keys::ESCAPE])?;
    roll_out(&window, look)?;
    assert_eq!(rehearsal.live_version()?, "v2.4.2");
    assert_eq!(rehearsal.dispatches()?, 3, "the rollback and two stages");
    Ok(())
}

/// The branch is made here, and an item is ticked by the keyboard.
fn fix(window: &Window, look: Look) -> Result<(), Failure> {
    window.find(&By::text("Where it begins"))?;
    nothing_found(window, "the way back up", look)?;
    press_on(window, "Make the branch")?;
    window.find(&By::text("on this machine"))?;
    let item = "return document.activeElement?.matches('li input[type=checkbox]') ?? false";
    window.wait_until("the focus on an item", SHOWS_WITHIN, |window| {
        window.press(&[keys::TAB])?;
        Ok(window.execute(item, &[])? == true)
    })?;
    window.press(&[' '])?;
    window.find(&By::text("5 items open, as it comes with Lastgood"))?;
    window.picture(&format!("way-up-fix-{look:?}"))?;
    nothing_found(window, "a fix", look)
}

fn roll_out(window: &Window, look: Look) -> Result<(), Failure> {
    offered(window)?;
    press_on(window, "Begin the rollout")?;
    let go = By::role("button", "Let it on");
    window.wait_until("the gate", ENDS_WITHIN, |window| Ok(!window.find_all(&go)?.is_empty()))?;
    window.picture(&format!("way-up-gate-{look:?}"))?;
    nothing_found(window, "a gate", look)?;
    press_on(window, "Let it on")?;
    let over = By::css("[data-testid=\"rollout\"][data-outcome=\"succeeded\"]");
    window.wait_until("the end of the rollout", ENDS_WITHIN, |window| Ok(!window.find_all(&over)?.is_empty()))?;
    window.picture(&format!("way-up-end-{look:?}"))?;
    nothing_found(window, "a rollout that is over", look)
}

/// The release was pushed a moment ago; the page shows it once the tags were read again.
fn offered(window: &Window) -> Result<(), Failure> {
    window.wait_until("the new release", SHOWS_WITHIN, |window| {
        let offered = "return [...document.querySelectorAll('option')].some((one) => one.value === 'v2.4.2')";
        if window.execute(offered, &[])?.as_bool() == Some(true) {
            return Ok(true);
        }
        press_on(window, "Rollbacks")?;
        window.find(&By::test_id("rollbacks"))?;
        window.press(&[keys::CONTROL, 'k'])?;
        let field = "return document.activeElement?.matches('[data-testid=palette] input') ?? false";
        told(window, "the focus in the palette", field)?;
        type_words(window, "way back up")?;
        window.press(&[keys::ENTER])?;
        Ok(false)
    })
}

#[test]
fn at_a_gate_a_person_rolls_the_stage_back_by_keyboard_alone() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    rolled_back(&window)?;
    release(&rehearsal.clone_folder())?;
    press_on(&window, "The way back up…")?;
    offered(&window)?;
    press_on(&window, "Begin the rollout")?;
    let go = By::role("button", "Let it on");
    window.wait_until("the gate", ENDS_WITHIN, |window| Ok(!window.find_all(&go)?.is_empty()))?;
    press_on(&window, "Roll back…")?;
    focus_on(&window, "Reason")?;
    nothing_found(&window, "the question before a stage is rolled back", Look::Light)?;
    type_words(&window, "slower than before")?;
    window.press(&[keys::ENTER])?;
    let over = By::css("[data-testid=\"rollout\"][data-outcome=\"rolled_back\"]");
    window.wait_until("the end of the rollout", ENDS_WITHIN, |window| Ok(!window.find_all(&over)?.is_empty()))?;
    nothing_found(&window, "a rollout that was rolled back", Look::Light)?;
    assert_eq!(rehearsal.live_version()?, "v2.4.0", "production was never touched");
    Ok(())
}

/// As if the fix was merged and tagged.
fn release(clone: &Path) -> Result<(), Failure> {
    let git = |words: &[&str]| {
        let who = ["-c", "user.name=Developer", "-c", "user.email=developer@example.com"];
        let done = Command::new("git").arg("-C").arg(clone).args(who).args(words).output();
        let done = done.map_err(|error| Failure::new(format!("git did not start: {error}")))?;
        if done.status.success() {
            return Ok(());
        }
        Err(Failure::new(String::from_utf8_lossy(&done.stderr).into_owned()))
    };
    git(&["commit", "--quiet", "--allow-empty", "-m", "Meter fuel once a call (#431)"])?;
    git(&["tag", "-a", "v2.4.2", "-m", "Meter fuel once a call"])?;
    git(&["push", "--quiet", "origin", "HEAD:main", "v2.4.2"])
}
