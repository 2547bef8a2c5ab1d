//! One message to several places: read in one list, each leaves once; and what axe says of the list of incidents and of a
//! message with a mistake in it.

use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use super::receiver::Receiver;
use super::typing::{focus, to_incidents};
use super::{add_settings, open_incident};
use crate::access::nothing_found;

const COMES_WITHIN: Duration = Duration::from_secs(60);

const ROOMS: &str = "\n[channels.alerts]\nkind = \"slack\"\n[channels.cards]\nkind = \"teams\"\n";

#[test]
fn several_updates_leave_once_each_from_the_list_in_which_they_are_read() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        let (slack, teams) = (Receiver::start()?, Receiver::start()?);
        desk.set("LASTGOOD_SECRET_ALERTS", slack.address());
        desk.set("LASTGOOD_SECRET_CARDS", teams.address());
        add_settings(&desk, &rehearsal.clone_folder(), ROOMS)?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        open_incident(&window, look)?;
        window.click(&By::role("button", "Impact: Not said yet. Change"))?;
        window.find(&By::css("input[aria-label=\"Impact\"]"))?.keys("nobody can sign in")?;
        window.press(&[keys::ENTER])?;
        window.find(&By::text("All values filled"))?;
        send_both(&window)?;
        for (place, receiver) in [("Slack", &slack), ("Teams", &teams)] {
            let messages = receiver.messages();
            assert_eq!(messages.len(), 1, "{place}: {messages:?}");
            assert!(messages[0].contains("obody can sign in"), "{place}: {}", messages[0]);
        }
        mistakes(&window, look)?;
        to_incidents(&window)?;
        window.find(&By::test_id("incident-line"))?;
        nothing_found(&window, "the incidents", look)?;
    }
    Ok(())
}

/// Nothing was written for them yet: each is chosen by hand.
fn send_both(window: &Window) -> Result<(), Failure> {
    window.click(&By::role("button", "To several…"))?;
    window.find(&By::role("dialog", "Send to several"))?;
    let ready = By::css("[data-testid=\"send-list\"] input:enabled");
    window.wait_until("two that may leave", COMES_WITHIN, |window| Ok(window.find_all(&ready)?.len() == 2))?;
    window.execute(
        "document.querySelectorAll('[data-testid=send-list] input:enabled:not(:checked)').forEach((one) => one.click())",
        &[],
    )?;
    window.click(&By::role("button", "Send 2 updates"))?;
    let delivered = By::css("[data-outcome=\"delivered\"]");
    window.wait_until("two receipts", COMES_WITHIN, |window| Ok(window.find_all(&delivered)?.len() == 2))
}

/// The mistake, and nothing else; what is known around it still shows.
const UNDERLINED: &str = "
    const message = document.querySelector('[data-testid=message]')?.shadowRoot;
    const mistakes = [...(message?.querySelectorAll('.cm-lintRange-error') ?? [])];
    return mistakes.length === 1
        && mistakes[0].textContent === 'titel'
        && getComputedStyle(mistakes[0]).textDecorationStyle === 'wavy'
        && message.querySelector('.cm-content').textContent.includes('Logins fail');";

/// In the message of each, underlined where it stands.
fn mistakes(window: &Window, look: Look) -> Result<(), Failure> {
    for name in ["alerts", "cards"] {
        window.click(&By::css(&format!("#tab-{name}")))?;
        focus(window)?;
        window.press(&[keys::CONTROL, keys::END])?;
        " {{ titel }}".chars().try_for_each(|letter| window.press(&[letter]))?;
        window.wait_until("the underlined mistake", COMES_WITHIN, |window| {
            Ok(window.execute(UNDERLINED, &[])? == true)
        })?;
        nothing_found(window, &format!("a mistake in the message for {name}"), look)?;
        window.picture(&format!("mistake-{name}-{look:?}").to_lowercase())?;
    }
    Ok(())
}
