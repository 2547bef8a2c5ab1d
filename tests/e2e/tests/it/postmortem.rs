//! A post-mortem by keyboard alone, from its title to its pull request; and what a kill leaves of what was typed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use crate::access::{axe, nothing_found};
use crate::keyboard::{COMES_WITHIN, focus_on, reach, to_editor, told, type_words};
use crate::typing::{Points, Typed};

mod beside;
mod hostile;
mod unkept;

pub(crate) const OPENS_WITHIN: Duration = Duration::from_secs(60);
/// The headings of a new document.
const SECTIONS: usize = 8;

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
    killed_while_typing(Look::Light)
}

#[test]
fn a_kill_while_somebody_types_in_the_dark_costs_no_more() -> Result<(), Failure> {
    killed_while_typing(Look::Dark)
}

/// At other points each time; the seed is printed, and taken from `LASTGOOD_SEED` where it is set.
fn killed_while_typing(look: Look) -> Result<(), Failure> {
    let mut points = Points::new();
    let mut desk = Desk::start(look)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder();
    let mut there = String::new();
    for round in 0..3 {
        let window = desk.open(&[&folder.to_string_lossy()])?;
        if round == 0 {
            begin(&window, look)?;
        } else {
            open_again(&window)?;
        }
        to_editor(&window)?;
        window.press(&[keys::CONTROL, keys::HOME])?;
        let typed = Typed::into(&window, points.next_within(Duration::from_millis(300)..Duration::from_secs(4)))?;
        let killed = Instant::now();
        window.kill();
        let window = desk.open(&[&folder.to_string_lossy()])?;
        open_again(&window)?;
        there = typed.kept(&text(&window)?, &there, killed)?;
        assert_eq!(sections(&desk, &folder)?, SECTIONS, "no section is missing");
        window.kill();
    }
    Ok(())
}

/// How many headings the document has, as the terminal writes it out.
fn sections(desk: &Desk, folder: &Path) -> Result<usize, Failure> {
    let text = written(desk, folder)?;
    Ok(text.lines().filter(|line| line.starts_with("## ")).count())
}

/// The only post-mortem, as the terminal exports it.
pub(crate) fn written(desk: &Desk, folder: &Path) -> Result<String, Failure> {
    let said = |error: std::io::Error| Failure::new(error.to_string());
    let terminal = |words: &[&str]| -> Result<serde_json::Value, Failure> {
        let output = desk.terminal()?.current_dir(folder).args(words).arg("--json").output().map_err(said)?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(told.lines().last().unwrap_or_default())
            .map_err(|error| Failure::new(format!("{words:?}: {error}: {told}")))
    };
    let all = terminal(&["postmortem", "list"])?;
    let id = all["postmortems"][0]["id"].as_str().unwrap_or_default().to_owned();
    let out = desk.home().join("out");
    let done = terminal(&["postmortem", "export", &id, "--format", "md", "--out", &out.to_string_lossy()])?;
    std::fs::read_to_string(done["files"][0].as_str().unwrap_or_default()).map_err(said)
}

/// The library, and one by hand.
pub(crate) fn begin(window: &Window, look: Look) -> Result<(), Failure> {
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

pub(crate) fn open_again(window: &Window) -> Result<(), Failure> {
    reach(window, "Post-mortems", OPENS_WITHIN)?;
    window.press(&[keys::ENTER])?;
    window.find(&By::test_id("postmortem-line"))?;
    let line = "return document.activeElement?.matches('[data-testid=postmortem-line]') ?? false";
    window.wait_until("the post-mortem's line", COMES_WITHIN, |window| {
        window.press(&[keys::TAB])?;
        Ok(window.execute(line, &[])? == true)
    })?;
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
    // The document has a table of its times at its head; what was put in is a second one, below the words.
    told(
        window,
        "the page beside the source",
        "const page = document.querySelector('[data-testid=rendered] > div')?.shadowRoot;
         const times = [...(page?.querySelectorAll('table') ?? [])].filter((one) => one.textContent.includes('Restored'));
         const words = [...(page?.querySelectorAll('p') ?? [])].find((one) => one.textContent === 'Kilroy was here.');
         return times.length === 2 && words !== undefined
           && (words.compareDocumentPosition(times[1]) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0",
    )?;
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

pub(crate) fn saved(window: &Window) -> Result<(), Failure> {
    let kept = "return document.querySelector('header.top [role=status]')?.textContent ?? ''";
    window.wait_until("the saved words", COMES_WITHIN, |window| {
        Ok(window.execute(kept, &[])?.as_str().is_some_and(|words| words.contains("saved")))
    })
}

/// What the editor shows, from its top.
pub(crate) fn text(window: &Window) -> Result<String, Failure> {
    let script =
        "return document.querySelector('[data-testid=paper]').shadowRoot.querySelector('.cm-content').textContent";
    Ok(window.execute(script, &[])?.as_str().unwrap_or_default().to_owned())
}

/// A branch has an author.
pub(crate) fn person(desk: &Desk, clone: &Path) -> Result<(), Failure> {
    for (name, value) in [("user.name", "platform-lead"), ("user.email", "platform-lead@example.invalid")] {
        let status =
            Command::new("git").current_dir(clone).env("HOME", desk.home()).args(["config", name, value]).status();
        if !status.map_err(|error| Failure::new(error.to_string()))?.success() {
            return Err(Failure::new("git takes no author"));
        }
    }
    Ok(())
}
