//! What stands beside the text, by keyboard alone: times, lines, evidence, versions, undo, and a copy that went apart.

use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};

use super::{OPENS_WITHIN, begin, open_again, person, saved, text};
use crate::access::{axe, nothing_found, rolled_back};
use crate::keyboard::{COMES_WITHIN, focus_on, focused, press_on, reach, reach_like, to_editor, told, type_words};

#[test]
fn what_the_record_says_is_corrected_hidden_commented_and_added_to_by_keyboard_alone() -> Result<(), Failure> {
    beside_the_text(Look::Dark)
}

#[test]
fn what_the_record_says_is_corrected_and_added_to_in_the_light() -> Result<(), Failure> {
    beside_the_text(Look::Light)
}

fn beside_the_text(look: Look) -> Result<(), Failure> {
    let mut desk = Desk::start(look)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    rolled_back(&window)?;
    press_on(&window, "Write the post-mortem")?;
    window.find(&By::test_id("paper-timeline"))?;
    correct(&window, look)?;
    lines(&window)?;
    add(&window, look)?;
    read(&window, look)
}

/// One end of a time, with its reason; what was said before stays as its trace.
fn correct(window: &Window, look: Look) -> Result<(), Failure> {
    reach_like(window, "the time to roll back", COMES_WITHIN, |name| name.contains("to roll back. Show"))?;
    window.press(&[keys::ENTER])?;
    window.find(&By::css(".time-source"))?;
    nothing_found(window, "what a time was made from", look)?;
    press_on(window, "Correct it…")?;
    reach(window, "Why the record is wrong", COMES_WITHIN)?;
    type_words(window, "seen by hand")?;
    window.press(&[keys::ENTER])?;
    let corrected = "return document.querySelector('.time-source')?.textContent.includes('seen by hand') ?? false";
    told(window, "the correction with its reason", corrected)?;
    window.press(&[keys::ESCAPE])?;
    told(window, "the popover's end", "return document.querySelector('.time-source') === null")
}

/// Evidence opens; a line is left out and taken back in; another gets a comment.
fn lines(window: &Window) -> Result<(), Failure> {
    press_on(window, "fact")?;
    told(
        window,
        "the evidence",
        "return document.querySelector('[role=dialog]')?.textContent.includes('SHA-256') ?? false",
    )?;
    window.press(&[keys::ESCAPE])?;
    told(window, "the evidence's end", "return document.querySelector('[role=dialog]') === null")?;
    press_on(window, "Leave this line out of the document")?;
    let hidden = "return document.querySelectorAll('[data-testid=timeline-line].hidden').length === 1";
    told(window, "a line that is left out", hidden)?;
    press_on(window, "Show this line in the document")?;
    told(window, "no line left out", "return document.querySelector('[data-testid=timeline-line].hidden') === null")?;
    press_on(window, "Comment on this line")?;
    press_on(window, "Comment: Say something about this line. Change")?;
    focus_on(window, "Comment")?;
    type_words(window, "On the phone")?;
    window.press(&[keys::ENTER])?;
    let comment = "return document.querySelector('[data-testid=paper-timeline]').textContent.includes('On the phone')";
    told(window, "the comment", comment)
}

/// By hand, and out of a chat as the dialog itself shows it.
fn add(window: &Window, look: Look) -> Result<(), Failure> {
    press_on(window, "Add…")?;
    reach(window, "What happened", COMES_WITHIN)?;
    nothing_found(window, "the dialog of a line", look)?;
    type_words(window, "A customer wrote")?;
    window.press(&[keys::ENTER])?;
    let there = |words: &str| {
        format!("return document.querySelector('[data-testid=paper-timeline]').textContent.includes('{words}')")
    };
    told(window, "the added line", &there("A customer wrote"))?;
    press_on(window, "Paste…")?;
    focus_on(window, "Chat or log")?;
    nothing_found(window, "the dialog to paste", look)?;
    type_words(window, "no time in it")?;
    press_on(window, "Take the lines")?;
    window.find(&By::text("No line begins with a time, and no message has a name and a time."))?;
    reach(window, "Chat or log", COMES_WITHIN)?;
    let example = "const field = document.activeElement; field.select(); return field.placeholder";
    let example = window.execute(example, &[])?.as_str().unwrap_or_default().to_owned();
    type_words(window, &example)?;
    press_on(window, "Take the lines")?;
    told(window, "the pasted line", &there("I see 503 from the plugin host"))
}

/// The page says all of it.
fn read(window: &Window, look: Look) -> Result<(), Failure> {
    press_on(window, "Read")?;
    told(
        window,
        "the page",
        "const page = document.querySelector('[data-testid=rendered] > div')?.shadowRoot?.textContent ?? '';
         return ['On the phone', 'A customer wrote', 'I see 503 from the plugin host'].every((one) => page.includes(one))",
    )?;
    nothing_found(window, "the page that is read", look)?;
    window.picture(&format!("post-mortem-read-{look:?}").to_lowercase())?;
    press_on(window, "Write")
}

#[test]
fn an_old_version_comes_back_and_undo_reaches_behind_a_restart() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Light)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let folder = rehearsal.clone_folder().to_string_lossy().into_owned();
    let window = desk.open(&[&folder])?;
    begin(&window, Look::Light)?;
    to_editor(&window)?;
    window.press(&[keys::CONTROL, keys::HOME])?;
    type_words(&window, "Words that go ")?;
    saved(&window)?;
    // What is read between two writings is the same text.
    press_on(&window, "Read")?;
    press_on(&window, "Write")?;
    to_editor(&window)?;
    starts(&window, "what was typed", "Words that go ", true)?;
    press_on(&window, "History")?;
    window.find(&By::test_id("history"))?;
    reach_like(&window, "the first version", COMES_WITHIN, |name| name.contains("created"))?;
    window.press(&[keys::ENTER])?;
    press_on(&window, "Take this text back")?;
    starts(&window, "the first version's text", "Words that go ", false)?;

    to_editor(&window)?;
    window.press(&[keys::CONTROL, keys::HOME])?;
    type_words(&window, "Undone ")?;
    saved(&window)?;
    undo_is_kept(&window)?;
    window.kill();
    let window = desk.open(&[&folder])?;
    open_again(&window)?;
    starts(&window, "what was typed before the restart", "Undone ", true)?;
    for _ in 0..3 {
        window.press(&[keys::CONTROL, 'z'])?;
    }
    starts(&window, "the text before that", "Undone ", false)
}

fn starts(window: &Window, what: &str, words: &str, wanted: bool) -> Result<(), Failure> {
    window.wait_until(what, COMES_WITHIN, |window| Ok(text(window)?.starts_with(words) == wanted))
}

/// The host has what can be undone in the text as it stands.
fn undo_is_kept(window: &Window) -> Result<(), Failure> {
    let ask = "const { invoke } = window.__TAURI_INTERNALS__;
        invoke('postmortems', { environment: null, query: '' })
          .then(({ postmortems: [one] }) => invoke('postmortem', { id: one.id }))
          .then((view) => { window.kept = view.undo !== null && view.text.startsWith('Undone '); });
        return window.kept === true";
    told(window, "what can be undone", ask)
}

#[test]
fn a_copy_that_went_apart_in_the_repository_is_chosen_by_keyboard_alone() -> Result<(), Failure> {
    for look in [Look::Dark, Look::Light] {
        let mut desk = Desk::start(look)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        person(&desk, &rehearsal.clone_folder())?;
        let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
        begin(&window, look)?;
        push(&window, "Open pull request")?;
        let branch = rehearsal.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads/postmortem/"])?;
        let branch = branch.trim();
        review(&desk, &rehearsal, branch)?;
        to_editor(&window)?;
        window.press(&[keys::CONTROL, keys::END])?;
        type_words(&window, "From here.")?;
        saved(&window)?;
        press_on(&window, "Push again")?;
        window.wait_until("what went apart", OPENS_WITHIN, |window| {
            Ok(!window.find_all(&By::test_id("merge"))?.is_empty())
        })?;
        nothing_found(&window, "what went apart", look)?;
        window.picture(&format!("post-mortem-merge-{look:?}").to_lowercase())?;
        press_on(&window, "Both")?;
        press_on(&window, "Keep these and push")?;
        window
            .wait_until("both pushed", OPENS_WITHIN, |window| Ok(window.find_all(&By::test_id("merge"))?.is_empty()))?;
        let files = rehearsal.git(&["ls-tree", "-r", "--name-only", branch, "docs/postmortems/"])?;
        let file = files.lines().find(|file| file.ends_with(".md")).unwrap_or_default();
        let there = rehearsal.git(&["show", &format!("{branch}:{file}")])?;
        assert!(there.contains("From here.") && there.contains("From the review."), "{there}");
    }
    Ok(())
}

fn push(window: &Window, name: &str) -> Result<(), Failure> {
    press_on(window, name)?;
    window.wait_until("the pull request", OPENS_WITHIN, |window| {
        let word = "return document.querySelector('[data-testid=open-pull-request]').textContent";
        Ok(window.execute(word, &[])? == "Push again")
    })
}

/// Somebody adds to the end of the file on its branch.
fn review(desk: &Desk, rehearsal: &Rehearsal, branch: &str) -> Result<(), Failure> {
    use std::io::Write;
    let folder = desk.home().join("review");
    let said = |error: std::io::Error| Failure::new(error.to_string());
    let git = |words: &[&str]| {
        let who = ["-c", "user.name=reviewer", "-c", "user.email=reviewer@example.com"];
        let done = std::process::Command::new("git").args(who).args(words).output().map_err(said)?;
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() { Ok(()) } else { Err(Failure::new(told)) }
    };
    let here = folder.to_string_lossy().into_owned();
    git(&["clone", "--quiet", "--branch", branch, &rehearsal.remote().to_string_lossy(), &here])?;
    let files = std::fs::read_dir(folder.join("docs/postmortems")).map_err(said)?;
    let mut paths = files.flatten().map(|file| file.path());
    let file = paths.find(|path| path.extension().is_some_and(|kind| kind == "md"));
    let file = file.ok_or_else(|| Failure::new("no document on the branch"))?;
    let mut file = std::fs::File::options().append(true).open(file).map_err(said)?;
    file.write_all(b"\nFrom the review.\n").map_err(said)?;
    git(&["-C", &here, "commit", "--quiet", "--all", "-m", "Review"])?;
    git(&["-C", &here, "push", "--quiet", "origin", "HEAD"])
}

#[test]
fn the_library_is_searched_by_keyboard_alone() -> Result<(), Failure> {
    let mut desk = Desk::start(Look::Dark)?;
    let rehearsal = Rehearsal::start(&mut desk, 10)?;
    let window = desk.open(&[&rehearsal.clone_folder().to_string_lossy()])?;
    begin(&window, Look::Dark)?;
    press_on(&window, "Post-mortems")?;
    window.find(&By::test_id("postmortem-line"))?;
    reach(&window, "Search post-mortems", COMES_WITHIN)?;
    type_words(&window, "something else")?;
    window.find(&By::text("Nothing matches. Show all"))?;
    press_on(&window, "Show all")?;
    window.find(&By::test_id("postmortem-line"))?;
    let metric = "return document.activeElement?.matches('[data-testid=metric]') ?? false";
    window.wait_until("a metric", COMES_WITHIN, |window| {
        window.press(&[keys::TAB])?;
        Ok(window.execute(metric, &[])? == true)
    })?;
    assert_ne!(focused(&window)?, "");
    window.press(&[keys::ENTER])?;
    nothing_found_of_a_metric(&window)
}

fn nothing_found_of_a_metric(window: &Window) -> Result<(), Failure> {
    window.execute(&axe()?, &[])?;
    nothing_found(window, "what a metric counts", Look::Dark)
}
