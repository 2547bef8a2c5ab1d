//! From *Roll back* to a Slack update that left and a status page update that a second person read, without the mouse; and
//! what axe says of the places around it.

use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};
use serde_json::Value;

use super::add_settings;
use super::receiver::Receiver;
use crate::access::{axe, nothing_found};

const ARMED_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(120);
const COMES_WITHIN: Duration = Duration::from_secs(60);
/// More than there are places for the focus in the room.
const MOST_TABS: usize = 60;

#[test]
fn from_roll_back_to_two_updates_without_the_mouse() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let (slack, page) = (Receiver::start()?, Receiver::start()?);
    desk.set("LASTGOOD_SECRET_ALERTS", slack.address());
    desk.set("LASTGOOD_SECRET_STATUS", "key-1");
    add_settings(&desk, &rehearsal.clone_folder(), &channels(page.base()))?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    let button = By::test_id("roll-back");
    window.wait_until("the armed button", ARMED_WITHIN, |window| window.find(&button)?.is_enabled())?;
    tab_to(&window, "Roll back to v2.4.0")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("undo"))?;
    tab_to(&window, "Why")?;
    type_words(&window, "fuel")?;
    window.press(&[keys::ENTER])?;
    let outcome = By::css("[data-testid=\"outcome\"][data-phase=\"succeeded\"]");
    window.wait_until("the outcome", ENDS_WITHIN, |window| Ok(!window.find_all(&outcome)?.is_empty()))?;

    tab_to(&window, "Go to its incident")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("composer"))?;
    tab_to(&window, "Impact: Not said yet. Change")?;
    window.press(&[keys::ENTER])?;
    type_words(&window, "nobody can sign in")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::text("All values filled"))?;
    tab_to_test_id(&window, "send")?;
    window.press(&[keys::ENTER])?;
    delivered(&window, 1)?;
    let messages = slack.messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("Rolled back: production is on v2.4.0"), "{}", messages[0]);

    tab_to_role(&window, "tab")?;
    window.press(&[keys::RIGHT])?;
    window.find(&By::text("A second person reads it before it leaves."))?;
    window.picture("room-reviewed")?;
    tab_to_test_id(&window, "send")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::css("[data-outcome=\"review\"]"))?;
    assert!(page.messages().is_empty(), "nothing leaves before it was read");
    tab_to(&window, "Read and decide…")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::role("dialog", "Read it before it leaves"))?;
    tab_to(&window, "Who you are: your name, mail address or GitHub login")?;
    type_words(&window, "@support-lead")?;
    window.press(&[keys::ENTER])?;
    delivered(&window, 2)?;
    let incident: Value = serde_json::from_str(&page.messages()[0]).unwrap_or_default();
    assert_eq!(incident["incident"]["status"], "monitoring", "{incident}");
    assert!(
        incident["incident"]["body"].as_str().is_some_and(|body| body.contains("A remedy has been in place since")),
        "{incident}"
    );
    Ok(())
}

#[test]
fn axe_finds_nothing_in_channels_templates_and_dialogs() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        desk.set("LASTGOOD_SECRET_ALERTS", "http://127.0.0.1:9/hook");
        add_settings(&desk, &rehearsal.clone_folder(), &channels("http://127.0.0.1:9"))?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        window.wait_until("the incidents' entry", ARMED_WITHIN, |window| {
            Ok(!window.find_all(&By::role("button", "Incidents"))?.is_empty())
        })?;
        window.click(&By::role("button", "Incidents"))?;
        window.execute(&axe()?, &[])?;
        window.click(&By::role("button", "Channels"))?;
        window.find(&By::test_id("channel"))?;
        window.click(&By::role("button", "Keep the secret of Statuspage: status"))?;
        nothing_found(&window, "the channels", look)?;
        window.picture(&format!("channels-{look:?}").to_lowercase())?;
        window.click(&By::role("button", "Incidents"))?;
        window.click(&By::role("button", "Templates"))?;
        window.find(&By::text("Ships with Lastgood"))?;
        nothing_found(&window, "the templates", look)?;
        window.click(&By::role("button", "Incidents"))?;
        window.click(&By::test_id("open-incident"))?;
        window.find(&By::css("#open-incident > label input"))?.keys("Logins fail")?;
        window.click(&By::role("button", "Open the incident"))?;
        window.find(&By::test_id("composer"))?;
        window.click(&By::role("button", "To several…"))?;
        window.find(&By::role("dialog", "Send to several"))?;
        nothing_found(&window, "what leaves to several", look)?;
        window.press(&[keys::ESCAPE])?;
        window.click(&By::test_id("next-update"))?;
        window.find(&By::role("dialog", "Next updates"))?;
        nothing_found(&window, "the clocks", look)?;
    }
    Ok(())
}

/// Each destination with its preview, by the channel's name.
const OTHERS: [(&str, &str, &str); 5] = [
    ("issue", "github", "ticket"),
    ("banner", "notice", "notice"),
    ("notes", "release_notes", "release_notes"),
    ("pager", "pagerduty", "event"),
    ("hook", "webhook", "document"),
];

#[test]
fn axe_finds_nothing_in_previews_in_what_is_read_first_and_in_what_nobody_knows() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        let wordless = Receiver::wordless()?;
        desk.set("LASTGOOD_SECRET_ALERTS", wordless.address());
        desk.set("LASTGOOD_SECRET_STATUS", "key-1");
        let more = |(name, kind, _): &(&str, &str, &str)| {
            format!("[channels.{name}]\nkind = \"{kind}\"\nurl = \"http://127.0.0.1:9\"\n")
        };
        let others: String = OTHERS.iter().map(more).collect();
        add_settings(&desk, &rehearsal.clone_folder(), &format!("{}{others}", channels("http://127.0.0.1:9")))?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        window.wait_until("the incidents' entry", ARMED_WITHIN, |window| {
            Ok(!window.find_all(&By::role("button", "Incidents"))?.is_empty())
        })?;
        window.click(&By::role("button", "Incidents"))?;
        window.execute(&axe()?, &[])?;
        window.click(&By::test_id("open-incident"))?;
        window.find(&By::css("#open-incident > label input"))?.keys("Logins fail")?;
        window.find(&By::css("#open-incident .two label + label input"))?.keys("API")?;
        window.click(&By::role("button", "Open the incident"))?;
        window.find(&By::test_id("composer"))?;
        for (name, _, preview) in OTHERS {
            window.click(&By::css(&format!("#tab-{name}")))?;
            window.find(&By::css(&format!("[data-testid=\"preview\"][data-kind=\"{preview}\"]")))?;
            nothing_found(&window, &format!("the preview of {name}"), look)?;
            window.picture(&format!("preview-{name}-{look:?}").to_lowercase())?;
        }
        what_nobody_knows(&window, look)?;
        what_is_read_first(&window, look)?;
    }
    Ok(())
}

/// Its answer is lost: whether it arrived is asked, and where.
fn what_nobody_knows(window: &Window, look: Look) -> Result<(), Failure> {
    window.click(&By::css("#tab-alerts"))?;
    window.click(&By::role("button", "Impact: Not said yet. Change"))?;
    window.find(&By::css("input[aria-label=\"Impact\"]"))?.keys("nobody can sign in")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::text("All values filled"))?;
    window.click(&By::test_id("send"))?;
    let unknown = By::css("[data-outcome=\"unknown\"]");
    window.wait_until("the question", COMES_WITHIN, |window| Ok(!window.find_all(&unknown)?.is_empty()))?;
    nothing_found(window, "a receipt that nobody knows of", look)?;
    window.click(&By::css("[data-outcome=\"unknown\"] .deeds button"))?;
    window.find(&By::text("Its address or number there"))?;
    nothing_found(window, "the place of what arrived", look)?;
    window.picture(&format!("unknown-{look:?}").to_lowercase()).map(drop)
}

fn what_is_read_first(window: &Window, look: Look) -> Result<(), Failure> {
    window.click(&By::css("#tab-status"))?;
    window.find(&By::text("A second person reads it before it leaves."))?;
    window.click(&By::test_id("send"))?;
    window.find(&By::css("[data-outcome=\"review\"]"))?;
    window.click(&By::role("button", "Read and decide…"))?;
    window.find(&By::role("dialog", "Read it before it leaves"))?;
    nothing_found(window, "what a second person reads", look)?;
    window.picture(&format!("review-{look:?}").to_lowercase()).map(drop)
}

fn channels(page: &str) -> String {
    format!(
        "\n[incident]\nsecond_person = [\"customers\"]\n{}\n[channels.status]\nkind = \"statuspage\"\npage = \"page1\"\nurl = \"{page}\"\n",
        super::CHANNEL
    )
}

fn delivered(window: &Window, count: usize) -> Result<(), Failure> {
    window.wait_until(&format!("{count} receipts"), COMES_WITHIN, |window| {
        Ok(window.find_all(&By::css("[data-outcome=\"delivered\"]"))?.len() == count)
    })
}

pub(super) fn tab_to(window: &Window, name: &str) -> Result<(), Failure> {
    tab_until(
        window,
        name,
        "return (one.getAttribute('aria-label') ?? one.labels?.[0]?.querySelector('span')?.textContent ?? one.textContent).trim();",
    )
}

pub(super) fn tab_to_test_id(window: &Window, id: &str) -> Result<(), Failure> {
    tab_until(window, id, "return one.dataset.testid ?? '';")
}

fn tab_to_role(window: &Window, role: &str) -> Result<(), Failure> {
    tab_until(window, role, "return one.getAttribute('role') ?? '';")
}

fn tab_until(window: &Window, wanted: &str, what: &str) -> Result<(), Failure> {
    let script = format!("const one = document.activeElement; {what}");
    let mut seen = Vec::new();
    for _ in 0..MOST_TABS {
        window.press(&[keys::TAB])?;
        let found = window.execute(&script, &[])?.as_str().unwrap_or_default().to_owned();
        if found == wanted {
            return Ok(());
        }
        seen.push(found);
    }
    Err(Failure::new(format!("{MOST_TABS} tabs do not reach “{wanted}” but {seen:?}")))
}

pub(super) fn type_words(window: &Window, words: &str) -> Result<(), Failure> {
    words.chars().try_for_each(|letter| window.press(&[letter]))
}
