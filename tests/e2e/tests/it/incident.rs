//! An incident from its opening to its post-mortem: one message leaves, once; axe looks at each place in both looks.

mod keyboard;
mod manager;
mod receiver;
mod several;
mod typing;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use crate::access::{axe, nothing_found};
use receiver::Receiver;

const OPENS_WITHIN: Duration = Duration::from_secs(60);
const SENDS_WITHIN: Duration = Duration::from_secs(60);

const CHANNEL: &str = "\n[channels.alerts]\nkind = \"slack\"\nto = [\"#incidents\"]\n";

#[test]
fn an_incident_is_told_of_once_and_then_written_down() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        let slack = Receiver::start()?;
        desk.set("LASTGOOD_SECRET_ALERTS", slack.address());
        add_settings(&desk, &rehearsal.clone_folder(), CHANNEL)?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        open_incident(&window, look)?;
        send(&window, &slack, look)?;
        nothing_new(&window)?;
        write_down(&window, look)?;
    }
    Ok(())
}

fn open_incident(window: &Window, look: Look) -> Result<(), Failure> {
    window.wait_until("the incidents' entry", OPENS_WITHIN, |window| {
        Ok(!window.find_all(&By::role("button", "Incidents"))?.is_empty())
    })?;
    window.click(&By::role("button", "Incidents"))?;
    window.find(&By::text("No incidents"))?;
    window.execute(&axe()?, &[])?;
    nothing_found(window, "no incidents", look)?;
    window.click(&By::test_id("open-incident"))?;
    window.find(&By::css("#open-incident > label input"))?.keys("Logins fail")?;
    window.find(&By::css("#open-incident .two label + label input"))?.keys("API")?;
    nothing_found(window, "the dialog of an incident", look)?;
    window.click(&By::role("button", "Open the incident"))?;
    window.find(&By::test_id("composer"))?;
    Ok(())
}

/// The impact is not known at first: Send waits for it, and the message says it once it is said.
fn send(window: &Window, slack: &Receiver, look: Look) -> Result<(), Failure> {
    window.find(&By::text("Nobody knows the impact yet."))?;
    window.click(&By::test_id("send"))?;
    window.click(&By::role("button", "Impact: Not said yet. Change"))?;
    window.find(&By::css("input[aria-label=\"Impact\"]"))?.keys("nobody can sign in")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::text("All values filled"))?;
    nothing_found(window, "the room", look)?;
    window.picture(&format!("room-{look:?}").to_lowercase())?;
    window.click(&By::test_id("send"))?;
    window.wait_until("the receipt", SENDS_WITHIN, |window| {
        Ok(!window.find_all(&By::css("[data-outcome=\"delivered\"]"))?.is_empty())
    })?;
    let messages = slack.messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("Logins fail") && messages[0].contains("obody can sign in"), "{}", messages[0]);
    Ok(())
}

fn nothing_new(window: &Window) -> Result<(), Failure> {
    window.execute("document.activeElement.blur()", &[])?;
    window.press(&['n'])?;
    window.find(&By::text("Nothing new for Team"))?;
    Ok(())
}

/// What is kept of it and how it reads is the subject of `postmortem.rs`. Here the engine has told roles and names before, as
/// it does to a screen reader: its page process once ended at what is typed at the end of such a text.
fn write_down(window: &Window, look: Look) -> Result<(), Failure> {
    window.click(&By::role("button", "Resolved"))?;
    window.click(&By::role("button", "Write the post-mortem"))?;
    window.find(&By::test_id("paper-timeline"))?;
    nothing_found(window, "the post-mortem", look)?;
    window.picture(&format!("post-mortem-{look:?}").to_lowercase())?;
    type_at_the_end(window)?;
    window.click(&By::role("button", "Post-mortems"))?;
    window.find(&By::test_id("postmortem-line"))?;
    nothing_found(window, "the post-mortems", look)
}

fn type_at_the_end(window: &Window) -> Result<(), Failure> {
    let editor = "const one = document.querySelector('[data-testid=paper]')?.shadowRoot?.querySelector('.cm-content');";
    let focus = format!("{editor} one?.focus(); return one != null && one.getRootNode().activeElement === one");
    window.wait_until("the editor", OPENS_WITHIN, |window| Ok(window.execute(&focus, &[])? == true))?;
    window.press(&[keys::CONTROL, keys::END])?;
    "Kilroy".chars().try_for_each(|letter| window.press(&[letter]))?;
    let text = window.execute(&format!("{editor} return one.textContent"), &[])?;
    assert!(text.as_str().is_some_and(|text| text.contains("Kilroy")), "{text}");
    Ok(())
}

/// Settings count once they are committed.
fn add_settings(desk: &Desk, clone: &Path, settings: &str) -> Result<(), Failure> {
    let file = clone.join("lastgood.toml");
    let text = std::fs::read_to_string(&file).map_err(|error| Failure::new(error.to_string()))?;
    std::fs::write(&file, text + settings).map_err(|error| Failure::new(error.to_string()))?;
    let status = Command::new("git")
        .current_dir(clone)
        .env("HOME", desk.home())
        .args(["-c", "user.name=platform-lead", "-c", "user.email=platform-lead@example.invalid"])
        .args(["commit", "--quiet", "--all", "--message", "A channel for incidents"])
        .status()
        .map_err(|error| Failure::new(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(Failure::new("the settings could not be committed")) }
}
