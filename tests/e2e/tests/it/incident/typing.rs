//! A kill while somebody types a message.

use std::time::{Duration, Instant};

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use super::{CHANNEL, OPENS_WITHIN, SENDS_WITHIN, add_settings};
use crate::typing::Typed;

#[test]
fn a_kill_while_a_message_is_typed_costs_the_last_moment_at_most() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    desk.set("LASTGOOD_SECRET_ALERTS", "http://127.0.0.1:9/hook");
    add_settings(&desk, &folder, CHANNEL)?;
    let mut window = desk.open(&[&folder.to_string_lossy()])?;
    open_one(&window)?;
    let mut there = String::new();
    for round in 0..3 {
        focus(&window)?;
        window.press(&[keys::CONTROL, keys::HOME])?;
        // Another point in each round.
        let typed = Typed::into(&window, Duration::from_millis(1500 + round * 370))?;
        let killed = Instant::now();
        window.kill();
        window = desk.open(&[&folder.to_string_lossy()])?;
        to_incidents(&window)?;
        window.click(&By::test_id("incident-line"))?;
        there = typed.kept(&text(&window)?, &there, killed)?;
    }
    window.picture("composer-after-a-kill-light")?;
    Ok(())
}

/// The entry counts the open ones, so it has no name that stays.
pub(super) fn to_incidents(window: &Window) -> Result<(), Failure> {
    let entry = By::css("nav button[title=\"Incidents\"]");
    window.wait_until("the incidents' entry", OPENS_WITHIN, |window| Ok(!window.find_all(&entry)?.is_empty()))?;
    window.click(&entry)
}

fn open_one(window: &Window) -> Result<(), Failure> {
    to_incidents(window)?;
    window.click(&By::test_id("open-incident"))?;
    window.find(&By::css("#open-incident > label input"))?.keys("Logins fail")?;
    window.click(&By::role("button", "Open the incident"))
}

/// The editor of the message, once it is there.
const EDITOR: &str =
    "const one = document.querySelector('[data-testid=message]')?.shadowRoot?.querySelector('.cm-content');";

pub(super) fn focus(window: &Window) -> Result<(), Failure> {
    let script = format!("{EDITOR} one?.focus(); return one != null && one.getRootNode().activeElement === one");
    window.wait_until("the message", SENDS_WITHIN, |window| Ok(window.execute(&script, &[])? == true))
}

/// What it shows, from its top.
fn text(window: &Window) -> Result<String, Failure> {
    focus(window)?;
    let text = window.execute(&format!("{EDITOR} return one.textContent"), &[])?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}
