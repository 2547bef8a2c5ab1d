//! The window and the terminal beside each other on one journal.

use std::process::{Child, Stdio};
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window};

/// A deploy takes 20 s at the speed of life; a loaded machine takes its time around that.
const WITHIN: Duration = Duration::from_secs(120);

#[test]
fn the_window_shows_what_the_terminal_drives_and_goes_on_with_it_when_that_is_killed() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    armed(&window)?;

    let mut terminal = roll_back(&desk, &folder)?;
    window.click(&By::test_id("watch"))?;
    shown(&window, "who drives it", "[data-testid=driver][data-kind=another]")?;
    assert!(window.find_all(&By::test_id("undo"))?.is_empty(), "nothing is offered that nobody would hear");
    shown(&window, "the deploy", "[data-testid=step-follow][data-phase=running]")?;
    window.picture("rollback-driven-elsewhere")?;

    terminal.kill().map_err(|error| Failure::new(error.to_string()))?;
    terminal.wait().map_err(|error| Failure::new(error.to_string()))?;
    window.wait_until("the window drives it", WITHIN, |window| {
        Ok(window.find_all(&By::css("[data-testid=driver]"))?.is_empty())
    })?;
    shown(&window, "the end", "[data-testid=outcome][data-phase=succeeded]")?;
    assert_eq!(rehearsal.dispatches()?, 1, "the dispatch is never sent twice");
    assert_eq!(rehearsal.rollback_tags()?.len(), 1);
    assert_eq!(rehearsal.live_version()?, "v2.4.0");
    Ok(())
}

#[test]
fn the_terminal_starts_nothing_beside_a_rollback_of_the_window() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 1)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    armed(&window)?;
    window.click(&By::test_id("roll-back"))?;
    shown(&window, "the deploy", "[data-testid=step-follow][data-phase=running]")?;

    let refused = roll_back(&desk, &folder)?.wait_with_output().map_err(|error| Failure::new(error.to_string()))?;
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(told.contains("already_running"), "{told}");
    shown(&window, "the end", "[data-testid=outcome][data-phase=succeeded]")?;
    assert_eq!(rehearsal.dispatches()?, 1);
    Ok(())
}

fn roll_back(desk: &Desk, folder: &str) -> Result<Child, Failure> {
    let arguments = ["rollback", "production", "--reason", "checkout fails", "--yes", "--json", "--repo", folder];
    desk.terminal()?
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("the terminal program did not start: {error}")))
}

fn armed(window: &Window) -> Result<(), Failure> {
    shown(window, "the armed target", "[data-testid=armed][data-state=armed]")
}

fn shown(window: &Window, what: &str, selector: &str) -> Result<(), Failure> {
    let wanted = By::css(selector);
    window.wait_until(what, WITHIN, |window| Ok(!window.find_all(&wanted)?.is_empty()))
}
