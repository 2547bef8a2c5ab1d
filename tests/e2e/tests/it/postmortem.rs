//! A post-mortem by keyboard alone, from its title to its pull request; and what a kill leaves of what was typed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use crate::access::{axe, nothing_found};
use crate::typing::Typed;

const OPENS_WITHIN: Duration = Duration::from_secs(60);
const COMES_WITHIN: Duration = Duration::from_secs(30);
/// More than there are places for the focus in the window.
const MOST_TABS: usize = 60;

#[test]
fn a_post_mortem_is_written_kept_and_published_by_keyboard_alone() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        person(&desk, &rehearsal.clone_folder())?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        begin(&window, look)?;
        write(&window, look)?;
        act(&window, look)?;
        look_back(&window, look)?;
        leave(&window, &rehearsal, look)?;
    }
    Ok(())
}

#[test]
fn a_kill_while_somebody_types_costs_the_last_moment_at_most() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    let mut there = String::new();
    for round in 0..3 {
        let window = desk.open(&[&folder.to_string_lossy()])?;
        if round == 0 {
            begin(&window, Look::Light)?;
        } else {
            open_again(&window)?;
        }
        to_editor(&window)?;
        window.press(&[keys::CONTROL, keys::HOME])?;
        // Another point in each round.
        let typed = Typed::into(&window, Duration::from_millis(1500 + round * 370))?;
        let killed = Instant::now();
        window.kill();
        let window = desk.open(&[&folder.to_string_lossy()])?;
        open_again(&window)?;
        there = typed.kept(&text(&window)?, &there, killed)?;
        window.kill();
    }
    Ok(())
}

/// The library, and one by hand.
fn begin(window: &Window, look: Look) -> Result<(), Failure> {
    reach(window, "Post-mortems", OPENS_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("postmortems"))?;
    window.execute(&axe()?, &[])?;
    nothing_found(window, "no post-mortems", look)?;
    reach(window, "New…", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    focus_on(window, "What it is about, in a few words")?;
    nothing_found(window, "the dialog of a post-mortem", look)?;
    type_words(window, "Orders fail")?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("paper-timeline"))?;
    Ok(())
}

fn open_again(window: &Window) -> Result<(), Failure> {
    reach(window, "Post-mortems", OPENS_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("postmortem-line"))?;
    window.execute("document.querySelector('[data-testid=postmortem-line]').focus()", &[])?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("paper-timeline"))?;
    to_editor(window)
}

/// `/` puts in what the record knows, and the rendered page shows it beside the source.
fn write(window: &Window, look: Look) -> Result<(), Failure> {
    to_editor(window)?;
    window.press(&[keys::CONTROL, keys::END])?;
    type_words(window, "Kilroy was here. /four")?;
    let offered = "return document.querySelector('[data-testid=paper]').shadowRoot
        .querySelector('.cm-tooltip-autocomplete [aria-selected=true]')?.textContent ?? ''";
    window.wait_until("what / offers", COMES_WITHIN, |window| {
        Ok(window.execute(offered, &[])?.as_str().is_some_and(|words| words.contains("The four times")))
    })?;
    nothing_found(window, "what / offers", look)?;
    window.press(&[keys::ENTER])?;
    saved(window)?;
    nothing_found(window, "the editor", look)?;
    reach(window, "Side by side", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    let read = "const one = document.querySelector('[data-testid=rendered] > div')?.shadowRoot;
        return one === undefined ? '' : one.textContent";
    window.wait_until("the page beside the source", COMES_WITHIN, |window| {
        let text = window.execute(read, &[])?;
        Ok(text.as_str().is_some_and(|text| text.contains("Kilroy was here.") && text.contains("Restored")))
    })?;
    nothing_found(window, "side by side", look)?;
    window.picture(&format!("post-mortem-beside-{look:?}").to_lowercase())?;
    reach(window, "Write", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    Ok(())
}

/// An action with its issue.
fn act(window: &Window, look: Look) -> Result<(), Failure> {
    reach(window, "Actions 0", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    reach(window, "Add…", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    focus_on(window, "What changes in the system")?;
    type_words(window, "Alert the lead")?;
    nothing_found(window, "the dialog of an action", look)?;
    window.press(&[keys::ENTER])?;
    reach(window, "Create a ticket for Alert the lead", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    let ticket = "return document.querySelector('[data-testid=actions]')?.textContent ?? ''";
    window.wait_until("the ticket", COMES_WITHIN, |window| {
        Ok(window.execute(ticket, &[])?.as_str().is_some_and(|words| words.contains('#')))
    })?;
    nothing_found(window, "the actions", look)?;
    window.picture(&format!("post-mortem-actions-{look:?}").to_lowercase())?;
    Ok(())
}

fn look_back(window: &Window, look: Look) -> Result<(), Failure> {
    reach(window, "History", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("history"))?;
    nothing_found(window, "the history", look)?;
    let versions = "return document.querySelectorAll('[data-testid=history] button').length";
    window.wait_until("the versions", COMES_WITHIN, |window| {
        Ok(window.execute(versions, &[])?.as_u64().is_some_and(|count| count > 1))
    })?;
    let version = "return document.activeElement?.matches('[data-testid=history] button') ?? false";
    window.wait_until("a version", COMES_WITHIN, |window| {
        window.press(&[keys::TAB])?;
        Ok(window.execute(version, &[])? == true)
    })?;
    window.press(&[keys::ENTER])?;
    window.find(&By::css("[aria-label=\"What changed\"]"))?;
    nothing_found(window, "what changed", look)?;
    window.press(&[keys::ESCAPE])?;
    window.wait_until("the history's end", COMES_WITHIN, |window| {
        Ok(window.find_all(&By::test_id("history"))?.is_empty())
    })
}

/// Exported, and pushed for a pull request with an entry in the troubleshooting guide.
fn leave(window: &Window, rehearsal: &Rehearsal, look: Look) -> Result<(), Failure> {
    reach(window, "Export", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.find(&By::css("[role=menuitemcheckbox]"))?;
    nothing_found(window, "the ways out", look)?;
    window.press(&[keys::END])?;
    window.press(&[keys::ENTER])?;
    window.find(&By::css("[role=menuitemcheckbox][aria-checked=true]"))?;
    window.press(&[keys::ESCAPE])?;
    reach(window, "Open pull request", COMES_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.wait_until("the pull request", OPENS_WITHIN, |window| {
        let pushed =
            window.execute("return document.querySelector('[data-testid=open-pull-request]').textContent", &[])?;
        Ok(pushed == "Push again")
    })?;
    nothing_found(window, "a post-mortem in review", look)?;
    let branches = Command::new("git")
        .arg("--git-dir")
        .arg(rehearsal.remote())
        .args(["for-each-ref", "--format=%(refname)", "refs/heads/postmortem/"])
        .output()
        .map_err(|error| Failure::new(error.to_string()))?;
    let branch = String::from_utf8_lossy(&branches.stdout).trim().to_owned();
    assert!(branch.ends_with("-orders-fail"), "{branch}");
    let files = Command::new("git")
        .arg("--git-dir")
        .arg(rehearsal.remote())
        .args(["ls-tree", "-r", "--name-only", &branch, "docs/"])
        .output()
        .map_err(|error| Failure::new(error.to_string()))?;
    assert!(String::from_utf8_lossy(&files.stdout).contains("docs/troubleshooting.md"));
    Ok(())
}

/// Goes on with Tab until something of that name has the focus.
fn reach(window: &Window, name: &str, within: Duration) -> Result<(), Failure> {
    window.wait_until(name, within, |window| {
        for _ in 0..MOST_TABS {
            if focused(window)? == name {
                return Ok(true);
            }
            window.press(&[keys::TAB])?;
        }
        Ok(false)
    })
}

fn focus_on(window: &Window, name: &str) -> Result<(), Failure> {
    window.wait_until(&format!("the focus on {name}"), COMES_WITHIN, |window| Ok(focused(window)? == name))
}

fn to_editor(window: &Window) -> Result<(), Failure> {
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
fn focused(window: &Window) -> Result<String, Failure> {
    let script = "const one = document.activeElement;
        const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.querySelector('span')?.textContent;
        return (label ?? one.textContent).trim()";
    Ok(window.execute(script, &[])?.as_str().unwrap_or_default().to_owned())
}

fn saved(window: &Window) -> Result<(), Failure> {
    let kept = "return document.querySelector('header.top [role=status]')?.textContent ?? ''";
    window.wait_until("the saved words", COMES_WITHIN, |window| {
        Ok(window.execute(kept, &[])?.as_str().is_some_and(|words| words.contains("saved")))
    })
}

/// What the editor shows, from its top.
fn text(window: &Window) -> Result<String, Failure> {
    let script =
        "return document.querySelector('[data-testid=paper]').shadowRoot.querySelector('.cm-content').textContent";
    Ok(window.execute(script, &[])?.as_str().unwrap_or_default().to_owned())
}

fn type_words(window: &Window, words: &str) -> Result<(), Failure> {
    words.chars().try_for_each(|letter| window.press(&[letter]))
}

/// A branch has an author.
fn person(desk: &Desk, clone: &Path) -> Result<(), Failure> {
    for (name, value) in [("user.name", "platform-lead"), ("user.email", "platform-lead@example.invalid")] {
        let status =
            Command::new("git").current_dir(clone).env("HOME", desk.home()).args(["config", name, value]).status();
        if !status.map_err(|error| Failure::new(error.to_string()))?.success() {
            return Err(Failure::new("git takes no author"));
        }
    }
    Ok(())
}
