//! The keyboard alone: a person goes from place to place by Tab, and sees by its name where they are.

use std::time::Duration;

use lastgood_e2e::{Failure, Window, keys};

pub(crate) const COMES_WITHIN: Duration = Duration::from_secs(30);
/// More than there are places for the focus in the window.
const MOST_TABS: usize = 90;

/// Goes on with Tab until something of that name has the focus.
pub(crate) fn reach(window: &Window, name: &str, within: Duration) -> Result<(), Failure> {
    reach_like(window, name, within, |focused| focused == name)
}

/// The same, until a name looks so.
pub(crate) fn reach_like(
    window: &Window,
    what: &str,
    within: Duration,
    looks: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    window.wait_until(what, within, |window| {
        for _ in 0..MOST_TABS {
            if looks(&focused(window)?) {
                return Ok(true);
            }
            window.press(&[keys::TAB])?;
        }
        Ok(false)
    })
}

/// Goes to something of that name and presses it.
pub(crate) fn press_on(window: &Window, name: &str) -> Result<(), Failure> {
    reach(window, name, COMES_WITHIN)?;
    window.press(&[keys::ENTER])
}

pub(crate) fn focus_on(window: &Window, name: &str) -> Result<(), Failure> {
    window.wait_until(&format!("the focus on {name}"), COMES_WITHIN, |window| Ok(focused(window)? == name))
}

pub(crate) fn to_editor(window: &Window) -> Result<(), Failure> {
    let editor = "return document.activeElement?.shadowRoot?.activeElement?.classList.contains('cm-content') ?? false";
    window.wait_until("the editor", COMES_WITHIN, |window| {
        for _ in 0..MOST_TABS {
            if window.execute(editor, &[])? == true {
                return Ok(true);
            }
            window.press(&[keys::TAB])?;
        }
        Ok(false)
    })
}

/// What the focused element is called.
pub(crate) fn focused(window: &Window) -> Result<String, Failure> {
    let script = "const one = document.activeElement;
        const words = [...(one.labels?.[0]?.querySelectorAll('span') ?? [])].map((span) => span.textContent.trim());
        const label = one.getAttribute('aria-label') ?? words.find((word) => word !== '');
        return (label ?? one.textContent).trim()";
    Ok(window.execute(script, &[])?.as_str().unwrap_or_default().to_owned())
}

pub(crate) fn type_words(window: &Window, words: &str) -> Result<(), Failure> {
    words.chars().try_for_each(|letter| window.press(&[letter]))
}

/// Waits until the page says so.
pub(crate) fn told(window: &Window, what: &str, script: &str) -> Result<(), Failure> {
    window.wait_until(what, COMES_WITHIN, |window| Ok(window.execute(script, &[])? == true))
}
